"""Qi et al. (2017), https://github.com/charlesq34/pointnet/blob/master/models/pointnet_cls_basic.py"""

import keras
from keras import layers


def convolution(x, filters):
    x = layers.Conv2D(filters, 1, use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.ReLU()(x)


def build(points=1024, classes=40):
    inputs = keras.Input((points, 1, 3), name="points")
    x = inputs
    for filters in (64, 64, 64, 128, 1024):
        x = convolution(x, filters)
    x = layers.GlobalMaxPooling2D(keepdims=True)(x)
    for filters in (512, 256):
        x = convolution(x, filters)
    x = layers.Dropout(0.3)(x)
    x = layers.Flatten()(x)
    outputs = layers.Dense(classes, activation="softmax", name="class")(x)
    model = keras.Model(inputs, outputs, name="point_net")
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def fit(model, x, y):
    return model.fit(x, y, epochs=250, batch_size=32)
