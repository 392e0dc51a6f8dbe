"""Merging element by element."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add, mul, sub
from typing import ClassVar

from spec_compiler.catalog.dtypes import BITS, is_integer, promote
from spec_compiler.catalog.intervals import Interval, Ranged, largest, smallest
from spec_compiler.catalog.layers.base import CallArgument
from spec_compiler.catalog.layers.merging.base import A_PAIR, Merge, common_batch
from spec_compiler.catalog.mask_rules import JOINS_ALL, MaskRule
from spec_compiler.catalog.operands import (
    ANYTHING,
    ARITHMETIC,
    REALS,
    Elements,
    require_elements,
)
from spec_compiler.catalog.rules import RankError, ShapeError, describe_shapes
from spec_compiler.catalog.shapes import broadcast
from spec_compiler.catalog.tensors import Inferred, TensorType


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
        batch = common_batch([x.shape for x in xs])
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
