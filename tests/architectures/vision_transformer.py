"""Dosovitskiy et al. (2020), https://arxiv.org/abs/2010.11929, S/16; the pooling: https://arxiv.org/abs/2106.04560."""

import keras
from keras import layers, ops


def block(x, heads):
    width = x.shape[-1]
    y = layers.LayerNormalization(epsilon=1e-6)(x)
    y = layers.MultiHeadAttention(heads, width // heads)(y, y)
    x = x + layers.Dropout(0.1)(y)
    y = layers.LayerNormalization(epsilon=1e-6)(x)
    y = layers.Dense(4 * width, activation="gelu")(y)
    y = layers.Dense(width)(y)
    return x + layers.Dropout(0.1)(y)


def build(size=224, patch=16, width=384, heads=6, depth=12, classes=1000):
    image = keras.Input((size, size, 3), name="image")
    x = layers.Conv2D(width, patch, patch)(image)
    x = layers.Reshape((-1, width))(x)
    steps = (size // patch) ** 2
    nothing = ops.zeros_like(x[:, :, 0], dtype="int32")
    x = x + layers.Embedding(steps, width)(nothing + ops.arange(steps))
    for _ in range(depth):
        x = block(x, heads)
    x = layers.LayerNormalization(epsilon=1e-6)(x)
    query = layers.Embedding(1, width)(nothing[:, :1])
    pooled = layers.MultiHeadAttention(heads, width // heads)(query, x)[:, 0]
    output = layers.Dense(classes, activation="softmax", name="classes")(pooled)
    model = keras.Model(image, output, name="vision_transformer")
    model.compile(
        optimizer=keras.optimizers.AdamW(1e-3, weight_decay=1e-4),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
