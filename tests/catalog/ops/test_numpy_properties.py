"""Ops of `core`, `einops` and `numpy`, with drawn arguments, shapes and dtypes: the verdict is that of Keras."""

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
from tests.catalog.keras_contract.op_on_data import assert_agreement
from tests.catalog.ops.numpy_calls import NAMES, example
from tests.thoroughness import examples

pytestmark = pytest.mark.tensorflow

LENGTHS = st.sampled_from([1, 2, 2, 3, 3, 4, None])
SHAPES = st.lists(LENGTHS, max_size=4).map(tuple)
FITTING = {
    "vdot": st.lists(st.integers(1, 4), max_size=3).map(tuple),
    "kron": st.lists(LENGTHS, max_size=2).map(tuple),
}
"""Shapes of tensors of as many elements each, for which none of the lengths that we try may be right; and of matrices,
where TensorFlow can multiply tensors of more axes if some of their lengths are 1."""
COMMON = ["float32", "float16", "bfloat16", "int32", "int64", "uint8", "bool"]
DTYPES = st.sampled_from([*COMMON, *COMMON, *(dtype for dtype in TENSOR_DTYPES if dtype != "string")])
AXES = st.integers(-3, 3)
SOME_AXES = st.lists(AXES, max_size=3)
ONE_OR_SOME = AXES | SOME_AXES
SIZES = st.integers(0, 4)

ARGUMENTS = {
    "axis": st.none() | ONE_OR_SOME,
    "axes": ONE_OR_SOME | st.tuples(SOME_AXES, SOME_AXES).map(list),
    "axis1": AXES, "axis2": AXES, "axisa": AXES, "axisb": AXES, "axisc": AXES,
    "source": ONE_OR_SOME, "destination": ONE_OR_SOME,
    "dtype": st.none() | DTYPES,
    "k": st.integers(-2, 5), "offset": st.integers(-3, 3), "decimals": st.integers(-2, 2), "kth": st.integers(-4, 4),
    "n": st.integers(-1, 4), "N": st.none() | st.integers(-1, 4), "num": st.integers(0, 4), "size": st.none() | SIZES,
    "shift": ONE_OR_SOME,
    "repeats": SIZES | st.lists(SIZES, min_size=1, max_size=3),
    "shape": st.lists(st.integers(-1, 4), max_size=3),
    "newshape": st.integers(-1, 6) | st.lists(st.integers(-1, 4), max_size=3),
    "indices_or_sections": SIZES | st.lists(st.integers(0, 5), max_size=3),
    "pad_width": SIZES | st.lists(st.lists(SIZES, min_size=1, max_size=2), min_size=1, max_size=3),
    "key": st.lists(st.integers(-3, 3) | st.sampled_from([":", "1:", ":-1", "::2", "::-1", "2:1", "...", None])),
    "x_min": st.integers(-1, 1) | st.floats(-1, 1), "x_max": st.integers(1, 2) | st.floats(1, 2),
    "initial": st.none() | st.integers(0, 2) | st.floats(0, 1),
    "constant_values": st.none() | st.integers(0, 2) | st.floats(0, 1),
    "fill_value": st.none() | st.integers(0, 2) | st.floats(0, 1),
    "subscripts": st.sampled_from(
        ["ab,bc->ac", "ab,bc", "ij->ji", "...a,...a->...", "a...->...", "ii->i", "ii", "ab,ab,b->a", "...a,ab->...b"]
    ),
    "minlength": SIZES,
    "reduction": st.sampled_from([None, "add", "max", "min"]),
}  # fmt: skip


NOT_DRAWN = {("bincount", "sparse"), ("trapezoid", "x"), ("unravel_index", "shape")}
"""Arguments that have values that we refuse and Keras runs: for some data TensorFlow ends the process (`bincount`); the
places are taken along another axis than `axis` (`trapezoid`); lengths can be negative (`unravel_index`)."""


NO_COMPLEX = {"digitize", "saturate_cast"}
"""Ops of which we refuse complex numbers, which have no order, and Keras runs some calls without the imaginary part."""


def is_complex(arguments, inputs):
    """Whether complex numbers are in a call."""
    return "complex" in f"{arguments.get('dtype')} {inputs}"


def argument(name, field):
    """Values of a field, most of them allowed."""
    if field.annotation is bool:
        return st.booleans()
    parts = (field.annotation, *get_args(field.annotation))
    choices = [choice for part in parts if get_origin(part) is Literal for choice in get_args(part)]
    return ARGUMENTS.get(name, st.sampled_from(choices) if choices else st.nothing())


@st.composite
def calls(draw, name):
    """The arguments of an op and its tensors, most of which fit each other."""
    given_arguments, tensors = example(name)
    found = operation(f"ops.{name}")
    arguments = dict(given_arguments)
    for key, field in found.model_fields.items():
        values = argument(key, field)
        if field.is_required() or (name, key) in NOT_DRAWN:
            values = st.nothing() if (name, key) in NOT_DRAWN else values.filter(lambda value: value is not None)
        if not values.is_empty and draw(st.booleans()):
            arguments[key] = draw(values)
    shape = draw(st.none() | FITTING.get(name, SHAPES))
    dtype = draw(DTYPES)
    return arguments, {key: draw(operands(name, key, value, shape, dtype)) for key, value in tensors.items()}


@st.composite
def operands(draw, name, key, value, shape, dtype):
    if isinstance(value, list):
        return [draw(operands(name, key, item, shape, dtype)) for item in value]
    if operation(f"ops.{name}").takes_numbers and draw(st.integers(0, 5)) == 0:
        return draw(st.sampled_from([2, 0.5]))
    usual = types(value) if not isinstance(value, (int, float)) else TensorType(())
    if shape is None or usual.dtype in ("int32", "bool"):
        lengths = list(usual.shape)
        if lengths and draw(st.booleans()):
            lengths[draw(st.integers(0, len(lengths) - 1))] = draw(LENGTHS)
        own = tuple(lengths)
    else:
        own = draw(st.sampled_from([shape, shape, shape[1:]]) | FITTING.get(name, SHAPES))
    if usual.dtype != "float32":
        return TensorType(own, draw(st.sampled_from([usual.dtype] * 8) | DTYPES))
    return TensorType(own, draw(st.sampled_from([dtype] * 8) | DTYPES))


EXAMPLES = int(os.environ.get("SPEC_COMPILER_OP_EXAMPLES", examples(5, thorough=10)))
"""How many calls of each op are drawn."""


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(data=st.data())
def test_the_verdict_is_that_of_keras(name, data):
    arguments, inputs = data.draw(calls(name))
    assert_agreement(name, arguments, inputs, stricter=name in NO_COMPLEX and is_complex(arguments, inputs))
