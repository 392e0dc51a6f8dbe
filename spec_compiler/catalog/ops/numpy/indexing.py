"""Indexing: items and slices, elements at given indices, a choice by conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from re import fullmatch
from typing import Annotated, Any, ClassVar

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from spec_compiler.catalog.fields import Integers, show
from spec_compiler.catalog.intervals import UNKNOWN, Interval, Ranged, places
from spec_compiler.catalog.layers.base import CallArgument, of_operands_or_zero, tensor, tensors
from spec_compiler.catalog.operands import ANYTHING, NUMBERS, REALS, require_dense, require_elements
from spec_compiler.catalog.ops.base import Op, OpPattern, TensorOp, X, require_computable
from spec_compiler.catalog.ops.rules import PLACES, common_dtype, flat, is_number, require_dtype, require_tensor
from spec_compiler.catalog.rules import ArityError, RankError, ShapeError, axis_of, describe_shapes, invalid
from spec_compiler.catalog.shapes import broadcast, broadcasts_into
from spec_compiler.catalog.tensors import Dimension, Inferred, TensorType, format_shape, one
from spec_compiler.numerals import count


class UnravelIndex(TensorOp):
    """The coordinates, in a tensor of a given shape, of indices into its flattened elements."""

    example: ClassVar[str] = "shape: [3, 3], inputs: whole"
    op_pattern: ClassVar[OpPattern] = "opaque"
    several_outputs: ClassVar[bool] = True
    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("indices", "The places."),)

    shape: Annotated[tuple[int, ...], Integers(minimum=0, least=1)] = Field(description="The shape of the tensor.")

    ranged_by: ClassVar[tuple[str, ...]] = ("indices",)

    def interval(self, output: int, of: TensorType, indices: Ranged) -> Interval:
        """The places along an axis, of a place that the tensor has."""
        return places(self.shape[output]) if indices.interval.within(places(prod(self.shape))) else UNKNOWN

    def infer(self, indices: TensorType) -> Inferred:
        """A shape to as many of it as the tensor has axes."""
        require_computable(indices, REALS, "indices")
        return Inferred((TensorType(indices.shape, indices.dtype),) * len(self.shape))


KeyItem = int | str | None
"""A place, a slice such as ``1:-1``, dots for all axes in between, or null for a new axis."""

# No place of a tensor has more digits, and Python refuses to convert thousands of them.
_PLACE = "(-?[0-9]{1,18})?"
_SLICE = rf"\s*{_PLACE}\s*:\s*{_PLACE}\s*(?::\s*{_PLACE}\s*)?"


def slice_of(text: str) -> slice | None:
    """The slice that a text such as ``1:-1`` or ``::2`` stands for, if it does."""
    found = fullmatch(_SLICE, text)
    if found is None:
        return None
    start, stop, step = (None if number is None else int(number) for number in found.groups())
    return None if step == 0 else slice(start, stop, step)


@dataclass(frozen=True)
class _Key:
    """The annotation of a field that takes what is picked: a whole number, or a list of key items."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def parse(self, value: Any) -> tuple[KeyItem, ...]:
        """The items of a key of a spec.

        Raises:
            PydanticCustomError: An item is none, or there are dots twice.
        """
        items = list(value) if isinstance(value, (list, tuple)) else [value]
        for item in items:
            if not (item is None or type(item) is int or item == "..." or (isinstance(item, str) and slice_of(item))):
                raise invalid(f'takes whole numbers, slices such as "1:-1", "..." and null, not {show(item)}')
        if items.count("...") > 1:
            raise invalid('has "..." twice')
        return tuple(items)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        pattern = r"^(\.\.\.|" + _SLICE + ")$"
        item = {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": pattern}, {"type": "null"}]}
        return {"anyOf": [item, {"type": "array", "items": item}]}


class GetItem(TensorOp):
    """Indexing: places, slices and new axes, one after the other."""

    example: ClassVar[str] = 'key: ["...", "1:"], inputs: sequence'
    op_pattern: ClassVar[OpPattern] = "movement"

    key: Annotated[tuple[KeyItem, ...], _Key()] = Field(
        description='What is picked along each axis: a place, a slice such as ":" or "1:-1", "..." for all axes in '
        "between, or null for a new axis."
    )

    def keras_arguments(self) -> dict[str, Any]:
        """The key with slices and dots of Python."""
        return {"key": tuple(python_item(item) for item in self.key)}

    def infer(self, x: TensorType) -> Inferred:
        """The shape without the axes of places, shorter for slices, longer for new axes."""
        require_computable(x, ANYTHING)
        used = sum(item not in (None, "...") for item in self.key)
        if used > x.rank:
            raise RankError(f"picks along {used} axes, and gets {format_shape(x.shape)}", "x", argument="key")
        items = list(self.key)
        place = items.index("...") if "..." in items else len(items)
        items[place : place + 1] = [":"] * (x.rank - used)
        lengths = iter(enumerate(x.shape))
        result: list[Dimension] = []
        for item in items:
            if item is None:
                result.append(1)
                continue
            axis, length = next(lengths)
            if isinstance(item, str):
                part = slice_of(item)
                assert part is not None
                result.append(None if length is None else count(range(*part.indices(length))))
            elif length is not None and not -length <= item < length:
                raise ShapeError(
                    f"picks place {item} of axis {axis} of {format_shape(x.shape)}, which has none such",
                    "x",
                    argument="key",
                )
        return one(TensorType(tuple(result), x.dtype))


def python_item(item: KeyItem) -> Any:
    """A key item as Python indexes with it."""
    return ... if item == "..." else slice_of(item) if isinstance(item, str) else item


class Take(Op):
    """The slices of a tensor along an axis at given indices."""

    example: ClassVar[str] = "axis: 1, inputs: {x: sequence, indices: starts}"
    op_pattern: ClassVar[OpPattern] = "movement"
    calls: ClassVar[tuple[CallArgument, ...]] = (X, tensor("indices", "The places: a tensor, or a number."))

    axis: int | None = Field(None, description="The axis to pick along; null to flatten the tensor first.")

    def infer(self, x: TensorType, indices: TensorType) -> Inferred:
        """The shape with that of the indices in place of the axis."""
        require_tensor(("x", x))
        require_computable(x, ANYTHING)
        require_dense(indices, "indices")
        if indices.dtype != "int":
            require_elements(indices, PLACES, "indices")
        if self.axis is None:
            return one(TensorType(indices.shape, x.dtype))
        axis = axis_of(self.axis, x.rank)
        return one(TensorType((*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :]), x.dtype))


class TakeAlongAxis(TensorOp):
    """The elements of a tensor at the places along an axis that indices name, for each place of the other axes."""

    example: ClassVar[str] = "axis: 1, inputs: {x: x, indices: places}"
    op_pattern: ClassVar[OpPattern] = "movement"
    calls: ClassVar[tuple[CallArgument, ...]] = (X, tensor("indices", "The places."))

    axis: int | None = Field(None, description="The axis to pick along; null to flatten the tensor first.")

    def infer(self, x: TensorType, indices: TensorType) -> Inferred:
        """The shape of the indices; other axes may be stretched."""
        require_tensor(("x", x), ("indices", indices))
        require_elements(x, ANYTHING, "x")
        require_elements(indices, NUMBERS, "indices")
        require_dense(x, "x")
        require_dense(indices, "indices")
        shape = flat(x.shape) if self.axis is None else x.shape
        if len(shape) != indices.rank:
            raise RankError(
                f"takes indices with as many axes as the tensor, and gets {describe_shapes((shape, indices.shape))}",
                "x",
                "indices",
            )
        axis = 0 if self.axis is None else axis_of(self.axis, len(shape))
        target = (*shape[:axis], indices.shape[axis], *shape[axis + 1 :])
        return one(TensorType(broadcast(target, indices.shape, "x", "indices"), x.dtype))


class Select(Op):
    """For each place, the element of the first choice whose condition holds."""

    example: ClassVar[str] = "inputs: {condlist: [yes], choicelist: [x]}"
    op_pattern: ClassVar[OpPattern] = "elementwise"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensors("condlist", "The conditions; a number counts as true unless it is zero."),
        tensors("choicelist", "The choices, one for each condition."),
        tensor("default", "What is taken where none holds: a tensor or a number; 0 by default.", required=False),
    )
    ranged_by: ClassVar[tuple[str, ...]] = ("choicelist", "default")
    interval: ClassVar[Callable[..., Interval]] = of_operands_or_zero

    def infer(
        self,
        condlist: Sequence[TensorType],
        choicelist: Sequence[TensorType],
        default: TensorType | None = None,
    ) -> Inferred:
        """The shape of the first choice, which all else must fit."""
        for argument, xs in (("condlist", condlist), ("choicelist", choicelist)):
            if not xs:
                raise ArityError(f"takes a tensor or more for `{argument}`", argument)
        if len(condlist) != len(choicelist):
            raise ArityError(
                f"takes as many choices as conditions, and gets {len(condlist)} conditions and "
                f"{len(choicelist)} choices",
                "condlist",
                "choicelist",
            )
        first = choicelist[0]
        require_tensor((0, first))
        for index, x in enumerate(condlist):
            if not is_number(x):
                require_elements(x, NUMBERS, index)
        for x in (*condlist, *choicelist, *([] if default is None else [default])):
            require_dense(x, "choicelist")
            if not broadcasts_into(x.shape, first.shape):
                raise ShapeError(
                    f"gives the shape {format_shape(first.shape)} of its first choice, which {format_shape(x.shape)} "
                    f"does not fit",
                    "choicelist",
                )
        others = list(enumerate(choicelist)) + ([] if default is None else [(len(choicelist), default)])
        require_dtype(common_dtype(*others), NUMBERS, "choicelist")
        return one(TensorType(first.shape, first.dtype))
