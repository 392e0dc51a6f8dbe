"""SpecForm → FlatSpec: what is written for people becomes calls and edges, and no sugar is left.

Params and expressions get their values, blocks and repetitions are written out, edges become inputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Code, Findings, Remark
from spec_compiler.expanding.blocks import Importer
from spec_compiler.expanding.budget import Budget, LimitExceededError
from spec_compiler.expanding.layers import write_layers
from spec_compiler.expanding.listed import listed
from spec_compiler.expanding.names import Names, UnresolvedError
from spec_compiler.expanding.opening import open_body
from spec_compiler.expanding.params import check_given, declared, values
from spec_compiler.expanding.run import Run, Sections, UnfinishedGraph
from spec_compiler.expanding.sizes import NodeCounter
from spec_compiler.expanding.substitute import Variables
from spec_compiler.expanding.unused import unused
from spec_compiler.graph.flat import FlatOutput, FlatPart, FlatSpec, OutputRef
from spec_compiler.graph.scopes import Scope, spec_scope
from spec_compiler.language.names import NAME, NAME_RULE, not_evaluated
from spec_compiler.language.no_value import NO_VALUE
from spec_compiler.language.spec import OutputForm, SpecForm
from spec_compiler.language.validate import model_form, output_form
from spec_compiler.limits import Limits
from spec_compiler.reading.document import Document
from spec_compiler.spans import Place

if TYPE_CHECKING:
    from spec_compiler.catalog.search import SearchedParam
    from spec_compiler.expanding.trace import ExpansionTrace

_ROOT = Place(())


def expand(
    spec: SpecForm,
    name: str,
    findings: Findings,
    *,
    params: Mapping[str, Any],
    directory: Path | None,
    root: Path | None,
    limits: Limits,
    documents: dict[str, Document],
    unsaved: Mapping[Path, str] | None = None,
    trace: ExpansionTrace | None = None,
) -> FlatSpec | None:
    """The spec without sugar; None if it expands to too many nodes.

    Args:
        spec: The form of the spec.
        name: What the model is called if the spec does not say.
        findings: Where mistakes go.
        params: The values of params that are set from outside.
        directory: The folder of the spec, to which imports are relative.
        root: The folder that imports may come from; the spec's own by default.
        limits: How much the spec may ask for.
        documents: Gets every document that is imported, by the `file` of its places.
        unsaved: The texts of files as editors have them, by their real paths.
        trace: Gets what expressions give and what names stand for, if anybody asks.
    """
    root_scope = spec_scope()
    budget = Budget(findings, limits)
    try:
        variables = _variables(spec, params, findings, budget, root_scope, trace)
    except LimitExceededError:
        return None
    importer = Importer(directory, root, findings, limits, documents, unsaved or {})
    library = importer.library(spec, _ROOT, directory)
    run = Run(findings, budget, NodeCounter(limits), [root_scope], trace=trace)
    part = UnfinishedGraph()
    sections = Sections(spec.layers, spec.nodes, spec.edges, spec.defaults)
    try:
        body = open_body(run, part, sections, _ROOT, root_scope, variables, library)
        write_layers(body)
        body.write_nodes()
        outputs = tuple(_outputs(spec.outputs, _ROOT / "outputs", body.names, variables, findings))
        parts = tuple(_parts(spec, body.names, variables, findings))
        inputs = _input_order(spec, body.names, findings)
        body.note_names()
        body.close()
    except LimitExceededError:
        return None
    return FlatSpec(
        name=spec.name or name,
        description=spec.description,
        layers=tuple(part.layers),
        nodes=tuple(part.nodes),
        outputs=outputs,
        inputs=inputs,
        compile=_section(spec.compile, "compile", variables),
        fit=_section(spec.fit, "fit", variables),
        phases=_section(spec.phases, "phases", variables),
        search=_searched(spec, findings),
        seed=_section(spec.seed, "seed", variables),
        dtype_policy=_section(spec.dtype_policy, "dtype_policy", variables),
        ignored_lints=frozenset(spec.lint.ignore),
        scopes=tuple(run.scopes),
        blocks=tuple(library.blocks),
        unused=tuple(unused(spec, library.brought)),
        defaults=tuple(importer.defaults),
        parts=parts,
    )


def _variables(
    spec: SpecForm,
    params: Mapping[str, Any],
    findings: Findings,
    budget: Budget,
    scope: Scope,
    trace: ExpansionTrace | None,
) -> Variables:
    table = declared(spec.params, _ROOT / "params", findings)
    check_given(params, spec.params, findings)
    broken = frozenset(map(str, spec.params)) - table.keys()
    return values(table, params, None, Variables({}, findings, budget, scope, trace=trace), scope, broken)


def _searched(spec: SpecForm, findings: Findings) -> tuple[SearchedParam, ...]:
    """What a sweep tries; few specs say so."""
    if not spec.search:
        return ()
    from spec_compiler.expanding.search import searched

    # What is wrong with the params themselves has been said.
    return tuple(searched(spec.search, declared(spec.params, _ROOT / "params", Findings()), findings))


def _section(value: Any, key: str, variables: Variables) -> Any:
    """A section with its expressions evaluated."""
    return variables.known(value, _ROOT / key)


def _outputs(
    written: dict[str, Any] | list[Any], section: Place, names: Names, variables: Variables, findings: Findings
) -> list[FlatOutput]:
    if isinstance(written, list):
        return _listed_outputs(written, section, names, variables, findings)
    outputs: list[FlatOutput] = []
    for key, value in written.items():
        place = section / key
        if names.is_refused(key):
            outputs.append(FlatOutput(key, None, {}, place))
            continue
        if not _is_name(key, place.key(), findings):
            continue
        value = variables.known(value, place)
        form, is_sound = output_form(value, place, findings)
        if form is None:
            outputs.append(FlatOutput(key, None, {}, place))
            continue
        named = form.source is not None
        at = place / "from" if named else place.key()
        source = _source(form.source if named else key, at, names, findings)
        outputs.append(FlatOutput(key, source, value or {} if is_sound else _sound_options(form, value), place))
    return outputs


def _sound_options(form: OutputForm, value: Mapping[str, Any]) -> dict[str, Any]:
    """The options of an output with mistakes: what it does not say may be what is meant by one of these."""
    options = dict.fromkeys(OutputForm.model_fields, NO_VALUE) | {key: value.get(key) for key in form.model_fields_set}
    del options["source"]
    return options


def _listed_outputs(
    items: list[Any], section: Place, names: Names, variables: Variables, findings: Findings
) -> list[FlatOutput]:
    """The outputs of a plain list: names of nodes, without losses."""
    outputs: list[FlatOutput] = []
    seen: dict[str, Place] = {}
    for item, place, is_broken in listed(items, section, names, variables):
        if is_broken or names.is_refused(item):
            outputs.append(FlatOutput(str(item), None, {}, place))
        elif not isinstance(item, str):
            hint = (
                "outputs with options are a mapping: `outputs: {name: {loss: …}}`" if isinstance(item, dict) else None
            )
            findings.add(codes.WRONG_TYPE, f"an output is the name of a node, not {show(item)}", place, hint=hint)
        elif item in seen:
            findings.add(*_named_twice(item, place), related=(Remark(seen[item], "first named here"),))
        elif _is_name(item, place, findings):
            seen[item] = place
            outputs.append(FlatOutput(item, _source(item, place, names, findings), {}, place))
    return outputs


def _named_twice(output: str, place: Place) -> tuple[Code, str, Place]:
    return codes.DUPLICATE_KEY, f"the output `{output}` is named twice", place


def _is_name(name: Any, place: Place, findings: Findings) -> bool:
    if isinstance(name, str) and NAME.fullmatch(name):
        return True
    hint = not_evaluated(name) or NAME_RULE
    if isinstance(name, str) and "." in name and "${" not in name:
        hint = f"to pick an output of a node, name it and write `from: {name}`"
    findings.add(codes.BAD_NAME, f"{show(name)} is not formed as a name", place, hint=hint)
    return False


def _source(reference: Any, place: Place, names: Names, findings: Findings) -> OutputRef | None:
    try:
        found = names.single(reference, place)
    except UnresolvedError:
        return None
    if isinstance(found, OutputRef):
        return found
    findings.add(codes.WRONG_TYPE, f"a reference is the name of a node, not {show(reference)}", place)
    return None


def _parts(spec: SpecForm, names: Names, variables: Variables, findings: Findings) -> Iterator[FlatPart]:
    """The models of parts of the graph; of one with mistakes, what is sound."""
    for name, value in spec.models.items():
        place = _ROOT / "models" / name
        form = model_form(value, place, findings)
        if form is None:
            continue
        references = list(listed(form.inputs, place / "inputs", names, variables))
        inputs = tuple(
            None if each.is_broken else _source(each.reference, each.place, names, findings) for each in references
        )
        section = place / "outputs"
        if isinstance(form.outputs, list):
            outputs = list(_referred_outputs(form.outputs, section, names, variables, findings))
        else:
            written = {key: {"from": each} if isinstance(each, str) else each for key, each in form.outputs.items()}
            outputs = _outputs(written, section, names, variables, findings)
        compiling = variables.known(form.compile, place / "compile")
        yield FlatPart(
            name, inputs, tuple(str(each.reference) for each in references), tuple(outputs), compiling, place
        )


def _referred_outputs(
    references: list[Any], section: Place, names: Names, variables: Variables, findings: Findings
) -> Iterator[FlatOutput]:
    """The outputs of a part that is given as references: each is named as its reference, with `_` for a dot."""
    seen: dict[str, Place] = {}
    for reference, place, is_broken in listed(references, section, names, variables):
        if is_broken:
            yield FlatOutput(str(reference), None, {}, place)
        elif not isinstance(reference, str):
            findings.add(codes.WRONG_TYPE, f"an output is a reference, not {show(reference)}", place)
        elif (name := reference.replace(".", "_")) in seen:
            findings.add(*_named_twice(name, place), related=(Remark(seen[name], "first named here"),))
        else:
            seen[name] = place
            yield FlatOutput(name, _source(reference, place, names, findings), {}, place)


def _input_order(spec: SpecForm, names: Names, findings: Findings) -> tuple[OutputRef | None, ...] | None:
    if spec.inputs is None:
        return None
    return tuple(
        None if each.is_broken else _source(each.reference, each.place, names, findings)
        for each in listed(spec.inputs, _ROOT / "inputs", names, None)
    )
