"""He et al. (2017), https://github.com/hexiangnan/neural_collaborative_filtering/blob/master/NeuMF.py"""

import keras
from keras import layers


def build(users=6040, items=3706):
    user = keras.Input((), dtype="int32", name="user")
    item = keras.Input((), dtype="int32", name="item")
    factored = layers.multiply([layers.Embedding(users, 8)(user), layers.Embedding(items, 8)(item)])
    x = layers.concatenate([layers.Embedding(users, 32)(user), layers.Embedding(items, 32)(item)])
    for units in (32, 16, 8):
        x = layers.Dense(units, activation="relu")(x)
    both = layers.concatenate([factored, x])
    like = layers.Dense(1, activation="sigmoid", kernel_initializer="lecun_uniform", name="like")(both)
    model = keras.Model([user, item], like, name="neural_collaborative_filtering")
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy", metrics=[keras.metrics.AUC(name="AUC")]
    )
    return model


def fit(model, x, y):
    return model.fit(x, y, epochs=20, batch_size=256)
