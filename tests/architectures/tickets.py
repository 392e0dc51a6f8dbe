"""https://keras.io/guides/functional_api/"""

import keras
from keras import layers


def build(tags=12, words=10000, departments=4):
    title = keras.Input((None,), dtype="int32", name="title")
    body = keras.Input((None,), dtype="int32", name="body")
    tag = keras.Input((tags,), name="tags")
    title_words = layers.Embedding(words, 64)(title)
    body_words = layers.Embedding(words, 64)(body)
    title_read = layers.LSTM(128)(title_words)
    body_read = layers.LSTM(32)(body_words)
    x = layers.concatenate([title_read, body_read, tag])
    priority = layers.Dense(1, name="priority")(x)
    department = layers.Dense(departments, name="department")(x)
    model = keras.Model([title, body, tag], [priority, department], name="tickets")
    model.compile(
        optimizer=keras.optimizers.RMSprop(1e-3),
        loss=[
            keras.losses.BinaryCrossentropy(from_logits=True),
            keras.losses.CategoricalCrossentropy(from_logits=True),
        ],
        loss_weights=[1.0, 0.2],
    )
    return model


def fit(model, x, y):
    return model.fit(x, y, epochs=2, batch_size=32)
