"""Matrix, vector and tensor products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, field_validator
from pydantic_core import CoreSchema, core_schema

from spec_compiler.catalog.costs import times
from spec_compiler.catalog.fields import show
from spec_compiler.catalog.intervals import Interval, Ranged, hull, number, repeated_sum
from spec_compiler.catalog.layers.base import CallArgument, tensors
from spec_compiler.catalog.operands import ARITHMETIC, REALS, Elements, require_dense
from spec_compiler.catalog.ops.base import OpPattern, TensorOp
from spec_compiler.catalog.ops.elementwise import Binary
from spec_compiler.catalog.ops.numpy import subscripts
from spec_compiler.catalog.ops.rules import can_hold, common_dtype, different_axes, require_dtype, require_list, without
from spec_compiler.catalog.rules import RankError, ShapeError, axis_of, describe_shapes, invalid, require_rank_at_least
from spec_compiler.catalog.shapes import agree, broadcast, known_of, volume
from spec_compiler.catalog.tensors import Dimension, Inferred, Shape, TensorType, format_shape, one


class Product(Binary):
    """A product of two tensors, whose shape depends on more than broadcasting."""

    op_pattern: ClassVar[OpPattern] = "combination"

    def interval(self, output: int, of: TensorType, x1: Ranged, x2: Ranged) -> Interval:
        """Products of an element of each tensor, or sums of as many as make up an element of the result."""
        product, count = x1.interval * x2.interval, self.summed(x1.type, x2.type)
        return product if count == 0 else repeated_sum(product, count)

    def shape_of(self, x1: TensorType, x2: TensorType) -> Shape:
        """The shape of the product."""
        return broadcast(x1.shape, x2.shape, "x1", "x2")

    def infer(self, x1: TensorType, x2: TensorType) -> Inferred:
        """Two shapes to that of the product."""
        self.check(x1, x2)
        sparse = self.is_sparse(x1, x2)
        return one(TensorType(self.shape_of(x1, x2), self.dtype_of(x1, x2), sparse))

    def multiply_adds(self, result: Inferred, x1: TensorType, x2: TensorType) -> Dimension:
        """As many as are summed, for each element of the result."""
        return times(*result.outputs[0].shape, self.summed(x1, x2))

    def summed(self, x1: TensorType, x2: TensorType) -> Dimension:
        """How many products make up an element of the result; None if each is one product, formed by itself."""
        return 0


def require_same_length(x1: TensorType, axis1: int, x2: TensorType, axis2: int) -> None:
    """Refuse tensors that differ in the length of the axes that are multiplied.

    Raises:
        ShapeError: They do.
    """
    if not agree(x1.shape[axis1], x2.shape[axis2]):
        raise ShapeError(
            f"multiplies axis {axis1 % x1.rank} with axis {axis2 % x2.rank}, and gets "
            f"{describe_shapes((x1.shape, x2.shape))}: {x1.shape[axis1]} is not {x2.shape[axis2]}",
            "x1",
            "x2",
        )


class Matmul(Product):
    """The product of matrices, or of a matrix and a vector; the axes before the last two are broadcast."""

    example: ClassVar[str] = "inputs: [sequence, projection]"
    takes_numbers: ClassVar[bool] = False

    def dtype_of(self, x1: TensorType, x2: TensorType) -> str:
        """The common dtype; int32 for int8."""
        return "int32" if (x1.dtype, x2.dtype) == ("int8", "int8") else super().dtype_of(x1, x2)

    def is_sparse(self, x1: TensorType, x2: TensorType) -> bool:
        """Whether both are; sparse tensors are matrices."""
        for name, x in (("x1", x1), ("x2", x2)):
            if x.ragged:
                require_dense(x, name)
            if x.sparse and (x1.rank, x2.rank) != (2, 2):
                require_dense(x, name)
        return x1.sparse and x2.sparse

    def shape_of(self, x1: TensorType, x2: TensorType) -> Shape:
        """(…, n, k) and (…, k, m) to (…, n, m)."""
        require_rank_at_least(x1, 1, "x1")
        require_rank_at_least(x2, 1, "x2")
        require_same_length(x1, -1, x2, -2 if x2.rank > 1 else -1)
        before = broadcast(x1.shape[:-2], x2.shape[:-2], "x1", "x2")
        return (*before, *x1.shape[-2:-1], *(x2.shape[-1:] if x2.rank > 1 else ()))

    def summed(self, x1: TensorType, x2: TensorType) -> Dimension:
        """The axis that both have."""
        return known_of(x1.shape[-1], x2.shape[-2 if x2.rank > 1 else -1])


class Dot(Product):
    """The sum of products over the last axis of the first tensor and the last but one of the second."""

    example: ClassVar[str] = "inputs: {x1: table, x2: factors}"

    def shape_of(self, x1: TensorType, x2: TensorType) -> Shape:
        """(…, k) and (…, k, m) to (…, …, m); (…, k) and (k) to (…)."""
        if not x1.shape or not x2.shape:
            return x1.shape or x2.shape
        require_same_length(x1, -1, x2, -2 if x2.rank > 1 else -1)
        if x2.rank == 1 < x1.rank and x1.shape[-1] != x2.shape[0]:
            raise ShapeError(
                f"needs to know that the last axes have one length, and gets {describe_shapes((x1.shape, x2.shape))}",
                "x1",
                "x2",
            )
        return (*x1.shape[:-1], *x2.shape[:-2], *(x2.shape[-1:] if x2.rank > 1 else ()))

    def summed(self, x1: TensorType, x2: TensorType) -> Dimension:
        """The axis that both have; with a scalar there is no sum."""
        return known_of(x1.shape[-1], x2.shape[-2 if x2.rank > 1 else -1]) if x1.shape and x2.shape else 0


class Inner(Product):
    """The sum of products over the last axes of both tensors."""

    example: ClassVar[str] = "inputs: {x1: table, x2: other_table}"

    def shape_of(self, x1: TensorType, x2: TensorType) -> Shape:
        """(…, k) and (…, k) to (…, …)."""
        if not x1.shape or not x2.shape:
            return x1.shape or x2.shape
        require_same_length(x1, -1, x2, -1)
        return (*x1.shape[:-1], *x2.shape[:-1])

    def summed(self, x1: TensorType, x2: TensorType) -> Dimension:
        """The last axis; with a scalar there is no sum."""
        return known_of(x1.shape[-1], x2.shape[-1]) if x1.shape and x2.shape else 0


class Outer(Product):
    """The products of each element of the first tensor with each of the second."""

    example: ClassVar[str] = "inputs: {x1: list, x2: short}"

    def shape_of(self, x1: TensorType, x2: TensorType) -> Shape:
        """N and m elements to (n, m)."""
        return (volume(x1.shape), volume(x2.shape))


class Vdot(Product):
    """The sum of the products of all elements, those of the first tensor conjugated."""

    example: ClassVar[str] = "inputs: {x1: table, x2: other_table}"

    def shape_of(self, x1: TensorType, x2: TensorType) -> Shape:
        """N elements each to a scalar."""
        if not (can_hold(x1.shape, volume(x2.shape)) and can_hold(x2.shape, volume(x1.shape))):
            raise ShapeError(
                f"takes tensors of as many elements each, and gets {describe_shapes((x1.shape, x2.shape))}", "x1", "x2"
            )
        return ()

    def summed(self, x1: TensorType, x2: TensorType) -> Dimension:
        """All elements."""
        return known_of(volume(x1.shape), volume(x2.shape))


class Kron(Product):
    """The products of each element of the first tensor with the whole second tensor (Kronecker)."""

    example: ClassVar[str] = "inputs: {x1: table, x2: factors}"
    takes_numbers: ClassVar[bool] = False
    elements: ClassVar[Elements] = ARITHMETIC

    def shape_of(self, x1: TensorType, x2: TensorType) -> Shape:
        """(n, …) and (m, …) to (n·m, …)."""
        if x1.rank != x2.rank:
            # Keras leaves out the axes that one of them lacks.
            raise RankError(f"takes tensors of one rank, and gets {describe_shapes((x1.shape, x2.shape))}", "x1", "x2")
        if x1.rank > 2:
            # TensorFlow cannot stretch over so many axes at once.
            raise RankError(f"takes matrices, and gets {describe_shapes((x1.shape, x2.shape))}", "x1", "x2")
        return tuple(None if a is None or b is None else a * b for a, b in zip(x1.shape, x2.shape, strict=True))


class Cross(Product):
    """The cross product of vectors of two or three coordinates."""

    example: ClassVar[str] = "inputs: {x1: vectors, x2: vectors}"
    takes_numbers: ClassVar[bool] = False
    elements: ClassVar[Elements] = REALS

    axisa: int = Field(-1, description="The axis of the first tensor that has the coordinates.")
    axisb: int = Field(-1, description="The axis of the second tensor that has the coordinates.")
    axisc: int = Field(-1, description="The axis of the result that has the coordinates.")
    axis: int | None = Field(None, description="The axis of all three, in place of the others.")

    def interval(self, output: int, of: TensorType, x1: Ranged, x2: Ranged) -> Interval:
        """Differences of two products; with a coordinate that is left out, of which one may be nothing."""
        product = hull((x1.interval * x2.interval, number(0)))
        return product - product

    def shape_of(self, x1: TensorType, x2: TensorType) -> Shape:
        """The other axes broadcast to each other, and three coordinates; None for vectors of two."""
        named = (self.axisa, self.axisb, self.axisc) if self.axis is None else (self.axis,) * 3
        axes = (axis_of(named[0], x1.rank, "axisa"), axis_of(named[1], x2.rank, "axisb"))
        for name, x, axis in (("x1", x1, axes[0]), ("x2", x2, axes[1])):
            if x.shape[axis] not in (2, 3, None):
                raise ShapeError(
                    f"takes vectors of 2 or 3 coordinates along axis {axis}, and gets {format_shape(x.shape)}", name
                )
        rest = broadcast(without(x1.shape, axes[:1]), without(x2.shape, axes[1:]), "x1", "x2")
        flat = 3 not in (x1.shape[axes[0]], x2.shape[axes[1]])
        place = axis_of(named[2], len(rest) + (not flat), "axisc")
        if flat:
            return rest
        return (*rest[:place], 3, *rest[place:])


@dataclass(frozen=True)
class _Contracted:
    """The annotation of a field that takes a number, or two lists of as many axes."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def parse(self, value: Any) -> tuple[tuple[int, ...], tuple[int, ...]] | int:
        """The number, or the axes of both tensors; an axis alone stands for a list of one.

        Raises:
            PydanticCustomError: It is no such value.
        """
        if type(value) is int and value >= 0:
            return value
        pair = [[item] if type(item) is int else item for item in value] if isinstance(value, (list, tuple)) else []
        lists = [tuple(item) for item in pair if isinstance(item, (list, tuple)) and all(type(n) is int for n in item)]
        if len(pair) != 2 or len(lists) != 2 or len(lists[0]) != len(lists[1]):
            raise invalid(f"takes a number of axes, or two lists of as many axes, not {show(value)}")
        return lists[0], lists[1]

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        axes = {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}]}
        pair = {"type": "array", "items": axes, "minItems": 2, "maxItems": 2}
        return {"anyOf": [{"type": "integer", "minimum": 0}, pair]}


class Tensordot(Product):
    """The sum of products over some axes of both tensors."""

    example: ClassVar[str] = "axes: 1, inputs: {x1: table, x2: factors}"
    takes_numbers: ClassVar[bool] = False

    axes: Annotated[tuple[tuple[int, ...], tuple[int, ...]] | int, _Contracted()] = Field(
        2, description="How many axes, the last of the first tensor and the first of the second; or two lists of axes."
    )

    def shape_of(self, x1: TensorType, x2: TensorType) -> Shape:
        """The axes that are not multiplied, those of the first tensor before those of the second."""
        first, second = self._contracted(x1, x2)
        for a, b in zip(first, second, strict=True):
            require_same_length(x1, a, x2, b)
        return (*without(x1.shape, first), *without(x2.shape, second))

    def summed(self, x1: TensorType, x2: TensorType) -> Dimension:
        """The axes that are multiplied; without any, each element of the result is a sum of one product."""
        pairs = zip(*self._contracted(x1, x2), strict=True)
        return times(*(known_of(x1.shape[a], x2.shape[b]) for a, b in pairs))

    def _contracted(self, x1: TensorType, x2: TensorType) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The axes of both tensors that are multiplied."""
        if not isinstance(self.axes, int):
            return different_axes(self.axes[0], x1.rank, "axes"), different_axes(self.axes[1], x2.rank, "axes")
        if self.axes > min(x1.rank, x2.rank):
            shapes = describe_shapes((x1.shape, x2.shape))
            raise RankError(f"multiplies {self.axes} axes, and gets {shapes}", "x1", "x2", argument="axes")
        return tuple(range(x1.rank - self.axes, x1.rank)), tuple(range(self.axes))


class Einsum(TensorOp):
    """The sum of products that an equation in Einstein notation states."""

    example: ClassVar[str] = 'subscripts: "ab,bc->ac", inputs: [table, factors]'
    op_pattern: ClassVar[OpPattern] = "combination"
    calls: ClassVar[tuple[CallArgument, ...]] = (tensors("operands", "The tensors to multiply."),)

    subscripts: str = Field(description="The axes of each tensor and of the result, as in `ab,bc->ac` or `...a->...`.")

    @field_validator("subscripts")
    @classmethod
    def _sound(cls, value: str) -> str:
        problem = subscripts.problem(value)
        if problem is not None:
            raise invalid(problem)
        return value

    ranged_by: ClassVar[tuple[str, ...]] = ("operands",)

    def interval(self, output: int, of: TensorType, operands: Sequence[Ranged]) -> Interval:
        """Sums of products, or none."""
        product = number(1)
        for each in operands:
            product = product * each.interval
        return repeated_sum(product, None)

    def infer(self, operands: Sequence[TensorType]) -> Inferred:
        """Several shapes to the one that the equation states."""
        require_list(operands, "operands")
        for index, x in enumerate(operands):
            require_dense(x, index)
        dtype = common_dtype(*enumerate(operands))
        require_dtype(dtype, ARITHMETIC, *range(len(operands)))
        shape = subscripts.result(self.subscripts, [x.shape for x in operands])
        return one(TensorType(shape, "int32" if {x.dtype for x in operands} == {"int8"} else dtype))

    def multiply_adds(self, result: Inferred, operands: Sequence[TensorType]) -> Dimension:
        """Those of one pair after the other."""
        return subscripts.products(self.subscripts, [x.shape for x in operands])
