"""Inlay hints: behind each node what it gives, behind each expression its value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lsprotocol import types

from spec_compiler.catalog.fields import show
from spec_compiler.catalog.tensors import TensorType, format_shape
from spec_compiler.expanding.substitute import Piece, pieces
from spec_compiler.expanding.trace import Evaluated
from spec_compiler.graph.typed import tensors
from spec_compiler.language_server.flow import FlowingTensor, tensors_of
from spec_compiler.language_server.settings import ServerSettings
from spec_compiler.language_server.snapshot import NodeCall, Snapshot, graphs_written_in, section_of, text_at
from spec_compiler.spans import Place, Position

_MOST_SHOWN = 3
_LONGEST = 60


def inlay_hints(snapshot: Snapshot, where: types.Range, settings: ServerSettings) -> list[types.InlayHint]:
    """The hints of a part of a document."""
    known = [snapshot, *([snapshot.before] if snapshot.before is not None else [])]
    return sorted(
        (
            hint
            for each in known
            for hint in _hints(each, where, settings)
            if snapshot.for_line(hint.position.line + 1) is each
        ),
        key=lambda hint: (hint.position.line, hint.position.character),
    )


def _hints(snapshot: Snapshot, where: types.Range, settings: ServerSettings) -> Iterator[types.InlayHint]:
    first, last = where.start.line + 1, where.end.line + 1
    if settings.shapes or settings.parameters:
        yield from _of_nodes(snapshot, settings, first, last)
    if settings.values:
        yield from _of_expressions(snapshot, first, last)


# Nodes


def _of_nodes(snapshot: Snapshot, settings: ServerSettings, first: int, last: int) -> Iterator[types.InlayHint]:
    for home, graph in graphs_written_in(snapshot.data):
        for section in ("nodes", "layers"):
            for name in section_of(graph, section):
                place = Place((*home, section, name))
                span = snapshot.document.span(place.key())
                if span is None or not first <= span.start.line <= last or span.start.line in snapshot.changed:
                    continue
                label = _label(snapshot, place, settings, is_layer=section == "layers")
                if label:
                    line = snapshot.text.line(span.start.line)
                    at = snapshot.text.to_protocol(Position(span.start.line, len(line) + 1))
                    yield types.InlayHint(at, label, kind=types.InlayHintKind.Type, padding_left=True)


def _label(snapshot: Snapshot, place: Place, settings: ServerSettings, *, is_layer: bool) -> str:
    parts: list[str] = []
    if settings.shapes and not is_layer:
        parts += shapes_of_node(snapshot, place)
    if settings.parameters:
        parts += _parameters(snapshot, place, settings.large_layer, is_layer=is_layer)
    return ", ".join(parts)


def shapes_of_node(snapshot: Snapshot, place: Place) -> list[str]:
    """What a node gives: a text for each of what its copies give, all of them but for the first few counted."""
    home = Place(place.path[:-2], file=place.file)
    calls = snapshot.calls_at(place)
    given = [_shown(call.outputs, _is_changed(call)) for call in _last_of_repeats(calls)]
    if not calls:
        names = [str(place.path[-1]), *_copies_of(snapshot, place)]
        scopes = snapshot.scopes_by_graph.get(home, ())
        given = [
            _named(tensors_of(snapshot, scope, name), several=len(snapshot.trace.names[scope].get(name, ())) > 1)
            for name in names
            for scope in scopes
        ]
    return listed([each for each in given if each])


def _copies_of(snapshot: Snapshot, place: Place) -> list[str]:
    """The names of the copies that `for` makes of a node."""
    return [
        scope.name[len(scope.parent.prefix) :]
        for scope in snapshot.analysis.scopes
        if scope.kind == "for" and scope.place == place and scope.parent is not None
    ]


def _last_of_repeats(calls: Sequence[NodeCall]) -> list[NodeCall]:
    """The calls that a reference can mean: of a chain that `repeat` makes, the last one."""
    last: dict[tuple[int, object], NodeCall] = {}
    for number, call in enumerate(calls):
        scope = call.node.scope
        last[(0, scope.parent) if scope.kind == "repeat" and scope.place == call.node.place else (number + 1, None)] = (
            call
        )
    return list(last.values())


def _is_changed(call: NodeCall) -> frozenset[int]:
    """The outputs whose dtype is none of those that flow in."""
    operands = call.graph.calls.get(call.node.name, {})
    taken = {call.graph.type_of(each).dtype for each in tensors(operands) if each.node in call.graph.results}
    layer = call.graph.layers.get(call.node.layer)
    if layer is None or layer.kind == "Input":
        return frozenset()
    expected = taken or {"float32"}
    return frozenset(index for index, kind in enumerate(call.outputs) if kind.dtype not in expected)


def _shown(outputs: Sequence[TensorType], with_dtype: frozenset[int]) -> str:
    shapes = [
        str(kind) if index in with_dtype else format_shape(kind.shape)
        for index, kind in enumerate(outputs[: 2 * _MOST_SHOWN])
    ]
    more = f" and {len(outputs) - len(shapes)} more" if len(outputs) > len(shapes) else ""
    return ("→ " if shapes else "") + " ".join(shapes) + more


def _named(tensors: Sequence[FlowingTensor], *, several: bool) -> str:
    """What a copy of a block gives; with their names, if it has several outputs."""
    shown = [
        f"{f'{each.output} ' if several and each.output is not None else ''}{format_shape(each.kind.shape)}"
        for each in tensors[: 2 * _MOST_SHOWN]
    ]
    more = f" and {len(tensors) - len(shown)} more" if len(tensors) > len(shown) else ""
    return ("→ " if shown else "") + " ".join(shown) + more


def listed(texts: Sequence[str]) -> list[str]:
    """Texts for several copies: each once, and of many the first and the last."""
    different = list(dict.fromkeys(texts))
    if len(different) > _MOST_SHOWN:
        return [f"{different[0]} … {different[-1].removeprefix('→ ')}"]
    return [" | ".join([*different[:1], *(each.removeprefix("→ ") for each in different[1:])])] if different else []


def _parameters(snapshot: Snapshot, place: Place, least: int, *, is_layer: bool) -> list[str]:
    """How many parameters the layers of a node have, if they are many."""
    counts: list[int] = []
    graph = snapshot.analysis.sound
    if is_layer:
        if graph is not None:
            counts = [graph.layer_parameters(key) for key, layer in graph.layers.items() if layer.place == place]
            counts += [graph.models[key].parameter_count for key in graph.models if graph.layers[key].place == place]
    else:
        for call in snapshot.calls_at(place):
            layer = call.graph.layers.get(call.node.layer)
            if layer is not None and not layer.shared:
                counts.append(call.graph.layer_parameters(layer.key))
        if not counts:
            counts = [
                sum(call.graph.layer_parameters(call.node.layer) for call in calls)
                for calls in _calls_of_copies(snapshot, place)
            ]
    total = sum(counts)
    if total < least:
        return []
    each = set(counts)
    if len(counts) > 1 and len(each) == 1:
        return [f"{len(counts)} × {counts[0]:,} parameters"]
    return [f"{total:,} parameters"]


def _calls_of_copies(snapshot: Snapshot, place: Place) -> list[list[NodeCall]]:
    """The calls inside each copy of a block that a node asks for, one for each layer that they make."""
    found: list[list[NodeCall]] = []
    if snapshot.analysis.sound is None:
        return found
    copies: dict[int, list[NodeCall]] = {}
    for node in snapshot.analysis.nodes_at(place):
        for scope in node.scope.path():
            if scope.kind == "block" and scope.place == place:
                graph = snapshot.graph_of(node.scope)
                layer = graph.layers.get(node.layer) if graph is not None else None
                if graph is not None and layer is not None and not layer.shared:
                    copies.setdefault(id(scope), []).append(NodeCall(graph, node))
    return list(copies.values())


# Expressions


def _of_expressions(snapshot: Snapshot, first: int, last: int) -> Iterator[types.InlayHint]:
    for place, values in snapshot.trace.values.items():
        if place.file or place.on_key or not values:
            continue
        span = snapshot.document.span(place)
        if span is None or not first <= span.start.line <= last or span.start.line in snapshot.changed:
            continue
        written = text_at(snapshot.document, place.path)
        if written is None:
            continue
        shown = value_shown(written[1], values)
        if shown is not None:
            at = snapshot.text.to_protocol(span.end)
            yield types.InlayHint(at, f"= {shown}", kind=types.InlayHintKind.Parameter, padding_left=True)


def value_shown(text: str, values: Sequence[Evaluated]) -> str | None:
    """What a text gives, in each of its copies; None where it says so itself."""
    texts = texts_of_copies(text, values)
    found = [each if len(each) <= _LONGEST else f"{each[: _LONGEST - 1]}…" for each in texts]
    if len(found) > 2 * _MOST_SHOWN:
        found = [*found[:_MOST_SHOWN], "…", found[-1]]
    return ", ".join(found) if found else None


def texts_of_copies(text: str, values: Sequence[Evaluated]) -> list[str]:
    """What a text with expressions is in each of its copies, each once, as far as it is known."""
    parts = pieces(text)
    texts = dict.fromkeys(_whole(parts, copy) for copy in by_copy(values))
    return [each for each in texts if each is not None]


def by_copy(values: Sequence[Evaluated]) -> list[dict[int, object]]:
    """The values of the expressions of one text, by where each begins, a copy after another."""
    copies: dict[int, dict[int, object]] = {}
    for each in values:
        copies.setdefault(id(each.scope), {})[each.start] = each.value
    return list(copies.values())


def _whole(parts: Sequence[Piece], values: dict[int, object]) -> str | None:
    shown: list[str] = []
    for part in parts:
        if not part.expression:
            shown.append(part.text)
        elif part.start not in values:
            return None
        else:
            value = values[part.start]
            shown.append(_value(value) if len(parts) == 1 else str(value))
    return "".join(shown)


def _value(value: object) -> str:
    """A value as a spec writes it."""
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_value(item)}" for key, item in value.items()) + "}"
    return show(value)
