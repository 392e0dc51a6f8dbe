"""https://keras.io/examples/generative/cyclegan/, the losses of its generators as those of one model."""

import keras
from keras import layers, ops


def initializer():
    return keras.initializers.RandomNormal(mean=0.0, stddev=0.02)


class ReflectionPadding2D(layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.width = width

    def call(self, x):
        around = [self.width, self.width]
        return ops.pad(x, [[0, 0], around, around, [0, 0]], mode="reflect")


class InstanceNormalization(layers.Layer):
    """As TensorFlow Addons has it: each channel of each picture by itself."""

    def build(self, shape):
        self.gamma = self.add_weight(shape=shape[-1:], initializer=initializer(), name="gamma")
        self.beta = self.add_weight(shape=shape[-1:], initializer="zeros", name="beta")

    def call(self, x):
        mean, variance = ops.moments(x, axes=[1, 2], keepdims=True)
        return self.gamma * (x - mean) / ops.sqrt(variance + 1e-3) + self.beta


def conv(x, filters, kernel, **options):
    return layers.Conv2D(filters, kernel, use_bias=False, kernel_initializer=initializer(), **options)(x)


def normal(x, activation):
    return activation(InstanceNormalization()(x))


def residual_block(x):
    y = conv(ReflectionPadding2D(1)(x), x.shape[-1], 3)
    y = normal(y, layers.ReLU())
    y = conv(ReflectionPadding2D(1)(y), x.shape[-1], 3)
    return layers.add([x, InstanceNormalization()(y)])


def generator(size, filters, residuals, name):
    image = keras.Input((size, size, 3))
    x = conv(ReflectionPadding2D(3)(image), filters, 7)
    x = normal(x, layers.ReLU())
    for _ in range(2):
        filters *= 2
        x = normal(conv(x, filters, 3, strides=2, padding="same"), layers.ReLU())
    for _ in range(residuals):
        x = residual_block(x)
    for _ in range(2):
        filters //= 2
        x = layers.Conv2DTranspose(
            filters, 3, strides=2, padding="same", use_bias=False, kernel_initializer=initializer()
        )(x)
        x = normal(x, layers.ReLU())
    x = layers.Conv2D(3, 7)(ReflectionPadding2D(3)(x))
    return keras.Model(image, layers.Activation("tanh")(x), name=name)


def discriminator(size, filters, name):
    image = keras.Input((size, size, 3))
    x = layers.Conv2D(filters, 4, strides=2, padding="same", kernel_initializer=initializer())(image)
    x = layers.LeakyReLU(negative_slope=0.2)(x)
    for strides in (2, 2, 1):
        filters *= 2
        x = normal(conv(x, filters, 4, strides=strides, padding="same"), layers.LeakyReLU(negative_slope=0.2))
    x = layers.Conv2D(1, 4, padding="same", kernel_initializer=initializer())(x)
    return keras.Model(image, x, name=name)


def build(size=256, filters=64, residuals=9):
    return build_all(size, filters, residuals)[0]


def build_all(size=256, filters=64, residuals=9):
    def named(x, name):
        return layers.Identity(name=name)(x)

    def adam():
        return keras.optimizers.Adam(2e-4, beta_1=0.5)

    painter_z, painter_h = (generator(size, filters, residuals, f"painter_of_{of}") for of in ("zebras", "horses"))
    critic_z, critic_h = (discriminator(size, filters, f"critic_of_{of}") for of in ("zebras", "horses"))
    horses, zebras = (keras.Input((size, size, 3), name=name) for name in ("horses", "zebras"))
    drawn_z, drawn_h = painter_z(horses), painter_h(zebras)
    outputs = [
        named(critic_h(drawn_h), "judged_horses"),
        named(critic_z(drawn_z), "judged_zebras"),
        named(painter_h(drawn_z), "again_horses"),
        named(painter_z(drawn_h), "again_zebras"),
        named(painter_h(horses), "same_horses"),
        named(painter_z(zebras), "same_zebras"),
    ]
    model = keras.Model([horses, zebras], outputs, name="cycle_gan")
    losses = ["mse", "mse", "mae", "mae", "mae", "mae"]
    model.compile(optimizer=adam(), loss=losses, loss_weights=[1, 1, 10, 10, 5, 5])

    parts = [
        keras.Model(horses, named(drawn_z, "drawn_zebras"), name="zebras_of_horses"),
        keras.Model(zebras, named(drawn_h, "drawn_horses"), name="horses_of_zebras"),
    ]
    for name, critic, animals in (("horse", critic_h, horses), ("zebra", critic_z, zebras)):
        part = keras.Model(animals, named(critic(animals), f"real_{name}s"), name=f"{name}_critic")
        part.compile(optimizer=adam(), loss="mse")
        parts.append(part)
    return model, *parts
