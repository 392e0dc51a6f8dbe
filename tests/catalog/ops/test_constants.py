"""Ops that take no tensors: their signatures, shapes and dtypes are those of what Keras makes."""

from __future__ import annotations

import keras
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from spec_compiler.catalog.registry import operation
from spec_compiler.catalog.rules import RuleError
from tests.catalog.keras_contract.signatures import check_op_signature
from tests.catalog.ops.numpy_calls import CONSTANTS

pytestmark = pytest.mark.tensorflow

NUMBERS = st.integers(-6, 9) | st.floats(-3, 9, width=16).map(lambda x: round(x, 1))
DTYPES = st.sampled_from(
    [None, "float32", "float16", "bfloat16", "float64", "int32", "int8", "uint8", "bool", "complex64"]
)
SIZES = st.integers(0, 6)
DRAWN = {
    "arange": {"start": NUMBERS, "stop": st.none() | NUMBERS, "step": st.none() | NUMBERS, "dtype": DTYPES},
    "eye": {"N": SIZES, "M": st.none() | SIZES, "k": st.integers(-8, 8), "dtype": DTYPES},
    "tri": {"N": SIZES, "M": st.none() | SIZES, "k": st.integers(-8, 8), "dtype": DTYPES},
    "identity": {"n": SIZES, "dtype": DTYPES},
    "zeros": {"shape": st.lists(SIZES, max_size=3), "dtype": DTYPES},
    "ones": {"shape": st.lists(SIZES, max_size=3), "dtype": DTYPES},
    **{name: {"x": st.integers(1, 9)} for name in ("bartlett", "blackman", "hamming", "hanning")},
    "kaiser": {"x": st.integers(1, 9), "beta": st.floats(0, 20)},
}


def made(name, arguments):
    """The shape and dtype of what Keras makes; none if it makes nothing."""
    try:
        result = getattr(keras.ops, name)(**arguments)
    except Exception:  # whatever Keras raises
        return None
    return tuple(result.shape), keras.backend.standardize_dtype(result.dtype)


def inferred(name, arguments):
    """The shape and dtype that the catalogue states; none if it refuses the arguments."""
    try:
        (result,) = operation(f"ops.{name}")(**arguments).infer().outputs
    except (ValidationError, RuleError):
        return None
    return result.shape, result.dtype


def shape_of(arguments):
    """The shape that is asked for of a matrix."""
    return arguments["N"], arguments["N"] if arguments["M"] is None else arguments["M"]


@pytest.mark.parametrize("name", CONSTANTS)
@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data())
def test_what_is_stated_is_what_keras_makes(name, data):
    arguments = {key: data.draw(value) for key, value in DRAWN[name].items()}
    found = made(name, arguments)
    if name == "eye" and found is not None and found[0] != shape_of(arguments):
        # Keras makes a matrix of another shape, for some diagonals.
        assert inferred(name, arguments) is None
        return
    assert inferred(name, arguments) == found


@pytest.mark.parametrize("name", CONSTANTS)
def test_arguments_and_defaults_are_those_of_keras(name):
    check_op_signature(name)


@pytest.mark.parametrize(
    "arguments",
    [
        {"start": 0.0, "stop": 1.0, "step": 1e-46},
        {"start": 0.0, "stop": 70000.0, "dtype": "float16"},
        {"start": 0.0, "stop": 60000.0, "step": 0.5, "dtype": "float16"},
        {"start": 0.0, "stop": 1e-40, "step": 1e-41},
    ],
)
def test_what_cannot_be_counted_in_a_dtype_is_refused(arguments):
    assert inferred("arange", arguments) == made("arange", arguments)
