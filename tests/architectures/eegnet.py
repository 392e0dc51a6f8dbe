"""Lawhern et al. (2018), https://github.com/vlawhern/arl-eegmodels, with the channels last."""

import keras
from keras import layers
from keras.constraints import MaxNorm


def build(classes=4, electrodes=64, samples=128, dropout=0.5, kernel=64, filters=8, depth=2):
    eeg = keras.Input((electrodes, samples, 1), name="eeg")
    x = layers.Conv2D(filters, (1, kernel), padding="same", use_bias=False)(eeg)
    x = layers.BatchNormalization()(x)
    x = layers.DepthwiseConv2D(
        (electrodes, 1), use_bias=False, depth_multiplier=depth, depthwise_constraint=MaxNorm(1.0)
    )(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("elu")(x)
    x = layers.AveragePooling2D((1, 4))(x)
    x = layers.Dropout(dropout)(x)
    x = layers.SeparableConv2D(filters * depth, (1, 16), use_bias=False, padding="same")(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("elu")(x)
    x = layers.AveragePooling2D((1, 8))(x)
    x = layers.Dropout(dropout)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(classes, kernel_constraint=MaxNorm(0.25))(x)
    model = keras.Model(eeg, layers.Activation("softmax", name="class")(x), name="eegnet")
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model
