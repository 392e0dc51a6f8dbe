"""Liu et al. (2022), https://arxiv.org/abs/2201.03545, figure 4 and section 2; rates as in the authors' code."""

import keras
from keras import layers

DEPTHS, WIDTHS, DROPPED = (3, 3, 9, 3), (96, 192, 384, 768), 0.1


class LayerScale(layers.Layer):
    def __init__(self, initial=1e-6):
        super().__init__()
        self.initial = initial

    def build(self, shape):
        begin = keras.initializers.Constant(self.initial)
        self.kernel = self.add_weight(shape=(shape[-1],), initializer=begin, name="kernel")

    def call(self, x):
        return x * self.kernel


def norm(x):
    return layers.LayerNormalization(epsilon=1e-6)(x)


def block(x, width, rate):
    y = norm(layers.DepthwiseConv2D(7, padding="same")(x))
    y = layers.Dense(width)(layers.Dense(4 * width, activation="gelu")(y))
    y = LayerScale()(y)
    if rate:
        y = layers.Dropout(rate, noise_shape=(None, 1, 1, 1))(y)
    return layers.add([x, y])


def build():
    image = keras.Input((224, 224, 3), name="image")
    x = norm(layers.Conv2D(WIDTHS[0], 4, strides=4)(image))
    done = 0
    for depth, width in zip(DEPTHS, WIDTHS, strict=True):
        if done:
            x = layers.Conv2D(width, 2, strides=2)(norm(x))
        for _ in range(depth):
            x = block(x, width, DROPPED * done / (sum(DEPTHS) - 1))
            done += 1
    x = norm(layers.GlobalAveragePooling2D()(x))
    classes = layers.Dense(1000, activation="softmax", name="classes")(x)
    return keras.Model(image, classes, name="convnext_tiny")
