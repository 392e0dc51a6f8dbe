"""Blocks that take sequences leave padding out: what they give for a padded sequence is what they give without."""

from __future__ import annotations

import numpy as np
import pytest

import spec_compiler as sc
from tests.std.against import results

pytestmark = pytest.mark.tensorflow

WORDS = {"type": "token_and_position", "vocabulary": 9, "length": 8, "width": 8, "mask_zero": True}
PLAIN = np.array([[3, 1, 4, 1, 5], [2, 7, 1, 8, 2]], dtype="int32")
PADDED = np.array([[3, 1, 4, 1, 5, 0, 0, 0], [2, 7, 1, 8, 2, 0, 0, 0]], dtype="int32")


WIDE = {"width": 8, "heads": 2}
TRANSFORMER, POOLING, SETS = "std/transformer.yaml", "std/pooling.yaml", "std/sets.yaml"
SINUSOIDAL = "std/sinusoidal.yaml"


SINUSOIDS = {"type": "token_and_sinusoids", "vocabulary": 9, "width": 8, "mask_zero": True}


def model(kind, more, inputs, words=WORDS):
    """Two copies of a block one after the other, if it gives a sequence; else, two on the same sequence."""
    chained = "pool" not in kind
    nodes = {
        "tokens": {"type": "Input", "shape": [None], "dtype": "int32"},
        "x": {**words, "inputs": "tokens"},
        "first": {"type": kind, **more, "inputs": inputs},
        "second": {"type": kind, **more, "inputs": ["first", *inputs[1:]] if chained else inputs},
    }
    return sc.compile_spec(
        {
            "spec": 1,
            "seed": 1,
            "imports": [TRANSFORMER, POOLING, SETS, SINUSOIDAL],
            "nodes": nodes,
            "outputs": {"one": {"from": "first"}, "two": {"from": "second"}},
        }
    )


@pytest.mark.parametrize(
    ("kind", "more", "inputs"),
    [
        ("transformer_encoder", WIDE, ["x"]),
        ("transformer_encoder", {**WIDE, "norm_first": True}, ["x"]),
        ("transformer_decoder", {**WIDE, "causal": False}, ["x", "x"]),
        ("transformer_decoder", {**WIDE, "norm_first": True, "causal": False}, ["x", "x"]),
        ("feed_forward", {"width": 8}, ["x"]),
        ("attention_pooling", {"hidden": 4}, ["x"]),
        ("multi_head_pooling", {**WIDE, "queries": 3}, ["x"]),
        ("set_attention", WIDE, ["x", "x"]),
        ("induced_set_attention", {**WIDE, "points": 3}, ["x"]),
        ("set_pooling", WIDE, ["x"]),
    ],
)
def test_padding_changes_nothing(kind, more, inputs):
    assert_padding_changes_nothing(model(kind, more, inputs), kind)


def test_words_with_sinusoidal_places_tell_what_is_padding():
    for kind, more in (("transformer_encoder", WIDE), ("attention_pooling", {"hidden": 4})):
        assert_padding_changes_nothing(model(kind, more, ["x"], SINUSOIDS), kind)


def assert_padding_changes_nothing(made, kind):
    for plain, padded in zip(results(made, [PLAIN]), results(made, [PADDED]), strict=True):
        steps = plain.shape[1] if "pool" not in kind else None
        np.testing.assert_allclose(padded[:, :steps], plain, atol=1e-5)
        assert np.ptp(plain) > 0


def test_causal_blocks_do_not_see_later_steps():
    other = np.array([[3, 1, 4, 6, 6], [2, 7, 1, 6, 6]], dtype="int32")
    for causal in (True, False):
        made = model("transformer_encoder", {**WIDE, "causal": causal}, ["x"])
        first, second = (results(made, [tokens])[1][:, :3] for tokens in (PLAIN, other))
        assert np.allclose(first, second, atol=1e-5) is causal
