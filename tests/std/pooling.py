"""`std/pooling.yaml`, written by hand."""

from __future__ import annotations

from keras import layers, ops

from tests.std.against import Case


class Vectors(layers.Layer):
    """Learned vectors as a weight of a layer of one's own."""

    def __init__(self, count, width):
        super().__init__()
        self.count, self.width = count, width

    def build(self, shape):
        self.vectors = self.add_weight(shape=(self.count, self.width), name="vectors")

    def call(self, x):
        return ops.broadcast_to(self.vectors, (ops.shape(x)[0], self.count, self.width))


class Context(layers.Layer):
    """The score of each step: how well it fits a learned vector (Yang et al., 2016, formulas 5 to 7)."""

    def build(self, shape):
        self.vector = self.add_weight(shape=(shape[-1],), name="vector")

    def call(self, keys):
        return ops.sum(ops.tanh(keys) * self.vector, axis=-1)


def attention_pooling(x, hidden):
    scores = Context()(layers.Dense(hidden)(x))
    return ops.sum(x * ops.expand_dims(ops.softmax(scores, axis=1), -1), axis=1)


def learned_vectors(x, count, width):
    return Vectors(count, width)(x)


def multi_head_pooling(x, width, heads, key_dim, queries=1, dropout=0.0):
    vectors = layers.MultiHeadAttention(heads, key_dim, dropout=dropout)(learned_vectors(x, queries, width), x)
    return vectors[:, 0] if queries == 1 else vectors


SEQUENCE = [(6, 8)]
MORE = {"key_dim": 3, "queries": 4, "dropout": 0.5}

CASES = [
    Case("attention_pooling", {"hidden": 5}, SEQUENCE, lambda x: attention_pooling(x, 5)),
    Case("learned_vectors", {"count": 3, "width": 4}, SEQUENCE, lambda x: learned_vectors(x, 3, 4)),
    Case("multi_head_pooling", {"width": 8, "heads": 2}, SEQUENCE, lambda x: multi_head_pooling(x, 8, 2, 4)),
    Case(
        "multi_head_pooling",
        {"width": 8, "heads": 2, **MORE},
        SEQUENCE,
        lambda x: multi_head_pooling(x, 8, 2, **MORE),
        title="every param",
    ),
]
