"""Activation layers, and the table of what activations take, against Keras."""

from __future__ import annotations

import keras
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from spec_compiler.catalog.activations import check_activation
from spec_compiler.catalog.dtypes import FLOATS, TENSOR_DTYPES
from spec_compiler.catalog.families import ACTIVATIONS
from spec_compiler.catalog.registry import LAYERS, operation
from spec_compiler.catalog.rules import RuleError
from spec_compiler.catalog.tensors import TensorType
from tests.catalog.keras_contract.calls import accepts
from tests.catalog.keras_contract.inference import check
from tests.catalog.keras_contract.layer_in_graph import runs
from tests.catalog.keras_contract.refusals import refuses
from tests.catalog.keras_contract.signatures import check_calls, check_signature

pytestmark = pytest.mark.tensorflow

NAMES = LAYERS["activation"]

ROWS = [
    *((name, {}, shape) for name in NAMES for shape in [(None, 3), (2, 5, 4), (None, 4, 5, 3)]),
    *((name, {}, shape) for name in NAMES if name != "PReLU" for shape in [(None,), (None, None, 3)]),
    *((name, {}, ()) for name in NAMES if name != "Softmax"),
    *((name, {"dtype": dtype}, (None, 3)) for name in NAMES for dtype in ("mixed_bfloat16", "float64", "mixed_float16")),
    *((name, {"trainable": False}, (None, 3)) for name in NAMES),
    ("ReLU", {"max_value": 6, "negative_slope": 0.1, "threshold": 1.0}, (None, 3)),
    ("ReLU", {"max_value": 0.0}, ("int32", None, 3)),
    ("LeakyReLU", {"negative_slope": 2}, ("uint8", None, 3)),
    ("ELU", {"alpha": -1.0}, (None, 3)),
    ("PReLU", {"shared_axes": 1}, (None, None, 4)),
    ("PReLU", {"shared_axes": [1, 2]}, (None, None, None, 4)),
    ("PReLU", {"shared_axes": []}, (None, 3, 4)),
    ("PReLU", {"alpha_initializer": {"type": "Constant", "value": 0.25}, "alpha_constraint": "non_neg"}, (None, 4)),
    ("PReLU", {}, (None,)),
    ("Softmax", {"axis": 1}, (None, 3, 4)),
    ("Softmax", {"axis": [1, 2]}, (None, 3, 4)),
    ("Softmax", {"axis": [-1]}, (None, 3, 4)),
    ("Softmax", {"axis": 0}, (None,)),
    *(("Softmax", {}, {"inputs": (None, 4, 3), "mask": mask}) for mask in [("bool", None, 4, 3), ("int32", 4, 1), ("float32", 3), ("bool",)]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "inputs"), ROWS)
def test_inferred_is_what_keras_computes(name, arguments, inputs):
    check(name, arguments, inputs)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        ("ReLU", {"max_value": -1.0}, (None, 3)),
        ("ReLU", {"negative_slope": -1.0}, (None, 3)),
        ("ReLU", {"negative_slope": None}, (None, 3)),
        ("ReLU", {"threshold": -1.0}, (None, 3)),
        ("LeakyReLU", {"negative_slope": -1.0}, (None, 3)),
        ("LeakyReLU", {"negative_slope": None}, (None, 3)),
        ("PReLU", {}, (None, None, 3)),
        ("PReLU", {"shared_axes": [3]}, (None, 4, 3)),
        ("PReLU", {"shared_axes": [1]}, (None,)),
        ("PReLU", {"alpha_initializer": "relu"}, (None, 3)),
    ],
)
def test_what_keras_refuses_is_refused(name, arguments, inputs):
    refuses(name, arguments, inputs)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        ("ELU", {"alpha": None}, (2, 3)),
        *(("ReLU", {"negative_slope": 0.5, **more}, ("int32", 2, 3)) for more in [{"max_value": 6.0}, {"threshold": 1.0}]),
        ("Softmax", {}, ()),
        ("Softmax", {"axis": 2}, (2, 3)),
        ("Softmax", {"axis": -3}, (2, 3)),
        ("Softmax", {"axis": []}, (2, 3)),
        ("Softmax", {"axis": [1, -1]}, (2, 3)),
        *(("Softmax", {}, {"inputs": (2, 4, 3), "mask": mask}) for mask in [("bool", 2, 4), ("bool", 2, 4, 3, 1), ("bool", 5, 3), ("string", 4, 3), ("complex64", 4, 3)]),
    ],
)  # fmt: skip
def test_what_keras_builds_and_cannot_run_is_refused(name, arguments, inputs):
    assert not accepts(name, arguments, inputs)
    assert not runs(name, arguments, inputs)


@pytest.mark.parametrize("axis", [0, -1, [0, 1]])
def test_a_slope_is_not_shared_along_the_batch_axis_or_from_the_end(axis):
    # Keras takes 0 for the last axis and -1 for the last but one.
    refuses("PReLU", {"shared_axes": axis}, (None, 3, 4), keras_builds=True)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", TENSOR_DTYPES)
def test_exactly_the_dtypes_are_taken_that_keras_computes_with(name, dtype):
    assert accepts(name, {}, (dtype, 2, 3)) == runs(name, {}, (dtype, 2, 3))


@pytest.mark.parametrize("name", NAMES)
def test_sparse_tensors_are_refused_as_keras_does(name):
    assert not accepts(name, {}, TensorType((2, 3), sparse=True))
    with pytest.raises(ValueError, match="Attempt to convert"):
        getattr(keras.layers, name)()(tf.sparse.from_dense(tf.ones((2, 3))))


@pytest.mark.parametrize("name", NAMES)
def test_arguments_and_defaults_are_those_of_keras(name):
    keras_class = getattr(keras.layers, name)
    check_signature(operation(name), keras_class)
    check_calls(operation(name), keras_class)


def applies(activation, x):
    """Whether Keras can apply an activation to a tensor."""
    try:
        keras.activations.get(activation)(x)
    except Exception:  # whatever Keras or TensorFlow raises
        return False
    return True


def allowed(activation, x):
    try:
        check_activation(activation, x)
    except RuleError:
        return False
    return True


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations_take_what_keras_applies_them_to(activation):
    def ones(dtype):
        return tf.fill((2, 4), "a") if dtype == "string" else tf.cast(tf.ones((2, 4)), dtype)

    assert {dtype: allowed(activation, TensorType((2, 4), dtype)) for dtype in TENSOR_DTYPES} == {
        dtype: applies(activation, ones(dtype)) for dtype in TENSOR_DTYPES
    }
    assert allowed(activation, TensorType(())) == applies(activation, tf.ones(()))
    assert allowed(activation, TensorType((2, 5))) == applies(activation, tf.ones((2, 5)))
    sparse = tf.sparse.from_dense(tf.ones((2, 4)))
    assert allowed(activation, TensorType((2, 4), sparse=True)) == applies(activation, sparse)


LENGTH = st.sampled_from((None, 1, 2, 3))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.one_of(st.none(), st.integers(1, 4), st.lists(st.integers(1, 4), max_size=3)),
    st.lists(LENGTH, min_size=1, max_size=4).map(tuple),
)
def test_learned_slopes_agree_with_keras(shared_axes, inputs):
    arguments = {"shared_axes": shared_axes}
    if accepts("PReLU", arguments, inputs):
        check("PReLU", arguments, inputs)
    else:
        assert not runs("PReLU", arguments, inputs)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.one_of(st.integers(-4, 4), st.lists(st.integers(-3, 3), max_size=3)),
    st.lists(st.sampled_from((1, 2, 3)), min_size=1, max_size=3).map(tuple),
    st.one_of(st.none(), st.lists(st.sampled_from((1, 2, 3)), max_size=4).map(tuple)),
    st.sampled_from((*FLOATS, "int32", "bool")),
)
def test_softmax_agrees_with_keras(axis, inputs, mask, dtype):
    call = {"inputs": (dtype, *inputs)} | ({} if mask is None else {"mask": ("bool", *mask)})
    arguments = {"axis": axis}
    if isinstance(axis, list) and len({a % len(inputs) for a in axis}) < len(axis):
        # TensorFlow refuses an axis that is named twice; XLA at times lets it pass.
        assert not accepts("Softmax", arguments, call)
        return
    assert accepts("Softmax", arguments, call) == runs("Softmax", arguments, call)
    if accepts("Softmax", arguments, call):
        check("Softmax", arguments, call)
