"""What ops of constants alone give, and how Keras writes it with the operations that use it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spec_compiler.catalog.dtypes import FLOATS, INTEGERS
from spec_compiler.catalog.keras_config.kinds import as_float32
from spec_compiler.catalog.ops.base import Op
from spec_compiler.catalog.ops.numpy.constants import Arange, Diagonals, Eye, Filled, Identity, Ones, Tri
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.emitting.keras_file.only_keras import OnlyKerasCanError
from spec_compiler.graph.flat import ConstantOperand, Nested
from spec_compiler.graph.graph import Node
from spec_compiler.graph.typed import TensorRef, TypedGraph

_WHOLE = {"bfloat16": 2**8, "float16": 2**11, "float32": 2**24, "float64": 2**53}
"""Up to where a dtype has every whole number."""


class Constants:
    """The constants of a graph."""

    def __init__(self, graph: TypedGraph) -> None:
        self._graph = graph
        self._elements: dict[TensorRef, Any] = {}

    def __contains__(self, node: str) -> bool:
        return node in self._graph.graph.constants

    def add(self, node: Node) -> None:
        """Find what a node gives that takes from those which were added before.

        Raises:
            OnlyKerasCanError: Only Keras can tell what it is.
        """
        config = self._graph.layers[node.layer].config
        assert isinstance(config, Op)
        types = self._graph.results[node.name].outputs
        operands = self._graph.calls[node.name]
        found = _exact(config, types[0]) if not operands else None
        outputs = [found] if found is not None else self._computed(config, operands, types)
        self._elements.update((TensorRef(node.name, index), output) for index, output in enumerate(outputs))

    def serialized(self, ref: TensorRef) -> Any:
        """What Keras writes for a tensor that is constant.

        Raises:
            OnlyKerasCanError: Keras cannot save it either, and knows what to say.
        """
        kind = self._type(ref)
        if kind.dtype not in WRITTEN:
            raise OnlyKerasCanError(f"constants of {kind.dtype}")
        return serialized(self._elements[ref], kind)

    def _type(self, ref: TensorRef) -> TensorType:
        return self._graph.results[ref.node].outputs[ref.output]

    def _computed(self, config: Op, operands: Any, types: Any) -> list[Any]:
        # NumPy takes its time to import, and most constants need none.
        from spec_compiler.emitting.constants.results import NoResultError, array, results

        def arrays(value: Any) -> Any:
            if isinstance(value, TensorRef):
                return array(self._elements[value], self._type(value).dtype)
            if isinstance(value, ConstantOperand):
                return array(value.value, value.dtype)
            return [arrays(each) for each in value]

        try:
            return results(config, {name: arrays(value) for name, value in operands.items()}, types)
        except NoResultError:
            raise OnlyKerasCanError(f"`ops.{config.keras_name}` of constants alone") from None


WRITTEN = frozenset(("bool", *FLOATS, *INTEGERS))
"""The dtypes of constants that Keras can write."""


def serialized(elements: Any, kind: TensorType) -> Any:
    """What Keras writes for an array of NumPy; for one without axes, its number."""

    def number(value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return [number(each) for each in value]
        return as_float32(value) if kind.dtype == "float32" else value

    value = elements.tolist() if hasattr(elements, "tolist") else number(elements)
    return {"class_name": "__numpy__", "config": {"value": value, "dtype": kind.dtype}} if kind.shape else value


def _exact(config: Op, result: TensorType) -> Nested | None:
    """The elements of a constant that has none which is rounded."""
    shape: tuple[Any, ...] = result.shape
    if result.dtype not in WRITTEN:
        return None
    number = _numbers(result.dtype)
    if isinstance(config, Arange):
        return _progression(config, shape[0], result.dtype)
    if isinstance(config, Filled):
        return _filled(shape, number(isinstance(config, Ones)))
    if isinstance(config, (Diagonals, Identity)):
        rows, columns = shape
        holds_one = _diagonal(config)
        return tuple(tuple(number(holds_one(column - row)) for column in range(columns)) for row in range(rows))
    return None


def _numbers(dtype: str) -> Callable[[bool], bool | int | float]:
    """What makes a zero or a one of a dtype."""
    return bool if dtype == "bool" else float if dtype in FLOATS else int


def _diagonal(config: Diagonals | Identity) -> Callable[[int], bool]:
    """Whether there is a one so far above the main diagonal."""
    if isinstance(config, Tri):
        return lambda above: above <= config.k
    if isinstance(config, Eye):
        return lambda above: above == config.k
    return lambda above: above == 0


def _filled(shape: tuple[int, ...], number: bool | int | float) -> Nested:
    return tuple(_filled(shape[1:], number) for _ in range(shape[0])) if shape else number


def _progression(config: Arange, length: int, dtype: str) -> Nested | None:
    start, stop, step = config.progression()
    if any(each != int(each) for each in (start, step)) or max(abs(start), abs(stop)) > _WHOLE.get(dtype, 2**31):
        return None
    number = float if dtype in FLOATS else int
    return tuple(number(start + at * step) for at in range(length))
