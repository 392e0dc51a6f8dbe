"""Equations in Einstein's notation, as `einsum` takes them: what the axes of each tensor and of the result are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import prod
from re import fullmatch

from spec_compiler.catalog.fields import show
from spec_compiler.catalog.rules import ArityError, RankError, ShapeError
from spec_compiler.catalog.shapes import agree, broadcast, known_of, volume
from spec_compiler.catalog.tensors import Dimension, Shape, format_shape

DOTS = "..."


def problem(equation: str) -> str | None:
    """What is wrong with an equation, if anything."""
    inputs, result = split(equation)
    if equation.count("->") > 1:
        return 'has "->" twice'
    if not all(fullmatch(r"[a-z]*(\.\.\.)?[a-z]*", part) for part in (*inputs, result or "")):
        return f"takes the form `ab,bc->ac`, with lower-case letters and dots, not {show(equation)}"
    known = set("".join(inputs)) - {"."}
    for letter in (result or "").replace(DOTS, ""):
        if letter not in known:
            return f"names `{letter}` in the result, which is no axis of a tensor"
        if (result or "").count(letter) > 1:
            return f"names `{letter}` twice in the result"
    if result is not None and DOTS in result and not any(DOTS in part for part in inputs):
        return "has dots in the result, and none before"
    if result is not None and DOTS not in result and any(DOTS in part for part in inputs):
        return "has dots for some tensor, and none in the result"
    return None


def split(equation: str) -> tuple[list[str], str | None]:
    """The axes of each tensor, and those of the result if they are stated."""
    inputs, arrow, result = equation.partition("->")
    return inputs.split(","), result if arrow else None


def result(equation: str, shapes: Sequence[Shape]) -> Shape:
    """The shape of the result of a sound equation.

    Raises:
        RuleError: The shapes do not fit it.
    """
    inputs, stated = split(equation)
    lengths, between = _lengths(inputs, shapes)
    order = stated if stated is not None else _implied(inputs)
    front, dots, back = order.partition(DOTS)
    return (*(lengths[axis] for axis in front), *(between if dots else ()), *(lengths[axis] for axis in back))


def products(equation: str, shapes: Sequence[Shape]) -> Dimension:
    """How many products of two numbers the result of a sound equation takes; None if a length is not known.

    Several tensors are multiplied in pairs, in the order that TensorFlow asks opt_einsum's greedy search for: first
    the two whose product is smaller than they are by the most. An axis that one tensor has alone is summed before.
    """
    inputs, stated = split(equation)
    lengths, between = _lengths(inputs, shapes)
    lengths[DOTS] = volume(between)
    result = _axes(stated if stated is not None else _implied(inputs))
    left = [_axes(axes) for axes in inputs]
    if len(left) > 1 and None in (lengths[axis] for axis in frozenset().union(*left)):
        return None
    count = 0
    while len(left) > 1:
        steps = [_multiply(left, result, lengths, *pair) for pair in combinations(range(len(left)), 2)]
        _, products, left = min(steps, key=lambda step: step[0])
        count += products
    return count


def _multiply(
    tensors: Sequence[frozenset[str]], result: frozenset[str], lengths: dict[str, Dimension], one: int, other: int
) -> tuple[int, int, list[frozenset[str]]]:
    """What multiplying two tensors takes: elements more than before, products, and the axes of all that are left."""
    a, b = tensors[one], tensors[other]
    left = [axes for place, axes in enumerate(tensors) if place not in (one, other)]
    product = (a | b) & result.union(*left)

    def size(axes: frozenset[str]) -> int:
        return prod(lengths[axis] or 0 for axis in axes)

    return size(product) - size(a) - size(b), size((a & b) | product), [*left, product]


def _axes(part: str) -> frozenset[str]:
    """The axes of a tensor, those that dots stand for as one."""
    return frozenset(part.replace(DOTS, "")) | ({DOTS} if DOTS in part else set())


def _lengths(inputs: Sequence[str], shapes: Sequence[Shape]) -> tuple[dict[str, Dimension], Shape]:
    """The length of each axis by its letter, and of those that dots stand for.

    Raises:
        RuleError: The shapes do not fit the equation.
    """
    if len(inputs) != len(shapes):
        raise ArityError(
            f"states the axes of {len(inputs)} tensors in `subscripts`, and gets {len(shapes)}", "operands"
        )
    lengths: dict[str, Dimension] = {}
    between: Shape = ()
    for index, (axes, shape) in enumerate(zip(inputs, shapes, strict=True)):
        front, dots, back = axes.partition(DOTS)
        named = len(front) + len(back)
        if len(shape) < named or (not dots and len(shape) > named):
            raise RankError(f"states the axes `{axes}` for a tensor of the shape {format_shape(shape)}", index)
        if dots:
            between = broadcast(between, shape[len(front) : len(shape) - len(back)], *range(len(shapes)))
        for letter, length in [
            *zip(front, shape, strict=False),
            *zip(back, shape[len(shape) - len(back) :], strict=True),
        ]:
            lengths[letter] = _same(letter, lengths.get(letter), length, index)
    return lengths, between


def _same(letter: str, one: Dimension, other: Dimension, index: int) -> Dimension:
    if not agree(one, other):
        raise ShapeError(f"has two lengths for the axis `{letter}`, {one} and {other}", index)
    return known_of(one, other)


def _implied(inputs: Sequence[str]) -> str:
    """The axes of a result that is not stated: those that are named once, in the order of the alphabet."""
    letters = "".join(inputs).replace(DOTS, "")
    once = "".join(sorted(letter for letter in set(letters) if letters.count(letter) == 1))
    return DOTS + once if any(DOTS in part for part in inputs) else once
