"""https://keras.io/examples/generative/vae/"""

import keras
from keras import layers


def build(code=2):
    image = keras.Input((28, 28, 1), name="image")
    x = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(image)
    x = layers.Conv2D(64, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(16, activation="relu")(x)
    mean = layers.Dense(code, name="mean")(x)
    log_variance = layers.Dense(code, name="log_variance")(x)
    return keras.Model(image, [mean, log_variance], name="vae_encoder")
