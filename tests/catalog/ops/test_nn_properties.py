"""Ops of `image`, `linalg`, `math` and `nn`, with drawn arguments, shapes and dtypes: the verdict is Keras's."""

from __future__ import annotations

import os
from typing import Literal, get_args, get_origin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spec_compiler.catalog.dtypes import TENSOR_DTYPES
from spec_compiler.catalog.registry import operation
from spec_compiler.catalog.tensors import TensorType
from tests.catalog.keras_contract.calls import types
from tests.catalog.keras_contract.op_in_graph import assert_agreement
from tests.catalog.ops.nn_calls import ROWS
from tests.thoroughness import examples

pytestmark = pytest.mark.tensorflow

EXAMPLES = int(os.environ.get("SPEC_COMPILER_OP_EXAMPLES", examples(3, thorough=6)))
"""How many calls are drawn for each row; there are some rows for each op."""

LENGTHS = st.sampled_from([1, 2, 3, 4, 6, 8, 9, None])
AXES = st.integers(-3, 3)

ARGUMENTS = {
    "axes": st.none() | AXES | st.lists(AXES, max_size=3),
    "block_size": st.integers(1, 3),
    "k": st.integers(1, 5),
    "mask_index": st.integers(-6, 6),
    "num_classes": st.integers(1, 4),
    "num_segments": st.none() | st.integers(1, 4),
    "order": st.integers(0, 3),
    "ord": st.sampled_from([None, "fro", "nuc", "max", 0, 1, -1, 2, -2, 3.5, float("inf")]),
    "top_paths": st.integers(1, 3),
    "fft_length": st.integers(7, 12),
    "sequence_length": st.integers(1, 9),
    "sequence_stride": st.integers(1, 5),
    "length": st.none() | st.integers(1, 60),
    "kernel_size": st.integers(1, 5) | st.tuples(st.integers(1, 4), st.integers(1, 9)).map(list),
    "pool_size": st.integers(1, 9),
    "padding": st.integers(0, 2),
    "filter_size": st.integers(1, 10),
    "target_height": st.none() | st.integers(1, 12),
    "target_width": st.none() | st.integers(1, 12),
    "top_cropping": st.none() | st.integers(0, 9),
    "bottom_cropping": st.none() | st.integers(0, 9),
    "top_padding": st.none() | st.integers(0, 3),
    "bottom_padding": st.none() | st.integers(0, 3),
    "rcond": st.none() | st.floats(0, 0.5),
    "scale": st.none() | st.floats(0.1, 2),
    "epsilon": st.floats(0.001, 1),
}

ONE_AXIS = ("categorical_crossentropy", "sparse_categorical_crossentropy", "glu", "sparsemax", "batch_normalization")
"""The ops whose `axis` is one number."""

STRICTER = ("categorical_crossentropy", "image.scale_and_translate", "image.ssim", "norm")
"""The ops of which the catalogue refuses something that runs and makes no sense; `test_nn_refusals` says what."""


def argument(name, key, field):
    """Values of a field, most of them allowed; none if the row's own value is to be kept."""
    if key == "axis":
        some = AXES | st.none() if "softmax" in name else AXES
        return (
            AXES
            if name in ONE_AXIS or "hot" in name
            else some
            if "softmax" in name
            else st.none() | AXES | st.lists(AXES, max_size=3)
        )
    if key in ("strides", "dilation_rate", "stride", "dilation"):
        return st.integers(1, 3)
    if field.annotation is bool and key != "sparse":
        return st.booleans()
    choices = [
        choice
        for part in (field.annotation, *get_args(field.annotation))
        if get_origin(part) is Literal
        for choice in get_args(part)
    ]
    return st.sampled_from(choices) if choices else ARGUMENTS.get(key, st.nothing())


@st.composite
def calls(draw, row):
    """The call of a row with some things changed."""
    name, given_arguments, tensors = row
    arguments = dict(given_arguments)
    fields = operation(f"ops.{name}").model_fields
    for key in draw(st.lists(st.sampled_from(sorted(fields)), max_size=2, unique=True)) if fields else []:
        values = argument(name, key, fields[key])
        if not values.is_empty:
            arguments[key] = draw(values)
    dtype = draw(st.none() | st.none() | st.sampled_from(["float32", "float64", "float16", "bfloat16", *TENSOR_DTYPES]))
    length = draw(LENGTHS)
    return arguments, {key: draw(operands(value, dtype, length)) for key, value in tensors.items()}


@st.composite
def operands(draw, value, dtype, length):
    """A tensor of a row, or one with another axis, length or dtype."""
    if isinstance(value, list):
        changed = draw(operands(value[0], dtype, length))
        return [changed, changed] if draw(st.integers(0, 3)) else [changed, *value[1:]]
    x = types(value)
    shape = list(x.shape)
    change = draw(st.sampled_from(["none", "none", "length", "length", "axis"]))
    if change == "length" and shape:
        shape[draw(st.integers(0, len(shape) - 1))] = draw(st.sampled_from([length, length]) | LENGTHS)
    elif change == "axis":
        shape = shape[1:] if draw(st.booleans()) else [length, *shape]
    return TensorType(tuple(shape), dtype if dtype and draw(st.integers(0, 3)) else x.dtype)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(data=st.data())
def test_the_verdict_is_that_of_keras(row, data):
    arguments, inputs = data.draw(calls(row))
    assert_agreement(row[0], arguments, inputs, stricter=row[0] in STRICTER)
