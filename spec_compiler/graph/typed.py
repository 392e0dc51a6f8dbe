"""The typed graph: what every call takes and gives, and what every layer holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from spec_compiler.catalog.costs import bytes_of
from spec_compiler.catalog.tensors import TensorType, Weight, number_type
from spec_compiler.catalog.training import FitSettings
from spec_compiler.graph.flat import ConstantOperand
from spec_compiler.graph.graph import Graph, Layer, Node, Output
from spec_compiler.graph.read_only import ReadOnlyDict, make_read_only


@dataclass(frozen=True, slots=True)
class TensorRef:
    """One output of one node, counted from 0."""

    node: str
    output: int


T = TypeVar("T")

Operand = TensorRef | ConstantOperand | float | int
CallOperands = Mapping[str, Operand | tuple[Operand, ...]]
"""The arguments of a call: for each a tensor, a constant, a number, or a list of them."""


def type_of_value(value: ConstantOperand | float | int) -> TensorType:
    """The type of an operand that is no tensor of the graph: a constant, or a number."""
    return TensorType(value.shape, value.dtype) if isinstance(value, ConstantOperand) else number_type(value)


def tensors(call: CallOperands) -> Iterator[TensorRef]:
    """Yields all tensors of a call."""
    for argument in call:
        yield from tensors_of(call, argument)


def tensors_of(call: CallOperands, argument: str) -> Iterator[TensorRef]:
    """Yields the tensors that a call is given as one of its arguments."""
    value = call.get(argument)
    for operand in value if isinstance(value, tuple) else (value,):
        if isinstance(operand, TensorRef):
            yield operand


FARTHEST = 100
"""How many calls are looked behind on the way back from a tensor."""


def upstream(calls: Mapping[str, CallOperands], tensor: TensorRef) -> Iterator[TensorRef]:
    """Yields a tensor, the one that the call it comes from is made on, and so on, the nearest first.

    The way ends at a call whose first argument is no single tensor, and after 100 calls.
    """
    for _ in range(FARTHEST):
        yield tensor
        source = next(iter(calls.get(tensor.node, {}).values()), None)
        if not isinstance(source, TensorRef):
            return
        tensor = source


class Result(NamedTuple):
    """What a call gives: its outputs, and their names where each has a meaning."""

    outputs: tuple[TensorType, ...]
    names: tuple[str, ...] = ()


class TypedPart(NamedTuple):
    """The tensors that a part takes as a model of its own, and those that its outputs are."""

    inputs: tuple[TensorRef, ...]
    ends: Mapping[str, TensorRef]


@dataclass(frozen=True)
class TypedGraph:
    """A graph with the types of all tensors and all weights.

    Attributes:
        graph: The nodes and layers.
        calls: For each node, the tensors and numbers that its call takes.
        results: For each node, what its call gives.
        weights: For each layer that something calls, its own weights; those of a shared layer inside another
            are the shared layer's.
        ends: For each output, the tensor that it is.
        models: For each shared layer that is a block, its graph.
        parts: For each part that is a model of its own, its tensors.
        whole: The graph of the whole spec, if this is that of its main model, and the spec has others.
        dead: What the calls give that lead to no output, and are no part of the model.
    """

    graph: Graph
    calls: Mapping[str, CallOperands]
    results: Mapping[str, Result]
    weights: Mapping[str, tuple[Weight, ...]]
    ends: Mapping[str, TensorRef]
    models: Mapping[str, TypedGraph]
    parts: Mapping[str, TypedPart] = field(default_factory=dict)
    whole: TypedGraph | None = field(default=None, repr=False, compare=False)
    dead: Mapping[str, Result] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        make_read_only(self)

    def __repr__(self) -> str:
        return f"<TypedGraph {self.name}: {len(self.nodes):,} nodes, {self.parameter_count:,} parameters>"

    def __getstate__(self) -> dict[str, Any]:
        """The data. The tables that were made of it are made again where they are asked for."""
        return {name: value for name, value in vars(self).items() if name != "_tables"}

    @cached_property
    def _tables(self) -> dict[Callable[[TypedGraph], Any], Any]:
        return {}

    def table(self, analyse: Callable[[TypedGraph], T]) -> T:
        """What an analysis makes of the graph: made when it is first asked for, and once for all who ask."""
        if analyse not in self._tables:
            self._tables[analyse] = analyse(self)
        found: T = self._tables[analyse]
        return found

    @property
    def name(self) -> str:
        """The name of the model."""
        return self.graph.name

    @property
    def nodes(self) -> Mapping[str, Node]:
        """The nodes in topological order."""
        return self.graph.nodes

    @property
    def layers(self) -> Mapping[str, Layer]:
        """The layers by their keys."""
        return self.graph.layers

    @property
    def inputs(self) -> tuple[str, ...]:
        """The nodes that are the model's inputs, in their order."""
        return self.graph.inputs

    @property
    def outputs(self) -> tuple[Output, ...]:
        """The outputs of the model, in their order."""
        return self.graph.outputs

    @property
    def fit(self) -> FitSettings | None:
        """The spec's defaults for training."""
        return self.graph.fit

    def edges(self) -> list[tuple[TensorRef, str]]:
        """Every edge: the tensor that flows, and the node that it flows into."""
        return [
            (operand, name)
            for name, call in self.calls.items()
            for value in call.values()
            for operand in (value if isinstance(value, tuple) else (value,))
            if isinstance(operand, TensorRef)
        ]

    @cached_property
    def consumers(self) -> Mapping[str, tuple[str, ...]]:
        """For each node that something takes from, the nodes that do, each once."""
        found: dict[str, dict[str, None]] = {}
        for tensor, name in self.edges():
            found.setdefault(tensor.node, {})[name] = None
        return ReadOnlyDict({name: tuple(takers) for name, takers in found.items()})

    def type_of(self, tensor: TensorRef) -> TensorType:
        """The shape and dtype of a tensor."""
        return self.results[tensor.node].outputs[tensor.output]

    def known_result(self, node: str) -> Result | None:
        """What a call gives, also one that is no part of the model; None if that is not known."""
        return self.results.get(node) or self.dead.get(node)

    def tensor_name(self, tensor: TensorRef) -> str:
        """A tensor as a reference names it: `lstm`, `encoder.state_h`, `split.1`."""
        result = self.results[tensor.node]
        if len(result.outputs) == 1:
            return tensor.node
        return f"{tensor.node}.{result.names[tensor.output] if result.names else tensor.output}"

    @cached_property
    def parameter_count(self) -> int:
        """The number of elements of all weights, each layer counted once, as `keras.Model.count_params` counts."""
        return sum(weight.size for weights in self.weights.values() for weight in weights)

    @cached_property
    def trainable_parameter_count(self) -> int:
        """The number of elements of the weights that training changes."""
        return sum(weight.size for weights in self.weights.values() for weight in weights if weight.trainable)

    @cached_property
    def weight_bytes(self) -> int:
        """The size of all weights, in bytes."""
        return sum(map(self.layer_bytes, self.weights))

    @cached_property
    def largest_weight_bytes(self) -> int:
        """The size of the largest weight, in bytes."""
        return max((bytes_of(weight) or 0 for weights in self.weights.values() for weight in weights), default=0)

    def layer_parameters(self, key: str) -> int:
        """The number of elements of the weights of one layer.

        Raises:
            KeyError: There is no such layer.
        """
        if key not in self.layers:
            raise KeyError(key)
        return sum(weight.size for weight in self.weights.get(key, ()))

    def layer_bytes(self, key: str) -> int:
        """The size of the weights of one layer, in bytes."""
        return bytes_of(*self.weights.get(key, ())) or 0
