"""https://keras.io/examples/timeseries/timeseries_weather_forecasting/"""

import keras
from keras import layers


def build(steps=120, measurements=7):
    past = keras.Input((steps, measurements), name="past")
    x = layers.LSTM(32)(past)
    temperature = layers.Dense(1, name="temperature")(x)
    model = keras.Model(past, temperature, name="weather")
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
    return model


def fit(model, x, y):
    return model.fit(x, y, epochs=10, batch_size=256, callbacks=[keras.callbacks.EarlyStopping(patience=5)])
