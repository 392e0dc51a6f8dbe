"""SpecForm → FlatSpec: what is written for people becomes calls and edges, and no sugar is left.

Params and expressions get their values, blocks and repetitions are written out, edges become inputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Remark
from spec_compiler.expanding.blocks import Importer
from spec_compiler.expanding.flat import FlatOutput, FlatSpec, Wire
from spec_compiler.expanding.frame import Frame, Output, TooManyNodesError
from spec_compiler.expanding.params import check_given, declared, values
from spec_compiler.expanding.scope import Scope, UnresolvedError
from spec_compiler.expanding.substitute import NoValueError, Variables
from spec_compiler.expanding.unused import unused
from spec_compiler.language.names import NAME, NAME_RULE
from spec_compiler.language.spec import SpecForm
from spec_compiler.language.validate import output_form
from spec_compiler.limits import Limits
from spec_compiler.reading.document import Document
from spec_compiler.spans import Place

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
) -> FlatSpec | None:
    """The spec without sugar; none if it expands to too many nodes.

    Args:
        spec: The form of the spec.
        name: What the model is called if the spec does not say.
        findings: Where mistakes go.
        params: The values of params that are set from outside.
        directory: The folder of the spec, to which imports are relative.
        root: The folder that imports may come from; the spec's own by default.
        limits: How much the spec may ask for.
        documents: Gets every document that is imported, by the `file` of its places.
    """
    variables = _variables(spec, params, findings, limits)
    library = Importer(directory, root, findings, limits, documents).library(
        spec.blocks, spec.imports, _ROOT, directory
    )
    output = Output(findings, limits)
    try:
        frame = Frame(output, _ROOT, "", variables, library, (spec.layers, spec.nodes, spec.edges))
        frame.write()
    except TooManyNodesError:
        return None
    return FlatSpec(
        name=spec.name or name,
        description=spec.description,
        layers=tuple(output.layers),
        nodes=tuple(output.nodes),
        outputs=tuple(_outputs(spec, frame.scope, variables, findings)),
        inputs=_input_order(spec, frame.scope, findings),
        compile=_section(spec.compile, "compile", variables),
        fit=_section(spec.fit, "fit", variables),
        seed=_section(spec.seed, "seed", variables),
        dtype_policy=_section(spec.dtype_policy, "dtype_policy", variables),
        ignored_lints=frozenset(spec.lint.ignore),
        blocks=tuple(library.blocks),
        unused=tuple(unused(spec)),
    )


def _variables(spec: SpecForm, params: Mapping[str, Any], findings: Findings, limits: Limits) -> Variables:
    table = declared(spec.params, _ROOT / "params", findings)
    check_given(params, spec.params, findings)
    broken = frozenset(map(str, spec.params)) - table.keys()
    return values(table, params, None, Variables({}, findings, limits.integer), broken=broken)


def _section(value: Any, key: str, variables: Variables) -> Any:
    """A section with its expressions evaluated; as if it were not there, if one has no value."""
    try:
        return variables.substitute(value, _ROOT / key)
    except NoValueError:
        return None


def _outputs(spec: SpecForm, scope: Scope, variables: Variables, findings: Findings) -> list[FlatOutput]:
    section = _ROOT / "outputs"
    if isinstance(spec.outputs, list):
        return _listed_outputs(spec.outputs, section, scope, findings)
    outputs: list[FlatOutput] = []
    for key, value in spec.outputs.items():
        place = section / key
        if not _is_name(key, place.key(), findings):
            continue
        try:
            value = variables.substitute(value, place)
        except NoValueError:
            outputs.append(FlatOutput(key, None, {}, place))
            continue
        form = output_form(value, place, findings)
        if form is None:
            outputs.append(FlatOutput(key, None, {}, place))
            continue
        named = form.source is not None
        at = place / "from" if named else place.key()
        source = _source(form.source if named else key, at, scope, findings)
        outputs.append(FlatOutput(key, source, value or {}, place))
    return outputs


def _listed_outputs(names: list[Any], section: Place, scope: Scope, findings: Findings) -> list[FlatOutput]:
    """The outputs of a plain list: names of nodes, without losses."""
    outputs: list[FlatOutput] = []
    seen: dict[str, int] = {}
    for index, item in enumerate(names):
        place = section / index
        if not isinstance(item, str):
            findings.add(codes.WRONG_TYPE, f"an output is the name of a node, not {show(item)}", place)
        elif item in seen:
            findings.add(
                codes.DUPLICATE_KEY,
                f"the output `{item}` is named twice",
                place,
                related=(Remark(section / seen[item], "first named here"),),
            )
        elif _is_name(item, place, findings):
            seen[item] = index
            outputs.append(FlatOutput(item, _source(item, place, scope, findings), {}, place))
    return outputs


def _is_name(name: Any, place: Place, findings: Findings) -> bool:
    if isinstance(name, str) and NAME.fullmatch(name):
        return True
    hint = NAME_RULE
    if isinstance(name, str) and "." in name:
        hint = f"to pick an output of a node, name it and write `from: {name}`"
    findings.add(codes.BAD_NAME, f"{show(name)} is not formed as a name", place, hint=hint)
    return False


def _source(reference: Any, place: Place, scope: Scope, findings: Findings) -> Wire | None:
    try:
        found = scope.single(reference, place)
    except UnresolvedError:
        return None
    if isinstance(found, Wire):
        return found
    findings.add(codes.WRONG_TYPE, f"a reference is the name of a node, not {show(reference)}", place)
    return None


def _input_order(spec: SpecForm, scope: Scope, findings: Findings) -> tuple[Wire | None, ...] | None:
    if spec.inputs is None:
        return None
    return tuple(_source(name, _ROOT / "inputs" / index, scope, findings) for index, name in enumerate(spec.inputs))
