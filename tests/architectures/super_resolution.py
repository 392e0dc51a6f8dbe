"""https://keras.io/examples/vision/edsr/, without its rounding of predictions."""

import keras
import tensorflow as tf
from keras import layers


class DepthToSpace(layers.Layer):
    def call(self, x):
        return tf.nn.depth_to_space(x, 2)


def residual_block(x, filters):
    y = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    y = layers.Conv2D(filters, 3, padding="same")(y)
    return layers.Add()([x, y])


def upsampling(x, filters):
    x = layers.Conv2D(filters * 4, 3, padding="same")(x)
    x = DepthToSpace()(x)
    x = layers.Conv2D(filters * 4, 3, padding="same")(x)
    return DepthToSpace()(x)


def build(filters=64, blocks=16):
    small = keras.Input((None, None, 3), name="small")
    x = layers.Rescaling(1 / 255)(small)
    x = first = layers.Conv2D(filters, 3, padding="same")(x)
    for _ in range(blocks):
        x = residual_block(x, filters)
    x = layers.Conv2D(filters, 3, padding="same")(x)
    x = layers.Add()([first, x])
    x = upsampling(x, filters)
    x = layers.Conv2D(3, 3, padding="same")(x)
    large = layers.Rescaling(255, name="large")(x)
    model = keras.Model(small, large, name="super_resolution")
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([5000], [1e-4, 5e-5])
    model.compile(optimizer=keras.optimizers.Adam(schedule), loss="mae")
    return model
