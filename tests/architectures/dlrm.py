"""Naumov et al. (2019), https://arxiv.org/abs/1906.00091; pairs as TensorFlow Recommenders' DotInteraction keeps them."""

import keras
from keras import layers, ops


def mlp(x, units):
    for width in units:
        x = layers.Dense(width, activation="relu")(x)
    return x


def build(fields=26, values=1000, width=64):
    numbers = keras.Input((13,), name="numbers")
    categories = [keras.Input((), dtype="int32", name=f"field_{i}") for i in range(fields)]
    bottom = mlp(numbers, [512, 256, width])
    vectors = [layers.Embedding(values, width)(category) for category in categories]
    vectors = ops.stack([bottom, *vectors], axis=1)
    products = ops.matmul(vectors, ops.transpose(vectors, (0, 2, 1)))
    pairs = layers.Flatten()(ops.tril(products, -1))
    x = layers.concatenate([bottom, pairs])
    x = mlp(x, [512, 256])
    click = layers.Dense(1, activation="sigmoid", name="click")(x)
    model = keras.Model([numbers, *categories], click, name="dlrm")
    model.compile(
        optimizer=keras.optimizers.SGD(0.1), loss="binary_crossentropy", metrics=[keras.metrics.AUC(name="AUC")]
    )
    return model
