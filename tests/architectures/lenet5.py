"""LeCun et al. (1998), https://doi.org/10.1109/5.726791, figure 2."""

import keras
from keras import layers


def build():
    image = keras.Input((32, 32, 1), name="image")
    x = layers.Conv2D(6, 5, activation="tanh")(image)
    x = layers.AveragePooling2D(2)(x)
    x = layers.Conv2D(16, 5, activation="tanh")(x)
    x = layers.AveragePooling2D(2)(x)
    x = layers.Conv2D(120, 5, activation="tanh")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(84, activation="tanh")(x)
    digit = layers.Dense(10, activation="softmax", name="digit")(x)
    model = keras.Model(image, digit, name="lenet5")
    model.compile(
        optimizer=keras.optimizers.SGD(0.01, momentum=0.9), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model


def fit(model, x, y):
    return model.fit(x, y, epochs=20, batch_size=128)
