"""Oreshkin et al. (2019), https://github.com/philipperemy/n-beats, with one variable and no others beside it."""

import keras
import numpy as np
from keras import layers, ops


def trend(thetas, times):
    rows = np.stack([times**power for power in range(thetas.shape[-1])])
    return ops.matmul(thetas, rows.astype("float32"))


def seasonality(thetas, times):
    half = thetas.shape[-1] // 2
    cos = [np.cos(2 * np.pi * i * times) for i in range(half)]
    sin = [np.sin(2 * np.pi * i * times) for i in range(half)]
    return ops.matmul(thetas, np.stack(cos + sin).astype("float32"))


def block(x, kind, units, past, future, degrees):
    times = np.arange(-past, future) / future
    for _ in range(4):
        x = layers.Dense(units, activation="relu")(x)
    if kind == "trend":
        theta = layers.Dense(degrees, use_bias=False)(x)
        return trend(theta, times[:past]), trend(theta, times[past:])
    theta_b = layers.Dense(future, use_bias=False)(x)
    theta_f = layers.Dense(future, use_bias=False)(x)
    return seasonality(theta_b, times[:past]), seasonality(theta_f, times[past:])


def build(past=20, future=8, blocks=3, units=256, degrees=4):
    return build_all(past, future, blocks, units, degrees)[0]


def build_all(past=20, future=8, blocks=3, units=256, degrees=4):
    series = keras.Input((past, 1), name="series")
    x, y = series[..., 0], None
    for kind in ("trend", "season"):
        for _ in range(blocks):
            backcast, forecast = block(x, kind, units, past, future, degrees)
            x = layers.Subtract()([x, backcast])
            y = forecast if y is None else layers.Add()([y, forecast])
    forecast = layers.Reshape((future, 1), name="forecast")(y)
    model = keras.Model(series, forecast, name="nbeats")
    model.compile(optimizer=keras.optimizers.Adam(1e-5), loss="mae")
    return model, keras.Model(series, layers.Reshape((past, 1), name="rest")(x), name="backcast")
