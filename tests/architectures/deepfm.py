"""Guo et al. (2017), https://arxiv.org/abs/1703.04247: equations 1 to 4, the products of pairs one by one."""

from itertools import combinations

import keras
from keras import layers, ops


def build(fields=26, rows=1000, width=10):
    categories = [keras.Input((), dtype="int32", name=f"field_{i}") for i in range(fields)]
    linear = layers.add([layers.Embedding(rows, 1)(category) for category in categories])
    vectors = ops.stack([layers.Embedding(rows, width)(category) for category in categories], axis=1)
    products = [ops.sum(vectors[:, i] * vectors[:, j], axis=1) for i, j in combinations(range(fields), 2)]
    pairs = ops.expand_dims(ops.sum(ops.stack(products, axis=1), axis=1), 1)
    deep = layers.Flatten()(vectors)
    for _ in range(3):
        deep = layers.Dense(400, activation="relu")(deep)
    loss_or_metric = layers.add([linear, pairs, layers.Dense(1)(deep)])
    click = layers.Activation("sigmoid", name="click")(loss_or_metric)
    model = keras.Model(categories, click, name="deepfm")
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=[keras.metrics.AUC(name="AUC")])
    return model
