"""Tolstikhin et al. (2021), https://arxiv.org/abs/2105.01601, appendix E and table 1."""

import keras
from keras import layers


def mlp(x, hidden):
    y = layers.Dense(hidden, activation="gelu")(x)
    return layers.Dense(x.shape[-1])(y)


def mixer(x, over_tokens, over_channels):
    y = layers.LayerNormalization(epsilon=1e-6)(x)
    y = layers.Permute((2, 1))(y)
    y = mlp(y, over_tokens)
    y = layers.Permute((2, 1))(y)
    x = layers.add([x, y])
    y = layers.LayerNormalization(epsilon=1e-6)(x)
    y = mlp(y, over_channels)
    return layers.add([x, y])


def build(size=224, patch=16, width=512, depth=8, over_tokens=256, over_channels=2048):
    image = keras.Input((size, size, 3), name="image")
    x = layers.Conv2D(width, patch, strides=patch)(image)
    x = layers.Reshape((-1, width))(x)
    for _ in range(depth):
        x = mixer(x, over_tokens, over_channels)
    x = layers.LayerNormalization(epsilon=1e-6)(x)
    x = layers.GlobalAveragePooling1D()(x)
    classes = layers.Dense(1000, name="classes")(x)
    model = keras.Model(image, classes, name="mlp_mixer")
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model
