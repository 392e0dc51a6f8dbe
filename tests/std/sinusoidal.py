"""`std/sinusoidal.yaml`, written by hand."""

from __future__ import annotations

import numpy as np
from keras import layers, ops

from tests.std.against import TOKENS, Case


def positions(steps, width, base=10000.0, layout="interleaved"):
    """The table of the paper, one entry after the other."""
    table = np.zeros((steps, width), "float32")
    for place in range(steps):
        for pair in range((width + 1) // 2):
            angle = place / base ** (2 * pair / width)
            sin, cos = (2 * pair, 2 * pair + 1) if layout == "interleaved" else (pair, pair + (width + 1) // 2)
            table[place, sin] = np.sin(angle)
            if cos < width:
                table[place, cos] = np.cos(angle)
    return table


def sinusoidal_positions(x, **more):
    return x + positions(*x.shape[1:], **more)


def token_and_sinusoids(tokens, vocabulary, width, scale=None, mask_zero=False, **more):
    words = layers.Embedding(vocabulary, width)(tokens) * (width**0.5 if scale is None else scale)
    known = ops.cast(ops.not_equal(tokens, 0), "float32")[:, :, None] if mask_zero else 1
    return words + known * positions(tokens.shape[1], width, **more)


def time_embedding(time, speeds, parts=(ops.sin, ops.cos)):
    angles = ops.expand_dims(ops.cast(time, "float32"), -1) * np.array(speeds, "float32")
    return layers.Concatenate()([part(angles) for part in parts])


CHANGED = {"base": 100.0, "layout": "halves"}

CASES = [
    Case("sinusoidal_positions", {"width": 8}, [(6, 8)], sinusoidal_positions),
    Case("sinusoidal_positions", {"width": 7}, [(300, 7)], sinusoidal_positions, title="an odd width, far away"),
    Case(
        "sinusoidal_positions",
        {"width": 8, **CHANGED},
        [(6, 8)],
        lambda x: sinusoidal_positions(x, **CHANGED),
        title="every param",
    ),
    Case(
        "sinusoidal_positions",
        {"width": 5, **CHANGED},
        [(6, 5)],
        lambda x: sinusoidal_positions(x, **CHANGED),
        title="halves of an odd width",
    ),
    Case(
        "token_and_sinusoids",
        {"vocabulary": TOKENS, "width": 8},
        [(6,)],
        lambda x: token_and_sinusoids(x, TOKENS, 8),
        dtype="int32",
    ),
    Case(
        "token_and_sinusoids",
        {"vocabulary": TOKENS, "width": 8, "scale": 1.0, "mask_zero": True, **CHANGED},
        [(6,)],
        lambda x: token_and_sinusoids(x, TOKENS, 8, 1.0, True, **CHANGED),
        dtype="int32",
        title="every param",
    ),
    Case(
        "sinusoids",
        {"width": 8, **CHANGED},
        [(6,)],
        lambda x: (0 * x)[:1, :, None] + positions(6, 8, **CHANGED),
        title="every param",
    ),
    Case(
        "sinusoidal_time_embedding",
        {"width": 8},
        [()],
        # As in Keras's example of denoising diffusion.
        lambda time: time_embedding(time, np.exp(-np.log(10000) / 3 * np.arange(4))),
    ),
    Case(
        "sinusoidal_time_embedding",
        {"width": 8},
        [(3,)],
        lambda time: time_embedding(time, np.exp(-np.log(10000) / 3 * np.arange(4))),
        dtype="int32",
        title="of whole numbers",
    ),
    Case(
        "sinusoidal_time_embedding",
        {"width": 8, "endpoint": False, "order": "cos_sin"},
        [(1,)],
        lambda time: time_embedding(time, np.exp(-np.log(10000) * np.arange(4) / 4), (ops.cos, ops.sin)),
        title="Stable Diffusion's",
    ),
    Case(
        "sinusoidal_time_embedding",
        {"width": 32, "first": 2 * np.pi, "last": 20 * np.pi},
        [(1, 1)],
        # As in Keras's example of denoising diffusion implicit models, of the variance.
        lambda variance: time_embedding(variance, 2 * np.pi * np.exp(np.linspace(np.log(1), np.log(10), 16))),
        title="of a level of noise",
    ),
]
