"""Document → SpecForm: the sections and their keys are those of the language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Remark
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.language.names import keras_name_problem
from spec_compiler.language.problems import Subject, report
from spec_compiler.language.spec import BlockForm, Form, LayerForm, NodeForm, OutputForm, SpecForm
from spec_compiler.spans import Place

FormT = TypeVar("FormT", bound=Form)


def validate(data: Any, findings: Findings, *, needs_graph: bool = True) -> SpecForm | None:
    """The form of a spec; none if it is no mapping. The author's own keys (`x-…`) are left out."""
    root = Place(())
    if data is None:
        findings.add(codes.EMPTY, "the spec is empty", root)
        return None
    if not isinstance(data, dict):
        findings.add(codes.WRONG_TYPE, f"a spec is a mapping, not {show(data)}", root)
        return None
    data = without_own_keys(data)
    meant = {did_you_mean(str(key), SECTIONS)[1] for key in data if key not in SECTIONS}
    for key in ("spec", "nodes", "outputs") if needs_graph else ("spec",):
        if key not in data and key not in meant:
            findings.add(codes.MISSING_KEY, f"a spec needs the key `{key}`", root, hint=_MISSING[key])
    if data.get("nodes") == {}:
        findings.add(codes.NO_INPUT, "the graph is empty: it has no `Input`", root / "nodes", hint=_MISSING["nodes"])
    if "spec" in data and not (type(data["spec"]) is int and data["spec"] == 1):
        findings.add(
            codes.LANGUAGE_VERSION,
            f"the version of the language is 1, not {show(data['spec'])}",
            root / "spec",
            hint="write `spec: 1`",
            fix=1,
        )
        del data["spec"]
    form = _salvage(data, findings)
    _check_ignored(form, findings)
    return form


_LINTS = tuple(code for code in codes.CODES if code.startswith("SC6"))
SECTIONS = tuple(SpecForm.model_fields)
_NOT_AT_THE_TOP = {
    "optimizer": "it stands under `compile`",
    "learning_rate": "it belongs to the optimizer: `compile: {optimizer: {type: Adam, learning_rate: …}}`",
    "loss": "it belongs to an output: `outputs: {name: {loss: …}}`",
    "metrics": "it belongs to an output: `outputs: {name: {metrics: […]}}`",
    "epochs": "it stands under `fit`",
    "batch_size": "it stands under `fit`",
    "callbacks": "it stands under `fit`",
}
_MISSING = {
    "spec": "write `spec: 1`, the version of the language",
    "nodes": "`nodes` holds the graph, a node an entry",
    "outputs": "`outputs` names the nodes that the model gives, and their losses",
}


def _salvage(data: dict[Any, Any], findings: Findings) -> SpecForm:
    """The form of what is sound, with a finding for each mistake."""
    try:
        return SpecForm.model_validate(data)
    except ValidationError as error:
        errors = error.errors(include_url=False)
    report(errors, Place(()), findings, form_subject("a spec", SpecForm, _NOT_AT_THE_TOP))
    for each in errors:
        section, *rest = each["loc"]
        if rest and isinstance(data.get(section), dict) and section in ("nodes", "layers", "blocks"):
            data[section].pop(rest[0], None)
        else:
            data.pop(section, None)
    return SpecForm.model_validate(data)


def _check_ignored(form: SpecForm, findings: Findings) -> None:
    """Only lints can be ignored."""
    for index, code in enumerate(form.lint.ignore):
        if code not in _LINTS:
            findings.add(
                codes.NOT_A_CHOICE,
                f"`ignore` takes codes of lints, and {show(code)} is none",
                Place(("lint", "ignore", index)),
                hint=f"the lints are {', '.join(f'`{lint}`' for lint in _LINTS)}",
            )


def form_subject(title: str, form: type[Form], elsewhere: Mapping[str, str] | None = None) -> Subject:
    """The subject for the keys of a form; `elsewhere` says of other keys where they stand."""
    keys = tuple(field.alias or name for name, field in form.model_fields.items())
    return Subject(title, keys, elsewhere=elsewhere or {})


_NODE = form_subject("a node", NodeForm)
_LAYER = Subject("a shared layer", tuple(LayerForm.model_fields))
_OUTPUT = form_subject("an output", OutputForm)
_BLOCK = form_subject("a block", BlockForm)


def node_form(value: Any, place: Place, findings: Findings, related: tuple[Remark, ...] = ()) -> NodeForm | None:
    """The form of a node; none if it has mistakes."""
    if isinstance(value, str):
        findings.add(
            codes.WRONG_TYPE,
            f"the node `{place.path[-1]}` is a mapping, not {show(value)}",
            place,
            hint="write a mapping with `type`, the arguments, and `inputs`",
            related=related,
        )
        return None
    form = _form(NodeForm, value, place, findings, _NODE, related)
    if form is None or not check_keras_name(form.name, place, findings, related):
        return None
    if (form.type is None) == (form.use is None):
        both = form.type is not None
        findings.add(
            codes.TYPE_OR_USE,
            f"the node `{place.path[-1]}` has {'both `type` and `use`' if both else 'neither `type` nor `use`'}",
            place.key(),
            hint="`type` makes a layer of its own, `use` calls a shared one",
            related=related,
        )
        return None
    return form


def layer_form(value: Any, place: Place, findings: Findings, related: tuple[Remark, ...] = ()) -> LayerForm | None:
    """The form of a shared layer; none if it has mistakes."""
    form = _form(LayerForm, value, place, findings, _LAYER, related)
    return form if form is not None and check_keras_name(form.name, place, findings, related) else None


def block_form(value: Any, place: Place, findings: Findings) -> BlockForm | None:
    """The form of a block; none if it has mistakes."""
    return _form(BlockForm, value, place, findings, _BLOCK)


def output_form(value: Any, place: Place, findings: Findings) -> OutputForm | None:
    """The form of an output; null stands for one without options; none if it has mistakes."""
    return _form(OutputForm, {} if value is None else value, place, findings, _OUTPUT)


def _form(
    form: type[FormT],
    value: Any,
    place: Place,
    findings: Findings,
    subject: Subject,
    related: tuple[Remark, ...] = (),
) -> FormT | None:
    try:
        return form.model_validate(value)
    except ValidationError as error:
        report(error.errors(include_url=False), place, findings, subject, related)
        return None


def check_keras_name(name: str | None, place: Place, findings: Findings, related: tuple[Remark, ...] = ()) -> bool:
    """Whether a name can be a Keras layer's; if not, a finding says why."""
    problem = keras_name_problem(name) if name is not None else None
    if problem is not None:
        findings.add(codes.BAD_NAME, problem, place / "name", related=related)
    return problem is None


def without_own_keys(value: Any) -> Any:
    """A copy of some data without the keys that begin with `x-`, at every level."""
    if isinstance(value, dict):
        return {
            key: without_own_keys(item) if isinstance(item, (dict, list)) else item
            for key, item in value.items()
            if not (isinstance(key, str) and key.startswith("x-"))
        }
    if isinstance(value, list):
        return [without_own_keys(item) if isinstance(item, (dict, list)) else item for item in value]
    return value
