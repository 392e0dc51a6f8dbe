"""Where gradients go: from a loss back to the weights, and where that way ends.

A gradient comes back through floating-point numbers alone. Which operations let none through, though they give such
numbers, their classes say, and of a nested model its own graph. Through a layer of the caller's own it is
taken to come.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from spec_compiler.analysing.classes import CallsByClass
from spec_compiler.catalog.dtypes import COMPLEX, is_float
from spec_compiler.catalog.gradient_flow import Flow, NoDerivative
from spec_compiler.catalog.layers.base import LayerConfig, Operation, Trainable, inner_layers
from spec_compiler.catalog.tensors import Inferred
from spec_compiler.graph.graph import NestedModel
from spec_compiler.graph.typed import TensorRef, TypedGraph, tensors
from spec_compiler.inferring.models import ModelRule, Rules


class _ModelFlow(ModelRule):
    """A nested model as a rule that says what comes back through it."""

    def __init__(self, model: NestedModel, graph: TypedGraph) -> None:
        super().__init__(model, lambda _inputs: graph)
        self._graph = graph

    @property
    def flow(self) -> Flow:
        """What comes back from its outputs to its inputs."""
        return self._graph.table(Gradients).to_inputs

    def without_derivative(self, result: Inferred, trained: bool, frozen: bool, **call: Any) -> NoDerivative | None:
        """Returns what in the graph of the model Keras has no gradient of, where one has to come back through it."""
        found = self._graph.table(Gradients).without_derivative([*self._graph.ends.values()], trained)
        return next((lacking._replace(argument=None, route=()) for _, _, lacking in found), None)


class Gradients:
    """What comes back through each node of a graph."""

    def __init__(self, graph: TypedGraph) -> None:
        self._graph = graph
        self._shared = {layer.keras_name: key for key, layer in graph.layers.items() if layer.shared}
        self._rules = Rules(lambda name, model: _ModelFlow(model, graph.models[self._shared[name]]))
        self._to_weights: dict[str, Flow] | None = None

    def through(self, name: str) -> Flow:
        """What comes back through a node, of a gradient of its results."""
        rule = self._rules.of(self._graph.layers[self._graph.nodes[name].layer])
        return Flow.SOME if rule is None else rule.flow

    @cached_property
    def to_inputs(self) -> Flow:
        """What of a gradient of the outputs comes to inputs of the graph: to any of them, by any way."""
        found = dict.fromkeys(self._graph.inputs, Flow.SOME)
        for name, call in self._graph.calls.items():
            if name not in found:
                behind = (found[each.node] for each in tensors(call) if self.carries(each))
                found[name] = min(self.through(name), max(behind, default=Flow.NONE))
        return max((found[end.node] for end in self._graph.ends.values() if self.carries(end)), default=Flow.NONE)

    def carries(self, tensor: TensorRef) -> bool:
        """Whether a tensor has numbers that a gradient can be taken by."""
        dtype = self._graph.type_of(tensor).dtype
        return is_float(dtype) or dtype in COMPLEX

    def to_weights(self, tensor: TensorRef) -> Flow:
        """What of a gradient of a tensor comes to weights that training changes."""
        if not self.carries(tensor):
            return Flow.NONE
        if self._to_weights is None:
            if self._inside(tensor.node) is Flow.SOME:
                return Flow.SOME
            self._to_weights = self._all_to_weights()
        return self._to_weights[tensor.node]

    def trains(self, name: str) -> bool:
        """Whether training changes weights of the layer that a node calls, or of a shared one inside it."""
        return any(weight.trainable for key in self.layers_of(name) for weight in self._graph.weights.get(key, ()))

    def _inside(self, name: str) -> Flow:
        """What of a gradient of its results comes to weights of the layer that a node calls."""
        if not self.trains(name):
            return Flow.NONE
        model = self._graph.models.get(self._graph.nodes[name].layer)
        if model is None:
            return Flow.SOME
        return max(map(model.table(Gradients).to_weights, model.ends.values()), default=Flow.NONE)

    def layers_of(self, name: str) -> Iterator[str]:
        """The layer that a node calls, and the shared layers inside it."""
        layer = self._graph.layers[self._graph.nodes[name].layer]
        yield layer.key
        if isinstance(layer.config, Trainable) and type(layer.config).nested:
            yield from (self._shared[inner.name] for inner in inner_layers(layer.config) if inner.shared)

    def may_stop(self) -> bool:
        """Whether anything in the graph may keep a gradient from what it is computed of by others than inputs."""
        if self._graph.models:
            return True
        calls, results = self._graph.calls, self._graph.results
        stopping = {
            *self._graph.table(CallsByClass).of(_may_stop),
            *(name for name in calls if any(not is_float(x.dtype) for x in results[name].outputs)),
        }
        return any(calls[each.node] for name in stopping for each in tensors(calls[name]))

    def behind(self, ends: list[TensorRef]) -> set[str]:
        """The nodes that some tensors are computed of."""
        waiting = [end.node for end in ends]
        seen = set(waiting)
        while waiting:
            before = {tensor.node for tensor in tensors(self._graph.calls[waiting.pop()])} - seen
            seen |= before
            waiting += before
        return seen

    def reached(self, ends: list[TensorRef]) -> set[str]:
        """The nodes to which a gradient of some tensors comes that is not zero everywhere."""
        waiting = [end for end in ends if self.carries(end)]
        seen = {end.node for end in waiting}
        while waiting:
            name = waiting.pop().node
            if self.through(name) is Flow.SOME:
                before = [each for each in tensors(self._graph.calls[name]) if each.node not in seen]
                before = [each for each in before if self.carries(each)]
                seen.update(each.node for each in before)
                waiting += before
        return seen

    def without_derivative(
        self, ends: list[TensorRef], trained: bool = False
    ) -> Iterator[tuple[TypedGraph, str, NoDerivative]]:
        """Yields the calls through which a gradient of some tensors has to come back, and of which Keras has none.

        Those of a model that is called are calls in its own graph, which comes with them. `trained` says whether one
        has to come back to the inputs.
        """
        if not self._graph.table(_may_lack_derivative):
            return
        reached = self.reached(ends)
        behind = set(self._graph.inputs) if trained else set()
        for name, call in self._graph.calls.items():
            taken = any(each.node in behind and self.carries(each) for each in tensors(call))
            if name in reached:
                yield from self._lacking(name, taken)
            if (taken and self.through(name) is Flow.SOME) or self._inside(name) is Flow.SOME:
                behind.add(name)

    def _lacking(self, name: str, trained: bool) -> Iterator[tuple[TypedGraph, str, NoDerivative]]:
        """Yields what of a call Keras has no gradient of."""
        key = self._graph.nodes[name].layer
        model = self._graph.models.get(key)
        if model is not None:
            yield from model.table(Gradients).without_derivative([*model.ends.values()], trained)
            return
        rule = self._rules.of(self._graph.layers[key])
        if rule is None or not (isinstance(rule, Operation) and _may_lack(type(rule))):
            return
        call = self._graph.calls[name].items()
        taken = {argument: self._graph.type_of(value) for argument, value in call if isinstance(value, TensorRef)}
        found = rule.without_derivative(Inferred(self._graph.results[name].outputs), trained, frozen=False, **taken)
        if found is not None:
            yield self._graph, name, found

    def _all_to_weights(self) -> dict[str, Flow]:
        found: dict[str, Flow] = {}
        for name, call in self._graph.calls.items():
            inside = self._inside(name)
            if inside is Flow.SOME:
                found[name] = Flow.SOME
                continue
            behind = (found[each.node] for each in tensors(call) if self.carries(each))
            found[name] = max(inside, min(self.through(name), max(behind, default=Flow.NONE)))
        return found


def _may_lack_derivative(graph: TypedGraph) -> bool:
    """Whether there may be anything in a graph, or in a model that it calls, that Keras has no gradient of."""
    by_class = graph.table(CallsByClass)
    return by_class.any(_may_lack) or any(model.table(_may_lack_derivative) for model in graph.models.values())


def _may_lack(kind: type[Operation]) -> bool:
    has_own_rule = kind.lacks_derivative is not Operation.lacks_derivative
    return has_own_rule or kind.without_derivative is not Operation.without_derivative


def _may_stop(kind: type[Operation]) -> bool:
    own_rule = kind.flow not in (Operation.flow, LayerConfig.flow)
    return kind.stops_gradient or kind.has_flat_result or own_rule
