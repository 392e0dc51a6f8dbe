"""https://keras.io/examples/generative/wgan_gp/, with the models that its training step trains."""

import keras
from keras import layers


def conv_block(x, filters, dropout=0.0):
    x = layers.Conv2D(filters, 5, strides=2, padding="same")(x)
    x = layers.LeakyReLU(negative_slope=0.2)(x)
    return layers.Dropout(dropout)(x) if dropout else x


def build_critic():
    image = keras.Input((28, 28, 1))
    x = layers.ZeroPadding2D(2)(image)
    x = conv_block(x, 64)
    x = conv_block(x, 128, dropout=0.3)
    x = conv_block(x, 256, dropout=0.3)
    x = conv_block(x, 512)
    x = layers.Dropout(0.2)(layers.Flatten()(x))
    return keras.Model(image, layers.Dense(1)(x), name="critic")


def upsample_block(x, filters, activation):
    x = layers.UpSampling2D(2)(x)
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return activation(x)


def build(noise=128):
    return build_all(noise)[0]


def build_all(noise=128):
    critic = build_critic()
    code = keras.Input((noise,), name="noise")
    x = layers.Dense(4 * 4 * 256, use_bias=False)(code)
    x = layers.BatchNormalization()(x)
    x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Reshape((4, 4, 256))(x)
    x = upsample_block(x, 128, layers.LeakyReLU(negative_slope=0.2))
    x = upsample_block(x, 64, layers.LeakyReLU(negative_slope=0.2))
    x = upsample_block(x, 1, layers.Activation("tanh"))
    drawn = layers.Cropping2D(2)(x)
    model = keras.Model(code, layers.Identity(name="fake_score")(critic(drawn)), name="wgan")

    generator = keras.Model(code, layers.Identity(name="drawn")(drawn), name="generator")
    image = keras.Input((28, 28, 1), name="image")
    return model, generator, keras.Model(image, layers.Identity(name="score")(critic(image)), name="critic")
