"""`std/squeeze_excite.yaml`, written by hand."""

from __future__ import annotations

from keras import layers

from tests.std.against import Case


def squeeze_excite(x, squeezed, activation="relu", gate="sigmoid"):
    scale = layers.GlobalAveragePooling2D()(x)
    scale = layers.Reshape((1, 1, x.shape[-1]))(scale)
    scale = layers.Conv2D(squeezed, 1, activation=activation)(scale)
    scale = layers.Conv2D(x.shape[-1], 1, activation=gate)(scale)
    return layers.Multiply()([x, scale])


IMAGE = [(5, 6, 32)]

CASES = [
    Case("squeeze_excite", {"filters": 32}, IMAGE, lambda x: squeeze_excite(x, 2)),
    Case("squeeze_excite", {"filters": 32, "reduction": 4}, IMAGE, lambda x: squeeze_excite(x, 8), title="reduction"),
    Case("squeeze_excite", {"filters": 4}, [(5, 6, 4)], lambda x: squeeze_excite(x, 1), title="few channels"),
    Case(
        "squeeze_excite",
        {"filters": 32, "squeezed": 5, "activation": "swish", "gate": "hard_sigmoid"},
        IMAGE,
        lambda x: squeeze_excite(x, 5, "swish", "hard_sigmoid"),
        title="every other param",
    ),
]
