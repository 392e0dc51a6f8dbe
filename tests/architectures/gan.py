"""https://keras.io/examples/generative/conditional_gan/, without the conditions; the pair as two compiled models."""

import keras
from keras import layers


def build_critic():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(64, 3, strides=2, padding="same"),
            layers.Conv2D(128, 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.GlobalMaxPooling2D(),
            layers.Dense(1),
        ],
        name="critic",
    )


def build(noise=128):
    return build_all(noise)[0]


def build_all(noise=128):
    critic = build_critic()
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    code = keras.Input((noise,), name="noise")
    x = layers.Dense(7 * 7 * 128, activation="leaky_relu")(code)
    x = layers.Reshape((7, 7, 128))(x)
    x = layers.Conv2DTranspose(128, 4, strides=2, padding="same", activation="leaky_relu")(x)
    x = layers.Conv2DTranspose(128, 4, strides=2, padding="same", activation="leaky_relu")(x)
    drawn = layers.Conv2D(1, 7, padding="same", activation="sigmoid", name="drawn")(x)
    model = keras.Model(code, layers.Identity(name="fooled")(critic(drawn)), name="gan")
    model.compile(optimizer=keras.optimizers.Adam(3e-4), loss=loss)

    generator = keras.Model(code, drawn, name="generator")
    picture = keras.Input((28, 28, 1), name="picture")
    judge = keras.Model(picture, layers.Identity(name="judged")(critic(picture)), name="judge")
    judge.compile(optimizer=keras.optimizers.Adam(3e-4), loss=loss)
    return model, generator, judge
