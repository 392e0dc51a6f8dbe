"""Shi et al. (2015), https://arxiv.org/abs/1507.05717, table 1; Keras's CTC takes scores that are not normalized."""

import keras
from keras import layers


def convolution(x, filters):
    return layers.Conv2D(filters, 3, padding="same", activation="relu")(x)


def normalized_convolution(x):
    x = layers.Conv2D(512, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.ReLU()(x)


def build(letters=36):
    image = keras.Input((32, 100, 1), name="image")
    x = convolution(image, 64)
    x = layers.MaxPooling2D(2)(x)
    x = convolution(x, 128)
    x = layers.MaxPooling2D(2)(x)
    x = convolution(x, 256)
    x = convolution(x, 256)
    x = layers.MaxPooling2D((2, 1))(x)
    x = normalized_convolution(x)
    x = normalized_convolution(x)
    x = layers.MaxPooling2D((2, 1))(x)
    x = layers.Conv2D(512, 2, activation="relu")(x)
    x = layers.Reshape((-1, 512))(x)
    for _ in range(2):
        x = layers.Bidirectional(layers.LSTM(256, return_sequences=True))(x)
    text = layers.Dense(letters + 1, name="text")(x)
    model = keras.Model(image, text, name="crnn")
    model.compile(optimizer=keras.optimizers.Adadelta(1.0), loss="ctc")
    return model
