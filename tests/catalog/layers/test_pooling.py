"""Pooling layers against Keras."""

from __future__ import annotations

import keras
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spec_compiler.catalog.dtypes import FLOATS, TENSOR_DTYPES
from spec_compiler.catalog.registry import ALIASES, LAYERS, operation
from spec_compiler.catalog.rules import DtypeError, EmptyResultError
from spec_compiler.catalog.tensors import TensorType
from tests.catalog.keras_contract.calls import make
from tests.catalog.keras_contract.inference import check
from tests.catalog.keras_contract.layer_in_graph import assert_verdict, runs
from tests.catalog.keras_contract.refusals import refuses
from tests.catalog.keras_contract.signatures import check_calls, check_signature
from tests.thoroughness import examples

pytestmark = pytest.mark.tensorflow

INPUTS = {1: (None, 7, 4), 2: (None, 9, 8, 4), 3: (None, 6, 5, 7, 4)}
NAMES = LAYERS["pooling"]
GLOBAL = [name for name in NAMES if name.startswith("Global")]
ADAPTIVE = [name for name in NAMES if name.startswith("Adaptive")]
SLIDING = [name for name in NAMES if name not in (*GLOBAL, *ADAPTIVE)]


def _rank(name):
    return int(name[-2])


def _required(name):
    return {} if name in GLOBAL else {"output_size": 3} if name in ADAPTIVE else {"pool_size": 2}


ROWS = [
    (name, _required(name) | arguments, INPUTS[_rank(name)])
    for name in NAMES
    for arguments in ({}, {"data_format": "channels_last"}, {"dtype": "mixed_bfloat16"}, {"trainable": False})
]
ROWS += [(name, _required(name) | {"data_format": "channels_first"}, (2, None, *(9,) * _rank(name))) for name in NAMES]
ROWS += [(name, _required(name), (None,) * (_rank(name) + 2)) for name in NAMES]
ROWS += [
    (name, {"pool_size": 3} | arguments, INPUTS[_rank(name)])
    for name in SLIDING
    for arguments in ({"strides": 1}, {"strides": 4, "padding": "same"}, {"strides": None, "pool_size": 5})
]
ROWS += [
    (name, {"keepdims": True, "data_format": form}, INPUTS[_rank(name)])
    for name in GLOBAL
    for form in ("channels_first", "channels_last")
]
ROWS += [(name, {}, INPUTS[_rank(name)]) for name in NAMES if name.startswith("MaxPooling")]
ROWS += [
    ("MaxPooling1D", {"pool_size": [3], "strides": [2], "activity_regularizer": "l2"}, (None, 7, 4)),
    ("MaxPooling2D", {"pool_size": [3, 1], "strides": [1, 2]}, ("int32", None, 9, None, 4)),
    ("MaxPooling2D", {"pool_size": 20, "padding": "same"}, INPUTS[2]),
    ("MaxPooling2D", {"dtype": "int32"}, ("int32", None, 9, 8, 4)),
    ("MaxPooling2D", {"dtype": "float16"}, ("float64", None, 9, 8, 4)),
    ("AveragePooling3D", {"pool_size": [1, 2, 3], "strides": [3, 2, 1], "padding": "same"}, INPUTS[3]),
    ("GlobalMaxPooling1D", {}, ("bool", None, None, 4)),
    ("GlobalAveragePooling2D", {}, ("uint8", None, 9, 8, 4)),
    ("GlobalAveragePooling2D", {}, TensorType((None, None, None, 4), ragged=True)),
    ("GlobalAveragePooling1D", {}, {"inputs": (None, 7, 4), "mask": ("bool", None, 7)}),
    ("GlobalAveragePooling1D", {}, {"inputs": (5, 7, 4), "mask": ("int32", 1, None)}),
    ("GlobalAveragePooling1D", {"data_format": "channels_first"}, {"inputs": (5, 7, 4), "mask": ("bool", None, 4)}),
    ("AdaptiveMaxPooling1D", {"output_size": [9]}, (None, 7, 4)),
    ("AdaptiveAveragePooling2D", {"output_size": [3, 10]}, INPUTS[2]),
    ("AdaptiveAveragePooling3D", {"output_size": [3, 2, 4], "data_format": "channels_first"}, INPUTS[3]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "inputs"), ROWS)
def test_inferred_is_what_keras_computes(name, arguments, inputs):
    check(name, arguments, inputs)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        *(
            (name, arguments)
            for name in SLIDING
            for arguments in (
                {"pool_size": 0},
                {"pool_size": [2] * 4},
                {"pool_size": 2, "strides": 0},
                {"pool_size": 2, "strides": -1},
                {"pool_size": 2, "padding": "causal"},
                {"pool_size": 2, "data_format": "channels"},
                {"pool_size": 10},
                {"pool_size": 2, "keepdims": True},
            )
        ),
        *((name, {"data_format": "last"}) for name in NAMES),
        *((name, _required(name) | {"unheard_of": 1}) for name in NAMES),
        *((name, {"output_size": [3] * 4}) for name in ADAPTIVE),
        *((name, {"output_size": None}) for name in ADAPTIVE),
        *((name, {}) for name in NAMES if name.startswith("A")),
    ],
)  # fmt: skip
def test_what_keras_refuses_is_refused(name, arguments):
    refuses(name, arguments, INPUTS[_rank(name)])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("longer", [True, False])
def test_a_tensor_of_another_rank_is_refused(name, longer):
    shape = (2, *(9,) * (_rank(name) + (2 if longer else 0)))
    # Keras does not look at the rank before adaptive pooling, and fails later, or gives another shape than it said.
    refuses(name, _required(name), shape, keras_builds=name in ADAPTIVE)


@pytest.mark.parametrize("name", ADAPTIVE)
@pytest.mark.parametrize("size", [0, -1])
def test_adaptive_pooling_gives_at_least_one_window(name, size):
    inputs = (2, *(4,) * _rank(name), 3)
    refuses(name, {"output_size": size}, inputs, keras_builds=True)
    assert not runs(name, {"output_size": size}, inputs)


@pytest.mark.parametrize("name", ADAPTIVE)
@pytest.mark.parametrize(("length", "size"), [(4, 1), (1, 1), (1, 3)])
def test_adaptive_pooling_of_a_whole_axis_at_once_is_refused(name, length, size):
    inputs = (2, *(length,) * _rank(name), 3)
    refuses(name, {"output_size": size}, inputs, keras_builds=True)
    assert not runs(name, {"output_size": size}, inputs)


@pytest.mark.parametrize("name", NAMES)
def test_exactly_the_dtypes_are_taken_that_tensorflow_can_pool(name):
    shape = (2, *(4,) * _rank(name), 3)
    taken, run = set(), set()
    for dtype in TENSOR_DTYPES:
        # A layer casts what it gets, but to a floating-point dtype from another one only.
        arguments = _required(name) | ({"dtype": dtype} if dtype in FLOATS else {})
        try:
            make(name, arguments).infer(inputs=TensorType(shape, dtype))
            taken.add(dtype)
        except DtypeError:
            pass
        if runs(name, arguments, (dtype, *shape)):
            run.add(dtype)
    assert taken == run


@pytest.mark.parametrize("name", NAMES)
def test_sparse_tensors_are_refused(name):
    refuses(name, _required(name), TensorType(INPUTS[_rank(name)], sparse=True), keras_builds=True)


@pytest.mark.parametrize("name", [*SLIDING, *ADAPTIVE])
def test_ragged_tensors_are_refused_where_windows_are_counted(name):
    refuses(name, _required(name), TensorType(INPUTS[_rank(name)], ragged=True), keras_builds=True)


@pytest.mark.parametrize("mask", [(2, 6), (2, 7, 1), (2,), (3, 7), ("string", 2, 7)])
def test_a_mask_of_another_shape_is_refused(mask):
    call = {"inputs": (2, 7, 4), "mask": mask}
    refuses("GlobalAveragePooling1D", {}, call, keras_builds=True)
    assert not runs("GlobalAveragePooling1D", {}, call)


def test_a_window_that_does_not_fit_is_named():
    with pytest.raises(EmptyResultError) as caught:
        make("MaxPooling2D", {"pool_size": [2, 9]}).infer(inputs=TensorType(INPUTS[2]))
    assert caught.value.message == "slides a window of length 9 along axis 2 of (None, 9, 8, 4), which is shorter"
    assert (caught.value.operands, caught.value.argument) == (("inputs",), "pool_size")


@pytest.mark.parametrize("name", NAMES)
def test_arguments_and_defaults_are_those_of_keras(name):
    check_signature(operation(name), getattr(keras.layers, name))
    check_calls(operation(name), getattr(keras.layers, name))


@pytest.mark.parametrize("alias", [alias for alias, name in ALIASES.items() if name in NAMES])
def test_aliases_are_those_of_keras(alias):
    assert getattr(keras.layers, alias) is getattr(keras.layers, operation(alias).keras_name)


@st.composite
def poolings(draw, name):
    """The arguments of a pooling layer and an input, most of which fit each other."""
    rank = _rank(name)

    def sizes(low, high):
        return st.integers(low, high) | st.lists(st.integers(low, high), min_size=rank, max_size=rank)

    choices = {
        "data_format": st.sampled_from(["channels_last", "channels_first"]),
        "dtype": st.sampled_from(["float32", "float64", "mixed_bfloat16", "int32"]),
    }
    if name in GLOBAL:
        choices["keepdims"] = st.booleans()
    elif name in ADAPTIVE:
        choices["output_size"] = sizes(1, 9)
    else:
        choices |= {
            "pool_size": sizes(1, 5),
            "strides": st.none() | sizes(1, 4),
            "padding": st.sampled_from(["valid", "same"]),
        }
    needed = ("pool_size", "output_size")
    arguments = {key: draw(value) for key, value in choices.items() if key in needed or draw(st.booleans())}
    shape = (2, *draw(st.lists(st.none() | st.integers(1, 8), min_size=rank + 1, max_size=rank + 1)))
    dtype = draw(st.sampled_from(["float32", "float32", "float32", "float16", "float64", "int32", "bool"]))
    return arguments, TensorType(shape[: draw(st.sampled_from([9] * 9 + [-1]))], dtype)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=examples(8, thorough=20), deadline=None, derandomize=True)
@given(data=st.data())
def test_the_verdict_is_that_of_keras(name, data):
    arguments, inputs = data.draw(poolings(name))
    # `runs`, because Keras builds what could never run: it does not look at dtypes, nor at ranks in adaptive pooling.
    assert_verdict(name, arguments, inputs)
