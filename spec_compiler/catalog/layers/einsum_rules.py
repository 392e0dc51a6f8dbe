"""What an equation such as ``abc,cd->abd`` says of the kernel, the bias and the output of an `EinsumDense`."""

from __future__ import annotations

import re
from typing import NamedTuple

from spec_compiler.catalog.rules import RankError, ShapeError, UnknownDimensionError
from spec_compiler.catalog.tensors import Dimension, Shape, format_shape

_PLAIN = re.compile(r"([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)")
_LEADING = re.compile(r"\.\.\.([a-zA-Z]+),([a-zA-Z]+)->\.\.\.([a-zA-Z]+)")
_TRAILING = re.compile(r"([a-zA-Z]{2,})\.\.\.,([a-zA-Z]+)->([a-zA-Z]+)\.\.\.")


class Equation(NamedTuple):
    """The letters of the input, the kernel and the output; `leading` and `trailing` say where an ellipsis stands."""

    inputs: str
    kernel: str
    output: str
    leading: bool = False
    trailing: bool = False


class Shapes(NamedTuple):
    """What an equation makes of an input, and which axes of the kernel are those of inputs and of outputs."""

    output: Shape
    kernel: tuple[int, ...]
    bias: tuple[int, ...] | None
    input_axes: tuple[int, ...]
    output_axes: tuple[int, ...]


def parse(text: str) -> Equation | None:
    """The parts of an equation, or None if it has no form that Keras takes."""
    for pattern, leading, trailing in ((_PLAIN, False, False), (_LEADING, True, False), (_TRAILING, False, True)):
        match = pattern.fullmatch(text)
        if match:
            return Equation(match[1], match[2], match[3], leading, trailing)
    return None


def problem(equation: Equation) -> str | None:
    """Why an equation cannot be computed, whatever the input is, or None if it can be."""
    for letter in equation.output:
        if equation.output.count(letter) > 1:
            return f"the output has the axis `{letter}` twice"
        if letter not in equation.inputs + equation.kernel:
            return f"the output has the axis `{letter}`, which neither the input nor the kernel has"
    for letter in equation.kernel:
        if letter not in equation.inputs + equation.output:
            return f"the kernel has the axis `{letter}`, whose length neither the input nor the output states"
    return None


def shapes(equation: Equation, inputs: Shape, stated: Shape, bias_axes: str | None) -> Shapes:
    """The shapes that follow from an input and from the stated lengths of the output's axes.

    The first axis of the output has the length of the first axis of the input. Of several axes that leading dots
    stand for, Keras states those after the batch axis in the opposite order, and so does this.

    Raises:
        RankError: The input has not the axes of the equation.
        ShapeError: The stated lengths are too few or too many, or are not those of the input.
        UnknownDimensionError: The kernel or the bias has an axis whose length is not known.
    """
    elided = len(inputs) - len(equation.inputs)
    dots = equation.leading or equation.trailing
    if not inputs or elided < 0 or (elided and not dots):
        least = "at least " if dots else ""
        raise RankError(
            f"takes a tensor of {least}{len(equation.inputs)} axes, as `equation` says, "
            f"and gets {format_shape(inputs)}",
            "inputs",
        )
    output = _output(equation, inputs, stated, elided)
    skipped = elided if equation.leading else 0
    input_lengths = dict(zip(equation.inputs, inputs[skipped:], strict=False))
    output_lengths = dict(zip(equation.output, output[skipped:], strict=False))
    _check_lengths(equation, inputs[skipped:], output_lengths)
    lengths = {**input_lengths, **output_lengths}
    kernel = tuple(_needed(lengths[letter], letter, inputs, "kernel") for letter in equation.kernel)
    bias = None
    if bias_axes is not None:
        first = min(equation.output.index(letter) for letter in bias_axes)
        bias = tuple(
            _needed(output_lengths[letter], letter, inputs, "bias") if letter in bias_axes else 1
            for letter in equation.output[first:]
        ) + (1,) * (elided - skipped)
    axes = dict(enumerate(equation.kernel))
    made = tuple(axis for axis, letter in axes.items() if letter in equation.output)
    summed = tuple(axis for axis, letter in axes.items() if letter not in equation.output)
    return Shapes(output, kernel, bias, summed, made)


def _output(equation: Equation, inputs: Shape, stated: Shape, elided: int) -> Shape:
    expected = len(equation.output) - (not (equation.leading and elided))
    if len(stated) != expected:
        raise ShapeError(
            f"states {len(stated)} lengths in `output_shape`, and needs {expected} for the axes of the output of "
            f"{format_shape(inputs)}",
            "inputs",
            argument="output_shape",
        )
    leading = inputs[1:elided][::-1] if equation.leading else ()
    trailing = inputs[len(inputs) - elided :] if equation.trailing else ()
    return (inputs[0], *leading, *stated, *trailing)


def _check_lengths(equation: Equation, inputs: Shape, output_lengths: dict[str, Dimension]) -> None:
    seen: dict[str, Dimension] = {}
    for letter, length in zip(equation.inputs, inputs, strict=False):
        earlier = seen.setdefault(letter, length)
        if length is not None and earlier is not None and length != earlier:
            raise ShapeError(
                f"has the axis `{letter}` twice in the input, once with length {earlier} and once with {length}",
                "inputs",
            )
    # Of a letter that the input has twice, the last axis counts.
    for letter, length in dict(zip(equation.inputs, inputs, strict=False)).items():
        stated = output_lengths.get(letter)
        if stated is not None and stated != length:
            raise ShapeError(
                f"states that the axis `{letter}` of the output has length {stated}, and in the input it is {length}",
                "inputs",
                argument="output_shape",
            )


def _needed(length: Dimension, letter: str, inputs: Shape, weight: str) -> int:
    if length is None:
        raise UnknownDimensionError(
            f"needs to know the length of the axis `{letter}` to make its {weight}, and gets {format_shape(inputs)}",
            "inputs",
        )
    return length
