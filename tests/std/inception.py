"""`std/inception.yaml`, written by hand."""

from __future__ import annotations

from keras import layers

from tests.std.against import Case


def inception(x, conv_1, reduce_3, conv_3, reduce_5, conv_5, pool, activation="relu"):
    ones = layers.Conv2D(conv_1, 1, activation=activation)(x)
    threes = layers.Conv2D(reduce_3, 1, activation=activation)(x)
    threes = layers.Conv2D(conv_3, 3, padding="same", activation=activation)(threes)
    fives = layers.Conv2D(reduce_5, 1, activation=activation)(x)
    fives = layers.Conv2D(conv_5, 5, padding="same", activation=activation)(fives)
    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(x)
    pooled = layers.Conv2D(pool, 1, activation=activation)(pooled)
    return layers.Concatenate()([ones, threes, fives, pooled])


NAMES = ("conv_1", "reduce_3", "conv_3", "reduce_5", "conv_5", "pool")
COUNTS = (2, 3, 4, 5, 6, 7)

CASES = [
    Case(
        "inception",
        {**dict(zip(NAMES, COUNTS, strict=True)), **more},
        [(9, 8, 3)],
        lambda x, more=more: inception(x, *COUNTS, **more),
        title=", ".join(more.values()),
    )
    for more in ({}, {"activation": "swish"})
]
