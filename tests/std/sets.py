"""`std/sets.yaml`, written by hand after the formulas of the paper (Lee et al., 2019)."""

from __future__ import annotations

from keras import layers

from tests.std.against import Case
from tests.std.pooling import learned_vectors


def set_attention(x, y, heads, activation="relu", normalize=True):
    width = x.shape[-1]
    h = x + layers.MultiHeadAttention(heads, width // heads)(x, y)
    h = layers.LayerNormalization()(h) if normalize else h
    h = h + layers.Dense(width, activation=activation)(h)
    return layers.LayerNormalization()(h) if normalize else h


def induced_set_attention(x, heads, points, **more):
    seen = set_attention(learned_vectors(x, points, x.shape[-1]), x, heads, **more)
    return set_attention(x, seen, heads, **more)


def set_pooling(x, heads, seeds=1, activation="relu", normalize=True):
    width = x.shape[-1]
    vectors = learned_vectors(x, seeds, width)
    row = layers.Dense(width, activation=activation)(x)
    return set_attention(vectors, row, heads, activation, normalize)


SET = [(6, 8)]
WIDE = {"width": 8, "heads": 2}
MORE = {"activation": "gelu", "normalize": False}

CASES = [
    Case("set_attention", WIDE, [(6, 8), (5, 8)], lambda x, y: set_attention(x, y, 2)),
    Case(
        "set_attention",
        {**WIDE, **MORE},
        [(6, 8), (5, 8)],
        lambda x, y: set_attention(x, y, 2, **MORE),
        title="every param",
    ),
    Case("induced_set_attention", {**WIDE, "points": 3}, SET, lambda x: induced_set_attention(x, 2, 3)),
    Case(
        "induced_set_attention",
        {**WIDE, "points": 3, **MORE},
        SET,
        lambda x: induced_set_attention(x, 2, 3, **MORE),
        title="every param",
    ),
    Case("set_pooling", WIDE, SET, lambda x: set_pooling(x, 2)),
    Case("set_pooling", {**WIDE, "seeds": 3, **MORE}, SET, lambda x: set_pooling(x, 2, 3, **MORE), title="every param"),
]
