"""Hover: what is known of what stands under the cursor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from lsprotocol import types

from spec_compiler.analysing.cost import NodeCost, cost
from spec_compiler.catalog import describe
from spec_compiler.catalog.describe import Field, format_value
from spec_compiler.catalog.tensors import TensorType, format_shape
from spec_compiler.diagnostics.codes import CODES
from spec_compiler.diagnostics.renderers.text import counted
from spec_compiler.emitting.node import NodeReport
from spec_compiler.expanding.edges import read_stops
from spec_compiler.expanding.loop_values import variables_of
from spec_compiler.explaining import page_of
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.language.names import parse_reference
from spec_compiler.language_server.call_target import operation
from spec_compiler.language_server.declared_params import param_fields
from spec_compiler.language_server.flow import flows, home_of
from spec_compiler.language_server.hints import by_copy, value_shown
from spec_compiler.language_server.slots import Role, choices_of, slot_at
from spec_compiler.language_server.snapshot import NodeCall, Snapshot
from spec_compiler.language_server.target import SymbolTarget, blocks_written, target_at
from spec_compiler.linking.logs import logs
from spec_compiler.reading.imports import import_key
from spec_compiler.spans import Path, Place

_MOST_COPIES = 20
_MOST_REPORTED = 500
"""Of graphs with more nodes than this, a node is described without what all of them have to be gone through for."""


def hover(snapshot: Snapshot, position: types.Position) -> types.Hover | None:
    """What is known of what stands at a position, as Markdown; None if nothing is."""
    target = target_at(snapshot, position)
    if target is None:
        return None
    text = _of_key(snapshot, target) if target.place.on_key else _of_value(snapshot, target)
    if not text:
        return None
    where = snapshot.range_of(target.place._replace(part=None))
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), where)


# Keys


def _of_key(snapshot: Snapshot, target: SymbolTarget) -> str | None:
    path = target.place.path
    section = path[2] if path[:1] == ("blocks",) and len(path) > 3 else path[0]
    inside = path[2:] if path[:1] == ("blocks",) and len(path) > 3 else path
    if path[:1] == ("blocks",) and len(path) == 2:
        return _block(target.name, target.value)
    if len(inside) == 2 and section == "nodes":
        return _node(snapshot, Place(path))
    if len(inside) == 2 and section == "layers":
        return _layer(snapshot, Place(path))
    if len(inside) == 2 and section in ("params", "search"):
        return _param(snapshot, target.slot.home, target.name)
    if len(inside) == 2 and section == "outputs" and not target.slot.keys:
        return _output(snapshot, target)
    if path[0] == "models" and len(path) in (2, 4):
        return _model(target) if len(path) == 2 else _output(snapshot, target) if path[2] == "outputs" else None
    if path[-2:-1] == ("for",):
        return _variables(snapshot, Place(path[:-2]), target.name)
    field = target.slot.key(target.name)
    if field is not None:
        return _field(field, target.slot.of)
    kind = operation(target.name) if section == "defaults" else None
    return _type_page(target.name) if kind is not None else None


def _field(field: Field, of: str) -> str:
    takes = f": {field.takes}" if field.takes else ""
    default = f", by default `{field.default}`" if field.default not in (None, "null") else ""
    return f"**`{field.name}`** of {of}{takes}{default}\n\n{field.text}".rstrip()


def _param(snapshot: Snapshot, home: Path, name: str) -> str | None:
    fields = [each for each in param_fields(snapshot.value_at(Place(home))) if each.name == name]
    if not fields:
        return None
    known = [scope.arguments.get(name) for scope in snapshot.analysis.scopes if snapshot.home_of(scope).path == home]
    given = list(dict.fromkeys(str(each) for each in known if each is not None)) if home else []
    lines = [_field(each, "the params") for each in fields]
    if given:
        lines.append(f"Given by the nodes of the block: {', '.join(f'`{each}`' for each in given[:_MOST_COPIES])}")
    return "\n\n".join(lines)


def _model(target: SymbolTarget) -> str:
    """A model of the spec that is a part of its graph."""
    form = target.value if isinstance(target.value, dict) else {}
    lines = [f"**`{target.name}`**, a model of its own on the same weights"]
    for title, key in (("takes", "inputs"), ("gives", "outputs")):
        names = form.get(key)
        if isinstance(names, (list, dict)):
            lines.append(f"{title} {', '.join(f'`{each}`' for each in names)}")
    return "\n\n".join(lines)


def _variables(snapshot: Snapshot, node: Place, key: str) -> str:
    """What the variables of a loop are in each copy."""
    names = variables_of(key)
    scopes = [scope for scope in snapshot.analysis.scopes if scope.kind == "for" and scope.place == node]
    rows = [
        f"- in `{scope.name}`: {', '.join(f'`{format_value(scope.variables[name])}`' for name in names)}"
        for scope in scopes
        if all(name in scope.variables for name in names)
    ]
    more = [f"- and {len(rows) - _MOST_COPIES} more"] if len(rows) > _MOST_COPIES else []
    title = ", ".join(f"**`{name}`**" for name in names)
    return "\n".join([f"{title}: what tells the copies apart", "", *rows[:_MOST_COPIES], *more]).rstrip()


def _output(snapshot: Snapshot, target: SymbolTarget) -> str:
    value = target.value
    source = (
        value.get("from", target.name) if isinstance(value, dict) else value if isinstance(value, str) else target.name
    )
    return f"**`{target.name}`**, an output\n\n{_flow_text(snapshot, target, str(source))}"


# Nodes and layers


def _node(snapshot: Snapshot, place: Place) -> str:
    name = str(place.path[-1])
    calls = snapshot.calls_at(place)
    if not calls:
        return _node_of_block(snapshot, place)
    parts: list[str] = []
    if len(calls) > 1:
        rows = [f"- `{call.node.name}`: {_types(call.outputs) or 'nothing is known of it'}" for call in calls]
        more = [f"- and {len(rows) - _MOST_COPIES} more"] if len(rows) > _MOST_COPIES else []
        parts.append(f"**`{name}`** stands for {len(calls)} nodes:\n\n" + "\n".join([*rows[:_MOST_COPIES], *more]))
    parts.append(_report(snapshot, calls[0]))
    return "\n\n".join(parts)


def _report(snapshot: Snapshot, call: NodeCall) -> str:
    """All that is known of one call."""
    graph, name = call.graph, call.node.name
    is_whole = not snapshot.analysis.findings.errors and name in graph.nodes
    if is_whole and name in graph.results and len(graph.nodes) <= _MOST_REPORTED:
        origin = snapshot.analysis.origin
        return f"```text\n{NodeReport(graph, name, _cost(call), origin).text(100)}\n```"
    layer = graph.layers.get(call.node.layer)
    kind = layer.type if layer is not None else "?"
    lines = [
        f"**`{name}`**: {kind}",
        "",
        f"gives {_types(call.outputs)}" if call.outputs else "nothing is known of what it gives",
    ]
    weights = graph.weights.get(call.node.layer, ())
    lines += ["", *(f"- `{each.name}` {format_shape(each.shape)} {each.dtype}" for each in weights)]
    return "\n".join(lines)


def _cost(call: NodeCall) -> NodeCost:
    whole = cost(call.graph, None, None)
    return next(each for each in whole.nodes if each.node == call.node.name)


def _node_of_block(snapshot: Snapshot, place: Place) -> str:
    """A node that is copies of a block, or is bypassed."""
    name = str(place.path[-1])
    written = snapshot.value_at(place)
    kind = written.get("type") if isinstance(written, dict) else None
    scopes = [scope for scope in snapshot.analysis.scopes if scope.kind == "block" and scope.place == place]
    is_block = kind in blocks_written(snapshot, place.file)
    lines = [f"**`{name}`**: {f'the block `{kind}`' if is_block else f'`{kind}`' if kind else 'a node'}"]
    for scope in scopes[:_MOST_COPIES]:
        given = ", ".join(f"{key}: {value}" for key, value in scope.arguments.items())
        calls = [call for call in snapshot.all_calls if scope in call.node.scope.path()]
        layers = {(id(call.graph), call.node.layer): call for call in calls}
        parameters = sum(call.graph.layer_parameters(call.node.layer) for call in layers.values())
        made = f"{counted(len(calls), 'node')}, {counted(parameters, 'parameter')}"
        lines.append(f"- `{scope.name}`{f' with {given}' if given else ''}: {made}")
    if len(scopes) > _MOST_COPIES:
        lines.append(f"- and {len(scopes) - _MOST_COPIES} more")
    found = flows(snapshot, home_of(place.path), name)
    kinds = list(dict.fromkeys(_types(kinds) for _, kinds in found))
    if kinds:
        lines += ["", f"gives {' | '.join(kinds[:_MOST_COPIES])}"]
    return "\n".join(lines)


def _layer(snapshot: Snapshot, place: Place) -> str:
    lines = [f"**`{place.path[-1]}`**, a shared layer"]
    graphs = list(_graphs(snapshot.analysis.sound)) if snapshot.analysis.sound is not None else []
    found = [
        (graph, key) for graph in graphs for key, layer in graph.layers.items() if layer.place == place and layer.shared
    ]
    for graph, key in found[:_MOST_COPIES]:
        callers = [node.name for node in graph.nodes.values() if node.layer == key]
        listed = ", ".join(f"`{caller}`" for caller in callers[:_MOST_COPIES]) or "nothing"
        weights = [f"`{each.name}` {format_shape(each.shape)}" for each in graph.weights.get(key, ())]
        lines.append(f"- `{key}` ({graph.layers[key].type}) is called by {listed}")
        lines += [f"- weights: {', '.join(weights)}"] * bool(weights)
    return "\n".join(lines)


def _graphs(graph: TypedGraph) -> Iterator[TypedGraph]:
    """A graph, and those of its shared blocks."""
    yield graph
    for model in graph.models.values():
        yield from _graphs(model)


def _block(name: str, block: Any) -> str | None:
    if not isinstance(block, dict):
        return None
    inputs = block.get("inputs")
    lines = [f"**`{name}`**, a block", "", str(block.get("description") or ""), ""]
    if isinstance(inputs, list):
        lines += [f"takes {', '.join(f'`{each}`' for each in inputs)}", ""]
    lines += [f"- {_field(each, 'the block').replace(chr(10) * 2, ': ')}" for each in param_fields(block)]
    outputs = block.get("outputs")
    if isinstance(outputs, (list, dict)):
        lines += ["", f"gives {', '.join(f'`{each}`' for each in outputs)}"]
    return "\n".join(lines).rstrip()


# Values


def _of_value(snapshot: Snapshot, target: SymbolTarget) -> str | None:
    if target.expression is not None:
        return _expression(snapshot, target)
    slot, value = target.slot, target.value
    if isinstance(value, str):
        if slot.role in _OF_ROLES:
            return _OF_ROLES[slot.role](snapshot, target, value)
        if slot.role == "object" and slot.families:
            return _object_page(value, tuple(family.kind for family in slot.families))
        if value in describe.names() and (found := _activation(value, slot.schema)):
            return found
    return _of_key_above(snapshot, target)


def _of_type(snapshot: Snapshot, _: SymbolTarget, name: str) -> str | None:
    block = blocks_written(snapshot).get(name)
    return _block(name, block) if block is not None else _type_page(name)


def _of_reference(snapshot: Snapshot, target: SymbolTarget, _: str) -> str | None:
    reference = _reference_at(target)
    return f"**`{reference}`**\n\n{_flow_text(snapshot, target, reference)}" if reference else None


def _of_name(snapshot: Snapshot, target: SymbolTarget, name: str) -> str | None:
    """What a block lists: an input, or a param that has no default."""
    if target.place.path[-2:-1] == ("params",):
        return _param(snapshot, target.slot.home, name)
    is_input = target.place.path[-2:-1] == ("inputs",)
    return f"**`{name}`**, an input of the block\n\n{_flow_text(snapshot, target, name)}" if is_input else None


def _of_lint(_: Snapshot, __: SymbolTarget, code: str) -> str | None:
    return f"**{code}** {CODES[code].name}: {CODES[code].title}" if code in CODES else None


def _part(snapshot: Snapshot, _: SymbolTarget, name: str) -> str | None:
    """What a phase trains: a shared layer, a node, or what a node of a block asks for."""
    symbol = snapshot.names.named(name, Place(()))
    if symbol is not None:
        return _node(snapshot, Place(("nodes", symbol.name)))
    return _layer(snapshot, Place(("layers", name))) if snapshot.value_at(Place(("layers", name))) is not None else None


def _log(snapshot: Snapshot, _: SymbolTarget, name: str) -> str | None:
    """What training logs under a name."""
    graph = snapshot.analysis.sound
    found = logs(graph.graph).get(name) if graph is not None else None
    return f"**`{name}`**: {found}" if found is not None else None


def _of_key_above(snapshot: Snapshot, target: SymbolTarget) -> str | None:
    """What the argument is that a value is given to."""
    path, home = target.place.path, target.slot.home
    if path[len(home) : -1] == ("params",):
        return _param(snapshot, home, str(path[-1]))
    while path and isinstance(path[-1], int):
        path = path[:-1]
    if not path:
        return None
    above = slot_at(snapshot.data, path[:-1], blocks_written(snapshot))
    field = above.key(str(path[-1]))
    return _field(field, above.of) if field is not None else None


def _activation(value: str, schema: Any) -> str | None:
    if schema is None or "relu" not in choices_of(schema):
        return None
    pages = [page_of(each) for each in describe.meanings(value) if each.kind == "activation"]
    return pages[0] if pages else None


def _reference_at(target: SymbolTarget) -> str | None:
    """The reference under the cursor; in an arrow, the one of several."""
    if target.text is None:
        return None
    if target.slot.role != "arrow":
        return target.text if parse_reference(target.text) else None
    stops = [(name, start) for name, start in read_stops(target.text) if start <= target.column <= start + len(name)]
    return stops[0][0] if stops else None


def _flow_text(snapshot: Snapshot, target: SymbolTarget, reference: str) -> str:
    found = flows(snapshot, home_of(target.place.path), reference)
    if not found:
        return "nothing is known of what flows here"
    kinds = list(dict.fromkeys(_types(kinds) for _, kinds in found))
    if len(kinds) == 1:
        return f"gives {kinds[0]}"
    rows = [f"- in `{scope.name or snapshot.analysis.source}`: {_types(kinds)}" for scope, kinds in found]
    return "\n".join([*rows[:_MOST_COPIES], *[f"- and {len(rows) - _MOST_COPIES} more"] * (len(rows) > _MOST_COPIES)])


def _types(kinds: Iterable[TensorType]) -> str:
    return ", ".join(f"`{kind}`" for kind in kinds)


def _expression(snapshot: Snapshot, target: SymbolTarget) -> str:
    assert target.text is not None
    place = target.place._replace(part=None)
    values = snapshot.trace.values.get(place, ())
    shown = [(each, value_shown(target.text, [one for one in values if one.scope is each])) for each in _scopes(values)]
    rows = [(scope.name, text) for scope, text in shown if text is not None]
    if not rows:
        return f"`{target.text}` has no value here"
    if len({text for _, text in rows}) == 1:
        copies = f" in each of {len(by_copy(values))} copies" if len(rows) > 1 else ""
        return f"`{target.text}`\n\ngives `{rows[0][1]}`{copies}"
    listed = [f"- in `{name}`: `{text}`" for name, text in rows]
    more = [f"- and {len(rows) - _MOST_COPIES} more"] if len(rows) > _MOST_COPIES else []
    return f"`{target.text}`\n\n" + "\n".join([*listed[:_MOST_COPIES], *more])


def _scopes(values: Iterable[Any]) -> list[Any]:
    return list({id(each.scope): each.scope for each in values}.values())


def _import(snapshot: Snapshot, _: SymbolTarget, target: str) -> str | None:
    documents = snapshot.analysis.documents
    key = import_key("", snapshot.document, target, documents)
    data = documents[key].data if key is not None else None
    blocks = data.get("blocks") if isinstance(data, dict) else None
    if not isinstance(blocks, dict):
        return None
    rows = [
        f"- `{name}`: {str(block.get('description') or '').strip()}" if isinstance(block, dict) else f"- `{name}`"
        for name, block in blocks.items()
    ]
    return "\n".join([f"**`{target}`** brings", "", *rows])


_OF_ROLES: Mapping[Role, Callable[[Snapshot, SymbolTarget, str], str | None]] = {
    "type": _of_type,
    "shared type": _of_type,
    "layer type": _of_type,
    "reference": _of_reference,
    "input": _of_reference,
    "arrow": _of_reference,
    "use": lambda snapshot, target, name: _layer(snapshot, Place((*target.slot.home, "layers", name))),
    "part": _part,
    "import": _import,
    "monitor": _log,
    "lint": _of_lint,
    "name": _of_name,
}
"""What a text is explained by that has a meaning of its own."""

# Pages


@lru_cache(256)
def _type_page(name: str) -> str | None:
    """What `explain` says of a type."""
    found = operation(name)
    if found is None:
        return None
    pages = [page_of(each) for each in describe.meanings(name) if each.kind in ("layer", "op")]
    return pages[0] if pages else f"**`{name}`**, a layer of the calling program"


@lru_cache(256)
def _object_page(name: str, kinds: tuple[str, ...]) -> str | None:
    """What `explain` says of a loss, an optimizer or the like."""
    pages = [page_of(each) for each in describe.meanings(name) if each.kind in kinds]
    return pages[0] if pages else None
