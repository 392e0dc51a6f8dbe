"""Vaswani et al. (2017), https://arxiv.org/abs/1706.03762, figure 1, with masks made by hand."""

import keras
from keras import layers, ops


class Masked(layers.Layer):
    """Tells the losses and metrics which words are padding."""

    supports_masking = True

    def call(self, inputs):
        return ops.copy(inputs[0])

    def compute_mask(self, inputs, previous_mask):
        return inputs[1]


class Waves(layers.Layer):
    """Scales words, and adds the sines and cosines of section 3.5."""

    def call(self, x, known):
        _, steps, width = ops.shape(x)
        angles = ops.arange(steps, dtype="float32")[:, None] / 10000 ** (
            ops.arange(0, width, 2, dtype="float32") / width
        )
        waves = ops.reshape(ops.stack([ops.sin(angles), ops.cos(angles)], axis=-1), (1, steps, width))
        return x * width**0.5 + waves * ops.cast(known, "float32")[:, :, None]


def embed(tokens, known, words, width):
    return Waves()(layers.Embedding(words, width)(tokens), known)


def attend(x, memory, heads, mask, causal=False):
    attention = layers.MultiHeadAttention(heads, x.shape[-1] // heads)
    y = attention(x, memory, attention_mask=mask, use_causal_mask=causal)
    return layers.LayerNormalization(epsilon=1e-6)(x + layers.Dropout(0.1)(y))


def forward(x, hidden):
    y = layers.Dense(x.shape[-1])(layers.Dense(hidden, activation="relu")(x))
    return layers.LayerNormalization(epsilon=1e-6)(x + layers.Dropout(0.1)(y))


def build(source_words=15000, target_words=15000, width=256, heads=8, hidden=1024, depth=2):
    source = keras.Input((None,), dtype="int32", name="source")
    target = keras.Input((None,), dtype="int32", name="target")
    seen, said = (ops.not_equal(tokens, 0) for tokens in (source, target))
    seen_by_seen, said_by_said, seen_by_said = (
        ops.logical_and(by[:, :, None], of[:, None, :]) for of, by in ((seen, seen), (said, said), (seen, said))
    )
    memory = embed(source, seen, source_words, width)
    x = embed(target, said, target_words, width)
    for _ in range(depth):
        memory = forward(attend(memory, memory, heads, seen_by_seen), hidden)
    for _ in range(depth):
        x = attend(x, x, heads, said_by_said, causal=True)
        x = forward(attend(x, memory, heads, seen_by_said), hidden)
    next_word = Masked(name="next_word")([layers.Dense(target_words, activation="softmax")(x), said])
    model = keras.Model([source, target], next_word, name="translation")
    model.compile(
        optimizer=keras.optimizers.Adam(1e-4, beta_2=0.98, epsilon=1e-9),
        loss="sparse_categorical_crossentropy",
        weighted_metrics=["accuracy"],
    )
    return model
