"""https://blog.keras.io/a-ten-minute-introduction-to-sequence-to-sequence-learning-in-keras.html"""

import keras
from keras import layers


def named(tensor, name):
    return layers.Identity(name=name)(tensor)


def build(source_letters=71, target_letters=93, units=256):
    return build_all(source_letters, target_letters, units)[0]


def build_all(source_letters=71, target_letters=93, units=256):
    source = keras.Input((None, source_letters), name="source")
    target = keras.Input((None, target_letters), name="target")
    _, state_h, state_c = layers.LSTM(units, return_state=True)(source)
    writer = layers.LSTM(units, return_sequences=True, return_state=True)
    speller = layers.Dense(target_letters, activation="softmax", name="letters")
    x, _, _ = writer(target, initial_state=[state_h, state_c])
    model = keras.Model([source, target], speller(x), name="seq2seq")
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])

    states = [named(state_h, "state_h"), named(state_c, "state_c")]
    encoder = keras.Model(source, states, name="encoder")
    input_h = keras.Input((units,), name="state_h")
    input_c = keras.Input((units,), name="state_c")
    x, next_h, next_c = writer(target, initial_state=[input_h, input_c])
    outputs = [named(speller(x), "letter"), named(next_h, "next_h"), named(next_c, "next_c")]
    decoder = keras.Model([target, input_h, input_c], outputs, name="decoder")
    return model, encoder, decoder


def fit(model, x, y):
    return model.fit(x, y, epochs=100, batch_size=64, validation_split=0.2)
