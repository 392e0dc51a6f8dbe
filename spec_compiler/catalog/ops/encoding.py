"""Ops that make rows of zeros and ones of class numbers."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.dtypes import COMPLEX, TENSOR_DTYPES
from spec_compiler.catalog.fields import NameOf, PositiveInt
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.operands import NUMBERS
from spec_compiler.catalog.ops.base import TensorOp, known_lengths, require_computable
from spec_compiler.catalog.rules import ShapeError, conflict, require_rank_at_least
from spec_compiler.catalog.tensors import Inferred, Shape, TensorType, format_shape, one

NumberDtype = Annotated[
    str | None, NameOf("dtype of numbers", tuple(d for d in TENSOR_DTYPES if d != "string"), optional=True)
]
RealDtype = Annotated[
    str | None,
    NameOf("dtype of real numbers", tuple(d for d in TENSOR_DTYPES if d not in (*COMPLEX, "string")), optional=True),
]


class Encoding(TensorOp):
    """An op that counts class numbers from 0 along a new axis."""

    axis: Annotated[int, Field(ge=-1)] = Field(
        -1, description="Where the axis of the classes is put in; -1 for the end."
    )

    dtype: RealDtype = Field(None, description="The dtype of the rows; null for float32.")

    def keras_arguments(self) -> dict[str, Any]:
        """The arguments that were given, and the dtype: Keras can be told to take another one than float32."""
        return {**super().keras_arguments(), "dtype": self.dtype or "float32"}

    def encoded(self, shape: Shape, classes: int) -> list[int | None]:
        """A shape with an axis for the classes.

        Raises:
            ShapeError: There is no such place.
        """
        if self.axis >= len(shape):
            raise ShapeError(
                f"has `axis` {self.axis}, and takes -1 for the end, or one of the axes of {format_shape(shape)}",
                argument="axis",
            )
        place = len(shape) if self.axis == -1 else self.axis
        return [*shape[:place], classes, *shape[place:]]


class OneHot(Encoding):
    """A row for each class number, with a one at its place and zeros elsewhere."""

    num_classes: PositiveInt = Field(description="How many classes there are.")
    dtype: NumberDtype = Field(None, description="The dtype of the rows; null for float32.")
    sparse: bool = Field(False, description="Whether the result is stored as the places of its ones.")

    def infer(self, x: TensorType) -> Inferred:
        """(…) to (…, classes)."""
        require_computable(x, NUMBERS)
        if self.sparse:
            known_lengths(x)
        return one(TensorType(tuple(self.encoded(x.shape, self.num_classes)), self.dtype or "float32", self.sparse))


class MultiHot(Encoding):
    """A row for each set of class numbers, with ones at their places. Keras states that it has their dtype."""

    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("inputs", "The class numbers: (batch, numbers)."),)

    num_classes: PositiveInt | None = Field(None, description="How many classes there are; it must be given.")

    @model_validator(mode="after")
    def _counted(self) -> Self:
        if self.num_classes is None:
            raise conflict("num_classes", "`num_classes` must be given")
        return self

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch, numbers) to (batch, classes)."""
        require_rank_at_least(inputs, 1, "inputs")
        require_computable(inputs, NUMBERS, "inputs")
        assert self.num_classes is not None
        first, *rest = self.encoded(inputs.shape, self.num_classes)
        # The numbers of a set lie along the axis after the first one, or along the only one.
        shape = rest if inputs.rank == 1 else [first, *rest[1:]]
        return one(inputs.with_shape(tuple(shape)))
