"""What masks do to the scores of an attention layer: which shapes fit.

A mask is brought to the rank of the scores by axes of length 1, in the way of Keras's attention layers, and must
then spread over the scores: it may not make them larger.
"""

from __future__ import annotations

from collections.abc import Iterable

from spec_compiler.catalog.layers.floating import require_mask
from spec_compiler.catalog.rules import ShapeError
from spec_compiler.catalog.shapes import broadcast, broadcasts_into
from spec_compiler.catalog.tensors import Shape, TensorType, format_shape


def insert_axis(mask: TensorType, operand: str, axis: int) -> Shape:
    """The shape of a mask with an axis of length 1 put in, counted from the end (-1: after the last one).

    Raises:
        DtypeError: It is no mask.
        ShapeError: It has too few axes.
    """
    require_mask(mask, operand)
    return stretch(mask.shape, mask.rank + 1, axis, operand)


def stretch(shape: Shape, rank: int, axis: int, operand: str) -> Shape:
    """A shape with axes of length 1 put in at a place, counted from the end, until it has a rank.

    Raises:
        ShapeError: There is no such place, because there are too few axes.
    """
    missing = max(rank - len(shape), 0)
    if missing and len(shape) + 1 < -axis:
        raise ShapeError(f"takes a mask of rank {-axis - 1} or more, and gets {format_shape(shape)}", operand)
    place = len(shape) + axis + 1
    return (*shape[:place], *(1,) * missing, *shape[place:])


def merge(masks: Iterable[tuple[str, Shape]]) -> tuple[str, Shape] | None:
    """The shape of what is left where all masks are true, with the name of the last; nothing if there are none.

    Raises:
        ShapeError: They do not fit each other.
    """
    merged: tuple[str, Shape] | None = None
    for operand, shape in masks:
        merged = (operand, shape if merged is None else broadcast(merged[1], shape, operand))
    return merged


def require_spread(shape: Shape, target: Shape, operand: str, what: str = "scores") -> None:
    """Refuse a mask that does not spread over what it masks.

    Raises:
        ShapeError: It has other lengths, or more axes.
    """
    if not broadcasts_into(shape, target):
        raise ShapeError(
            f"has {what} of shape {format_shape(target)}, over which a mask of shape {format_shape(shape)} "
            "does not spread",
            operand,
        )
