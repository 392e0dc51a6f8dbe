"""Ma et al. (2018), https://doi.org/10.1145/3219819.3220007, equations 6 to 8."""

import keras
from keras import layers, ops


def task(x, pool, name):
    gate = layers.Dense(pool.shape[1], activation="softmax")(x)
    mixed = ops.sum(pool * ops.expand_dims(gate, -1), axis=1)
    tower = layers.Dense(8, activation="relu")(mixed)
    return layers.Dense(1, activation="sigmoid", name=name)(tower)


def build(experts=4, units=16, features=40):
    inputs = keras.Input((features,), name="features")
    pool = ops.stack([layers.Dense(units, activation="relu")(inputs) for _ in range(experts)], axis=1)
    outputs = [task(inputs, pool, name) for name in ("income", "marital")]
    model = keras.Model(inputs, outputs, name="mixture_of_experts")
    model.compile(
        optimizer="adam",
        loss=["binary_crossentropy", "binary_crossentropy"],
        metrics=[[keras.metrics.AUC(name="AUC")], [keras.metrics.AUC(name="AUC")]],
    )
    return model
