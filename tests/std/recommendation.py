"""`std/recommendation.yaml`, written by hand: products of pairs one by one."""

from __future__ import annotations

from itertools import combinations

from keras import layers, ops

from tests.std.against import Case


def cross_layer(x, x0, width, rank=0):
    low = layers.Dense(rank, use_bias=False)(x) if rank else x
    return x0 * layers.Dense(width)(low) + x


def bi_interaction(vectors):
    return sum(vectors[:, i] * vectors[:, j] for i, j in combinations(range(vectors.shape[1]), 2))


def factorization_machine(vectors):
    return ops.sum(bi_interaction(vectors), axis=-1, keepdims=True)


FIELDS = [(5, 4)]

CASES = [
    Case("cross_layer", {"width": 6}, [(6,), (6,)], lambda x, x0: cross_layer(x, x0, 6)),
    Case(
        "cross_layer", {"width": 6, "rank": 2}, [(6,), (6,)], lambda x, x0: cross_layer(x, x0, 6, 2), title="low rank"
    ),
    Case(
        "cross_layer",
        {"width": 6, "repeat": 2},
        [(6,), (6,)],
        lambda x, x0: cross_layer(cross_layer(x, x0, 6), x0, 6),
        title="two in a row",
    ),
    Case("bi_interaction", {}, FIELDS, bi_interaction),
    Case("factorization_machine", {}, FIELDS, factorization_machine),
]
