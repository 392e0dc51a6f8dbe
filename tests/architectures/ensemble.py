"""https://keras.io/guides/functional_api/"""

import keras
from keras import layers


def member(features):
    inputs = keras.Input((features,))
    outputs = layers.Dense(1)(inputs)
    return keras.Model(inputs, outputs)


def build(members=3, features=128):
    inputs = keras.Input((features,), name="features")
    each = [member(features)(inputs) for _ in range(members)]
    mean = layers.Average(name="mean")(each)
    model = keras.Model(inputs, mean, name="ensemble")
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return model
