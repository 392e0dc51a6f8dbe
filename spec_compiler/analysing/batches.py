"""Where the batch is: the axis that has one row a sample, and what became of it.

Every input has the batch as its first axis, and nearly every operation leaves it there. The others are asked with their
own rule of shapes: given a batch of a length that nothing else has, the result says where that length went.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

from spec_compiler.analysing.classes import CallsByClass
from spec_compiler.catalog.layers.base import Operation
from spec_compiler.catalog.rules import RuleError
from spec_compiler.catalog.tensors import Shape, TensorType
from spec_compiler.graph.graph import NestedModel
from spec_compiler.graph.typed import CallOperands, Operand, TensorRef, TypedGraph, tensors, type_of_value
from spec_compiler.inferring.infer import models_of_checked
from spec_compiler.inferring.models import ModelRule, Rules, Types

_PRIME = 7919
_BATCH = _PRIME * 720_720
"""Stands for the length of a batch: that of no other axis, and one that can be divided by the usual numbers."""


class Batch(NamedTuple):
    """What has become of the batch.

    Attributes:
        axis: The axis that has it; None if none has, as it is reduced or only one sample is taken.
        times: How many rows there are for each sample.
        made: The node that made it so.
    """

    axis: int | None
    times: float
    made: str


class Unequal(NamedTuple):
    """Two tensors that a node takes together though they never have equally many rows.

    Attributes:
        first: One of them.
        second: The other.
        first_times: How many rows the first has for each sample.
        second_times: How many the second has.
    """

    first: TensorRef
    second: TensorRef
    first_times: float
    second_times: float


class _MovingModel(ModelRule):
    """A nested model as a rule that says whether it may move the batch."""

    def __init__(self, model: NestedModel, typed: Callable[[Types], TypedGraph], graph: TypedGraph) -> None:
        super().__init__(model, typed)
        self._graph = graph

    @property
    def may_move_batch(self) -> bool:
        """Whether anything in its graph may."""
        return bool(self._graph.table(Batches).may_move)


class Batches:
    """The tensors of a graph that have not, or may not have, one row a sample along their first axis.

    Attributes:
        unequal: The nodes that cannot take what they are given, since it never has equally many rows.
    """

    def __init__(self, graph: TypedGraph) -> None:
        self._graph = graph
        self._shapes: dict[TensorRef, Shape | None] = {}
        self._made: dict[TensorRef, str] = {}
        self.unequal: dict[str, Unequal] = {}
        models = models_of_checked()
        shared = {layer.keras_name: key for key, layer in graph.layers.items() if layer.model is not None}
        self._rules = Rules(
            lambda name, model: _MovingModel(
                model, lambda inputs: models.typed(model, inputs), graph.models[shared[name]]
            )
        )
        of_kind = [*graph.table(CallsByClass).of(lambda kind: kind.may_move_batch is not Operation.may_move_batch)]
        of_models = [name for name, node in graph.nodes.items() if node.layer in graph.models] if graph.models else []
        self.may_move = {graph.nodes[name].layer for name in (*of_kind, *of_models) if self._may_move(name)}
        if self.may_move:
            self._follow(self.may_move)

    def _may_move(self, name: str) -> bool:
        rule = self._rule(name)
        return rule is not None and rule.may_move_batch

    def _rule(self, name: str) -> Operation | _MovingModel | None:
        return self._rules.of(self._graph.layers[self._graph.nodes[name].layer])

    def of(self, tensor: TensorRef) -> Batch | None:
        """What has become of the batch, where it is certain that not each row is a sample; None elsewhere."""
        shape = self._shapes.get(tensor)
        if shape is None:
            return None
        axis = next((place for place, length in enumerate(shape) if length and length % _PRIME == 0), None)
        times = 0.0 if axis is None else (shape[axis] or 0) / _BATCH
        return Batch(axis, times, self._made[tensor])

    def is_unusual(self, tensor: TensorRef) -> bool:
        """Whether the first axis of a tensor is not the batch, or may not be."""
        return tensor in self._shapes

    def _follow(self, may_move: set[str]) -> None:
        """Find the shapes of the tensors whose first axis is not the batch; None where that is not known."""
        graph = self._graph
        constants = graph.graph.constants
        for name, call in graph.calls.items():
            before = next((tensor for tensor in tensors(call) if tensor in self._shapes), None)
            if (before is None and graph.nodes[name].layer not in may_move) or name in constants or not call:
                continue
            found = self._marked(name, self._rule(name))
            for output, x in enumerate(graph.results[name].outputs):
                shape = found[output] if found is not None else None
                if shape is not None and None in shape and not _has_mark(shape):
                    shape = None  # The batch may be in what is not known.
                is_usual = shape is not None and shape[:1] == (_BATCH,) and x.shape[:1] == (None,)
                if not is_usual:
                    tensor = TensorRef(name, output)
                    self._shapes[tensor] = shape
                    self._made[tensor] = self._made[before] if before is not None else name

    def _marked(self, name: str, operation: Operation | _MovingModel | None) -> list[Shape] | None:
        """The shapes that a node gives for a batch of the length that stands for it; None if that is not known."""
        call, constants = self._graph.calls[name], self._graph.graph.constants
        if operation is None or any(self._shapes.get(tensor, ()) is None for tensor in tensors(call)):
            return None
        if not any(self._has_batch(tensor) for tensor in tensors(call)):
            is_gone = all(tensor in self._shapes or tensor.node in constants for tensor in tensors(call))
            return [x.shape for x in self._graph.results[name].outputs] if is_gone else None
        types: dict[str, Any] = {
            argument: [self._type(each) for each in value] if isinstance(value, tuple) else self._type(value)
            for argument, value in call.items()
        }
        flags = self._graph.nodes[name].flags
        try:
            result = operation.apply(**types, **flags)
        except RuleError:
            unequal = self._unequal(call)
            if unequal is not None and _fits(operation, _in_equal_rows(types), flags):
                self.unequal[name] = unequal
            return None
        return [x.shape for x in result.outputs]

    def _unequal(self, call: CallOperands) -> Unequal | None:
        """The first two tensors of a call whose rows are of one batch, and not equally many."""
        rows = [(tensor, self._type(tensor).shape[:1]) for tensor in tensors(call) if self._has_batch(tensor)]
        counted = [(tensor, length[0] / _BATCH) for tensor, length in rows if _has_mark(length) and length[0]]
        for (first, times), (second, others) in pairwise(counted):
            if times != others:
                return Unequal(first, second, times, others)
        return None

    def _has_batch(self, tensor: TensorRef) -> bool:
        shape = self._shapes.get(tensor)
        if shape is not None:
            return _has_mark(shape)
        return tensor.node not in self._graph.graph.constants and self._graph.type_of(tensor).shape[:1] == (None,)

    def _type(self, operand: Operand) -> TensorType:
        if not isinstance(operand, TensorRef):
            return type_of_value(operand)
        x = self._graph.type_of(operand)
        shape = self._shapes.get(operand)
        if shape is None:
            shape = (_BATCH, *x.shape[1:]) if self._has_batch(operand) else x.shape
        return TensorType(shape, x.dtype, x.sparse, x.ragged)


def _has_mark(shape: Shape) -> bool:
    """Whether an axis has the length that stands for the batch, or times that."""
    return any(length and length % _PRIME == 0 for length in shape)


def _in_equal_rows(types: Mapping[str, Any]) -> dict[str, Any]:
    """The operands of a call, where all that have the batch as their first axis have equally many rows."""

    def equal(x: TensorType) -> TensorType:
        return replace(x, shape=(_BATCH, *x.shape[1:])) if _has_mark(x.shape[:1]) else x

    return {name: [equal(each) for each in x] if isinstance(x, list) else equal(x) for name, x in types.items()}


def _fits(operation: Operation | _MovingModel, types: Mapping[str, Any], flags: Mapping[str, Any]) -> bool:
    try:
        operation.apply(**types, **flags)
    except RuleError:
        return False
    return True
