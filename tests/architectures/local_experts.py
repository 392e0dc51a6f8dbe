"""Jacobs et al. (1991), https://doi.org/10.1162/neco.1991.3.1.79, figure 1."""

import keras
from keras import layers, ops


def build(experts=4, vowels=4):
    formants = keras.Input((2,), name="formants")
    said = ops.stack([layers.Dense(vowels, activation="softmax")(formants) for _ in range(experts)], axis=1)
    gate = layers.Dense(experts, activation="softmax")(formants)
    mixed = ops.einsum("bev,be->bv", said, gate)
    model = keras.Model(formants, layers.Identity(name="vowel")(mixed), name="local_experts")
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
