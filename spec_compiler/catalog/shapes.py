"""Arithmetic of shapes that layers and ops share: broadcasting, concatenating, reshaping, spatial axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from spec_compiler.catalog.rules import RankError, ShapeError, axis_of, describe_shapes
from spec_compiler.catalog.tensors import Dimension, Shape, format_shape


def broadcast(first: Shape, second: Shape, *operands: str | int, hopeful: bool = True) -> Shape:
    """The shape of an elementwise result of two tensors, aligned at the last axis.

    An axis of length 1 stretches to the other's length. Where one length is unknown and the other is known and
    not 1, Keras's ops state the known one (`hopeful`), and its merging layers state that it is unknown.

    Raises:
        ShapeError: Two lengths differ, and neither is 1.
    """
    rank = max(len(first), len(second))
    padded = [(1,) * (rank - len(shape)) + shape for shape in (first, second)]
    result: list[Dimension] = []
    for a, b in zip(*padded, strict=True):
        if a == b or b == 1:
            result.append(a)
        elif a == 1:
            result.append(b)
        elif a is None or b is None:
            result.append(b if a is None else a)
        else:
            raise ShapeError(f"cannot broadcast shapes {describe_shapes((first, second))}: {a} is not {b}", *operands)
    if hopeful:
        return tuple(result)
    return tuple(
        None if None in pair else length for pair, length in zip(zip(*padded, strict=True), result, strict=True)
    )


def broadcasts_into(shape: Shape, target: Shape) -> bool:
    """Whether a tensor can be stretched to a shape, aligned at the last axis, without that shape growing.

    What is unknown is taken to fit.
    """
    return len(shape) <= len(target) and all(
        length in (1, None) or wanted in (length, None)
        for length, wanted in zip(reversed(shape), reversed(target), strict=False)
    )


def agree(one: Dimension, other: Dimension) -> bool:
    """Whether two axes can have the same length, as far as their lengths are known."""
    return one is None or other is None or one == other


def known_of(one: Dimension, other: Dimension) -> Dimension:
    """The length of two axes that agree, as far as either is known."""
    return other if one is None else one


def concatenated(shapes: Sequence[Shape], axis: int) -> Shape:
    """The shape of tensors joined along an axis: all else is as in the first one.

    Raises:
        RankError: The tensors have not the same number of axes, or none.
        ShapeError: Another axis differs, or there is no such axis.
    """
    first = shapes[0]
    for index, shape in enumerate(shapes):
        if len(shape) != len(first) or not shape:
            raise RankError(f"takes tensors of one rank, and gets {describe_shapes((first, shape))}", 0, index)
    axis = axis_of(axis, len(first))
    for other in range(len(first)):
        lengths = {shape[other]: index for index, shape in enumerate(shapes) if shape[other] is not None}
        if other != axis and len(lengths) > 1:
            places = sorted(lengths.values())[:2]
            pair = describe_shapes([shapes[index] for index in places])
            raise ShapeError(
                f"takes tensors that differ in axis {axis} only, and gets {pair}, which differ in axis {other}", *places
            )
    joined = [shape[axis] for shape in shapes]
    total = None if None in joined else sum(length for length in joined if length is not None)
    return (*first[:axis], total, *first[axis + 1 :])


def reshaped(shape: Shape, target: Shape, argument: str) -> Shape:
    """The shape of a tensor brought into another shape with as many elements.

    In `target`, -1 stands for what is left over. None does too, but Keras does not work out its length.

    Raises:
        ShapeError: The number of elements would change.
    """
    free = [axis for axis, length in enumerate(target) if length in (-1, None)]
    kept = prod(length for length in target if length not in (-1, None))
    size = prod(length for length in shape if length is not None)
    unknown = None in shape
    if free:
        fits = kept != 0 and (unknown or size % kept == 0)
    elif unknown:
        fits = kept == 0 if size == 0 else kept % size == 0
    else:
        fits = kept == size
    if not fits:
        raise ShapeError(f"cannot bring {format_shape(shape)} into the shape {format_shape(target)}", argument=argument)
    rest = None if unknown or not kept else size // kept
    return tuple(rest if length == -1 else length for length in target)


def volume(shape: Shape) -> Dimension:
    """How many elements there are; None if a length is not known."""
    known = [length for length in shape if length is not None]
    return prod(known) if len(known) == len(shape) else None


def spatial_axes(rank: int, data_format: str | None) -> range:
    """The axes of a tensor between batch and channels: rows and columns of images, steps of sequences."""
    return range(2, rank) if data_format == "channels_first" else range(1, rank - 1)


def with_lengths(shape: Shape, axes: Sequence[int], length: Callable[[int, int], int]) -> Shape:
    """A shape with other lengths of some axes.

    `length` takes the position among `axes` and the length, and gives the new one. What is unknown stays so.
    """
    result = list(shape)
    for position, axis in enumerate(axes):
        old = result[axis]
        result[axis] = None if old is None else length(position, old)
    return tuple(result)
