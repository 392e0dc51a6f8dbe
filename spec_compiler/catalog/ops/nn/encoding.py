"""One-hot and multi-hot encoding of class indices."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.dtypes import COMPLEX, TENSOR_DTYPES
from spec_compiler.catalog.fields import NameOf, PositiveInt
from spec_compiler.catalog.intervals import TRUTH, Interval
from spec_compiler.catalog.layers.base import CallArgument, NumbersTaken, tensor
from spec_compiler.catalog.operands import NUMBERS
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, known_lengths, require_computable
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
    """An op that encodes class indices along a new axis."""

    stops_gradient: ClassVar[bool] = True

    def interval(self, output: int, of: TensorType) -> Interval:
        """Zeros and ones."""
        return TRUTH

    op_pattern: ClassVar[OpPattern] = "opaque"

    axis: Annotated[int, Field(ge=-1)] = Field(
        -1, description="The position of the axis of the classes in the result; -1 for the last."
    )

    dtype: RealDtype = Field(None, description="The dtype of the result; null for float32.")

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
    """The one-hot encoding of each class index."""

    example: ClassVar[str] = "num_classes: 12, inputs: words"

    num_classes: PositiveInt = Field(description="How many classes there are.")
    dtype: NumberDtype = Field(None, description="The dtype of the result; null for float32.")
    sparse: bool = Field(False, description="Whether the result is a sparse tensor.")

    def numbers_taken(self, **flags: Any) -> NumbersTaken | None:
        """Returns the classes; another number gives zeros."""
        return NumbersTaken("x", self.num_classes, "num_classes", False)

    def infer(self, x: TensorType) -> Inferred:
        """(…) to (…, classes)."""
        require_computable(x, NUMBERS)
        if self.sparse:
            known_lengths(x)
        return one(TensorType(tuple(self.encoded(x.shape, self.num_classes)), self.dtype or "float32", self.sparse))


class MultiHot(Encoding):
    """The multi-hot encoding of each set of class indices. Keras states that it has their dtype."""

    example: ClassVar[str] = "num_classes: 12, inputs: words"
    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("inputs", "The class numbers: (batch, numbers)."),)

    num_classes: PositiveInt | None = Field(None, description="How many classes there are; it must be given.")

    def numbers_taken(self, **flags: Any) -> NumbersTaken | None:
        """Returns the classes; another number is left out."""
        return NumbersTaken("inputs", self.num_classes or 0, "num_classes", False)

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
