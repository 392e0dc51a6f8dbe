"""https://keras.io/examples/generative/vae/"""

import keras
from keras import layers


def build(code=2):
    inputs = keras.Input((code,), name="code")
    x = layers.Dense(7 * 7 * 64, activation="relu")(inputs)
    x = layers.Reshape((7, 7, 64))(x)
    x = layers.Conv2DTranspose(64, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2DTranspose(32, 3, strides=2, padding="same", activation="relu")(x)
    image = layers.Conv2DTranspose(1, 3, padding="same", activation="sigmoid", name="image")(x)
    model = keras.Model(inputs, image, name="vae_decoder")
    model.compile(optimizer="adam", loss="binary_crossentropy")
    return model
