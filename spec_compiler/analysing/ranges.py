"""Between which bounds the elements of each tensor lie.

What an operation makes of the bounds of its operands, its class says, and what a nested model makes of them, its own
table. Of an input and a layer of the caller's own nothing is known but the dtype.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from spec_compiler.analysing.classes import CallsByClass
from spec_compiler.catalog.intervals import UNKNOWN, Interval, Ranged, hull, in_dtype, number
from spec_compiler.catalog.layers.base import NumbersTaken, Operation, Stated, Trainable, inner_layers
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.graph.flat import ConstantOperand, Nested
from spec_compiler.graph.graph import Layer, NestedModel
from spec_compiler.graph.typed import Operand, TensorRef, TypedGraph, type_of_value
from spec_compiler.inferring.infer import models_of_checked
from spec_compiler.inferring.models import ModelRule, Rules, Types
from spec_compiler.spans import Place


class Ranges:
    """The intervals of the tensors of a graph, each found when it is first asked for.

    Args:
        graph: The graph.
        given: The intervals of tensors of which more is known than the graph says, as of data.
        models: The tables of the models that are called, if it is itself the graph of one.
    """

    def __init__(
        self,
        graph: TypedGraph,
        given: Mapping[TensorRef, Interval] | None = None,
        models: _ModelRanges | None = None,
    ) -> None:
        self._graph = graph
        self._found: dict[TensorRef, Interval] = dict(given or {})
        self._models = models or _ModelRanges()
        self._models.know(graph)
        self._rules = Rules(lambda _name, model: _RangedModel(model, self._models))

    def of(self, operand: Operand) -> Interval:
        """Between which bounds the elements of a tensor, or of a constant, lie."""
        if not isinstance(operand, TensorRef):
            return _of_constant(operand.value) if isinstance(operand, ConstantOperand) else number(operand)
        waiting = [operand]
        while waiting:
            tensor = waiting[-1]
            known = tensor in self._found
            missing = [] if known else [each for each in self._needed(tensor) if each not in self._found]
            if missing:
                waiting += missing
                continue
            waiting.pop()
            if not known:
                self._found[tensor] = self._interval(tensor)
        return self._found[operand]

    @property
    def graph(self) -> TypedGraph:
        """The graph of the tensors."""
        return self._graph

    def with_models(self) -> Iterator[Ranges]:
        """Yields the table, and those of the models that the graph calls and that these call, one a kind of input."""
        yield self
        self._ask_models()
        for ranges in self._models.made:  # which grows on the way
            yield ranges
            ranges._ask_models()

    def _ask_models(self) -> None:
        """Let there be the tables of all models that the graph calls."""
        if self._graph.models:
            calling = {key for key, layer in self._graph.layers.items() if _calls_models(layer)}
            for name, node in self._graph.nodes.items():
                if node.layer in calling:
                    self.of(TensorRef(name, 0))

    def _operation(self, tensor: TensorRef) -> Operation | Stated | None:
        return self._rules.of(self._graph.layers[self._graph.nodes[tensor.node].layer])

    def _needed(self, tensor: TensorRef) -> Iterator[TensorRef]:
        """The tensors that a rule is told of."""
        operation = self._operation(tensor)
        call = self._graph.calls[tensor.node]
        for argument in operation.ranged_by if operation is not None else ():
            value = call.get(argument, ())
            for each in value if isinstance(value, tuple) else (value,):
                if isinstance(each, TensorRef):
                    yield each

    def _interval(self, tensor: TensorRef) -> Interval:
        operation = self._operation(tensor)
        of = self._graph.type_of(tensor)
        if operation is None:
            return in_dtype(UNKNOWN, of.dtype)
        flags = self._graph.nodes[tensor.node].flags
        operands = self._operands(tensor.node, operation)
        return in_dtype(operation.interval(tensor.output, of, **operands, **flags), of.dtype)

    def _operands(self, name: str, operation: Operation | Stated) -> dict[str, Any]:
        """What the rule of a call is told of its operands."""
        call = self._graph.calls[name]
        operands: dict[str, Any] = {}
        for argument in operation.ranged_by:
            if argument in call:
                value = call[argument]
                if isinstance(value, tuple):
                    operands[argument] = [operation.seen(self._ranged(each)) for each in value]
                else:
                    operands[argument] = operation.seen(self._ranged(value))
        return operands

    def _ranged(self, operand: Operand) -> Ranged:
        if isinstance(operand, TensorRef):
            return Ranged(self._graph.type_of(operand), self._found[operand])
        return Ranged(type_of_value(operand), self.of(operand))


_MOST_KINDS = 64
"""Of how many kinds of input a model has a table for each; of the others, it is told their types alone."""

_Intervals = tuple[Interval, ...]


class _ModelRanges:
    """The tables of nested models: one for each model and kind of input, however often it is called so."""

    def __init__(self) -> None:
        self._typed = models_of_checked()
        self._known: dict[tuple[int, Types], TypedGraph] = {}
        self._tables: dict[tuple[int, Types, _Intervals], Ranges] = {}
        self._kinds: Counter[int] = Counter()
        self.made: list[Ranges] = []

    def know(self, graph: TypedGraph) -> None:
        """Take the graphs of the models that a graph calls as they have been inferred."""
        for key, found in graph.models.items():
            model = graph.layers[key].model
            if model is not None:
                types = tuple(found.type_of(TensorRef(name, 0)) for name in found.inputs)
                self._known[id(model), types] = found

    def typed(self, model: NestedModel, inputs: Types) -> TypedGraph:
        """The graph of a model for certain inputs."""
        return self._known.get((id(model), inputs)) or self._typed.typed(model, inputs)

    def of(self, model: NestedModel, inputs: tuple[Ranged, ...]) -> Ranges:
        """The intervals in the graph of a model, for certain inputs."""
        types = tuple(each.type for each in inputs)
        intervals = tuple(each.interval for each in inputs)
        if (id(model), types, intervals) not in self._tables and self._kinds[id(model)] >= _MOST_KINDS:
            intervals = tuple(in_dtype(UNKNOWN, each.dtype) for each in types)
        key = id(model), types, intervals
        if key not in self._tables:
            self._kinds[id(model)] += 1
            graph = self.typed(model, types)
            given = {TensorRef(name, 0): each for name, each in zip(graph.inputs, intervals, strict=True)}
            self._tables[key] = Ranges(graph, given, self)
            self.made.append(self._tables[key])
        return self._tables[key]


class _RangedModel(ModelRule):
    """A nested model as a rule that says between which bounds its results lie."""

    def __init__(self, model: NestedModel, models: _ModelRanges) -> None:
        super().__init__(model, lambda inputs: models.typed(model, inputs))
        self._models = models

    @property
    def ranged_by(self) -> tuple[str, ...]:
        """All inputs."""
        return tuple(argument.name for argument in self.signature().positional)

    def interval(self, output: int, of: TensorType, **call: Any) -> Interval:
        """What the graph of the model makes of the inputs."""
        ranges = self._models.of(self._model, tuple(call[name] for name in self.ranged_by))
        return ranges.of(list(ranges.graph.ends.values())[output])


class LookedUp(NamedTuple):
    """Numbers that stand for rows, places or classes: who takes them, and between which bounds they lie.

    `graph` is the one in which that is: of the model, or of a nested one.
    """

    graph: TypedGraph
    node: str
    taken: NumbersTaken
    source: TensorRef
    numbers: Interval


def numbers_looked_up(graph: TypedGraph) -> Iterator[LookedUp]:
    """Yields the tensors of a graph, and of the models that it calls, whose elements stand for rows, places or classes.

    Of several calls of a model, those are told of that find something else.
    """
    if not graph.table(_looks_up):
        return
    reported: set[tuple[Place, Interval]] = set()
    for ranges in graph.table(Ranges).with_models():
        for found in _looked_up(ranges.graph, ranges):
            told_of = found.graph.nodes[found.node].place, found.numbers
            if ranges.graph is graph or told_of not in reported:
                reported.add(told_of)
                yield found


def _looks_up(graph: TypedGraph) -> bool:
    """Whether anything in a graph, or in a model that it calls, takes numbers that stand for something."""
    by_class = graph.table(CallsByClass)
    return by_class.any(_takes_numbers) or any(model.table(_looks_up) for model in graph.models.values())


def _takes_numbers(kind: type[Operation]) -> bool:
    return kind.numbers_taken is not Operation.numbers_taken


def place_of_count(found: LookedUp) -> Place:
    """Where the spec says how many numbers are taken."""
    layer = found.graph.layers[found.graph.nodes[found.node].layer]
    if found.taken.route:
        return layer.place / found.taken.route[0]
    return layer.place / found.taken.argument if found.taken.argument in layer_arguments(layer) else layer.place.key()


def _calls_models(layer: Layer) -> bool:
    """Whether a layer is a model of the spec's own, or has one inside."""
    config = layer.operation
    return layer.model is not None or (
        isinstance(config, Trainable)
        and bool(type(config).nested)
        and any(isinstance(inner.config, NestedModel) for inner in inner_layers(config))
    )


def _looked_up(graph: TypedGraph, ranges: Ranges) -> Iterator[LookedUp]:
    for name in graph.table(CallsByClass).of(_takes_numbers):
        node, call = graph.nodes[name], graph.calls[name]
        operation = graph.layers[node.layer].operation
        taken = operation.numbers_taken(**node.flags) if operation is not None else None
        source = call.get(taken.operand) if taken is not None else None
        if taken is not None and isinstance(source, TensorRef):
            yield LookedUp(graph, name, taken, source, ranges.of(source))


def layer_arguments(layer: Layer) -> set[str]:
    """The arguments of a layer that the spec gives."""
    return layer.operation.model_fields_set if layer.operation is not None else set()


def _of_constant(value: Nested) -> Interval:
    return hull(map(_of_constant, value)) if isinstance(value, tuple) else number(value)
