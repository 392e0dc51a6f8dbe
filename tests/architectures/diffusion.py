"""https://keras.io/examples/generative/ddpm/, its network with attention as in the paper."""

import math

import keras
from keras import layers, ops

GROUPS = 8


def kernel_init(scale=1.0):
    return keras.initializers.VarianceScaling(max(scale, 1e-10), mode="fan_avg", distribution="uniform")


def conv(x, filters, kernel=3, scale=1.0, strides=1):
    return layers.Conv2D(filters, kernel, strides=strides, padding="same", kernel_initializer=kernel_init(scale))(x)


def normal_swish(x):
    return layers.Activation("swish")(layers.GroupNormalization(groups=GROUPS)(x))


class AttentionBlock(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.units = units
        self.norm = layers.GroupNormalization(groups=GROUPS)
        self.query, self.key, self.value = (layers.Dense(units, kernel_initializer=kernel_init()) for _ in range(3))
        self.proj = layers.Dense(units, kernel_initializer=kernel_init(0.0))

    def call(self, inputs):
        inputs = self.norm(inputs)
        shape = ops.shape(inputs)
        rows = (shape[0], shape[1] * shape[2], self.units)
        q, k, v = (ops.reshape(part(inputs), rows) for part in (self.query, self.key, self.value))
        scores = ops.softmax(ops.matmul(q, ops.transpose(k, (0, 2, 1))) / math.sqrt(self.units), axis=-1)
        return inputs + self.proj(ops.reshape(ops.matmul(scores, v), shape))


class TimeEmbedding(layers.Layer):
    def __init__(self, width):
        super().__init__()
        half = width // 2
        self.speeds = ops.exp(ops.arange(half, dtype="float32") * -(math.log(10000) / (half - 1)))

    def call(self, time):
        angles = ops.cast(time, "float32")[:, None] * self.speeds[None, :]
        return ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=-1)


def residual_block(x, time, width):
    residual = x if x.shape[3] == width else conv(x, width, 1)
    moved = layers.Dense(width, kernel_initializer=kernel_init())(layers.Activation("swish")(time))
    x = conv(normal_swish(x), width)
    x = layers.Add()([x, moved[:, None, None, :]])
    x = conv(normal_swish(x), width, scale=0.0)
    return layers.Add()([x, residual])


def build(size=64, width=32):
    widths, attends = [width, 2 * width, 4 * width, 8 * width], [False, False, True, True]
    picture = keras.Input((size, size, 3), name="picture")
    time = keras.Input((), dtype="int32", name="time")
    when = TimeEmbedding(4 * width)(time)
    when = layers.Dense(4 * width, activation="swish", kernel_initializer=kernel_init())(when)
    when = layers.Dense(4 * width, kernel_initializer=kernel_init())(when)

    x = conv(picture, width)
    skips = [x]
    for level in range(4):
        for _ in range(2):
            x = residual_block(x, when, widths[level])
            if attends[level]:
                x = AttentionBlock(widths[level])(x)
            skips.append(x)
        if level < 3:
            x = conv(x, widths[level], strides=2)
            skips.append(x)
    x = residual_block(x, when, widths[-1])
    x = AttentionBlock(widths[-1])(x)
    x = residual_block(x, when, widths[-1])
    for level in reversed(range(4)):
        for _ in range(3):
            x = layers.Concatenate()([x, skips.pop()])
            x = residual_block(x, when, widths[level])
            if attends[level]:
                x = AttentionBlock(widths[level])(x)
        if level > 0:
            x = conv(layers.UpSampling2D(2)(x), widths[level])
    noise = layers.Identity(name="noise")(conv(normal_swish(x), 3, scale=0.0))
    model = keras.Model([picture, time], noise, name="diffusion")
    model.compile(optimizer=keras.optimizers.Adam(2e-4), loss="mse")
    return model


def fit(model, x, y):
    return model.fit(x, y, batch_size=32)
