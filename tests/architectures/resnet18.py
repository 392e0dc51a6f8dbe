"""He et al. (2015), https://arxiv.org/abs/1512.03385: table 1, with option B; its training is that of section 3.4."""

import keras
from keras import layers


def conv(x, filters, size, strides=1, active=True):
    x = layers.Conv2D(filters, size, strides, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation("relu")(x) if active else x


def residual(x, filters, strides=1):
    y = conv(x, filters, 3, strides)
    shortcut = x if strides == 1 else conv(x, filters, 1, strides, active=False)
    y = conv(y, filters, 3, active=False)
    return layers.Activation("relu")(layers.add([shortcut, y]))


def build():
    image = keras.Input((224, 224, 3), name="image")
    x = conv(image, 64, 7, 2)
    x = layers.MaxPooling2D(3, 2, padding="same")(x)
    for filters, strides in ((64, 1), (128, 2), (256, 2), (512, 2)):
        x = residual(residual(x, filters, strides), filters)
    x = layers.GlobalAveragePooling2D()(x)
    classes = layers.Dense(1000, activation="softmax", name="classes")(x)
    model = keras.Model(image, classes, name="resnet18")
    model.compile(
        optimizer=keras.optimizers.SGD(0.1, momentum=0.9, weight_decay=1e-4),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def fit(model, x, y):
    return model.fit(x, y, batch_size=256)
