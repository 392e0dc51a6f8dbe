"""All that is known of one node, as text and as data, and where each fact comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import wrap
from typing import NamedTuple

from spec_compiler.analysing.cost import NodeCost
from spec_compiler.analysing.masks import masks
from spec_compiler.analysing.ranges import Ranges
from spec_compiler.analysing.sharing import first_uses, uses
from spec_compiler.analysing.treatment import treatments, treatments_behind
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.layers.base import Operation
from spec_compiler.catalog.tensors import TensorType, Weight
from spec_compiler.diagnostics.renderers.text import counted
from spec_compiler.diagnostics.visible import visible
from spec_compiler.emitting.facts import fact_data, gradient_of, mask_of, says_more
from spec_compiler.emitting.graph_json import node_data, text_of
from spec_compiler.emitting.json_object import JsonObject
from spec_compiler.emitting.origin import Origin
from spec_compiler.emitting.spec.data import layer_arguments
from spec_compiler.emitting.summary import bytes_text, spec_text
from spec_compiler.emitting.table import TableColumn, table
from spec_compiler.graph.graph import Layer, Node
from spec_compiler.graph.typed import Operand, TensorRef, TypedGraph, type_of_value
from spec_compiler.spans import Place

_MOST = 12
"""So many names are listed."""


class InboundTensor(NamedTuple):
    """A tensor or a constant that flows in: as which argument, what it is, and the node that it comes from."""

    argument: str
    tensor: str
    type: str
    range: str
    node: str | None


class OutboundTensor(NamedTuple):
    """A tensor that a call gives, and where its range comes from."""

    tensor: str
    type: str
    range: str
    because: str


class Held(NamedTuple):
    """A weight, in words."""

    name: str
    shape: str
    dtype: str
    parameters: str
    begins_as: str
    trained: str


@dataclass(frozen=True)
class NodeReport:
    """All that is known of one node.

    Attributes:
        graph: The graph that it is in.
        name: The node.
        cost: What it costs.
        origin: The texts of the spec; None for a graph that comes of none.
    """

    graph: TypedGraph
    name: str
    cost: NodeCost
    origin: Origin | None

    @property
    def node(self) -> Node:
        """The node."""
        return self.graph.nodes[self.name]

    @property
    def layer(self) -> Layer:
        """What it calls."""
        return self.graph.graph.layer_of(self.node)

    def text(self, width: int | None = None) -> str:
        """The text, in lines of a width at most."""
        parts: list[tuple[str, list[str]]] = [
            ("", self._head(width)),
            ("written", _wrapped([f"{file}:{line}: {what}" for (file, line), what in self._places().items()], width)),
            ("arguments", self._arguments(width)),
            ("takes", self._operands(width)),
            ("gives", self._results(width)),
            ("weights", self._weights(width)),
            ("held in training", _wrapped(self._penalties(), width)),
            ("weights on the way", _wrapped(self._weights_behind(), width)),
            ("mask", _wrapped(self.mask(), width)),
            ("gradient", _wrapped(self.gradient(), width)),
            ("cost", _wrapped(self._cost(), width)),
            ("shared", _wrapped(self._sharing(), width)),
            ("depends on", _wrapped([_listed(self._inputs_behind()) or "no input"], width)),
            ("what depends on it", _wrapped(self._dependents(), width)),
        ]
        lines: list[str] = []
        for title, body in parts:
            if body:
                lines += [f"{title}:"] if title else []
                lines += [f"  {line}" for line in body] if title else body
        return "\n".join(map(visible, lines))

    def json(self) -> str:
        """The same as JSON."""
        mask = mask_of(self.graph, self.name)
        data: JsonObject = {
            **node_data(self.graph, self.name),
            "arguments": layer_arguments(self.graph, self.layer) | {"call": dict(self.node.flags)},
            "places": [{"file": file, "line": line, "what": what} for (file, line), what in self._places().items()],
            "weights": [
                {
                    "name": name,
                    "shape": list(each.shape),
                    "dtype": each.dtype,
                    "trainable": each.trainable,
                    "initializer": _named(each.initializer),
                    "regularizer": _named(each.regularizer),
                    "constraint": _named(each.constraint),
                }
                for name, each in self._held()
            ],
            **fact_data(self.graph, self.name, ("masks", "ranges", "gradients")),
            "cost": {
                "weight_bytes": self.cost.weight_bytes,
                "activation_bytes": self.cost.activation_bytes,
                "multiply_adds": self.cost.multiply_adds,
            },
            "weights_on_the_way": [
                {
                    "layer": each.layer,
                    "weight": each.weight,
                    "initializer": _named(each.initializer),
                    "regularizer": _named(each.regularizer),
                    "constraint": _named(each.constraint),
                    "trainable": each.trained,
                }
                for each in treatments_behind(self.graph, TensorRef(self.name, 0))
            ],
            "mask_used": bool(mask and self._uses_masks()),
            "called_by": self._callers(),
            "depends_on": self._inputs_behind(),
            "used_by": list(self.graph.consumers.get(self.name, ())),
            "leads_to": self._outputs_ahead(),
        }
        return text_of(data)

    # What is written

    def _head(self, width: int | None) -> list[str]:
        kind = self.layer.type if not self.layer.shared else f"{self.layer.type}, the shared layer `{self.layer.key}`"
        about = _about(self.layer)
        return list(_fold(f"{self.name}: {kind}{f' ({about})' if about else ''}", width))

    def places(self) -> Iterator[tuple[Place, str]]:
        """Where the node, its layer and the copies around it are written, and what is there."""
        yield self.node.place, "the node"
        yield self.layer.place, f"the shared layer `{self.layer.key}`"
        yield from ((place, f"`{name}` is made here") for name, place, _ in self.node.scope.made_by())

    def _places(self) -> dict[tuple[str, int], str]:
        """The same by file and line."""
        found: dict[tuple[str, int], str] = {}
        for place, what in self.places():
            document = self.origin.documents.get(place.file) if self.origin is not None else None
            span = document.span(place.key()) if document is not None else None
            if span is not None:
                found.setdefault((span.file, span.start.line), what)
        return found

    def given_arguments(self) -> Iterator[tuple[str, str, str]]:
        """The arguments: name, value, and who says so: `given`, `given, in the call` or `default`."""
        operation = self.layer.operation
        if operation is None:
            return
        given = operation.arguments()
        for name in type(operation).own_arguments_first():
            yield name, spec_text(getattr(operation, name)), "given" if name in given else "default"
        for name, value in self.node.flags.items():
            yield name, spec_text(value), "given, in the call"

    def _arguments(self, width: int | None) -> list[str]:
        rows = sorted(self.given_arguments(), key=lambda row: row[2] == "default")
        if not rows:
            return []
        given = [row for row in rows if row[2] != "default"]
        others = [(name, value) for name, value, says in rows if says == "default"]
        lines = _columns([("argument", "value", "who says so"), *given], width) if given else []
        defaults = ", ".join(f"{name}: {value}" for name, value in others if value != "null")
        empty = ", ".join(name for name, value in others if value == "null")
        more = [f"by default {defaults}"] * bool(defaults) + [f"not given: {empty}"] * bool(empty)
        return [*lines, *_wrapped(more, width)]

    # What flows

    def taken(self) -> Iterator[InboundTensor]:
        """What flows in, argument by argument."""
        for argument, value in self.graph.calls[self.name].items():
            for operand in value if isinstance(value, tuple) else (value,):
                if isinstance(operand, TensorRef):
                    x, shown = self.graph.type_of(operand), self.graph.tensor_name(operand)
                    mask = self.graph.table(masks).get(operand)
                    has = " masked" if mask is not None and mask.lost is None else ""
                else:
                    x, shown, has = type_of_value(operand), "a constant", ""
                node = operand.node if isinstance(operand, TensorRef) else None
                yield InboundTensor(argument, shown, f"{x}{has}", self._range_text(operand), node)

    def _operands(self, width: int | None) -> list[str]:
        rows = [taken[:4] for taken in self.taken()]
        return _columns([("as", "from", "type", "range"), *rows], width) if rows else ["data"]

    def _range_text(self, operand: Operand) -> str:
        """The range of a tensor, where that says more than its dtype."""
        x = self.graph.type_of(operand) if isinstance(operand, TensorRef) else type_of_value(operand)
        found = self.graph.table(Ranges).of(operand)
        return str(found) if says_more(found, x.dtype) else "any"

    def given(self) -> Iterator[OutboundTensor]:
        """What the call gives."""
        for index, x in enumerate(self.graph.results[self.name].outputs):
            shown = self.graph.tensor_name(TensorRef(self.name, index))
            yield OutboundTensor(shown, str(x), self._range_text(TensorRef(self.name, index)), self._source(index))

    def _results(self, width: int | None) -> list[str]:
        return _columns([("tensor", "type", "range", "because"), *self.given()], width)

    def _source(self, index: int) -> str:
        """Where the range of an output comes from."""
        operation = self.layer.operation
        if operation is None or self._range_text(TensorRef(self.name, index)) == "any":
            return "nothing more is known"
        ranging = [argument for argument in operation.ranged_by if argument in self.graph.calls[self.name]]
        if ranging:
            return f"by the range of what it takes as {', '.join(ranging)}"
        activation = operation.applied_activation(self.graph.results[self.name].outputs[index].rank)
        by = f" through `{activation}`" if activation not in (None, "linear") else ""
        return f"whatever it takes{by}"

    def mask(self) -> list[str]:
        """What has become of masks, as sentences."""
        mask = mask_of(self.graph, self.name)
        uses_masks = self._uses_masks()
        if mask is None:
            taken = self._masked_operands() if uses_masks else []
            without = ["it leaves out what a mask marks, and gets none"] if uses_masks else []
            return [f"it uses the mask of `{name}`, and gives none" for name in taken] or without
        shape = TensorType(mask.shape, "bool")
        made = "made here" if mask.made == self.name else f"made by `{mask.made}`"
        if mask.lost is None:
            used = ", and used here" if uses_masks and mask.made != self.name else ""
            return [f"{shape}, {made}{used}; handed on with what it gives"]
        lost = "lost here" if mask.lost == self.name else f"lost at `{mask.lost}`"
        return [f"{shape}, {made}, {lost}"]

    def _uses_masks(self) -> bool:
        operation = self.layer.operation
        return operation is not None and operation.mask_rule_of(**self.node.flags).uses

    def _masked_operands(self) -> list[str]:
        found = self.graph.table(masks)
        operands = (
            operand
            for value in self.graph.calls[self.name].values()
            for operand in (value if isinstance(value, tuple) else (value,))
            if isinstance(operand, TensorRef)
        )
        return [found[each].made for each in operands if each in found and found[each].lost is None]

    # What it is made of, and what it costs

    def _held(self) -> Iterator[tuple[str, Weight]]:
        """The weights of the layer and of the shared layers inside it; those are named after these."""
        for key in self.graph.table(uses)[self.name]:
            within = "" if key == self.layer.key else f"{key}/"
            yield from ((within + weight.name, weight) for weight in self.graph.weights.get(key, ()))

    def held(self) -> Iterator[Held]:
        """The weights."""
        for name, each in self._held():
            yield Held(
                name,
                str(each.shape),
                each.dtype,
                f"{each.size:,}",
                "by a rule of its own" if each.initializer is None else each.initializer.keras_name,
                "trained" if each.trainable else "not trained",
            )

    def _weights(self, width: int | None) -> list[str]:
        rows = list(self.held())
        return _columns([("weight", "shape", "dtype", "parameters", "begins as", ""), *rows], width) if rows else []

    def _penalties(self) -> list[str]:
        """What is added to the loss for weights and the output of the layer, and what the weights are forced into."""
        return [
            f"{each.weight or 'the output'}: "
            + " and ".join(config.keras_name for config in (each.regularizer, each.constraint) if config is not None)
            for each in self.graph.table(treatments).get(self.layer.key, ())
            if each.regularizer is not None or each.constraint is not None
        ]

    def _weights_behind(self) -> list[str]:
        """What the weights begin as that the result is computed with, and which are held."""
        found = treatments_behind(self.graph, TensorRef(self.name, 0))
        begun = Counter(_named(each.initializer) for each in found if each.weight is not None and each.initializer)
        held = [
            f"{each.layer}/{each.weight}" if each.weight is not None else f"the output of {each.layer}"
            for each in found
            if each.regularizer is not None or each.constraint is not None
        ]
        lines = [", ".join(f"{count} begin as {name}" for name, count in begun.items())] if begun else []
        return [*lines, *([f"held: {_listed(held)}"] if held else [])]

    def gradient(self) -> list[str]:
        """What of the gradient of the losses comes to it, as sentences."""
        found = gradient_of(self.graph, self.name)
        if not any(output.settings.loss is not None for output in self.graph.outputs):
            return []
        if found.comes:
            of = f"of the loss of {_listed(found.losses, found.has_more)}"
            on = "" if found.goes_on else "; it ends here, and none goes back to what the node takes"
            return [f"{of}{on}"]
        if found.stopped_by:
            return [f"none comes: {_listed(found.stopped_by, found.has_more)} lets none through"]
        return ["none: no output that has a loss depends on it"]

    def _cost(self) -> list[str]:
        cost = self.cost
        first = bool(self.graph.table(first_uses)[self.name])
        weights = bytes_text(cost.weight_bytes) if first else "counted at the first call"
        activations = "unknown" if cost.activation_bytes is None else bytes_text(cost.activation_bytes)
        products = "unknown" if cost.multiply_adds is None else f"{cost.multiply_adds:,}"
        return [f"weights {weights}, activations {activations} a batch, multiply-adds {products} a sample"]

    def _callers(self) -> list[str]:
        """The other nodes that use the layer."""
        key = self.layer.key
        return [name for name, used in self.graph.table(uses).items() if key in used and name != self.name]

    def _sharing(self) -> list[str]:
        callers = self._callers()
        same = f"`{self.layer.key}` is also called by {_listed(callers)}: they have the same weights"
        return [same] if callers else []

    # What is around it

    def _inputs_behind(self) -> list[str]:
        behind = {self.name}
        for name in reversed(list(self.graph.nodes)):
            if name in behind:
                behind.update(self.graph.nodes[name].predecessors())
        return [name for name in self.graph.inputs if name in behind]

    def _ahead(self) -> set[str]:
        ahead = {self.name}
        for name, node in self.graph.nodes.items():
            if not ahead.isdisjoint(node.predecessors()):
                ahead.add(name)
        return ahead

    def _outputs_ahead(self) -> list[str]:
        ahead = self._ahead()
        return [output.name for output in self.graph.outputs if self.graph.ends[output.name].node in ahead]

    def _dependents(self) -> list[str]:
        takers = self.graph.consumers.get(self.name, ())
        behind = len(self._ahead()) - 1 - len(takers)
        more = f", and {counted(behind, 'node')} behind {'these' if len(takers) > 1 else 'that'}" if behind else ""
        first = f"taken by {_listed(takers)}{more}" if takers else "taken by no node"
        return [first, f"outputs: {_listed(self._outputs_ahead()) or 'none'}"]


def _named(config: Config | None) -> str | None:
    return None if config is None else config.keras_name


def _about(layer: Layer) -> str:
    """What a layer is, in its class's first sentence."""
    if layer.model is not None:
        return f"a block of {len(layer.model.graph.nodes)} nodes"
    about = (type(layer.operation).__doc__ or "") if isinstance(layer.operation, Operation) else ""
    first = about.strip().partition("\n\n")[0].replace("\n    ", " ").rstrip(".")
    return first[:1].lower() + first[1:] if first[1:2].islower() or first[1:2] == " " else first


def _listed(names: Iterable[str], has_more: bool = False) -> str:
    several = list(names)
    more = f" and {len(several) - _MOST:,} more" if len(several) > _MOST else ""
    more = " and more" if has_more else more
    return ", ".join(f"`{name}`" for name in several[:_MOST]) + more


def _columns(rows: list[tuple[str, ...]], width: int | None) -> list[str]:
    """A table with the first row as its titles."""
    titles, *cells = rows
    columns = [
        TableColumn(title, list(texts), narrowest=8)
        for title, texts in zip(titles, zip(*cells, strict=True), strict=True)
    ]
    return table(columns, None if width is None else width - 2).lines


def _fold(text: str, width: int | None) -> Iterable[str]:
    return [text] if width is None else wrap(text, width, subsequent_indent="  ", break_on_hyphens=False)


def _wrapped(lines: Iterable[str], width: int | None) -> list[str]:
    return [part for line in lines for part in _fold(line, None if width is None else width - 2)]
