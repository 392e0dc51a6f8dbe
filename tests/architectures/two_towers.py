"""https://www.tensorflow.org/recommenders/examples/deep_recommenders, its towers, with the cosine as the score."""

import keras
from keras import layers


def tower(number, values, width):
    x = layers.Embedding(values, width)(number)
    x = layers.Dense(64, activation="relu")(x)
    return layers.Dense(width)(x)


def build(users=5000, items=20000, width=32):
    user = keras.Input((), dtype="int32", name="user")
    item = keras.Input((), dtype="int32", name="item")
    loss_or_metric = layers.Dot(-1, normalize=True, name="score")(
        [tower(user, users, width), tower(item, items, width)]
    )
    model = keras.Model([user, item], loss_or_metric, name="two_towers")
    model.compile(optimizer=keras.optimizers.Adagrad(0.1), loss="mse")
    return model
