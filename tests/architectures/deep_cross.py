"""Wang et al. (2021), https://arxiv.org/abs/2008.13535: equation 1, in the parallel structure of figure 1."""

import keras
from keras import layers


def build(fields=6, vocabulary=1000, width=16):
    categories = [keras.Input((), dtype="int32", name=f"field_{i}") for i in range(fields)]
    numbers = keras.Input((13,), name="numbers")
    vectors = [layers.Embedding(vocabulary, width)(category) for category in categories]
    x0 = layers.concatenate([*vectors, numbers])
    cross = x0
    for _ in range(3):
        crossed = layers.multiply([x0, layers.Dense(x0.shape[-1])(cross)])
        cross = layers.add([crossed, cross])
    deep = x0
    for units in (128, 64):
        deep = layers.Dense(units, activation="relu")(deep)
    both = layers.concatenate([cross, deep])
    click = layers.Dense(1, activation="sigmoid", name="click")(both)
    model = keras.Model([*categories, numbers], click, name="deep_cross")
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=[keras.metrics.AUC(name="AUC")])
    return model
