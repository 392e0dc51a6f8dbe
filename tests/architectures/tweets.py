"""https://keras.io/getting-started/functional-api-guide, as it was for Keras 2."""

import keras
from keras import layers


def build():
    tweet_a = keras.Input((280, 256), name="tweet_a")
    tweet_b = keras.Input((280, 256), name="tweet_b")
    encoder = layers.LSTM(64)
    both = layers.concatenate([encoder(tweet_a), encoder(tweet_b)])
    same_author = layers.Dense(1, activation="sigmoid", name="same_author")(both)
    model = keras.Model([tweet_a, tweet_b], same_author, name="tweets")
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    return model


def fit(model, x, y):
    return model.fit(x, y, epochs=10)
