"""https://blog.keras.io/a-ten-minute-introduction-to-sequence-to-sequence-learning-in-keras.html"""

import keras
from keras import layers


def build(source_letters=71, target_letters=93, units=256):
    source = keras.Input((None, source_letters), name="source")
    target = keras.Input((None, target_letters), name="target")
    _, state_h, state_c = layers.LSTM(units, return_state=True)(source)
    x = layers.LSTM(units, return_sequences=True)(target, initial_state=[state_h, state_c])
    letters = layers.Dense(target_letters, activation="softmax", name="letters")(x)
    model = keras.Model([source, target], letters, name="seq2seq")
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def fit(model, x, y):
    return model.fit(x, y, epochs=100, batch_size=64, validation_split=0.2)
