"""https://keras.io/examples/nlp/text_classification_with_transformer/."""

import keras
from keras import layers, ops


def transformer(x, heads, hidden=32, rate=0.1):
    width = x.shape[-1]
    y = layers.MultiHeadAttention(heads, width)(x, x)
    y = layers.Dropout(rate)(y)
    x = layers.LayerNormalization(epsilon=1e-6)(layers.add([x, y]))
    y = layers.Dense(hidden, activation="relu")(x)
    y = layers.Dense(width)(y)
    y = layers.Dropout(rate)(y)
    return layers.LayerNormalization(epsilon=1e-6)(layers.add([x, y]))


def build(words=20000, steps=200, width=32, heads=2, depth=1):
    text = keras.Input((steps,), dtype="int32", name="text")
    positions = ops.zeros_like(text) + ops.arange(steps)
    x = layers.add([layers.Embedding(words, width)(text), layers.Embedding(steps, width)(positions)])
    for _ in range(depth):
        x = transformer(x, heads)
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dropout(0.1)(x)
    x = layers.Dense(20, activation="relu")(x)
    x = layers.Dropout(0.1)(x)
    label = layers.Dense(2, activation="softmax", name="label")(x)
    model = keras.Model(text, label, name="transformer_classifier")
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def fit(model, x, y):
    return model.fit(x, y, epochs=2, batch_size=32)
