"""`keras.ops.einops`: axes moved, split and merged by a pattern, in the notation of `einops`."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from re import findall, fullmatch
from typing import Any, ClassVar

from pydantic import Field, field_validator

from spec_compiler.catalog.fields import PositiveInt, show
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.operands import ANYTHING
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, known_lengths, require_computable
from spec_compiler.catalog.rules import RankError, ShapeError, invalid
from spec_compiler.catalog.tensors import Inferred, TensorType, format_shape, one

_AXIS = r"[A-Za-z]\w*"
_SIDE = rf"\s*(?:(?:{_AXIS}|\(\s*{_AXIS}(?:\s+{_AXIS})*\s*\))\s*)*"


def groups(side: str) -> list[list[str]]:
    """The axes of one side of a pattern: those that are one axis of the tensor together."""
    return [findall(_AXIS, part) for part in findall(rf"{_AXIS}|\(.*?\)", side)]


class Rearrange(TensorOp):
    """The axes of a tensor in another order, split and merged by a pattern in the notation of `einops`."""

    example: ClassVar[str] = 'pattern: "a (b c) -> b a c", axes_lengths: {b: 2}, inputs: factors'
    op_pattern: ClassVar[OpPattern] = "movement"
    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("tensor", "The tensor."),)

    pattern: str = Field(description="The axes before and after, as in `b (h p) c -> b h (p c)`.")
    axes_lengths: dict[str, PositiveInt] = Field(
        default_factory=dict, description="The lengths of axes that another one is split into, by their names."
    )

    @field_validator("pattern")
    @classmethod
    def _sound(cls, value: str) -> str:
        if fullmatch(f"{_SIDE}->{_SIDE}", value) is None:
            raise invalid(f"takes the form `b (h p) c -> b h (p c)`, not {show(value)}")
        before, after = ([axis for group in groups(side) for axis in group] for side in value.split("->"))
        if sorted(before) != sorted(after) or len(set(before)) < len(before):
            raise invalid("names each axis once before the arrow and once after it")
        return value

    def keras_arguments(self) -> dict[str, Any]:
        """The pattern, and each length under the name of its axis."""
        return {"pattern": self.pattern, **self.axes_lengths}

    def infer(self, tensor: TensorType) -> Inferred:
        """The lengths of the axes after the arrow. Keras needs to know all lengths."""
        require_computable(tensor, ANYTHING, "tensor")
        before, after = self.sides()
        if len(before) != tensor.rank:
            raise RankError(
                f"has {len(before)} axes before the arrow, and gets {format_shape(tensor.shape)}",
                "tensor",
                argument="pattern",
            )
        lengths = self.lengths(known_lengths(tensor, "tensor"))
        return one(TensorType(tuple(prod(lengths[axis] for axis in group) for group in after), tensor.dtype))

    def sides(self) -> tuple[list[list[str]], list[list[str]]]:
        """The axes before the arrow and after it: those that are one axis of the tensor together."""
        before, after = (groups(side) for side in self.pattern.split("->"))
        return before, after

    def lengths(self, shape: Sequence[int]) -> dict[str, int]:
        """The length of each axis of the pattern, for a tensor of a shape."""
        found: dict[str, int] = {}
        for group, length in zip(self.sides()[0], shape, strict=True):
            found |= self._split(group, length)
        return found

    def _split(self, group: list[str], length: int) -> dict[str, int]:
        stated = {axis: self.axes_lengths[axis] for axis in group if axis in self.axes_lengths}
        known = prod(stated.values())
        left = [axis for axis in group if axis not in stated]
        if len(left) > 1 or length % known or (not left and known != length):
            raise ShapeError(
                f"cannot split an axis of length {length} into {' '.join(group)} of {self.axes_lengths}",
                "tensor",
                argument="axes_lengths",
            )
        return stated | dict.fromkeys(left, length // known)
