"""The multiply-adds that TensorFlow really carries out: the truth that the rules of the catalogue are held against.

TensorFlow tells of each operation that it runs, with the shapes of what goes in and comes out. Counted are the products
of matrices, the convolutions, and equations in Einstein's notation of two tensors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.framework import op_callbacks

from spec_compiler.catalog.dtypes import is_integer
from spec_compiler.catalog.tensors import TensorType

BATCH, LENGTH = 2, 9
"""How long the axes are that a row of a test leaves open: the first, and any other."""

Shape = tuple[int, ...]


def _matmul(inputs: Sequence[Shape], output: Shape, attributes: Mapping[str, Any]) -> int:
    return prod(output) * inputs[0][0 if attributes["transpose_a"] else 1]


def _batch_matmul(inputs: Sequence[Shape], output: Shape, attributes: Mapping[str, Any]) -> int:
    return prod(output) * inputs[0][-2 if attributes["adj_x"] else -1]


def _convolution(inputs: Sequence[Shape], output: Shape, attributes: Mapping[str, Any]) -> int:
    return prod(output) * prod(inputs[1][:-1])


def _depthwise(inputs: Sequence[Shape], output: Shape, attributes: Mapping[str, Any]) -> int:
    return prod(output) * prod(inputs[1][:-2])


def _transposed(inputs: Sequence[Shape], output: Shape, attributes: Mapping[str, Any]) -> int:
    _, kernel, gradient = inputs
    return prod(gradient) * prod(kernel[:-1])


def _einsum(inputs: Sequence[Shape], output: Shape, attributes: Mapping[str, Any]) -> int:
    if len(inputs) < 2:
        return 0
    equation = attributes["equation"]
    equation = equation.decode() if isinstance(equation, bytes) else equation
    terms = equation.partition("->")[0].split(",")
    lengths: dict[str, int] = {}
    for term, shape in zip(terms, inputs, strict=True):
        front, dots, back = term.partition("...")
        dotted = range(len(front), len(shape) - len(back)) if dots else ()
        names = [*front, *(f"...{len(shape) - len(back) - axis}" for axis in dotted), *back]
        for name, length in zip(names, shape, strict=True):
            lengths[name] = max(length, lengths.get(name, 1))
    return prod(lengths.values())


RULES: dict[str, Callable[[Sequence[Shape], Shape, Mapping[str, Any]], int]] = {
    "MatMul": _matmul,
    "BatchMatMulV2": _batch_matmul,
    "BatchMatMulV3": _batch_matmul,
    "Conv2D": _convolution,
    "Conv3D": _convolution,
    "DepthwiseConv2dNative": _depthwise,
    "Conv2DBackpropInput": _transposed,
    "Conv3DBackpropInputV2": _transposed,
    "Einsum": _einsum,
}
"""What an operation of TensorFlow counts, by its type; the sizes come from TensorFlow's own shapes."""

KNOWN_OTHERS = {"Conv", "Dilation2D", "SparseTensorDenseMatMul", "SparseMatMul", "FusedConv", "CudnnRNN"}


def executed(function: Callable[[], Any]) -> Counter[str]:
    """The multiply-adds that a function carries out, by the type of operation."""
    found: Counter[str] = Counter()

    def note(op_type: Any, inputs: Any, attrs: Any, outputs: Any, *_: Any, **__: Any) -> None:
        name = op_type.decode() if isinstance(op_type, bytes) else op_type
        rule = RULES.get(name)
        if rule is not None:
            pairs = iter(attrs)
            shapes = [tuple(x.shape) for x in inputs]
            found[name] += rule(shapes, tuple(outputs[0].shape), dict(zip(pairs, pairs, strict=True)))
        else:
            assert not any(name.startswith(other) for other in KNOWN_OTHERS), f"{name} multiplies, and has no rule here"

    op_callbacks.add_op_callback(note)
    try:
        function()
    finally:
        op_callbacks.remove_op_callback(note)
    return found


def closed(x: Any) -> Any:
    """A type with every length known; lists and numbers as they are."""
    if isinstance(x, (list, tuple)):
        return [closed(item) for item in x]
    if not isinstance(x, TensorType):
        return x
    lengths = [(LENGTH if axis else BATCH) if length is None else length for axis, length in enumerate(x.shape)]
    return TensorType(tuple(lengths), x.dtype, x.sparse, x.ragged)


def data(x: Any, seed: int = 0) -> Any:
    """Numbers of a type that has all lengths: small ones, in an order that any op can work with."""
    if isinstance(x, list):
        return [data(item, seed + index) for index, item in enumerate(x)]
    if not isinstance(x, TensorType):
        return x
    if x.dtype == "string":
        return tf.fill(x.shape, "a")
    if is_integer(x.dtype):
        return tf.ones(x.shape, x.dtype)  # A place that nearly every axis has, and a divisor.
    values = np.random.default_rng(seed).uniform(0.1, 1.9, x.shape)
    if x.rank == 1:
        values.sort()
    elif x.rank > 1 and x.shape[-1] == x.shape[-2]:
        values = values + 9 * np.eye(x.shape[-1])  # Matrices that can be inverted, and positive ones made of them.
        values = (values + np.swapaxes(values, -1, -2)) / 2
    return tf.cast(tf.constant(values), x.dtype)
