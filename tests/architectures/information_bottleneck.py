"""Alemi et al. (2017), https://arxiv.org/abs/1612.00410, section 4.1."""

import keras
from keras import layers, ops


class Price(layers.Layer):
    """Adds to the loss what a code costs."""

    def __init__(self, price):
        super().__init__()
        self.price = price

    def call(self, code, mean, log_variance):
        nats = -0.5 * ops.sum(1 + log_variance - mean**2 - ops.exp(log_variance), axis=-1)
        self.add_loss(self.price * ops.mean(nats))
        return code


def build(width=256, price=1e-3):
    image = keras.Input((784,), name="image")
    x = image
    for _ in range(2):
        x = layers.Dense(1024, activation="relu")(x)
    mean, log_variance = layers.Dense(width)(x), layers.Dense(width)(x)
    noise = layers.GaussianNoise(1.0)(ops.zeros_like(mean), training=True)
    code = Price(price)(mean + ops.exp(0.5 * log_variance) * noise, mean, log_variance)
    digit = layers.Dense(10, activation="softmax", name="digit")(code)
    model = keras.Model(image, digit, name="information_bottleneck")
    rate = keras.optimizers.schedules.ExponentialDecay(1e-4, 1200, 0.97, staircase=True)
    model.compile(
        optimizer=keras.optimizers.Adam(rate, beta_1=0.5),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def fit(model, x, y):
    return model.fit(x, y, epochs=200, batch_size=100)
