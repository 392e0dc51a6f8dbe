"""`std/temporal.yaml`, written by hand after figure 1 of the paper (Bai et al., 2018)."""

from __future__ import annotations

from keras import layers

from tests.std.against import Case


def temporal_level(x, filters, kernel=3, dilation=1, dropout=0.0, project=False):
    y = x
    for _ in range(2):
        y = layers.Conv1D(filters, kernel, dilation_rate=dilation, padding="causal")(y)
        y = layers.ReLU()(y)
        y = layers.SpatialDropout1D(dropout)(y) if dropout else y
    x = layers.Conv1D(filters, 1)(x) if project else x
    return layers.ReLU()(layers.Add()([y, x]))


def temporal_stack(x, filters, levels, kernel=3, dropout=0.0, project=True):
    for level in range(levels):
        x = temporal_level(x, filters, kernel, 2**level, dropout, project and level == 0)
    return x


SEQUENCE = [(20, 4)]

CASES = [
    Case("temporal_level", {"filters": 4}, SEQUENCE, lambda x: temporal_level(x, 4)),
    Case(
        "temporal_level",
        {"filters": 6, "kernel": 2, "dilation": 4, "dropout": 0.5, "project": True},
        SEQUENCE,
        lambda x: temporal_level(x, 6, 2, 4, 0.5, True),
        title="every param",
    ),
    Case("temporal_stack", {"filters": 6, "levels": 3}, SEQUENCE, lambda x: temporal_stack(x, 6, 3)),
    Case(
        "temporal_stack",
        {"filters": 4, "levels": 2, "kernel": 2, "dropout": 0.5, "project": False},
        SEQUENCE,
        lambda x: temporal_stack(x, 4, 2, 2, 0.5, False),
        title="every param",
    ),
]
