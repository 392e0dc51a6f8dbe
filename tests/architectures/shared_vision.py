"""https://keras.io/getting-started/functional-api-guide, as it was for Keras 2."""

import keras
from keras import layers


def build_vision():
    digit = keras.Input((27, 27, 1))
    x = layers.Conv2D(64, 3)(digit)
    x = layers.Conv2D(64, 3)(x)
    x = layers.MaxPooling2D(2)(x)
    return keras.Model(digit, layers.Flatten()(x), name="vision")


def build():
    vision = build_vision()
    digit_a = keras.Input((27, 27, 1), name="digit_a")
    digit_b = keras.Input((27, 27, 1), name="digit_b")
    both = layers.concatenate([vision(digit_a), vision(digit_b)])
    same = layers.Dense(1, activation="sigmoid", name="same")(both)
    model = keras.Model([digit_a, digit_b], same, name="shared_vision")
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model
