"""TypedGraph → what it costs: memory for weights and activations, and multiply-adds.

docs/how-to/cost.md says for people what counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple

from spec_compiler.analysing.sharing import first_uses
from spec_compiler.catalog.costs import Cost, bytes_of, together
from spec_compiler.catalog.rules import RuleError
from spec_compiler.catalog.tensors import Dimension, Inferred, TensorType, one
from spec_compiler.graph.graph import NestedModel
from spec_compiler.graph.typed import Operand, TensorRef, TypedGraph, type_of_value
from spec_compiler.inferring.infer import models_of_checked
from spec_compiler.inferring.models import ModelRule, ModelTypes, Rules

BatchSizeOrigin = Literal["caller", "inputs", "fit.batch_size", "default"]
"""Who says how many samples a batch has: the caller, the shapes of the inputs, the spec, or nobody."""

KERAS_BATCH_SIZE = 32
"""How many samples `keras.Model.fit` takes at a time if nobody says."""


@dataclass(frozen=True, slots=True)
class NodeCost:
    """What one call costs.

    Attributes:
        node: The node.
        weight_bytes: The size of the weights that no earlier node uses.
        activation_bytes: The size of what the call gives for a batch; None if that is not known.
        multiply_adds: How many the call takes for one sample; None if that is not known.
    """

    node: str
    weight_bytes: int
    activation_bytes: Dimension
    multiply_adds: Dimension


@dataclass(frozen=True)
class GraphCost:
    """What a graph costs, by node and in total.

    Where something is not known of a node, the totals are the least that it can be, and `unknown` names the node.

    Attributes:
        batch_size: How many samples a batch has.
        stated_by: Who says so.
        length: The length of the axes that the spec leaves open; None if they stay open.
        nodes: The nodes in topological order.
        peak_activation_bytes: The size of all that is needed at one time, at most, if the calls are made in order and
            each output is dropped after the last call that takes it; None if the size of something is not known.
    """

    batch_size: int
    stated_by: BatchSizeOrigin
    length: int | None
    nodes: tuple[NodeCost, ...]
    peak_activation_bytes: Dimension

    @cached_property
    def weight_bytes(self) -> int:
        """The size of all weights."""
        return sum(node.weight_bytes for node in self.nodes)

    @cached_property
    def activation_bytes(self) -> int:
        """The size of what all calls give for a batch: about what training keeps for the way back."""
        return sum(node.activation_bytes or 0 for node in self.nodes)

    @cached_property
    def multiply_adds(self) -> int:
        """How many multiply-adds all calls take for one sample."""
        return sum(node.multiply_adds or 0 for node in self.nodes)

    @cached_property
    def unknown(self) -> tuple[str, ...]:
        """The nodes of which something is not known."""
        return tuple(node.node for node in self.nodes if None in (node.activation_bytes, node.multiply_adds))


def cost(graph: TypedGraph, batch_size: int | None = None, length: int | None = None) -> GraphCost:
    """What a graph costs.

    Args:
        graph: The graph.
        batch_size: How many samples a batch has, where the inputs do not state it: the spec's `fit.batch_size`, or
            Keras's 32, if left out.
        length: How long every other axis is that an input leaves open.

    Raises:
        ValueError: A number is less than 1.
    """
    for name, number in (("batch_size", batch_size), ("length", length)):
        if number is not None and number < 1:
            raise ValueError(f"`{name}` is {number}, and must be 1 or more")
    size, stated_by = _batch_size(graph, batch_size)
    inputs = {name: _stated(graph.results[name].outputs[0], size, length) for name in graph.inputs}
    calls = walk(graph, inputs)
    first = first_uses(graph)
    nodes = tuple(
        NodeCost(
            call.node,
            sum(graph.layer_bytes(key) for key in first[call.node]),
            call.cost.activation_bytes,
            _share(call.cost.multiply_adds, size),
        )
        for call in calls
    )
    return GraphCost(size, stated_by, length, nodes, _peak(graph, calls))


class CallCost(NamedTuple):
    """A call with known lengths: what it gives, and what it costs for the whole batch."""

    node: str
    outputs: tuple[TensorType, ...]
    cost: Cost


def walk(
    graph: TypedGraph, inputs: Mapping[str, TensorType] | None = None, models: ModelTypes | None = None
) -> list[CallCost]:
    """All calls of a graph in order.

    Args:
        graph: The graph.
        inputs: Its inputs, where more is known of them than the graph knows.
        models: What nested models give, as far as that is found out already.
    """
    known = models or models_of_checked()
    rules = Rules(lambda _name, model: _CostedModel(model, known))
    results: dict[str, tuple[TensorType, ...]] = {}
    calls = []
    for node in graph.nodes.values():
        config = rules.of(graph.layers[node.layer])
        assert config is not None
        call = {argument: _types(value, results) for argument, value in graph.calls[node.name].items()}
        try:
            if inputs is not None and node.name in inputs:
                result = one(inputs[node.name])
            else:
                result = config.apply(**call, **node.flags)
            found = config.call_cost(result, **call, **node.flags)
        except RuleError:
            # The lengths that are assumed do not fit: of what follows, only the graph's own types are known.
            result, found = Inferred(graph.results[node.name].outputs), Cost(None, None)
        results[node.name] = result.outputs
        calls.append(CallCost(node.name, result.outputs, found))
    return calls


class _CostedModel(ModelRule):
    """A nested model that can also be asked what a call of it costs."""

    def __init__(self, model: NestedModel, models: ModelTypes) -> None:
        super().__init__(model, lambda inputs: models.typed(model, inputs))
        self._models = models
        self._costs: dict[int, Cost] = {}

    def call_cost(self, result: Inferred, **call: Any) -> Cost:
        """What all calls inside cost; its inputs, which are there anyway, nothing."""
        typed = self.typed(**call)
        if id(typed) not in self._costs:
            calls = walk(typed, models=self._models)
            self._costs[id(typed)] = together(each.cost for each in calls if each.node not in typed.inputs)
        return self._costs[id(typed)]


def _types(value: Operand | tuple[Operand, ...], results: Mapping[str, tuple[TensorType, ...]]) -> Any:
    """What a call takes as one argument."""
    if isinstance(value, tuple):
        return tuple(_types(each, results) for each in value)
    return results[value.node][value.output] if isinstance(value, TensorRef) else type_of_value(value)


def _batch_size(graph: TypedGraph, given: int | None) -> tuple[int, BatchSizeOrigin]:
    """How many samples a batch has, and who says so."""
    stated = {shape[0] for shape in (graph.results[name].outputs[0].shape for name in graph.inputs) if shape}
    stated.discard(None)
    if len(stated) == 1:
        return stated.pop() or 0, "inputs"
    if given is not None:
        return given, "caller"
    if graph.fit is not None and graph.fit.batch_size is not None:
        return graph.fit.batch_size, "fit.batch_size"
    return KERAS_BATCH_SIZE, "default"


def _stated(x: TensorType, batch_size: int, length: int | None) -> TensorType:
    """An input with the lengths that are assumed in place of those that it leaves open."""
    lengths = [(batch_size if axis == 0 else length) if known is None else known for axis, known in enumerate(x.shape)]
    return replace(x, shape=tuple(lengths))


def _share(count: Dimension, samples: int) -> Dimension:
    """A count for a batch, for each sample; to the nearest whole number where samples are multiplied together."""
    return None if count is None else (2 * count + samples) // (2 * samples)


def _peak(graph: TypedGraph, calls: Sequence[CallCost]) -> Dimension:
    """The size of all outputs that are needed at one time, at most; None if one is not known."""
    sizes = {}
    for call in calls:
        size = bytes_of(*call.outputs)
        if size is None or call.cost.activation_bytes is None:
            return None
        sizes[call.node] = size
    last = {taken: name for name, node in graph.nodes.items() for taken in node.predecessors()}
    kept = {end.node for end in graph.ends.values()}
    dropped: dict[str, list[str]] = {}
    for taken, name in last.items():
        if taken not in kept:
            dropped.setdefault(name, []).append(taken)
    alive = sum(sizes[name] for name in graph.inputs)
    peak = alive
    for call in calls:
        if call.node not in graph.inputs:
            peak = max(peak, alive + (call.cost.activation_bytes or 0))
            alive += sizes[call.node]
        alive -= sum(sizes[name] for name in dropped.get(call.node, ()))
        if call.node not in last and call.node not in kept:
            alive -= sizes[call.node]
    return peak
