"""Bai et al. (2018), https://github.com/locuslab/TCN/blob/master/TCN/tcn.py, with the settings of its pixels of digits."""

import keras
from keras import layers


def level(x, filters, kernel, dilation):
    y = x
    for _ in range(2):
        y = layers.Conv1D(filters, kernel, dilation_rate=dilation, padding="causal", activation="relu")(y)
        y = layers.SpatialDropout1D(0.05)(y)
    if x.shape[-1] != filters:
        x = layers.Conv1D(filters, 1)(x)
    y = layers.add([y, x])
    return layers.ReLU()(y)


def build(steps=784, levels=8, filters=25, kernel=7):
    pixels = keras.Input((steps, 1), name="pixels")
    x = pixels
    for i in range(levels):
        x = level(x, filters, kernel, dilation=2**i)
    digit = layers.Dense(10, activation="softmax", name="digit")(x[:, -1])
    model = keras.Model(pixels, digit, name="temporal_convolution")
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def fit(model, x, y):
    return model.fit(x, y, epochs=20, batch_size=64)
