"""What all ops have: functions of Keras from tensors to tensors, without weights."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from spec_compiler.catalog.layers.base import CallArgument, Operation, tensor
from spec_compiler.catalog.operands import Elements, require_dense, require_elements
from spec_compiler.catalog.rules import UnknownDimensionError
from spec_compiler.catalog.tensors import TensorType, format_shape

X = tensor("x", "The tensor that the op is applied to.")
X1 = tensor("x1", "The first tensor or number.")
X2 = tensor("x2", "The second tensor or number.")


class Op(Operation):
    """An op: its fields are the arguments that are no tensors, its `calls` the tensors, in Keras's order.

    Its `keras_name` is the name below `keras.ops`: by default that of the class, as in `log1p` for `Log1p`.
    A plain number among the tensors comes as a scalar of the dtype `int` or `float`, which gives way to the dtype
    of what it meets (`promote` knows these).
    """

    calls: ClassVar[tuple[CallArgument, ...]] = (X,)
    takes_numbers: ClassVar[bool] = True

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Take the class's own name as Keras's, in Keras's form, unless the class states another."""
        if "keras_name" not in cls.__dict__:
            cls.keras_name = re.sub("(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()
        super().__pydantic_init_subclass__(**kwargs)

    @classmethod
    def positional_tensors(cls) -> tuple[CallArgument, ...]:
        """A list of inputs is taken for the tensors of the op in order, the optional ones too."""
        return cls.calls

    def keras_arguments(self) -> dict[str, Any]:
        """The arguments that were given, in the form in which Keras's function takes them."""
        return self.arguments()


class TensorOp(Op):
    """An op of tensors alone: a plain number has no place among them."""

    takes_numbers: ClassVar[bool] = False


def require_computable(x: TensorType, elements: Elements, operand: str | int = "x") -> None:
    """Refuse a tensor that is not dense, or whose elements cannot be computed with.

    Raises:
        DtypeError: It is one.
    """
    require_dense(x, operand)
    require_elements(x, elements, operand)


def known_lengths(x: TensorType, operand: str | int = "x", axes: Sequence[int] | None = None) -> tuple[int, ...]:
    """The lengths of some axes (of all, by default) that an op has to know before there is data.

    Raises:
        UnknownDimensionError: One is not known.
    """
    lengths = []
    for axis in range(x.rank) if axes is None else axes:
        length = x.shape[axis]
        if length is None:
            raise UnknownDimensionError(
                f"needs to know the length of axis {axis % x.rank} of {format_shape(x.shape)}", operand
            )
        lengths.append(length)
    return tuple(lengths)


def dense(x: TensorType) -> TensorType:
    """A tensor without what is particular about how it is stored."""
    return TensorType(x.shape, x.dtype)
