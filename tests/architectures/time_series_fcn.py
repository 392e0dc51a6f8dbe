"""Wang et al. (2017), https://arxiv.org/abs/1611.06455, figure 1b; trained as in the authors' code."""

import keras
from keras import layers


def build(classes=2):
    series = keras.Input((None, 1), name="series")
    x = series
    for filters, kernel in ((128, 8), (256, 5), (128, 3)):
        x = layers.Conv1D(filters, kernel, padding="same", use_bias=False)(x)
        x = layers.Activation("relu")(layers.BatchNormalization()(x))
    x = layers.GlobalAveragePooling1D()(x)
    output = layers.Dense(classes, activation="softmax", name="class")(x)
    model = keras.Model(series, output, name="time_series_fcn")
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def fit(model, x, y):
    slower = keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.5, patience=50, min_lr=1e-4)
    return model.fit(x, y, epochs=2000, batch_size=16, callbacks=[slower])
