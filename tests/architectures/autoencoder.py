"""https://keras.io/guides/functional_api/"""

import keras
from keras import layers


def build():
    image = keras.Input((28, 28, 1), name="image")
    x = layers.Conv2D(16, 3, activation="relu")(image)
    x = layers.Conv2D(32, 3, activation="relu")(x)
    x = layers.MaxPooling2D(3)(x)
    x = layers.Conv2D(32, 3, activation="relu")(x)
    x = layers.Conv2D(16, 3, activation="relu")(x)
    code = layers.GlobalMaxPooling2D()(x)
    x = layers.Reshape((4, 4, 1))(code)
    x = layers.Conv2DTranspose(16, 3, activation="relu")(x)
    x = layers.Conv2DTranspose(32, 3, activation="relu")(x)
    x = layers.UpSampling2D(3)(x)
    x = layers.Conv2DTranspose(16, 3, activation="relu")(x)
    decoded = layers.Conv2DTranspose(1, 3, activation="relu", name="decoded")(x)
    model = keras.Model(image, decoded, name="autoencoder")
    model.compile(optimizer="adam", loss="mse")
    return model
