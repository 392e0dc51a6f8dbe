"""Hu et al. (2017), https://arxiv.org/abs/1709.01507: figure 3 and table 1; its training is that of section 5.1."""

import keras
from keras import layers


def conv(x, filters, size, strides=1, active=True):
    x = layers.Conv2D(filters, size, strides, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation("relu")(x) if active else x


def excite(x, reduction):
    width = x.shape[-1]
    scale = layers.GlobalAveragePooling2D(keepdims=True)(x)
    scale = layers.Conv2D(width // reduction, 1, activation="relu")(scale)
    scale = layers.Conv2D(width, 1, activation="sigmoid")(scale)
    return layers.multiply([x, scale])


def bottleneck(x, filters, strides, project, reduction):
    shortcut = conv(x, 4 * filters, 1, strides, active=False) if project else x
    y = conv(x, filters, 1, strides)
    y = conv(y, filters, 3)
    y = conv(y, 4 * filters, 1, active=False)
    return layers.Activation("relu")(layers.add([shortcut, excite(y, reduction)]))


def build(reduction=16):
    image = keras.Input((224, 224, 3), name="image")
    x = conv(image, 64, 7, 2)
    x = layers.MaxPooling2D(3, 2, padding="same")(x)
    for filters, blocks in ((64, 3), (128, 4), (256, 6), (512, 3)):
        for i in range(blocks):
            x = bottleneck(x, filters, 2 if i == 0 and filters > 64 else 1, i == 0, reduction)
    x = layers.GlobalAveragePooling2D()(x)
    classes = layers.Dense(1000, activation="softmax", name="classes")(x)
    model = keras.Model(image, classes, name="se_resnet")
    model.compile(
        optimizer=keras.optimizers.SGD(0.6, momentum=0.9), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model


def fit(model, x, y):
    return model.fit(x, y, batch_size=1024)
