"""https://keras.io/getting-started/functional-api-guide, as it was for Keras 2."""

import keras
from keras import layers


def build(vocabulary=10000, units=64):
    main_input = keras.Input((100,), dtype="int32", name="main_input")
    aux_input = keras.Input((5,), name="aux_input")
    x = layers.Embedding(vocabulary, 512)(main_input)
    lstm = layers.LSTM(32)(x)
    aux_output = layers.Dense(1, activation="sigmoid", name="aux_output")(lstm)
    x = layers.concatenate([lstm, aux_input])
    for _ in range(3):
        x = layers.Dense(units, activation="relu")(x)
    main_output = layers.Dense(1, activation="sigmoid", name="main_output")(x)
    model = keras.Model([main_input, aux_input], [main_output, aux_output], name="news")
    model.compile(
        optimizer="rmsprop",
        loss=["binary_crossentropy", "binary_crossentropy"],
        loss_weights=[1.0, 0.2],
        metrics=[["accuracy"], []],
    )
    return model


def fit(model, x, y):
    return model.fit(x, y, epochs=50, batch_size=32)
