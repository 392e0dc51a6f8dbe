"""Ho et al. (2020), https://arxiv.org/abs/2006.11239: the embedding of appendix B, on a network for points."""

import math

import keras
from keras import layers, ops


class Waves(layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.width = width

    def call(self, time):
        half = self.width // 2
        speeds = ops.exp(-math.log(10000) / (half - 1) * ops.arange(half, dtype="float32"))
        angles = ops.cast(time, "float32")[:, None] * speeds[None]
        return ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=-1)


def build(width=128, depth=3):
    point = keras.Input((2,), name="point")
    time = keras.Input((), dtype="int32", name="time")
    moment = layers.Dense(width, activation="gelu")(Waves(width)(time))
    x = layers.Dense(width)(point)
    for _ in range(depth):
        moved = layers.add([x, layers.Dense(width)(moment)])
        x = layers.add([x, layers.Dense(width, activation="gelu")(moved)])
    noise = layers.Dense(2, name="noise")(x)
    model = keras.Model([point, time], noise, name="denoiser")
    model.compile(optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0), loss="mse")
    return model
