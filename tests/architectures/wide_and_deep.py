"""Cheng et al. (2016), https://arxiv.org/abs/1606.07792, figure 4."""

import keras
from keras import layers


def build(values=5000, numbers=5):
    features = ("installed_app", "shown_app", "device", "country")
    categories = [keras.Input((), dtype="int32", name=feature) for feature in features]
    numeric = keras.Input((numbers,), name="numbers")
    crossed = layers.HashedCrossing(10000)(categories[:2])
    wide = layers.Embedding(10000, 1)(crossed)
    vectors = [layers.Embedding(values, 32)(category) for category in categories]
    deep = layers.concatenate([*vectors, numeric])
    for units in (1024, 512, 256):
        deep = layers.Dense(units, activation="relu")(deep)
    deep = layers.Dense(1)(deep)
    install = layers.Activation("sigmoid", name="install")(layers.add([wide, deep]))
    model = keras.Model([*categories, numeric], install, name="wide_and_deep")
    model.compile(
        optimizer=keras.optimizers.Adagrad(0.01), loss="binary_crossentropy", metrics=[keras.metrics.AUC(name="AUC")]
    )
    return model
