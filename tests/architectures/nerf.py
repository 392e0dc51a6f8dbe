"""https://keras.io/examples/vision/nerf/, its encoding of places and its model, up to the rendering of rays."""

import keras
from keras import layers, ops


def encode_position(x, octaves):
    positions = [x]
    for i in range(octaves):
        for wave in (ops.sin, ops.cos):
            positions.append(wave(2.0**i * x))
    return ops.concatenate(positions, axis=-1)


def build(points=1024, octaves=16, units=64, depth=8):
    place = keras.Input((points, 3), name="place")
    encoded = encode_position(place, octaves)
    x = encoded
    for i in range(depth):
        x = layers.Dense(units, activation="relu")(x)
        if i % 4 == 0 and i > 0:
            x = layers.concatenate([x, encoded], axis=-1)
    model = keras.Model(place, layers.Dense(4, name="colour")(x), name="nerf")
    model.compile(optimizer="adam", loss="mse")
    return model
