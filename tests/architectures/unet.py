"""Ronneberger et al. (2015), https://arxiv.org/abs/1505.04597, figure 1, with padded convolutions."""

import keras
from keras import layers


def pair(x, filters):
    for _ in range(2):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return x


def build(size=128, width=32, classes=3):
    image = keras.Input((size, size, 3), name="image")
    x = image
    skips = []
    for i in range(4):
        x = pair(x, width * 2**i)
        skips.append(x)
        x = layers.MaxPooling2D(2)(x)
    x = pair(x, 16 * width)
    for i in reversed(range(4)):
        x = layers.Conv2DTranspose(width * 2**i, 2, strides=2)(x)
        x = layers.concatenate([x, skips[i]])
        x = pair(x, width * 2**i)
    mask = layers.Conv2D(classes, 1, activation="softmax", name="mask")(x)
    model = keras.Model(image, mask, name="unet")
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
