"""https://keras.io/examples/vision/zero_dce/, what it estimates and what it makes of that."""

import keras
from keras import layers


def conv(x, filters, activation="relu"):
    return layers.Conv2D(filters, 3, padding="same", activation=activation)(x)


def build(filters=32, steps=8):
    photo = keras.Input((None, None, 3), name="photo")
    conv1 = conv(photo, filters)
    conv2 = conv(conv1, filters)
    conv3 = conv(conv2, filters)
    conv4 = conv(conv3, filters)
    conv5 = conv(layers.Concatenate()([conv4, conv3]), filters)
    conv6 = conv(layers.Concatenate()([conv5, conv2]), filters)
    curves = conv(layers.Concatenate()([conv6, conv1]), 3 * steps, "tanh")
    x = photo
    for step in range(steps):
        x = x + curves[..., 3 * step : 3 * step + 3] * (x**2 - x)
    named = [layers.Identity(name=name)(each) for name, each in (("enhanced", x), ("curves", curves))]
    return keras.Model(photo, named, name="zero_dce")
