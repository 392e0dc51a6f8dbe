"""Reshaping layers against Keras."""

from __future__ import annotations

import keras
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spec_compiler.catalog.dtypes import TENSOR_DTYPES
from spec_compiler.catalog.registry import LAYERS, operation
from tests.catalog.keras_contract.calls import accepts
from tests.catalog.keras_contract.inference import check
from tests.catalog.keras_contract.layer_in_graph import assert_sparse_verdict, runs
from tests.catalog.keras_contract.refusals import refuses
from tests.catalog.keras_contract.signatures import check_calls, check_signature

pytestmark = pytest.mark.tensorflow

FIRST = {"data_format": "channels_first"}
INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", "area")

ROWS = [
    ("Flatten", {}, (None, 4, 3)),
    ("Flatten", {}, (None,)),
    ("Flatten", {}, (5,)),
    ("Flatten", {}, (None, None, 3)),
    ("Flatten", {}, (None, 0, 3)),
    ("Flatten", FIRST, (None, 4, 3, 2)),
    ("Flatten", {"dtype": "mixed_bfloat16"}, (None, 4, 3)),
    ("Flatten", {"dtype": "float64"}, ("string", None, 4, 3)),
    ("Flatten", {}, ("int64", None, 4, 3)),
    ("Reshape", {"target_shape": [3, 4]}, (None, 12)),
    ("Reshape", {"target_shape": [-1, 4]}, (None, 12)),
    ("Reshape", {"target_shape": [-1, 4]}, (None, None, 4)),
    ("Reshape", {"target_shape": [3, 4]}, (None, None, 4)),
    ("Reshape", {"target_shape": [None, 4]}, (None, 12)),
    ("Reshape", {"target_shape": [None, 4]}, (None, None, 4)),
    ("Reshape", {"target_shape": []}, (None, 1)),
    ("Reshape", {"target_shape": []}, (None,)),
    ("Reshape", {"target_shape": [1, 1]}, (None,)),
    ("Reshape", {"target_shape": [-1]}, (None, 0)),
    ("Reshape", {"target_shape": [0]}, (None, 0)),
    ("Reshape", {"target_shape": [12], "dtype": "mixed_float16"}, (2, 3, 4)),
    ("Reshape", {"target_shape": [12], "trainable": False}, ("bool", 2, 3, 4)),
    ("Permute", {"dims": [2, 1]}, (None, 3, 4)),
    ("Permute", {"dims": [3, 1, 2]}, (None, 3, None, 4)),
    ("Permute", {"dims": [1]}, ("int32", None, 3)),
    ("Permute", {"dims": []}, (None,)),
    ("Permute", {"dims": [2, 1], "dtype": "bfloat16"}, (None, 3, 4)),
    ("RepeatVector", {"n": 3}, (None, 5)),
    ("RepeatVector", {"n": 3}, (None, None)),
    ("RepeatVector", {"n": 3, "dtype": "float64"}, ("int32", 2, 5)),
    ("Cropping1D", {}, (None, 5, 3)),
    ("Cropping1D", {"cropping": 2}, (None, None, 3)),
    ("Cropping1D", {"cropping": [1, 0]}, (None, 5, None)),
    ("Cropping2D", {}, (None, 5, 6, 3)),
    ("Cropping2D", {"cropping": 2}, (None, 5, 6, 3)),
    ("Cropping2D", {"cropping": [1, 2]}, (None, None, 6, 3)),
    ("Cropping2D", {"cropping": [[1, 0], [0, 2]], **FIRST}, (None, 3, 5, 6)),
    ("Cropping2D", {"cropping": [1, [0, 2]], "dtype": "mixed_bfloat16"}, (None, 5, 6, 3)),
    ("Cropping3D", {}, (None, 5, 6, 7, 3)),
    ("Cropping3D", {"cropping": [1, [0, 2], 3]}, (None, 5, 6, 7, 3)),
    ("Cropping3D", {"cropping": [[1, 2], [0, 1], [2, 0]], **FIRST}, ("uint8", None, 3, 5, 6, None)),
    ("ZeroPadding1D", {}, (None, 5, 3)),
    ("ZeroPadding1D", {"padding": [0, 2], **FIRST}, (None, 5, 3)),
    ("ZeroPadding1D", {"padding": 3}, (None, None, 3)),
    ("ZeroPadding2D", {}, (None, 5, 6, 3)),
    ("ZeroPadding2D", {"padding": [[1, 0], [0, 2]], **FIRST}, (None, 3, 5, None)),
    ("ZeroPadding2D", {"padding": [1, 2]}, ("int8", None, 5, 6, 3)),
    ("ZeroPadding3D", {}, (None, 5, 6, 7, 3)),
    ("ZeroPadding3D", {"padding": [1, [0, 2], 3], **FIRST}, (None, 3, 5, 6, 7)),
    ("UpSampling1D", {}, (None, 5, 3)),
    ("UpSampling1D", {"size": 3}, ("string", None, None, 3)),
    ("UpSampling2D", {}, (None, 5, 6, 3)),
    ("UpSampling2D", {"size": [1, 3], **FIRST}, (None, 3, None, 6)),
    *(("UpSampling2D", {"size": 3, "interpolation": how}, (None, 5, None, 3)) for how in INTERPOLATIONS),
    *(("UpSampling2D", {"interpolation": how, "dtype": "mixed_bfloat16", **FIRST}, (2, 3, 4, 5)) for how in INTERPOLATIONS),
    ("UpSampling3D", {}, (None, 5, 6, 7, 3)),
    ("UpSampling3D", {"size": [1, 2, 3], **FIRST}, (None, 3, 5, 6, None)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "inputs"), ROWS)
def test_inferred_is_what_keras_computes(name, arguments, inputs):
    check(name, arguments, inputs)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        ("Flatten", {}, ()),
        ("Flatten", {"data_format": "last"}, (None, 3)),
        ("Reshape", {"target_shape": [3, 5]}, (None, 12)),
        ("Reshape", {"target_shape": [-1, 5]}, (None, 12)),
        ("Reshape", {"target_shape": [-1, -1]}, (None, 12)),
        ("Reshape", {"target_shape": [-2]}, (None, 12)),
        ("Reshape", {"target_shape": [0, -1]}, (None, 0)),
        ("Reshape", {"target_shape": 12}, (None, 12)),
        ("Reshape", {"target_shape": []}, (None, 2)),
        ("Reshape", {"target_shape": [1]}, ()),
        ("Reshape", {}, (None, 2)),
        ("Permute", {"dims": [1]}, (None, 3, 4)),
        ("Permute", {"dims": [0, 1]}, (None, 3, 4)),
        ("Permute", {"dims": [1, 1]}, (None, 3, 4)),
        ("Permute", {"dims": [1, 3]}, (None, 3, 4)),
        ("RepeatVector", {"n": 0}, (None, 3)),
        ("RepeatVector", {"n": True}, (None, 3)),
        ("RepeatVector", {"n": 2}, (None, 3, 4)),
        ("Cropping1D", {"cropping": [3, 2]}, (None, 5, 3)),
        ("Cropping1D", {"cropping": 0}, (None, 0, 3)),
        ("Cropping1D", {"cropping": -1}, (None, 5, 3)),
        ("Cropping1D", {"cropping": [1]}, (None, 5, 3)),
        ("Cropping1D", {}, (None, 5)),
        ("Cropping2D", {"cropping": 3}, (None, 5, 9, 3)),
        ("Cropping2D", {"cropping": [[1, 1], [1, 1], [1, 1]]}, (None, 5, 9, 3)),
        ("Cropping2D", {"cropping": [[1], [1]]}, (None, 5, 9, 3)),
        ("Cropping2D", {}, (None, 5, 9)),
        ("Cropping3D", {"cropping": [0, 0, 4]}, (None, 5, 6, 7, 3)),
        ("Cropping3D", {"cropping": [1, 1]}, (None, 5, 6, 7, 3)),
        ("Cropping3D", {"cropping": [[1, 1], [1, 1], [1, -1]]}, (None, 5, 6, 7, 3)),
        ("ZeroPadding1D", {"padding": -1}, (None, 5, 3)),
        ("ZeroPadding1D", {}, (None, 5, 3, 2)),
        ("ZeroPadding2D", {"padding": [1, 2, 3]}, (None, 5, 6, 3)),
        ("ZeroPadding2D", {"padding": [-1, 0]}, (None, 5, 6, 3)),
        ("ZeroPadding3D", {"padding": "same"}, (None, 5, 6, 7, 3)),
        ("UpSampling1D", {"size": [2]}, (None, 5, 3)),
        ("UpSampling1D", {"size": 0}, (None, 5, 3)),
        ("UpSampling2D", {"size": [2]}, (None, 5, 6, 3)),
        ("UpSampling2D", {"size": 0}, (None, 5, 6, 3)),
        ("UpSampling3D", {"size": [1, 2]}, (None, 5, 6, 7, 3)),
    ],
)
def test_what_keras_refuses_is_refused(name, arguments, inputs):
    refuses(name, arguments, inputs)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        # Keras forgets to look at a number that stands for all borders.
        ("ZeroPadding2D", {"padding": -1}, (2, 5, 6, 3)),
        ("ZeroPadding3D", {"padding": -1}, (2, 5, 6, 7, 3)),
        ("UpSampling2D", {"interpolation": "cubic"}, (2, 5, 6, 3)),
        ("UpSampling2D", {"interpolation": "bilinear"}, (2, 0, 6, 3)),
        ("Reshape", {"target_shape": [None, -1]}, (2, 12)),
        ("Reshape", {"target_shape": [None, 5]}, (2, 12)),
        ("Reshape", {"target_shape": [0, -1]}, (2, None, 3)),
        ("Reshape", {"target_shape": [3, 4]}, (2, None, 5)),
    ],
)
def test_what_keras_builds_and_cannot_run_is_refused(name, arguments, inputs):
    refuses(name, arguments, inputs, keras_builds=True)
    assert not runs(name, arguments, inputs)


EXAMPLES = [
    ("Flatten", {}, (2, 4, 3)),
    ("Reshape", {"target_shape": [12]}, (2, 4, 3)),
    ("Permute", {"dims": [2, 1]}, (2, 4, 3)),
    ("RepeatVector", {"n": 2}, (2, 3)),
    ("Cropping1D", {}, (2, 4, 3)),
    ("Cropping2D", {"cropping": 1}, (2, 4, 4, 3)),
    ("ZeroPadding1D", {}, (2, 4, 3)),
    ("UpSampling1D", {}, (2, 4, 3)),
    ("UpSampling3D", {}, (2, 2, 2, 2, 3)),
    *(("UpSampling2D", {"interpolation": how}, (2, 4, 4, 3)) for how in INTERPOLATIONS),
]


@pytest.mark.parametrize(("name", "arguments", "shape"), EXAMPLES)
@pytest.mark.parametrize("dtype", TENSOR_DTYPES)
def test_exactly_the_dtypes_are_taken_that_keras_computes_with(name, arguments, shape, dtype):
    inputs = (dtype, *shape)
    assert accepts(name, arguments, inputs) == runs(name, arguments, inputs)


@pytest.mark.parametrize(("name", "arguments", "shape"), EXAMPLES)
def test_sparse_tensors_are_taken_where_keras_can_rearrange_them(name, arguments, shape):
    assert_sparse_verdict(name, arguments, shape)


@pytest.mark.parametrize("name", LAYERS["reshaping"])
def test_arguments_and_defaults_are_those_of_keras(name):
    keras_class = getattr(keras.layers, name)
    check_signature(operation(name), keras_class)
    check_calls(operation(name), keras_class)


def agrees(name, arguments, inputs):
    """We accept what Keras builds, and what we refuse Keras cannot build, or it cannot run."""
    if accepts(name, arguments, inputs):
        check(name, arguments, inputs)
    else:
        assert not runs(name, arguments, inputs)


LENGTH = st.sampled_from((None, 1, 2, 3, 4, 6))


def shapes(rank):
    """Shapes of a rank, and at times of another one."""
    lengths = st.integers(rank - 1, rank + 1) if rank > 2 else st.just(rank)
    return lengths.flatmap(lambda n: st.tuples(*[LENGTH] * n))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.lists(st.sampled_from((-1, 1, 2, 3, 4, 6)), max_size=3),
    st.lists(LENGTH, min_size=1, max_size=4).map(tuple),
)
def test_reshaping_agrees_with_keras(target, inputs):
    agrees("Reshape", {"target_shape": target}, (2, *inputs[1:]))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 4), max_size=4), st.lists(LENGTH, min_size=1, max_size=5).map(tuple))
def test_permuting_agrees_with_keras(dims, inputs):
    agrees("Permute", {"dims": dims}, inputs)


MARGIN = st.integers(0, 2)


def margins(rank):
    """Everything that a margin can be: a number, numbers, pairs; at times one too many."""
    item = st.one_of(MARGIN, st.tuples(MARGIN, MARGIN).map(list)) if rank > 1 else MARGIN
    count = rank if rank > 1 else 2
    return st.one_of(MARGIN, st.lists(item, min_size=count, max_size=count + (rank > 1)))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.data(), st.integers(1, 3), st.booleans(), st.sampled_from((None, "channels_last", "channels_first")))
def test_cropping_and_padding_agree_with_keras(data, rank, crop, data_format):
    name = f"{'Cropping' if crop else 'ZeroPadding'}{rank}D"
    arguments = {"cropping" if crop else "padding": data.draw(margins(rank))}
    if data_format and name != "Cropping1D":
        arguments["data_format"] = data_format
    agrees(name, arguments, data.draw(shapes(rank + 2)))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.data(), st.integers(1, 3), st.sampled_from(INTERPOLATIONS))
def test_upsampling_agrees_with_keras(data, rank, interpolation):
    size = (
        st.integers(0, 3)
        if rank == 1
        else st.one_of(st.integers(0, 3), st.lists(st.integers(1, 3), min_size=rank, max_size=rank))
    )
    arguments = {"size": data.draw(size)} | ({"interpolation": interpolation} if rank == 2 else {})
    agrees(f"UpSampling{rank}D", arguments, data.draw(shapes(rank + 2)))
