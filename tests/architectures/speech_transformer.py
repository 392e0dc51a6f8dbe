"""Dong et al. (2018), 10.1109/ICASSP.2018.8462506: the encoder, with two convolutions in time before it, and CTC."""

import keras
from keras import layers, ops


class Waves(layers.Layer):
    """Adds the sines and cosines of Vaswani et al. (2017), section 3.5."""

    def call(self, x):
        _, steps, width = ops.shape(x)
        angles = ops.arange(steps, dtype="float32")[:, None] / 10000 ** (
            ops.arange(0, width, 2, dtype="float32") / width
        )
        return x + ops.reshape(ops.stack([ops.sin(angles), ops.cos(angles)], axis=-1), (1, steps, width))


def norm(x):
    return layers.LayerNormalization(epsilon=1e-6)(x)


def build(width=256, heads=4, depth=6, letters=29):
    spectrogram = keras.Input((None, 80), name="spectrogram")
    x = spectrogram
    for _ in range(2):
        x = layers.Conv1D(width, 3, strides=2, padding="same", use_bias=False)(x)
        x = layers.Activation("relu")(layers.BatchNormalization()(x))
    x = Waves()(x)
    for _ in range(depth):
        y = layers.MultiHeadAttention(heads, width // heads)(x, x)
        x = norm(layers.add([x, layers.Dropout(0.1)(y)]))
        y = layers.Dense(width)(layers.Dense(4 * width, activation="relu")(x))
        x = norm(layers.add([x, layers.Dropout(0.1)(y)]))
    output = layers.Dense(letters, name="letters")(x)
    model = keras.Model(spectrogram, output, name="speech_transformer")
    model.compile(optimizer=keras.optimizers.Adam(1e-4, beta_2=0.98, epsilon=1e-9), loss="ctc")
    return model
