"""Layers that make one tensor of several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add, mul, sub
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, model_validator

from spec_compiler.catalog.costs import times
from spec_compiler.catalog.dtypes import BITS, is_integer, promote
from spec_compiler.catalog.fields import Integers, show
from spec_compiler.catalog.intervals import COSINES, Interval, Ranged, largest, repeated_sum, smallest
from spec_compiler.catalog.layers.base import CallArgument, LayerConfig, of_operands, tensors
from spec_compiler.catalog.mask_rules import JOINS_ALL, JOINS_ANY, LOSES, MaskRule
from spec_compiler.catalog.operands import (
    ANYTHING,
    ARITHMETIC,
    FLOATING,
    NUMBERS,
    REALS,
    Elements,
    refuse_ragged,
    refuse_sparse,
    require_elements,
)
from spec_compiler.catalog.rules import ArityError, DtypeError, RankError, ShapeError, axis_of, describe_shapes, invalid
from spec_compiler.catalog.shapes import broadcast, concatenated
from spec_compiler.catalog.tensors import Dimension, Inferred, Shape, TensorType, format_shape, one

ANY_NUMBER = (tensors("inputs", "The tensors to merge."),)
A_PAIR = (tensors("inputs", "The two tensors to merge.", minimum=2, maximum=2),)


class Merge(LayerConfig):
    """A layer that takes a list of tensors."""

    merges: ClassVar[bool] = True
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    interval: ClassVar[Callable[..., Interval]] = of_operands
    calls: ClassVar[tuple[CallArgument, ...]] = ANY_NUMBER

    def take(self, inputs: Sequence[TensorType]) -> list[TensorType]:
        """The tensors as the layer sees them: floating-point ones cast.

        Raises:
            ArityError: There are too few or too many.
            DtypeError: Text is among numbers.
        """
        (call,) = self.calls
        if len(inputs) < call.minimum or (call.maximum is not None and len(inputs) > call.maximum):
            expected = str(call.minimum) if call.minimum == call.maximum else f"{call.minimum} or more"
            raise ArityError(f"takes {expected} tensors, and gets {len(inputs)}", "inputs")
        xs = [self.cast(x) for x in inputs]
        texts = [x.dtype == "string" for x in xs]
        if any(texts) and not all(texts):
            raise DtypeError("cannot mix text with numbers", texts.index(True), texts.index(False))
        return xs

    def result_dtype(self, dtypes: Sequence[str]) -> str:
        """The dtype of a result, of inputs as the layer sees them: what all of them go into."""
        return dtypes[0] if len(set(dtypes)) == 1 else promote(*dtypes)

    def merged(self, shape: Shape, inputs: Sequence[TensorType]) -> Inferred:
        """A result of a shape: sparse if all inputs are, ragged if one is."""
        sparse = all(x.sparse for x in inputs)
        ragged = any(x.ragged for x in inputs)
        return one(TensorType(shape, self.result_dtype([x.dtype for x in inputs]), sparse, ragged))


class ElementwiseMerge(Merge):
    """A layer that merges elements at the same place; axes of length 1 are stretched.

    `elements` are the dtypes that the operation between two tensors computes with.
    """

    mask_rule: ClassVar[MaskRule] = JOINS_ALL
    elements: ClassVar[Elements] = ARITHMETIC
    stretches_sparse: ClassVar[bool] = False
    """Whether a sparse tensor can be stretched if there is a dense one too."""

    def infer(self, inputs: Sequence[TensorType]) -> Inferred:
        """Shapes that can be broadcast, the batch axis apart, to the broadcast shape."""
        xs = self.take(inputs)
        for index, x in enumerate(xs):
            if not x.shape:
                raise RankError("takes tensors with a batch axis, and gets a scalar", index)
        self.check_elements(xs)
        batch = _batch([x.shape for x in xs])
        rest = xs[0].shape[1:]
        for index, x in enumerate(xs[1:], 1):
            rest = broadcast(rest, x.shape[1:], 0, index, hopeful=False)
        self._check_sparse(xs)
        return self.merged((batch, *rest), xs)

    def check_elements(self, xs: Sequence[TensorType]) -> None:
        """Refuse dtypes that the operation cannot compute with; one tensor alone is passed through unchanged.

        Raises:
            DtypeError: There is such a dtype.
        """
        dtype = xs[0].dtype
        for index, x in enumerate(xs[1:], 1):
            dtype = promote(dtype, x.dtype)
            require_elements(x.with_dtype(dtype), self.elements, 0, index)

    def result_dtype(self, dtypes: Sequence[str]) -> str:
        """The dtype of what is computed of one tensor after the other; one alone is passed through unchanged."""
        return reduce(promote, dtypes)

    def _check_sparse(self, xs: Sequence[TensorType]) -> None:
        sparse = [index for index, x in enumerate(xs) if x.sparse]
        if not sparse or (self.stretches_sparse and len(sparse) < len(xs)):
            return
        for index, x in enumerate(xs):
            if len(x.shape) != xs[0].rank or any(
                None not in pair and pair[0] != pair[1] for pair in zip(x.shape, xs[0].shape, strict=True)
            ):
                pair = describe_shapes((xs[0].shape, x.shape))
                raise ShapeError(f"takes sparse tensors of one shape, and gets {pair}", 0, index)


def _batch(shapes: Sequence[Shape]) -> Dimension:
    """The batch size, if one of the shapes knows it."""
    known = {shape[0]: index for index, shape in enumerate(shapes) if shape[0] is not None}
    if len(known) > 1:
        places = sorted(known.values())[:2]
        pair = describe_shapes([shapes[index] for index in places])
        raise ShapeError(f"takes tensors of one batch size, and gets {pair}", *places)
    return next(iter(known), None)


class Add(ElementwiseMerge):
    """The sum of tensors, element by element. Texts are joined."""

    example: ClassVar[str] = "inputs: [x, y]"
    elements: ClassVar[Elements] = Elements("anything but booleans", ANYTHING.dtypes - {"bool"})

    def interval(self, output: int, of: TensorType, inputs: Sequence[Ranged]) -> Interval:
        """The sums."""
        return reduce(add, (x.interval for x in inputs))


class Average(ElementwiseMerge):
    """The mean of tensors, element by element."""

    example: ClassVar[str] = "inputs: [x, y]"

    def check_elements(self, xs: Sequence[TensorType]) -> None:
        """Refuse what cannot be divided, also if there is one tensor only.

        Raises:
            DtypeError: There is such a dtype.
        """
        super().check_elements(xs)
        mean = xs[0].with_dtype(reduce(promote, [x.dtype for x in xs]))
        require_elements(mean, self.elements, "inputs")

    def result_dtype(self, dtypes: Sequence[str]) -> str:
        """The dtype of a sum that is divided: TensorFlow makes float64 of the wider integers, and float32 of others."""
        dtype = super().result_dtype(dtypes)
        if not is_integer(dtype):
            return dtype
        return "float64" if BITS[dtype] >= 32 else "float32"


class Maximum(ElementwiseMerge):
    """The greatest of the elements at each place."""

    def interval(self, output: int, of: TensorType, inputs: Sequence[Ranged]) -> Interval:
        """The larger bounds."""
        return reduce(largest, (x.interval for x in inputs))

    example: ClassVar[str] = "inputs: [x, y]"
    elements: ClassVar[Elements] = REALS
    stretches_sparse: ClassVar[bool] = True


class Minimum(ElementwiseMerge):
    """The least of the elements at each place."""

    def interval(self, output: int, of: TensorType, inputs: Sequence[Ranged]) -> Interval:
        """The smaller bounds."""
        return reduce(smallest, (x.interval for x in inputs))

    example: ClassVar[str] = "inputs: [x, y]"
    elements: ClassVar[Elements] = REALS
    stretches_sparse: ClassVar[bool] = True


class Multiply(ElementwiseMerge):
    """The product of tensors, element by element."""

    example: ClassVar[str] = "inputs: [x, y]"

    def interval(self, output: int, of: TensorType, inputs: Sequence[Ranged]) -> Interval:
        """The products."""
        return reduce(mul, (x.interval for x in inputs))


class Subtract(ElementwiseMerge):
    """The first tensor less the second, element by element."""

    example: ClassVar[str] = "inputs: [x, y]"
    calls: ClassVar[tuple[CallArgument, ...]] = A_PAIR

    def interval(self, output: int, of: TensorType, inputs: Sequence[Ranged]) -> Interval:
        """The differences."""
        return reduce(sub, (x.interval for x in inputs))


class Concatenate(Merge):
    """Tensors joined along an axis, in which alone they may differ."""

    mask_rule: ClassVar[MaskRule] = JOINS_ANY
    example: ClassVar[str] = "inputs: [x, z]"

    axis: int = Field(-1, description="The axis along which the tensors are joined.")

    @property
    def may_move_batch(self) -> bool:
        """Whether tensors may be joined along the batch."""
        return self.axis != -1

    def infer(self, inputs: Sequence[TensorType]) -> Inferred:
        """The shape of the first tensor, with the lengths along the axis added up."""
        xs = self.take(inputs)
        return self.merged(concatenated([x.shape for x in xs], self.axis), xs)


def _one_or_two(value: tuple[int, ...] | int) -> tuple[int, ...] | int:
    if isinstance(value, tuple) and len(value) != 2:
        raise invalid(f"takes a whole number or a list of 2, not {show(value)}")
    return value


DotAxes = Annotated[tuple[int, ...] | int, Integers(single=True), AfterValidator(_one_or_two)]
"""An axis of both tensors, or an axis of each."""


class Dot(Merge):
    """Sums of products along one axis of each of two tensors, for each element of the batch."""

    mask_rule: ClassVar[MaskRule] = LOSES
    example: ClassVar[str] = "axes: 1, inputs: [x, y]"
    calls: ClassVar[tuple[CallArgument, ...]] = A_PAIR

    axes: DotAxes = Field(description="The axis to sum along; a list of two if it is not the same in both tensors.")
    normalize: bool = Field(
        False, description="Whether vectors along the axis are scaled to length 1: the result is their cosine."
    )

    def result_dtype(self, dtypes: Sequence[str]) -> str:
        """The dtype of the sums: those of products of the smallest integers are larger ones."""
        return "int32" if set(dtypes) == {"int8"} else super().result_dtype(dtypes)

    def infer(self, inputs: Sequence[TensorType]) -> Inferred:
        """The axes of the first tensor, then those of the second, without the batch axis and those summed along."""
        xs = self.take(inputs)
        for index, x in enumerate(xs):
            if x.rank < 2:
                raise RankError(f"takes tensors of rank 2 or more, and gets {format_shape(x.shape)}", index)
            refuse_ragged(x, index)
            require_elements(x, FLOATING if self.normalize else NUMBERS, index)
            if self.normalize:
                refuse_sparse(x, index)
        axes = [axis_of(axis, x.rank, "axes") for axis, x in zip(_both(self.axes), xs, strict=True)]
        if 0 in axes:
            raise ShapeError("has the batch axis in `axes`, and cannot sum along it", argument="axes")
        shapes = [x.shape for x in xs]
        _batch(shapes)
        lengths = [shape[axis] for shape, axis in zip(shapes, axes, strict=True)]
        if lengths[0] != lengths[1]:
            raise ShapeError(
                f"sums along axes {axes[0]} and {axes[1]} of {describe_shapes(shapes)}, "
                f"and their lengths {lengths[0]} and {lengths[1]} are not the same",
                0,
                1,
                argument="axes",
            )
        rest = [shape[:axis] + shape[axis + 1 :] for shape, axis in zip(shapes, axes, strict=True)]
        shape = rest[0] + rest[1][1:]
        return self.merged(shape if len(shape) > 1 else (*shape, 1), xs)

    def interval(self, output: int, of: TensorType, inputs: Sequence[Ranged]) -> Interval:
        """Sums of products; of vectors of length 1, their cosine."""
        if self.normalize:
            return COSINES
        length = inputs[0].type.shape[_both(self.axes)[0]]
        return repeated_sum(inputs[0].interval * inputs[1].interval, length)

    def multiply_adds(self, result: Inferred, inputs: Sequence[TensorType]) -> Dimension:
        """The length that is summed along, for each element of the result."""
        return times(*result.outputs[0].shape, inputs[0].shape[_both(self.axes)[0]])


class DotFunction(Dot):
    """`Dot` in its functional form, which sums along the last axis unless it is told another."""

    example: ClassVar[str] = "inputs: [x, y]"
    keras_name: ClassVar[str] = "Dot"

    axes: DotAxes = Field(-1, description="The axis to sum along; a list of two if it is not the same in both tensors.")

    @model_validator(mode="before")
    @classmethod
    def _always_given(cls, data: Any) -> Any:
        """The axes are always handed on: the class that Keras has for both forms has no default."""
        return {"axes": -1} | data if isinstance(data, dict) else data


def _both(axes: tuple[int, ...] | int) -> tuple[int, ...]:
    return (axes, axes) if isinstance(axes, int) else axes
