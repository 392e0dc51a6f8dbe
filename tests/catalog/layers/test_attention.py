"""Attention layers against Keras."""

from __future__ import annotations

import keras
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spec_compiler.catalog.registry import LAYERS, operation
from spec_compiler.catalog.rules import ShapeError
from spec_compiler.catalog.tensors import TensorType
from tests.catalog.keras_contract.calls import arguments_of, make, types
from tests.catalog.keras_contract.inference import check
from tests.catalog.keras_contract.layer_on_data import assert_agreement
from tests.catalog.keras_contract.refusals import refuses
from tests.catalog.keras_contract.signatures import check_calls, check_signature
from tests.thoroughness import examples

pytestmark = pytest.mark.tensorflow

QUERY = (None, 7, 5)
VALUE = (None, 9, 5)
PAIR = [QUERY, VALUE]
BOTH = {"query": QUERY, "value": VALUE}
SELF = {"query": QUERY, "value": QUERY}
IMAGES = {"query": (None, 4, 6, 8), "value": (None, 4, 3, 8)}
HEADS = {"num_heads": 2, "key_dim": 3}
GROUPS = {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}

ROWS = [
    ("Attention", {}, PAIR),
    ("Attention", {}, [QUERY, (None, 9, 4), VALUE]),
    ("Attention", {}, [(None, None, 5), (None, None, 5)]),
    ("Attention", {}, [(None, None, None), (None, None, None)]),
    ("Attention", {}, [(None, 3, 7, 5), (None, 3, 9, 5)]),
    ("Attention", {}, [(None, 3, 7, 5), (1, 9, 5)]),
    ("Attention", {"use_scale": True, "score_mode": "concat"}, PAIR),
    ("Attention", {"use_scale": True, "dropout": 0.2, "seed": 3, "dtype": "mixed_bfloat16"}, PAIR),
    ("Attention", {"use_scale": True, "trainable": False, "dtype": "float64"}, PAIR),
    ("Attention", {}, [("int32", None, 7, 5), VALUE]),
    ("Attention", {}, {"inputs": PAIR, "mask": [("bool", None, 7), ("bool", None, 9)]}),
    ("Attention", {}, {"inputs": PAIR, "mask": [("bool", None, 7), ("bool", None, 7, 9)]}),
    ("AdditiveAttention", {}, PAIR),
    ("AdditiveAttention", {"use_scale": False}, [(None, None, None), (None, None, None)]),
    ("AdditiveAttention", {"dropout": 0.2, "seed": 3, "dtype": "mixed_float16"}, PAIR),
    ("AdditiveAttention", {"trainable": False}, {"inputs": PAIR, "mask": [("bool", None, 7), ("bool", None, 9)]}),
    ("MultiHeadAttention", HEADS, BOTH),
    ("MultiHeadAttention", {**HEADS, "value_dim": 4}, BOTH),
    ("MultiHeadAttention", {**HEADS, "use_bias": False}, BOTH),
    ("MultiHeadAttention", {**HEADS, "use_gate": True, "value_dim": 4}, BOTH),
    ("MultiHeadAttention", {**HEADS, "output_shape": 11}, BOTH),
    ("MultiHeadAttention", {**HEADS, "output_shape": [2, 3]}, BOTH),
    ("MultiHeadAttention", {**HEADS, "output_shape": []}, BOTH),
    ("MultiHeadAttention", {**HEADS, "attention_axes": 1}, {"query": (None, 4, 6, 8), "value": (None, 5, 6, 8)}),
    ("MultiHeadAttention", {**HEADS, "attention_axes": [-2]}, IMAGES),
    ("MultiHeadAttention", {**HEADS, "attention_axes": [1, 2]}, {"query": (None, 4, 6, 8), "value": (None, 5, None, 8)}),
    ("MultiHeadAttention", HEADS, IMAGES),
    ("MultiHeadAttention", {**HEADS, "dropout": 0.1, "seed": 3, "dtype": "mixed_bfloat16"}, BOTH),
    ("MultiHeadAttention", {**HEADS, "trainable": False, "dtype": "float64"}, BOTH),
    ("MultiHeadAttention", {**HEADS, "sliding_window": 3, "flash_attention": False}, SELF),
    ("MultiHeadAttention", {**HEADS, "kernel_initializer": "he_normal", "bias_regularizer": "l2"}, BOTH),
    ("MultiHeadAttention", {**HEADS, "activity_regularizer": "l2", "kernel_constraint": "non_neg"}, BOTH),
    ("MultiHeadAttention", HEADS, {"query": QUERY, "value": (None, 9, 4), "key": (None, 9, 6)}),
    ("MultiHeadAttention", HEADS, {"query": (None, None, 5), "value": (None, None, 4)}),
    ("MultiHeadAttention", HEADS, {"query": ("int32", *QUERY), "value": VALUE}),
    ("MultiHeadAttention", HEADS, {**BOTH, "attention_mask": ("bool", None, 7, 9)}),
    ("MultiHeadAttention", HEADS, {**BOTH, "attention_mask": ("bool", None, 2, 7, 9)}),
    ("MultiHeadAttention", HEADS, {**BOTH, "attention_mask": ("int32", 7, 9)}),
    ("MultiHeadAttention", HEADS, {**BOTH, "query_mask": ("bool", None, 7), "value_mask": ("bool", None, 9)}),
    ("GroupQueryAttention", GROUPS, BOTH),
    ("GroupedQueryAttention", {**GROUPS, "use_bias": False}, BOTH),
    ("GroupQueryAttention", {**GROUPS, "use_gate": True, "dropout": 0.1, "seed": 3}, BOTH),
    ("GroupQueryAttention", {**GROUPS, "sliding_window": 2, "dtype": "mixed_bfloat16"}, BOTH),
    ("GroupQueryAttention", {**GROUPS, "trainable": False}, {"query": QUERY, "value": VALUE, "key": (None, 9, 4)}),
    ("GroupQueryAttention", GROUPS, {"query": (None, None, 5), "value": (None, None, 5)}),
    ("GroupQueryAttention", GROUPS, {**BOTH, "attention_mask": ("bool", None, 7, 9), "key_mask": ("bool", None, 9)}),
]  # fmt: skip

FLAGS = [{}, {"training": True}, {"return_attention_scores": True, "training": False}]


@pytest.mark.parametrize(("name", "arguments", "inputs"), ROWS)
@pytest.mark.parametrize("flags", FLAGS)
def test_inferred_is_what_keras_computes(name, arguments, inputs, flags):
    check(name, arguments, inputs, flags)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        ("Attention", {}, PAIR),
        ("AdditiveAttention", {}, {"inputs": PAIR, "mask": [("bool", None, 7), ("bool", None, 9)]}),
        ("MultiHeadAttention", HEADS, BOTH),
        ("MultiHeadAttention", {**HEADS, "attention_axes": 1}, {"query": (None, 4, 6, 8), "value": (None, 5, 6, 8)}),
        ("GroupQueryAttention", GROUPS, {**BOTH, "value_mask": ("bool", None, 9)}),
    ],
)
def test_a_causal_mask_changes_no_type(name, arguments, inputs):
    check(name, arguments, inputs, {"use_causal_mask": True, "return_attention_scores": True})


def test_the_scores_have_a_name():
    config = make("MultiHeadAttention", HEADS)
    inputs = arguments_of(config, types(BOTH))
    assert config.infer(**inputs).names == ()
    assert config.infer(**inputs, return_attention_scores=True).names == ("output", "scores")


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        ("Attention", {}, [QUERY]),
        ("Attention", {}, [QUERY, VALUE, VALUE, VALUE]),
        ("Attention", {}, {"inputs": PAIR, "mask": [("bool", None, 7)]}),
        ("Attention", {"score_mode": "sum"}, PAIR),
        ("AdditiveAttention", {}, [(None, 7, None), VALUE]),
        ("MultiHeadAttention", {"num_heads": 0, "key_dim": 3}, BOTH),
        ("MultiHeadAttention", {"num_heads": 2, "key_dim": 0}, BOTH),
        ("MultiHeadAttention", {"num_heads": 2.0, "key_dim": 3}, BOTH),
        ("MultiHeadAttention", {"num_heads": 2}, BOTH),
        ("MultiHeadAttention", {**HEADS, "value_dim": -1}, BOTH),
        ("MultiHeadAttention", {**HEADS, "sliding_window": 0}, BOTH),
        ("MultiHeadAttention", {**HEADS, "dropout": 1.5}, BOTH),
        ("MultiHeadAttention", {**HEADS, "flash_attention": True, "dropout": 0.5}, BOTH),
        ("MultiHeadAttention", {**HEADS, "attention_axes": "all"}, BOTH),
        ("MultiHeadAttention", HEADS, {"query": (None, 7, None), "value": VALUE}),
        ("MultiHeadAttention", HEADS, {"query": QUERY, "value": (None, 9, None)}),
        ("MultiHeadAttention", HEADS, {**BOTH, "key": (None, 8, 5)}),
        ("MultiHeadAttention", HEADS, {**BOTH, "key": (None, None, 5)}),
        ("MultiHeadAttention", HEADS, {**BOTH, "key": (None, 9, None)}),
        ("GroupQueryAttention", {**GROUPS, "num_key_value_heads": 3}, BOTH),
        ("GroupQueryAttention", {**GROUPS, "num_key_value_heads": 0}, BOTH),
        ("GroupQueryAttention", {**GROUPS, "head_dim": 0}, BOTH),
        ("GroupQueryAttention", {**GROUPS, "sliding_window": -1}, BOTH),
        ("GroupQueryAttention", GROUPS, {"query": QUERY, "value": (None, 9, 4)}),
        ("GroupQueryAttention", GROUPS, {**BOTH, "key": (None, 8, 5)}),
    ],
)
def test_what_keras_refuses_is_refused(name, arguments, inputs):
    refuses(name, arguments, inputs)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        # These fail as soon as they are called on data.
        ("Attention", {}, [QUERY, (None, 9, 4)]),
        ("Attention", {}, [QUERY, (None, 8, 4), VALUE]),
        ("Attention", {}, [QUERY, (5,)]),
        ("Attention", {}, [("int32", *QUERY), ("int32", *VALUE)]),
        ("Attention", {}, [("string", *QUERY), VALUE]),
        ("Attention", {}, [TensorType(QUERY, ragged=True), VALUE]),
        ("Attention", {"dtype": "int32"}, PAIR),
        ("Attention", {"dropout": 1.5}, PAIR),
        ("Attention", {}, {"inputs": PAIR, "mask": [("bool", None, 6), ("bool", None, 9)]}),
        ("Attention", {}, {"inputs": PAIR, "mask": [("bool", None, 7), ("bool", None, 8)]}),
        ("Attention", {}, {"inputs": PAIR, "mask": [("bool", None, 7), ("string", None, 9)]}),
        ("AdditiveAttention", {}, [QUERY, (None, 9, 4)]),
        ("MultiHeadAttention", HEADS, {"query": QUERY, "value": (None, 3, 9, 5)}),
        ("MultiHeadAttention", HEADS, {"query": (None, 5), "value": (None, 5)}),
        ("MultiHeadAttention", HEADS, {"query": (2, 7, 5), "value": (3, 9, 5)}),
        ("MultiHeadAttention", HEADS, {"query": ("string", *QUERY), "value": VALUE}),
        ("MultiHeadAttention", {**HEADS, "attention_axes": 1}, {"query": (None, 4, 6, 8), "value": (None, 4, 5, 8)}),
        ("MultiHeadAttention", {**HEADS, "attention_axes": 4}, IMAGES),
        ("MultiHeadAttention", {**HEADS, "attention_axes": [1, -3]}, IMAGES),
        ("MultiHeadAttention", {**HEADS, "sliding_window": 2}, IMAGES),
        ("MultiHeadAttention", HEADS, {**BOTH, "attention_mask": ("bool", None, 7, 8)}),
        ("MultiHeadAttention", HEADS, {**BOTH, "attention_mask": ("bool", None, 3, 7, 9)}),
        ("MultiHeadAttention", HEADS, {**BOTH, "attention_mask": ("bool", 9)}),
        ("MultiHeadAttention", HEADS, {**BOTH, "attention_mask": ("string", None, 7, 9)}),
        ("MultiHeadAttention", HEADS, {**BOTH, "value_mask": ("bool", None, 7)}),
        ("MultiHeadAttention", {**HEADS, "flash_attention": True}, BOTH),
        ("GroupQueryAttention", {**GROUPS, "flash_attention": True}, BOTH),
        ("GroupQueryAttention", GROUPS, IMAGES),
        ("GroupQueryAttention", GROUPS, {**BOTH, "query_mask": ("bool", None, 9)}),
        # Keras attends over the heads if it is told to attend over the width.
        ("MultiHeadAttention", {**HEADS, "attention_axes": 3}, {"query": (None, 4, 6, 8), "value": (None, 4, 6, 8)}),
        # Keras goes by these axes only if there is dropout or scores are returned; otherwise it takes axis 1.
        ("MultiHeadAttention", {**HEADS, "attention_axes": 0}, SELF),
        ("MultiHeadAttention", {**HEADS, "attention_axes": [0, 1]}, SELF),
        ("MultiHeadAttention", {**HEADS, "attention_axes": []}, SELF),
        # Keras looks at no mask of the query that is given by name.
        ("MultiHeadAttention", HEADS, {**BOTH, "query_mask": ("bool", None, 9)}),
    ],
)
def test_what_keras_builds_and_cannot_run_well_is_refused(name, arguments, inputs):
    refuses(name, arguments, inputs, keras_builds=True)


def test_a_causal_mask_over_two_axes_is_refused():
    config = make("MultiHeadAttention", HEADS)
    with pytest.raises(ShapeError):
        config.infer(**types(IMAGES), use_causal_mask=True)


@pytest.mark.parametrize("name", [*LAYERS["attention"], *LAYERS["multi_head_attention"]])
def test_arguments_and_defaults_are_those_of_keras(name):
    keras_class = getattr(keras.layers, name)
    inherited = ("seed",) if name == "AdditiveAttention" else ()
    check_signature(operation(name), keras_class, inherited=inherited)
    check_calls(operation(name), keras_class)


lengths = st.sampled_from([None, 1, 2, 3])
flags = st.fixed_dictionaries({"return_attention_scores": st.booleans(), "use_causal_mask": st.booleans()})
dtypes = st.sampled_from(["float32", "mixed_bfloat16"])
drawn = settings(max_examples=examples(25, thorough=60), deadline=None, derandomize=True)


def some(*dimensions):
    """A shape that is mostly the one that is given, and sometimes has other lengths or axes."""
    usual = st.just(tuple(dimensions))
    changed = st.tuples(*(st.one_of(st.just(length), lengths) for length in dimensions))
    return st.one_of(usual, usual, changed, st.lists(lengths, min_size=1, max_size=4).map(tuple))


@st.composite
def triples(draw):
    """Shapes of a query, a value, perhaps a key, and masks for them."""
    batch = draw(st.sampled_from([(None,), (2,), (None, 2)]))
    steps, others, width = draw(lengths), draw(lengths), draw(lengths)
    shapes = [draw(some(*batch, steps, width)), draw(some(*batch, others, width))]
    shapes += [draw(some(*batch, others, width))] if draw(st.booleans()) else []
    masks = [draw(some(*batch, steps)), draw(some(*batch, others))] if draw(st.booleans()) else None
    return shapes, masks


@drawn
@given(
    st.sampled_from(["dot", "concat", "additive"]),
    st.fixed_dictionaries({"use_scale": st.booleans(), "dropout": st.sampled_from([0.0, 0.5]), "dtype": dtypes}),
    triples(),
    flags,
)
def test_attention_without_heads_agrees_with_keras(mode, arguments, tensors, flags):
    shapes, masks = tensors
    inputs = {"inputs": shapes} if masks is None else {"inputs": shapes, "mask": [("bool", *mask) for mask in masks]}
    if mode == "additive":
        assert_agreement("AdditiveAttention", arguments, inputs, flags)
    else:
        assert_agreement("Attention", {**arguments, "score_mode": mode}, inputs, flags)


# Keras stretches a value of length 1 along an axis that is not attended over, if it does not take its fused way.
lengths_above_one = st.sampled_from([None, 2, 3])


@st.composite
def headed(draw, rank, masks):
    """Shapes of a query and a value, and perhaps of a key and of masks."""
    middle = [draw(lengths_above_one) for _ in range(rank - 3)]
    steps, others = draw(lengths_above_one), draw(lengths_above_one)
    width = draw(st.sampled_from([2, 2, 3, None]))
    batch = None
    shapes = {"query": (batch, *middle, steps, width), "value": (batch, *middle, others, width)}
    if draw(st.booleans()):
        shapes["key"] = (batch, *middle, draw(st.sampled_from([others, None, 3])), draw(st.sampled_from([2, 3])))
    usual = {
        "query_mask": (batch, *middle, steps),
        "value_mask": (batch, *middle, others),
        "key_mask": (batch, *middle, others),
        "attention_mask": (batch, *middle, steps, others),
    }
    for name in masks:
        if draw(st.booleans()):
            shapes[name] = ("bool", *draw(some(*usual[name])))
    return shapes


general = {
    "dropout": st.sampled_from([0.0, 0.5]),
    "use_bias": st.booleans(),
    "use_gate": st.booleans(),
    "sliding_window": st.sampled_from([None, None, 2]),
    "dtype": dtypes,
}


@drawn
@given(
    st.fixed_dictionaries(
        {
            "num_heads": st.sampled_from([1, 2, 3]),
            "key_dim": st.just(2),
            "value_dim": st.sampled_from([None, 3]),
            "output_shape": st.sampled_from([None, 3, [2, 2]]),
            **general,
        }
    ),
    # Keras ignores the masks of a query that are given by name.
    st.integers(3, 4).flatmap(lambda rank: headed(rank, ["value_mask", "key_mask", "attention_mask"])),
    st.sampled_from([None, None, 1, -2, [1], [2], [1, 2], [2, 1], [3, 9]]),
    flags,
)
def test_multi_head_attention_agrees_with_keras(arguments, inputs, axes, flags):
    # At rank 3 Keras does not look at the axes, unless there is dropout or scores are returned.
    if len(inputs["query"]) > 3:
        arguments = {**arguments, "attention_axes": axes}
    # The scores that Keras states are those of a sequence that attends to itself, whatever it attends to.
    assert_agreement("MultiHeadAttention", arguments, inputs, flags, outputs=1)


@drawn
@given(
    st.fixed_dictionaries(
        {
            "head_dim": st.just(2),
            "num_query_heads": st.sampled_from([2, 4]),
            "num_key_value_heads": st.sampled_from([1, 2, 3]),
            **general,
        }
    ),
    headed(3, ["query_mask", "value_mask", "key_mask", "attention_mask"]),
    flags,
)
def test_group_query_attention_agrees_with_keras(arguments, inputs, flags):
    assert_agreement("GroupQueryAttention", arguments, inputs, flags)
