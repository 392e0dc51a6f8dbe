"""https://keras.io/guides/functional_api/"""

import keras
from keras import layers


def build():
    pixels = keras.Input((784,), name="pixels")
    x = layers.Dense(64, activation="relu")(pixels)
    x = layers.Dense(64, activation="relu")(x)
    digit = layers.Dense(10, activation="softmax", name="digit")(x)
    model = keras.Model(pixels, digit, name="mlp")
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def fit(model, x, y):
    return model.fit(x, y, epochs=5, batch_size=128)
