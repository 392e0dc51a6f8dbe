"""Johnson et al. (2016), https://arxiv.org/abs/1603.08155, with the supplement's table 1 and instance normalization."""

import keras
from keras import layers, ops


class InstanceNorm(layers.Layer):
    def build(self, shape):
        self.gamma = self.add_weight(shape=(shape[-1],), initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=(shape[-1],), initializer="zeros", name="beta")

    def call(self, x):
        mean, variance = ops.moments(x, axes=[1, 2], keepdims=True)
        scale = self.gamma * ops.rsqrt(variance + 1e-5)
        return x * scale + (self.beta - mean * scale)


class Mirror(layers.Layer):
    def call(self, x):
        return ops.pad(x, [[0, 0], [40, 40], [40, 40], [0, 0]], mode="reflect")


def normalized(x, filters, kernel, **options):
    return InstanceNorm()(layers.Conv2D(filters, kernel, use_bias=False, **options)(x))


def build(size=256, width=32, depth=5):
    photograph = keras.Input((size, size, 3), name="photograph")
    x = layers.ReLU()(normalized(Mirror()(photograph), width, 9, padding="same"))
    for filters in (2 * width, 4 * width):
        x = layers.ReLU()(normalized(x, filters, 3, strides=2, padding="same"))
    for _ in range(depth):
        y = layers.ReLU()(normalized(x, 4 * width, 3))
        x = layers.add([layers.Cropping2D(2)(x), normalized(y, 4 * width, 3)])
    for filters in (2 * width, width):
        x = layers.Conv2DTranspose(filters, 3, strides=2, padding="same", use_bias=False)(x)
        x = layers.ReLU()(InstanceNorm()(x))
    picture = layers.Conv2D(3, 9, padding="same", activation="tanh")(x) * 150.0
    return keras.Model(photograph, layers.Identity(name="picture")(picture), name="style_transfer")
