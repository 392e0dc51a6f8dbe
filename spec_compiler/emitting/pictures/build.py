"""TypedGraph → Diagram: what a picture of a graph shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from spec_compiler.analysing.sharing import first_uses, sharing, uses
from spec_compiler.catalog.layers.core.input import Input
from spec_compiler.emitting.pictures import captions
from spec_compiler.emitting.pictures.copies import with_copies_joined
from spec_compiler.emitting.pictures.diagram import Box, BoxKind, Diagram, DiagramEdge, EdgeKind, Port
from spec_compiler.emitting.pictures.flows import flows
from spec_compiler.emitting.pictures.folding import Folding
from spec_compiler.emitting.pictures.items import Item, items_of
from spec_compiler.emitting.pictures.options import DEFAULT_OPTIONS, PictureOptions
from spec_compiler.graph.typed import TensorRef, TypedGraph

ALL_OPEN = PictureOptions(depth=2**31)
"""How a picture is in which no block is folded."""


def build_diagram(graph: TypedGraph, options: PictureOptions = DEFAULT_OPTIONS, *, joined: bool = True) -> Diagram:
    """What a picture of a graph shows.

    Args:
        graph: The graph.
        options: How the picture is to be.
        joined: Whether what follows one another and is the same is drawn once.

    Raises:
        UnknownBlockError: A block is to be folded or unfolded that is not there.
    """
    sections = list(_sections(graph, "", {}, joined=joined))
    folding = Folding([(section.prefix, section.items) for section in sections], options)
    boxes: list[Box] = []
    edges: list[DiagramEdge] = []
    for section in sections:
        drawing = _Drawing(section, folding)
        inside = drawing.boxes()
        if section.key is None:
            boxes += inside
        else:
            boxes.append(drawing.shared_model(inside))
        edges += drawing.edges()
    return Diagram(graph.name, _subtitle(graph), tuple(boxes), tuple(edges))


def _subtitle(graph: TypedGraph) -> str:
    total, trained = graph.parameter_count, graph.trainable_parameter_count
    text = captions.parameters(total)
    return text if trained == total else f"{text}, {trained:,} trainable"


class _Section(NamedTuple):
    """A graph that a picture shows: that of the model, or of a shared layer that is a block.

    `key` is the shared layer in the graph around; None for the model itself. `prefix` is what ids begin with, and
    `colours` has the numbers of the shared layers that the graph's nodes call.
    """

    graph: TypedGraph
    key: str | None
    prefix: str
    items: tuple[Item, ...]
    colours: Mapping[str, int]
    colour: int | None = None


def _sections(
    graph: TypedGraph, prefix: str, numbers: dict[str, int], key: str | None = None, *, joined: bool
) -> Iterator[_Section]:
    """The graph, then those of its shared blocks."""
    shared = dict.fromkeys([*graph.models, *(each.layer for each in sharing(graph) if each.layer in graph.layers)])
    colours = {each: numbers.setdefault(prefix + each, len(numbers)) for each in shared}
    items = with_copies_joined(graph, items_of(graph)) if joined else items_of(graph)
    yield _Section(graph, key, prefix, items, colours, numbers.get(prefix.removesuffix(".")))
    for each, model in graph.models.items():
        yield from _sections(model, f"{prefix}{each}.", numbers, each, joined=joined)


class _Home(NamedTuple):
    """Where a node is drawn: its box, and for each thing drawn once around it, which of the copies it stands in."""

    box: str
    item: Item
    copies: tuple[tuple[int, int], ...]
    is_folded: bool


class _Drawing:
    """One graph of a picture as boxes and edges."""

    def __init__(self, section: _Section, folding: Folding) -> None:
        self._section = section
        self._graph = section.graph
        self._folding = folding
        self._first = first_uses(section.graph)
        self._used = uses(section.graph)
        self._homes: dict[str, _Home] = {}
        for item in section.items:
            self._settle(item, 1, (), None)
        self._flowing = list(self._flows())
        self._ports = self._made_ports()

    def boxes(self) -> list[Box]:
        """The boxes of the nodes and blocks, of the outputs, and of the shared layers that are no blocks."""
        boxes = [self._box(item, 1, "") for item in self._section.items]
        boxes += [self._output_box(name) for name in self._graph.ends]
        return [*(self._shared_layer(key) for key in self._section.colours if key not in self._graph.models), *boxes]

    def shared_model(self, inside: Sequence[Box]) -> Box:
        """The box of a shared layer that is a block, with what is in it."""
        key = self._section.key or ""
        id_ = f"layer:{self._section.prefix.removesuffix('.')}"
        total = captions.parameters(self._graph.parameter_count)
        nodes = f"{len(self._graph.nodes):,} nodes · {total}"
        return Box(id_, "shared", key, (total,), f"{key}: shared, {total}", 1, self._section.colour,
                   (Port(f"{id_}>", ""),), tuple(inside), (), ("shared block", nodes))  # fmt: skip

    def edges(self) -> Iterator[DiagramEdge]:
        """What flows, to the outputs too, and which nodes call which shared layer."""
        seen: set[object] = set()
        for port, target, kind, apart in self._flowing:
            if (port, target, kind, apart) not in seen:
                seen.add((port, target, kind, apart))
                yield DiagramEdge(port, target, kind)
        tied: dict[tuple[str, str], int] = {}
        for node, used in self._used.items():
            for key in used:
                if key in self._section.colours:
                    tied[self._shared_id(key), self._homes[node].box] = self._section.colours[key]
        for (layer, box), colour in tied.items():
            yield DiagramEdge(f"{layer}>", box, "shared", colour)

    def _settle(self, item: Item, level: int, around: tuple[tuple[int, int], ...], folded_in: str | None) -> None:
        """Find out where each node of an item is drawn."""
        around = (*around, (id(item), item.times)) if item.times > 1 else around
        if item.is_node:
            box = folded_in or self._id(item)
            for place, name in enumerate(item.names):
                self._homes[name] = _Home(box, item, _copies(place, len(item.names), around), folded_in is not None)
            return
        if folded_in is None and not self._folding.is_open(item, level):
            folded_in = self._id(item)
        for inner in item.items:
            self._settle(inner, level + 1, around, folded_in)

    def _id(self, item: Item) -> str:
        return f"{'node' if item.is_node else 'block'}:{self._section.prefix}{item.name}"

    def _shared_id(self, key: str) -> str:
        return f"layer:{self._section.prefix}{key}"

    def _port(self, tensor: TensorRef) -> str:
        """The port of a tensor: the same for that of each copy which one box stands for."""
        home = self._homes[tensor.node]
        return f"{home.box}>{self._section.prefix}{home.item.name}.{tensor.output}"

    def _flows(self) -> Iterator[tuple[str, str, EdgeKind, object]]:
        """What flows between boxes: the port, the box, as what, and what keeps it apart from others of that kind."""
        self._types: dict[str, list[TensorRef]] = {}
        sources: dict[tuple[str, str, str], TensorRef] = {}
        for flow in flows(self._graph):
            source, target = self._homes[flow.tensor.node], self._homes[flow.target]
            is_carried = any(
                thing == other and at != place for thing, at in source.copies for other, place in target.copies
            )
            if is_carried or (source.box == target.box and source.is_folded):
                continue
            port = self._port(flow.tensor)
            self._types.setdefault(port, []).append(flow.tensor)
            # Of copies side by side, one stands for all that go into one argument.
            if sources.setdefault((port, target.box, flow.argument), flow.tensor) != flow.tensor:
                continue
            apart = None if target.is_folded else (flow.argument, flow.place)
            yield port, target.box, flow.kind, apart
        for name, end in self._graph.ends.items():
            port = self._port(end)
            self._types.setdefault(port, []).append(end)
            yield port, self._output_id(name), "data", None

    def _made_ports(self) -> dict[str, list[Port]]:
        """The ports of each box, in the order of the outputs."""
        found: dict[str, list[Port]] = {}
        for port, tensors in sorted(self._types.items(), key=lambda each: each[1][0].output):
            tensor = tensors[0]
            result = self._graph.results[tensor.node]
            name = result.names[tensor.output] if len(result.outputs) > 1 and result.names else ""
            label = captions.shape_label([self._graph.type_of(each) for each in tensors], name)
            found.setdefault(self._homes[tensor.node].box, []).append(Port(port, label))
        return found

    def _box(self, item: Item, level: int, within: str) -> Box:
        id_, title = self._id(item), captions.title(item, within)
        ports = tuple(self._ports.get(id_, ()))
        if item.is_node:
            return self._node_box(item, id_, title, ports)
        kind = item.block or "repeated"
        count = captions.parameters(self._parameters(item.leaves()))
        tooltip = f"{item.name}: {kind}, {count}"
        nodes = sum(len(leaf.names) for leaf in item.leaves())
        folded, names = (kind, f"{nodes:,} nodes · {count}"), self._full_names(item)
        if self._folding.is_open(item, level):
            inside = tuple(self._box(inner, level + 1, item.name if item.block else within) for inner in item.items)
            return Box(id_, "open", title, (kind,), tooltip, item.times, None, (), inside, names, folded)
        return Box(id_, "folded", title, folded, tooltip, item.times, None, ports, (), names)

    def _node_box(self, item: Item, id_: str, title: str, ports: tuple[Port, ...]) -> Box:
        layer = self._graph.layers[self._graph.nodes[item.name].layer]
        kind: BoxKind = "layer"
        if isinstance(layer.config, Input):
            kind = "input"
        elif layer.kind.startswith("ops."):
            kind = "op"
        colour = next(
            (self._section.colours[key] for key in self._used[item.name] if key in self._section.colours), None
        )
        lines = captions.layer_lines(self._graph, item.names, self._parameters([item]))
        tooltip = captions.tooltip(self._graph, item.name)
        shown = () if kind == "input" else lines
        return Box(id_, kind, title, shown, tooltip, item.times, colour, ports, (), self._full_names(item))

    def _full_names(self, item: Item) -> tuple[str, ...]:
        return tuple(f"{self._section.prefix}{name}" for name in item.names)

    def _parameters(self, leaves: Iterable[Item]) -> int:
        """The parameters of the layers that are first used in some nodes, those aside that are shared."""
        return sum(
            self._graph.layer_parameters(key)
            for leaf in leaves
            for name in leaf.names
            for key in self._first[name]
            if key not in self._section.colours
        )

    def _shared_layer(self, key: str) -> Box:
        layer = self._graph.layers[key]
        count = captions.parameters(self._graph.layer_parameters(key))
        id_ = self._shared_id(key)
        lines = (f"{layer.type} · {count}", *captions.argument_lines([layer]))
        ports = (Port(f"{id_}>", ""),)
        return Box(id_, "shared", key, lines, f"{key}: shared, {count}", 1, self._section.colours[key], ports)

    def _output_id(self, name: str) -> str:
        return f"output:{self._section.prefix}{name}"

    def _output_box(self, name: str) -> Box:
        output = next(each for each in self._graph.outputs if each.name == name)
        lines = captions.output_lines(output) if self._section.key is None else ()
        return Box(self._output_id(name), "output", name, lines, f"output {name}")


def _copies(place: int, count: int, around: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """In which copy of each thing around it that is drawn once the node at a place stands."""
    found = []
    for thing, times in around:
        count //= times
        found.append((thing, place // count))
        place %= count
    return tuple(found)
