"""Document → SpecForm: the sections and their keys are those of the language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Copied, Findings
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.language.names import LAYER_NAME_RULE, keras_name_problem, not_evaluated
from spec_compiler.language.no_value import NO_VALUE
from spec_compiler.language.python_values import split_tuples
from spec_compiler.language.spec import (
    BlockForm,
    LayerForm,
    LintForm,
    ModelForm,
    NodeForm,
    OutputForm,
    Section,
    SpecForm,
)
from spec_compiler.language.subjects import Subject
from spec_compiler.spans import Place

FormT = TypeVar("FormT", bound=Section)


def validate(data: Any, findings: Findings, *, needs_graph: bool = True) -> SpecForm | None:
    """The form of a spec; None if it is no mapping. The author's own keys (`x-…`) are left out."""
    root = Place(())
    if data is None:
        findings.add(codes.EMPTY, "the spec is empty", root)
        return None
    if not isinstance(data, dict):
        hint = "it begins with `spec: 1`; `nodes` and `outputs` stand below"
        findings.add(codes.WRONG_TYPE, f"a spec is a mapping, not {show(data)}", root, hint=hint)
        return None
    data = without_own_keys(data)
    around = _key_around(data)
    if around is not None:
        hint = f"what it holds are the sections of a spec: they stand at the top, without `{around}` around them"
        findings.add(codes.UNKNOWN_KEY, f"a spec has no key {show(around)}", (root / around).key(), hint=hint)
        return None
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


def _key_around(data: Mapping[Any, Any]) -> Any:
    """The key that the whole of a spec stands under; None if it stands under none, as it should."""
    if "nodes" in data or "blocks" in data:
        return None
    wrapped = (key for key, each in data.items() if key not in SECTIONS and isinstance(each, dict) and "nodes" in each)
    return next(wrapped, None)


_LINTS = tuple(code for code in codes.CODES if code.startswith("SC6"))
_TABLES = ("nodes", "layers", "blocks", "defaults", "models")
"""The sections whose entries stand for themselves: a mistake in one leaves the others sound."""
_KNOWN_BY_NAME = ("layers", "blocks")
"""Those whose entries stay where only the name is wrong: what is called by it is not wrong as well."""
SECTIONS = tuple(SpecForm.model_fields)
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
    from spec_compiler.language.problems import report  # few specs have mistakes

    in_lint = [each for each in errors if each["loc"][0] == "lint" and each["loc"][1:]]
    report([each for each in errors if each not in in_lint], Place(()), findings, _SPEC)
    below = [{**each, "loc": each["loc"][1:]} for each in in_lint]
    report(below, Place(("lint",)), findings, form_subject("`lint`", LintForm))
    misnamed: dict[str, dict[str, Any]] = {}
    for each in errors:
        section, *rest = each["loc"]
        if rest and section in _TABLES and isinstance(data.get(section), dict):
            removed = data[section].pop(rest[0], None)
            if section in _KNOWN_BY_NAME and each["type"] == "bad_name":
                misnamed.setdefault(str(section), {})[str(rest[0])] = removed
        else:
            data.pop(section, None)
    form = SpecForm.model_validate(data)
    return form.model_copy(update={section: getattr(form, section) | misnamed[section] for section in misnamed})


def _check_ignored(form: SpecForm, findings: Findings) -> None:
    """Only lints can be ignored."""
    for index, code in enumerate(form.lint.ignore):
        if code not in _LINTS:
            findings.add(
                codes.NOT_A_CHOICE,
                f"`ignore` takes codes of lints, and {show(code)} is none",
                Place(("lint", "ignore", index)),
                hint=not_evaluated(code) or f"the lints are {', '.join(f'`{lint}`' for lint in _LINTS)}",
            )


def form_subject(title: str, form: type[BaseModel]) -> Subject:
    """The subject for the keys of a form."""
    keys = tuple(field.alias or name for name, field in form.model_fields.items())
    return Subject(title, keys, of=(title,))


_SPEC = replace(
    form_subject("a spec", SpecForm),
    forms={
        "nodes": "each node stands under its name: `name: {type: …, inputs: …}`",
        "layers": "each shared layer stands under its name, `name: {type: …}`; layers that are called once are `nodes`",
        "blocks": "each block stands under its name: `name: {inputs: …, nodes: …, outputs: …}`",
        "params": "each param stands under its name: `name: 32`",
        "compile": "what it holds is named: `compile: {optimizer: …}`",
        "fit": "what it holds is named: `fit: {epochs: …}`",
    },
)
_NODE = replace(
    form_subject("a node", NodeForm), forms={"for": "a variable stands before its values: `for: {name: [a, b]}`"}
)
_LAYER = Subject("a shared layer", tuple(LayerForm.model_fields))
_OUTPUT = form_subject("an output", OutputForm)
_BLOCK = form_subject("a block", BlockForm)
_MODEL = form_subject("a model", ModelForm)


def node_form(
    value: Any, place: Place, findings: Findings, scope: Copied | None = None
) -> tuple[NodeForm | None, bool]:
    """The form of what is sound in a node, and whether all of it is."""
    if not isinstance(value, dict):
        findings.add(
            codes.WRONG_TYPE,
            f"the node `{place.path[-1]}` is a mapping, not {show(value)}",
            place,
            hint=_instead_of_node(place.path[-1], value),
            scope=scope,
        )
        return None, False
    form, is_sound = _salvaged(NodeForm, value, place, findings, _NODE, scope)
    if form is not None and is_sound and (form.type is None) == (form.use is None):
        both = form.type is not None
        hint = None if both else _type_elsewhere(form.arguments)
        findings.add(
            codes.TYPE_OR_USE,
            f"the node `{place.path[-1]}` has {'both `type` and `use`' if both else 'neither `type` nor `use`'}",
            place.key(),
            hint=hint or "`type` makes a layer of its own, `use` calls a shared one",
            scope=scope,
        )
        return form.model_copy(update={"type": None, "use": None}), False
    return form, is_sound


def _instead_of_node(name: Any, value: Any) -> str:
    """What to write where something else stands in the place of a node."""
    if name in _NODE.keys:
        return "it is indented as a node is: what belongs to a node is indented below its name"
    if value is None:
        return "what belongs to it is indented below it, or stands in braces: `{type: …, inputs: …}`"
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return "what belongs to it stands without `-`: `{type: …, inputs: …}`"
    if isinstance(value, (int, float, list)) or (isinstance(value, str) and "${" in value):
        return "numbers stand under `params`, or under `inputs` of an op that takes them"
    return "write a mapping with `type`, the arguments, and `inputs`"


def _type_elsewhere(arguments: Mapping[str, Any]) -> str | None:
    """What to write for the type of a node that stands under another key, or is joined to its key."""
    from spec_compiler.language.problems import joined_to_value  # few specs have mistakes

    joined = (joined_to_value(key, ("type", "use")) for key, value in arguments.items() if value is None)
    if (found := next(filter(None, joined), None)) is not None:
        return found[0]
    hints = (did_you_mean(key, (), "key", ("a node without a type",))[0] for key in arguments)
    return next(filter(None, hints), None) or _type_as_key(arguments)


def _type_as_key(arguments: Mapping[str, Any]) -> str | None:
    """What to write for a type that stands as a key, with its arguments below it."""
    from spec_compiler.catalog import registry  # it is asked for a mistake alone

    types = frozenset(registry.type_names())
    for key, value in arguments.items():
        if key in types and (value is None or isinstance(value, Mapping)):
            return f"`{key}` is a type, and its arguments stand beside it: `{{type: {key}, …}}`"
    return None


def layer_form(value: Any, place: Place, findings: Findings, scope: Copied | None = None) -> LayerForm | None:
    """The form of what is sound in a shared layer; None if nothing is known of it."""
    form, _ = _salvaged(LayerForm, value, place, findings, _LAYER, scope)
    if form is not None and not check_keras_name(form.name, place, findings, scope):
        return form.model_copy(update={"name": None})
    return form


def block_form(value: Any, place: Place, findings: Findings) -> BlockForm | None:
    """The form of a block; None if it has mistakes, but for a name in the place of a list of one, which is reported."""
    form = _form(BlockForm, value, place, findings, _BLOCK)
    if form is not None or not isinstance(value, dict):
        return form
    lists = {key: [value[key]] for key in ("inputs", "outputs") if isinstance(value.get(key), str)}
    # The other mistakes are reported already.
    return _form(BlockForm, value | lists, place, Findings(), _BLOCK) if lists else None


def output_form(value: Any, place: Place, findings: Findings) -> tuple[OutputForm | None, bool]:
    """The form of what is sound in an output, and whether all of it is; null stands for one without options."""
    if isinstance(value, str):
        findings.add(
            codes.WRONG_TYPE,
            f"the output `{place.path[-1]}` is a mapping, not {show(value)}",
            place,
            hint=f"a reference stands under `from`, a loss under `loss`: `{{from: {value}}}`",
        )
        return None, False
    return _salvaged(OutputForm, {} if value is None else value, place, findings, _OUTPUT)


def model_form(value: Any, place: Place, findings: Findings) -> ModelForm | None:
    """The form of a part of the graph that is a model; None if it has mistakes."""
    return _form(ModelForm, value, place, findings, _MODEL)


def _form(
    form: type[FormT],
    value: Any,
    place: Place,
    findings: Findings,
    subject: Subject,
    scope: Copied | None = None,
) -> FormT | None:
    """The form of a mapping; None if it has mistakes, which are reported."""
    found, is_sound = _salvaged(form, value, place, findings, subject, scope)
    return found if is_sound else None


def _salvaged(
    form: type[FormT],
    value: Any,
    place: Place,
    findings: Findings,
    subject: Subject,
    scope: Copied | None = None,
) -> tuple[FormT | None, bool]:
    """The form of what is sound in a mapping, and whether all of it is; the mistakes are reported."""
    value = without_tuples(value, place, findings, scope)
    try:
        return form.model_validate(value), True
    except ValidationError as error:
        errors = error.errors(include_url=False)
    from spec_compiler.language.problems import report  # few specs have mistakes

    report(errors, place, findings, subject, scope)
    wrong = {each["loc"][0] for each in errors if each["loc"]}
    try:
        return form.model_validate({key: item for key, item in value.items() if key not in wrong}), False
    except (ValidationError, AttributeError):
        return None, False


def without_tuples(value: Any, place: Place, findings: Findings, scope: Copied | None = None) -> Any:
    """A mapping without the lists in it that YAML takes apart, for they are not in brackets: their keys have no value.

    A finding says what to write for each.
    """
    tuples = list(split_tuples(value)) if isinstance(value, dict) else []
    for found in tuples:
        what = "is a tuple of Python, and a spec has none" if found.is_tuple else "has several values without brackets"
        findings.add(
            codes.WRONG_TYPE,
            f"`{found.key}` {what}",
            place / found.key,
            hint=f"write a list: `{found.key}: {found.written}`",
            scope=scope,
        )
    if not tuples:
        return value
    lost = {key for found in tuples for key in found.rest}
    return {
        **{key: item for key, item in value.items() if key not in lost},
        **{found.key: NO_VALUE for found in tuples},
    }


def check_keras_name(name: str | None, place: Place, findings: Findings, scope: Copied | None = None) -> bool:
    """Whether a name can be a Keras layer's; if not, a finding says why."""
    problem = keras_name_problem(name) if name is not None else None
    if problem is not None:
        findings.add(codes.BAD_NAME, problem, place / "name", hint=LAYER_NAME_RULE, scope=scope)
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
