"""Oktay et al. (2018), https://arxiv.org/abs/1804.03999, with the U-Net of `unet.py`, normalized, in two dimensions."""

import keras
from keras import layers


def pair(x, filters):
    for _ in range(2):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.Activation("relu")(layers.BatchNormalization()(x))
    return x


def seen(skip, below, filters):
    looked = layers.Conv2D(filters, 2, strides=2, use_bias=False)(skip)
    asked = layers.Conv2D(filters, 1)(below)
    share = layers.Activation("relu")(layers.add([looked, asked]))
    share = layers.Conv2D(1, 1, activation="sigmoid")(share)
    share = layers.UpSampling2D(2, interpolation="bilinear")(share)
    return layers.multiply([skip, share])


def build(size=128, width=16, classes=3):
    image = keras.Input((size, size, 3), name="image")
    x = image
    skips = []
    for i in range(4):
        x = pair(x, width * 2**i)
        skips.append(x)
        x = layers.MaxPooling2D(2)(x)
    x = pair(x, 16 * width)
    for i in reversed(range(4)):
        filters = width * 2**i
        skip = seen(skips[i], x, filters)
        x = layers.Conv2DTranspose(filters, 2, strides=2)(x)
        x = pair(layers.concatenate([x, skip]), filters)
    mask = layers.Conv2D(classes, 1, activation="softmax", name="mask")(x)
    model = keras.Model(image, mask, name="attention_unet")
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
