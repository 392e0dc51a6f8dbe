"""`std/transformer.yaml`, written by hand."""

from __future__ import annotations

from keras import layers, ops

from tests.std.against import TOKENS, Case


def feed_forward(x, width, hidden, activation="relu", dropout=0.1, norm_first=False, epsilon=1e-6):
    y = layers.LayerNormalization(epsilon=epsilon)(x) if norm_first else x
    y = layers.Dense(hidden, activation=activation)(y)
    y = layers.Dense(width)(y)
    if dropout:
        y = layers.Dropout(dropout)(y)
    y = layers.Add()([x, y])
    return y if norm_first else layers.LayerNormalization(epsilon=epsilon)(y)


def attention(x, memory, heads, key_dim, dropout, attention_dropout, norm_first, epsilon, causal):
    query = layers.LayerNormalization(epsilon=epsilon)(x) if norm_first else x
    attend = layers.MultiHeadAttention(heads, key_dim, dropout=attention_dropout)
    y = attend(query, query if memory is None else memory, use_causal_mask=causal)
    if dropout:
        y = layers.Dropout(dropout)(y)
    y = layers.Add()([x, y])
    return y if norm_first else layers.LayerNormalization(epsilon=epsilon)(y)


def transformer_encoder(
    x, heads, key_dim, hidden, activation="relu", dropout=0.1, attention_dropout=0.0, norm_first=False, epsilon=1e-6,
    causal=False,
):  # fmt: skip
    x = attention(x, None, heads, key_dim, dropout, attention_dropout, norm_first, epsilon, causal)
    return feed_forward(x, x.shape[-1], hidden, activation, dropout, norm_first, epsilon)


def transformer_decoder(
    x, memory, heads, key_dim, hidden, activation="relu", dropout=0.1, attention_dropout=0.0, norm_first=False,
    epsilon=1e-6, causal=True,
):  # fmt: skip
    x = attention(x, None, heads, key_dim, dropout, attention_dropout, norm_first, epsilon, causal)
    x = attention(x, memory, heads, key_dim, dropout, attention_dropout, norm_first, epsilon, False)
    return feed_forward(x, x.shape[-1], hidden, activation, dropout, norm_first, epsilon)


def token_and_position(tokens, vocabulary, length, width, mask_zero=False):
    words = layers.Embedding(vocabulary, width, mask_zero=mask_zero)(tokens)
    if not mask_zero:
        places = ops.broadcast_to(ops.arange(tokens.shape[1]), (1, tokens.shape[1]))
        return words + layers.Embedding(length, width)(ops.zeros_like(tokens) + places)
    places = ops.where(ops.equal(tokens, 0), 0, ops.arange(1, tokens.shape[1] + 1))
    return layers.Add()([words, layers.Embedding(length + 1, width, mask_zero=True)(places)])


def learned_positions(x, length, width):
    places = ops.zeros_like(x[:, :, 0], dtype="int32") + ops.arange(x.shape[1])
    return x + layers.Embedding(length, width)(places)


SEQUENCE = (6, 8)
MEMORY = (5, 8)
WIDE = {"width": 8, "heads": 2}
MORE = {"key_dim": 3, "hidden": 5, "activation": "gelu", "dropout": 0.25, "attention_dropout": 0.5, "epsilon": 0.1}
HAND = {**MORE, "heads": 2}

CASES = [
    Case("transformer_encoder", WIDE, [SEQUENCE], lambda x: transformer_encoder(x, 2, 4, 32), title="post-norm"),
    Case(
        "transformer_encoder",
        {**WIDE, "norm_first": True, "dropout": 0},
        [SEQUENCE],
        lambda x: transformer_encoder(x, 2, 4, 32, norm_first=True, dropout=0),
        title="pre-norm",
    ),
    *(
        Case(
            "transformer_encoder",
            {**WIDE, **MORE, "causal": True, "norm_first": norm_first},
            [SEQUENCE],
            lambda x, norm_first=norm_first: transformer_encoder(x, **HAND, causal=True, norm_first=norm_first),
            title=f"every param, norm_first: {norm_first}",
        )
        for norm_first in (False, True)
    ),
    Case(
        "transformer_decoder",
        WIDE,
        [SEQUENCE, MEMORY],
        lambda x, memory: transformer_decoder(x, memory, 2, 4, 32),
        title="post-norm",
    ),
    Case(
        "transformer_decoder",
        {**WIDE, "norm_first": True, "dropout": 0},
        [SEQUENCE, MEMORY],
        lambda x, memory: transformer_decoder(x, memory, 2, 4, 32, norm_first=True, dropout=0),
        title="pre-norm",
    ),
    Case(
        "transformer_decoder",
        {**WIDE, "repeat": 2},
        [SEQUENCE, MEMORY],
        lambda x, memory: transformer_decoder(transformer_decoder(x, memory, 2, 4, 32), memory, 2, 4, 32),
        title="two in a row",
    ),
    *(
        Case(
            "transformer_decoder",
            {**WIDE, **MORE, "causal": False, "norm_first": norm_first},
            [SEQUENCE, MEMORY],
            lambda x, y, norm_first=norm_first: transformer_decoder(x, y, **HAND, causal=False, norm_first=norm_first),
            title=f"every param, norm_first: {norm_first}",
        )
        for norm_first in (False, True)
    ),
    Case("feed_forward", {"width": 8}, [SEQUENCE], lambda x: feed_forward(x, 8, 32)),
    Case(
        "feed_forward",
        {"width": 8, "hidden": 5, "activation": "gelu", "dropout": 0.0, "norm_first": True, "epsilon": 0.1},
        [SEQUENCE],
        lambda x: feed_forward(x, 8, 5, "gelu", 0.0, True, 0.1),
        title="every param",
    ),
    *(
        Case(
            "token_and_position",
            {"vocabulary": TOKENS, "length": 9, "width": 4, "mask_zero": mask_zero},
            [(6,)],
            lambda tokens, mask_zero=mask_zero: token_and_position(tokens, TOKENS, 9, 4, mask_zero),
            dtype="int32",
            title=f"mask_zero: {mask_zero}",
        )
        for mask_zero in (False, True)
    ),
    Case("learned_positions", {"length": 9, "width": 8}, [SEQUENCE], lambda x: learned_positions(x, 9, 8)),
]
