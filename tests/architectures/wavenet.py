"""van den Oord et al. (2016), https://arxiv.org/abs/1609.03499, figure 4."""

import keras
from keras import layers, ops


def build(levels=256, channels=64, skip_channels=128, cycles=3):
    audio = keras.Input((None,), dtype="int32", name="audio")
    x = layers.Conv1D(channels, 2, padding="causal")(ops.one_hot(audio, levels))
    skips = None
    for _ in range(cycles):
        for step in range(10):
            options = {"kernel_size": 2, "dilation_rate": 2**step, "padding": "causal"}
            filtered = layers.Conv1D(channels, activation="tanh", **options)(x)
            gate = layers.Conv1D(channels, activation="sigmoid", **options)(x)
            gated = layers.multiply([filtered, gate])
            skip = layers.Conv1D(skip_channels, 1)(gated)
            skips = skip if skips is None else layers.add([skips, skip])
            x = layers.add([x, layers.Conv1D(channels, 1)(gated)])
    y = layers.Activation("relu")(skips)
    y = layers.Conv1D(levels, 1, activation="relu")(y)
    output = layers.Conv1D(levels, 1, activation="softmax", name="next")(y)
    model = keras.Model(audio, output, name="wavenet")
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
