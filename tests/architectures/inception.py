"""Szegedy et al. (2014), https://arxiv.org/abs/1409.4842, table 1; the auxiliary classifiers are those of section 5."""

import keras
from keras import layers


def conv(x, filters, size, strides=1):
    return layers.Conv2D(filters, size, strides, padding="same", activation="relu")(x)


def pool(x, strides=2):
    return layers.MaxPooling2D(3, strides, padding="same")(x)


def module(x, conv_1, reduce_3, conv_3, reduce_5, conv_5, projected):
    ones = conv(x, conv_1, 1)
    threes = conv(conv(x, reduce_3, 1), conv_3, 3)
    fives = conv(conv(x, reduce_5, 1), conv_5, 5)
    return layers.concatenate([ones, threes, fives, conv(pool(x, 1), projected, 1)])


def auxiliary(x, name):
    x = conv(layers.AveragePooling2D(5, 3)(x), 128, 1)
    x = layers.Dense(1024, activation="relu")(layers.Flatten()(x))
    x = layers.Dense(1000, activation="softmax")(layers.Dropout(0.7)(x))
    return layers.Identity(name=name)(x)


def build():
    image = keras.Input((224, 224, 3), name="image")
    x = pool(conv(image, 64, 7, 2))
    x = pool(conv(conv(x, 64, 1), 192, 3))
    x = module(x, 64, 96, 128, 16, 32, 32)
    x = pool(module(x, 128, 128, 192, 32, 96, 64))
    x = after_4a = module(x, 192, 96, 208, 16, 48, 64)
    x = module(x, 160, 112, 224, 24, 64, 64)
    x = module(x, 128, 128, 256, 24, 64, 64)
    x = after_4d = module(x, 112, 144, 288, 32, 64, 64)
    x = pool(module(x, 256, 160, 320, 32, 128, 128))
    x = module(x, 256, 160, 320, 32, 128, 128)
    x = module(x, 384, 192, 384, 48, 128, 128)
    x = layers.Dropout(0.4)(layers.GlobalAveragePooling2D()(x))
    classes = layers.Dense(1000, activation="softmax", name="classes")(x)
    outputs = [classes, auxiliary(after_4a, "auxiliary_1"), auxiliary(after_4d, "auxiliary_2")]
    model = keras.Model(image, outputs, name="inception")
    model.compile(
        optimizer=keras.optimizers.SGD(0.01, momentum=0.9),
        loss=["sparse_categorical_crossentropy"] * 3,
        loss_weights=[1.0, 0.3, 0.3],
        metrics=[["accuracy"], [], []],
    )
    return model
