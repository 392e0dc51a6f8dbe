"""Sukhbaatar et al. (2015) as in the examples of Keras 2, babi_memnn.py, with class numbers as targets."""

import keras
from keras import layers


def encode(tokens, words, width, dropout):
    return layers.Dropout(dropout)(layers.Embedding(words, width)(tokens))


def build(words=22, story=68, question=4, width=64, dropout=0.3):
    text = keras.Input((story,), dtype="int32", name="story")
    query = keras.Input((question,), dtype="int32", name="question")
    memory = encode(text, words, width, dropout)
    reply = encode(text, words, question, dropout)
    asked = encode(query, words, width, dropout)
    match = layers.dot([memory, asked], axes=(2, 2))
    match = layers.Activation("softmax")(match)
    response = layers.add([match, reply])
    response = layers.Permute((2, 1))(response)
    x = layers.concatenate([response, asked])
    x = layers.LSTM(32)(x)
    x = layers.Dropout(dropout)(x)
    answer = layers.Dense(words, activation="softmax", name="answer")(x)
    model = keras.Model([text, query], answer, name="memory_network")
    model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def fit(model, x, y):
    return model.fit(x, y, epochs=120, batch_size=32)
