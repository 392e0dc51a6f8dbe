"""Huang et al. (2015), https://arxiv.org/abs/1508.01991, section 2.3."""

import keras
from keras import layers


def build(words=20000, tags=9):
    sentence = keras.Input((None,), dtype="int32", name="sentence")
    x = layers.Embedding(words, 100, mask_zero=True)(sentence)
    x = layers.Dropout(0.5)(x)
    x = layers.Bidirectional(layers.LSTM(100, return_sequences=True))(x)
    tag = layers.Dense(tags, activation="softmax", name="tag")(x)
    model = keras.Model(sentence, tag, name="masked_bilstm")
    model.compile(
        optimizer=keras.optimizers.Adam(clipnorm=5.0), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model


def fit(model, x, y):
    return model.fit(x, y, epochs=20, batch_size=32)
