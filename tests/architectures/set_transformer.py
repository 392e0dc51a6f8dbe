"""Lee et al. (2019), https://arxiv.org/abs/1810.00825: equations 6 to 12, for the points of section 5.5."""

import keras
from keras import layers, ops


def vectors(x, count, width):
    numbers = ops.zeros_like(x[:, :1, 0], dtype="int32") + ops.arange(count)
    return layers.Embedding(count, width)(numbers)


def mab(x, y, heads):
    width = x.shape[-1]
    h = layers.LayerNormalization()(x + layers.MultiHeadAttention(heads, width // heads)(x, y))
    return layers.LayerNormalization()(h + layers.Dense(width, activation="relu")(h))


def isab(x, heads, points):
    return mab(x, mab(vectors(x, points, x.shape[-1]), x, heads), heads)


def pma(x, heads, seeds=1):
    row = layers.Dense(x.shape[-1], activation="relu")(x)
    return mab(vectors(x, seeds, x.shape[-1]), row, heads)


def build(width=128, heads=4, points=16, classes=40):
    cloud = keras.Input((None, 3), name="cloud")
    x = layers.Dense(width)(cloud)
    for _ in range(2):
        x = isab(x, heads, points)
    x = pma(layers.Dropout(0.5)(x), heads)[:, 0]
    x = layers.Dropout(0.5)(x)
    shape = layers.Dense(classes, activation="softmax", name="shape")(x)
    model = keras.Model(cloud, shape, name="set_transformer")
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
