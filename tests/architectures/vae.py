"""https://keras.io/examples/generative/vae/, its training step as losses of one model."""

import keras
from keras import layers, ops


class Divergence(layers.Layer):
    """Adds to the loss how far a normal distribution is from the standard one."""

    def call(self, code, mean, log_variance):
        divergence = -0.5 * (1 + log_variance - ops.square(mean) - ops.exp(log_variance))
        self.add_loss(ops.mean(ops.sum(divergence, axis=1)))
        return code


def sampling(mean, log_variance):
    epsilon = layers.GaussianNoise(1.0)(ops.zeros_like(mean), training=True)
    return mean + ops.exp(0.5 * log_variance) * epsilon


def build(latent=2):
    return build_all(latent)[0]


def build_all(latent=2):
    image = keras.Input((28, 28, 1), name="image")
    x = layers.Conv2D(32, 3, activation="relu", strides=2, padding="same")(image)
    x = layers.Conv2D(64, 3, activation="relu", strides=2, padding="same")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(16, activation="relu")(x)
    mean = layers.Dense(latent, name="mean")(x)
    log_variance = layers.Dense(latent, name="log_variance")(x)
    code = Divergence(name="code")(sampling(mean, log_variance), mean, log_variance)
    encoder = keras.Model(image, [mean, log_variance, code], name="encoder")

    number = keras.Input((latent,), name="code")
    x = layers.Dense(7 * 7 * 64, activation="relu")(number)
    x = layers.Reshape((7, 7, 64))(x)
    x = layers.Conv2DTranspose(64, 3, activation="relu", strides=2, padding="same")(x)
    x = layers.Conv2DTranspose(32, 3, activation="relu", strides=2, padding="same")(x)
    digit = layers.Conv2DTranspose(1, 3, activation="sigmoid", padding="same", name="digit")(x)
    decoder = keras.Model(number, digit, name="decoder")

    model = keras.Model(image, layers.Identity(name="digit")(decoder(code)), name="vae")
    model.compile(optimizer="adam", loss="binary_crossentropy", loss_weights=[28 * 28])
    return model, encoder, decoder


def fit(model, x, y):
    return model.fit(x, y, epochs=30, batch_size=128)
