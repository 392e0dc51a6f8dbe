"""Merging layers against Keras."""

from __future__ import annotations

import keras
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from spec_compiler.catalog.dtypes import TENSOR_DTYPES
from spec_compiler.catalog.registry import layers_of, operation
from spec_compiler.catalog.rules import RuleError
from spec_compiler.catalog.tensors import TensorType
from tests.catalog.keras_contract.calls import accepts, make, types
from tests.catalog.keras_contract.inference import check
from tests.catalog.keras_contract.layer_in_graph import runs
from tests.catalog.keras_contract.refusals import refuses
from tests.catalog.keras_contract.signatures import check_calls, check_signature

pytestmark = pytest.mark.tensorflow

ELEMENTWISE = ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract")
SHAPES = [
    [(None, 3), (None, 3)],
    [(None, 3), (None, 1)],
    [(2, 1, 4), (2, 3, 1)],
    [(None, 3), (None, 4, 3)],
    [
        (None, 4, 5, 3),
        (None, 3),
    ],
    [(None,), (None, 3)],
    [(None,), (None,)],
    [(None, 3), (5, 3)],
    [(None, None), (None, 3)],
    [(None, None), (None, 1)],
    [(2, None, 3), (2, None, 3)],
]

ROWS = [
    *((name, {}, shapes) for name in ELEMENTWISE for shapes in SHAPES),
    *((name, {"dtype": "mixed_bfloat16"}, SHAPES[0]) for name in (*ELEMENTWISE, "Concatenate")),
    *((name, {"dtype": "float64"}, [(None, 3), ("int32", None, 3)]) for name in (*ELEMENTWISE, "Concatenate")),
    *((name, {}, [("int64", None, 3), ("uint8", None, 3)]) for name in (*ELEMENTWISE, "Concatenate")),
    *((name, {"trainable": False}, [(None, 3)]) for name in ELEMENTWISE if name != "Subtract"),
    *((name, {}, [(None, 3), (None, 1), (None, 2, 3)]) for name in ELEMENTWISE if name != "Subtract"),
    ("Add", {}, [("string", None, 3), ("string", None, 3)]),
    ("Add", {}, [("bool", None, 3), (None, 3)]),
    ("Multiply", {}, [("complex64", None, 3), (None, 3)]),
    ("Concatenate", {}, [(None, 3)]),
    ("Concatenate", {}, [(None, 3), (None, 4), (None, 5)]),
    ("Concatenate", {}, [("string", None, 3), ("string", None, 4)]),
    ("Concatenate", {}, [("bool", None, 3), (None, 4)]),
    ("Concatenate", {}, [(None, None, 3), (None, 2, 4)]),
    ("Concatenate", {}, [(None, 2, 4), (None, None, 3)]),
    ("Concatenate", {}, [(2, 3), (None, 3)]),
    ("Concatenate", {"axis": 1}, [(None, 2, 3), (None, 4, 3)]),
    ("Concatenate", {"axis": 1}, [(None, 2, 3), (None, None, 3), (None, 4, 3)]),
    ("Concatenate", {"axis": -2}, [(None, 2, 3, 5), (None, 2, 4, 5)]),
    ("Concatenate", {"axis": 0}, [(2, 3), (4, 3)]),
    ("Concatenate", {"axis": 0}, [(None, 3), (4, 3)]),
    ("Concatenate", {}, [(None,), (4,)]),
    ("Dot", {"axes": 1}, [(None, 3), (None, 3)]),
    ("Dot", {"axes": -1}, [(None, 3), (None, 4, 3)]),
    ("Dot", {"axes": [1, 2]}, [(None, 3, 4), (None, 5, 3)]),
    ("Dot", {"axes": [1, 2]}, [(None, 3, 4, 5), (None, 6, 3, 7)]),
    ("Dot", {"axes": [-1, -2]}, [(None, 3), (None, 3, 3)]),
    ("Dot", {"axes": 1, "normalize": True}, [(None, 3), (2, 3)]),
    ("Dot", {"axes": 1}, [(2, 3), (None, 3)]),
    ("Dot", {"axes": 1}, [(None, None), (None, None)]),
    ("Dot", {"axes": 2, "dtype": "mixed_bfloat16"}, [(None, 5, 3), (None, 4, 3)]),
    ("Dot", {"axes": 1}, [("int32", None, 3), ("bool", None, 3)]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "inputs"), ROWS)
def test_inferred_is_what_keras_computes(name, arguments, inputs):
    check(name, arguments, inputs)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        *((name, {}, []) for name in (*ELEMENTWISE, "Concatenate")),
        *((name, {}, [(), ()]) for name in (*ELEMENTWISE, "Concatenate")),
        *((name, {}, [(2, 3), (4, 3)]) for name in (*ELEMENTWISE, "Concatenate")),
        *((name, {}, [(1, 3), (4, 3)]) for name in ELEMENTWISE),
        *((name, {}, [(None, 3), (None, 4)]) for name in ELEMENTWISE),
        *((name, {}, [(None, 3), (None, 3, 4)]) for name in ELEMENTWISE),
        ("Subtract", {}, [(None, 3)]),
        ("Subtract", {}, [(None, 3), (None, 3), (None, 3)]),
        ("Concatenate", {}, [(None, 3), (None, 4, 3)]),
        ("Concatenate", {}, [(None, 1, 3), (None, 4, 3)]),
        ("Concatenate", {"axis": 2}, [(None, 3), (None, 3)]),
        ("Concatenate", {"axis": -3}, [(None, 3), (None, 3)]),
        ("Concatenate", {"axis": 1}, [(5, 3, 4), (5, None, 4), (5, 3, 7)]),
        ("Concatenate", {"axis": 1.5}, [(None, 3), (None, 3)]),
        ("Dot", {"axes": 1}, [(None, 3)]),
        ("Dot", {"axes": 1}, [(None, 3), (None, 3), (None, 3)]),
        ("Dot", {"axes": 1}, [(3,), (3,)]),
        ("Dot", {"axes": 1}, [(None, 3), (None, 4)]),
        ("Dot", {"axes": 1}, [(None, None), (None, 3)]),
        ("Dot", {"axes": 2}, [(None, 3), (None, 3)]),
        ("Dot", {"axes": [1]}, [(None, 3), (None, 3)]),
        ("Dot", {"axes": [1, 1, 1]}, [(None, 3), (None, 3)]),
        ("Dot", {}, [(None, 3), (None, 3)]),
    ],
)
def test_what_keras_refuses_is_refused(name, arguments, inputs):
    refuses(name, arguments, inputs)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        ("Dot", {"axes": 0}, [(3, 3), (3, 3)]),
        ("Dot", {"axes": -2}, [(3, 3), (3, 3)]),
        ("Dot", {"axes": 1}, [(2, 3), (4, 3)]),
        ("Dot", {"axes": 1, "normalize": True}, [("int32", 2, 3), ("int32", 2, 3)]),
        ("Add", {}, [("bool", 2, 3), ("bool", 2, 3)]),
        ("Add", {}, [("string", 2, 3), (2, 3)]),
        ("Average", {}, [("string", 2, 3), ("string", 2, 3)]),
        ("Average", {}, [("bool", 2, 3)]),
        ("Maximum", {}, [("complex64", 2, 3), (2, 3)]),
        ("Concatenate", {}, [("string", 2, 3), ("int32", 2, 3)]),
    ],
)
def test_what_keras_builds_and_cannot_run_is_refused(name, arguments, inputs):
    refuses(name, arguments, inputs, keras_builds=True)
    assert not runs(name, arguments, inputs)


@pytest.mark.parametrize(
    ("arguments", "inputs"),
    [
        ({}, [(None, 3), (None, 3)]),
        ({}, [(None, 3), (None, 4, 3)]),
        ({"normalize": True}, [(2, 5, 3), (2, 4, 3)]),
        ({"axes": [1, 2]}, [(None, 3, 4), (None, 5, 3)]),
        ({"dtype": "mixed_bfloat16"}, [(None, 3), (None, 3)]),
    ],
)
def test_the_functional_dot_sums_along_the_last_axis_by_default(arguments, inputs):
    check("dot", arguments, inputs)
    result = make("dot", arguments).infer(types(inputs)).outputs[0]
    assert keras.layers.dot([keras.Input(batch_shape=shape) for shape in inputs], **arguments).shape == result.shape


def test_an_axis_beyond_the_rank_is_refused_though_keras_counts_around():
    # Keras takes axis -3 of a tensor of rank 2 for axis 1, of an int alone; of a list it does not.
    refuses("Dot", {"axes": -3}, [(2, 3), (2, 3)], keras_builds=True)


@pytest.mark.parametrize("name", [*ELEMENTWISE, "Concatenate", "Dot"])
@pytest.mark.parametrize("dtype", TENSOR_DTYPES)
def test_exactly_the_dtypes_are_taken_that_keras_computes_with(name, dtype):
    arguments = {"axes": 1} if name == "Dot" else {}
    inputs = [(dtype, 2, 3), (dtype, 2, 3)]
    assert accepts(name, arguments, inputs) == runs(name, arguments, inputs)


SPARSE = [
    ([(2, 3), (2, 3)], (True, True)),
    ([(2, 3), (2, 3)], (True, False)),
    ([(2, 3), (2, 1)], (True, True)),
    ([(2, 3), (2, 1)], (True, False)),
    ([(2, 1), (2, 3)], (True, False)),
    ([(2, 3), (2, 4, 3)], (True, True)),
]


@pytest.mark.parametrize("name", [*ELEMENTWISE, "Dot"])
@pytest.mark.parametrize(("shapes", "sparse"), SPARSE)
def test_sparse_tensors_are_taken_where_keras_can_merge_them(name, shapes, sparse):
    arguments = {"axes": -1} if name == "Dot" else {}
    inputs = [TensorType(shape, sparse=flag) for shape, flag in zip(shapes, sparse, strict=True)]
    try:
        (inferred,) = make(name, arguments).infer(inputs).outputs
    except RuleError:
        inferred = None
    values = [tf.sparse.from_dense(tf.ones(s)) if flag else tf.ones(s) for s, flag in zip(shapes, sparse, strict=True)]
    try:
        result = getattr(keras.layers, name)(**arguments)(values)
    except Exception:  # whatever Keras or TensorFlow raises
        assert inferred is None
        return
    if inferred is None:
        # Keras multiplies a sparse tensor with one that would have to be stretched, and the result is too small.
        assert name == "Multiply"
        assert shapes[0] != shapes[1]
        return
    assert inferred.shape == tuple(result.shape)
    symbolic = getattr(keras.layers, name)(**arguments)(
        [keras.Input(batch_shape=x.shape, sparse=x.sparse) for x in inputs]
    )
    assert inferred.sparse == symbolic.sparse


@pytest.mark.parametrize("name", layers_of("merging"))
def test_arguments_and_defaults_are_those_of_keras(name):
    keras_class = getattr(keras.layers, name)
    check_signature(operation(name), keras_class)
    check_calls(operation(name), keras_class)


@pytest.mark.parametrize("name", layers_of("merging"))
def test_the_functional_form_is_an_alias(name):
    found = operation(name.lower())
    assert found is not None
    assert found.keras_name == name
    assert callable(getattr(keras.layers, name.lower()))


DIMENSIONS = st.sampled_from((None, 1, 2, 3))
ANY_SHAPE = st.lists(DIMENSIONS, min_size=1, max_size=4).map(tuple)


def agrees(name, arguments, inputs):
    """We accept what Keras builds, and what we refuse Keras cannot build, or it cannot run."""
    if accepts(name, arguments, inputs):
        check(name, arguments, inputs)
    else:
        assert not runs(name, arguments, inputs, unknown=2)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.sampled_from(ELEMENTWISE), st.lists(ANY_SHAPE, min_size=1, max_size=3))
def test_elementwise_merges_agree_with_keras(name, inputs):
    agrees(name, {}, inputs)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.data(), st.integers(-4, 4), st.integers(1, 4), st.integers(1, 3))
def test_concatenations_agree_with_keras(data, axis, rank, count):
    shape = st.tuples(*[st.sampled_from((None, 2, 2, 3))] * rank)
    inputs = [data.draw(shape) for _ in range(count)]
    if count == 1 and not -rank <= axis < rank:
        # Of one tensor alone, Keras does not look at the axis.
        assert not accepts("Concatenate", {"axis": axis}, inputs)
        return
    agrees("Concatenate", {"axis": axis}, inputs)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.tuples(st.integers(-3, 3), st.integers(-3, 3)),
    st.booleans(),
    st.tuples(*[st.lists(st.sampled_from((None, 2, 2, 3)), min_size=1, max_size=4).map(tuple)] * 2),
)
def test_dot_products_agree_with_keras(axes, normalize, inputs):
    if any(axis < -len(shape) for axis, shape in zip(axes, inputs, strict=True)):
        return  # see `test_an_axis_beyond_the_rank_is_refused_though_keras_counts_around`
    lengths = [shape[axis % len(shape)] for axis, shape in zip(axes, inputs, strict=True) if axis < len(shape)]
    if None in lengths:
        # Keras compares the lengths as they are stated, so that an unknown one fits only an unknown one.
        assert accepts("Dot", {"axes": list(axes)}, list(inputs)) <= (set(lengths) == {None})
        return
    agrees("Dot", {"axes": list(axes), "normalize": normalize}, list(inputs))
