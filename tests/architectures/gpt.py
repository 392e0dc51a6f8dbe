"""Radford et al. (2019), https://github.com/openai/gpt-2/blob/master/src/model.py"""

import keras
from keras import layers, ops


class Positions(layers.Layer):
    def __init__(self, steps, width):
        super().__init__()
        self.vectors = layers.Embedding(steps, width)

    def call(self, x):
        return x + self.vectors(ops.arange(ops.shape(x)[1]))


def transformer(x, heads, rate):
    width = x.shape[-1]
    y = layers.LayerNormalization(epsilon=1e-5)(x)
    y = layers.MultiHeadAttention(heads, width // heads, dropout=rate)(y, y, use_causal_mask=True)
    y = layers.Dropout(rate)(y)
    x = layers.add([x, y])
    y = layers.LayerNormalization(epsilon=1e-5)(x)
    y = layers.Dense(4 * width, activation="gelu")(y)
    y = layers.Dense(width)(y)
    y = layers.Dropout(rate)(y)
    return layers.add([x, y])


def build(vocabulary=10000, steps=128, width=256, heads=8, depth=4, dropout=0.1):
    text = keras.Input((None,), dtype="int32", name="text")
    tokens = layers.ReversibleEmbedding(vocabulary, width)
    x = Positions(steps, width)(tokens(text))
    x = layers.Dropout(dropout)(x)
    for _ in range(depth):
        x = transformer(x, heads, dropout)
    x = layers.LayerNormalization(epsilon=1e-5)(x)
    scores = layers.Identity(name="next")(tokens(x, reverse=True))
    model = keras.Model(text, scores, name="gpt")
    model.compile(
        optimizer=keras.optimizers.AdamW(3e-4, weight_decay=0.1, clipnorm=1.0),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model
