"""`std/wavenet.yaml`, written by hand."""

from __future__ import annotations

from keras import layers

from tests.std.against import Case


def wavenet_step(x, skips, channels, skip_channels, kernel=2, dilation=1):
    options = {"kernel_size": kernel, "dilation_rate": dilation, "padding": "causal"}
    filtered = layers.Conv1D(channels, activation="tanh", **options)(x)
    gate = layers.Conv1D(channels, activation="sigmoid", **options)(x)
    gated = layers.Multiply()([filtered, gate])
    change = layers.Conv1D(channels, 1)(gated)
    skip = layers.Conv1D(skip_channels, 1)(gated)
    return [layers.Add()([x, change]), skip if skips is None else layers.Add()([skips, skip])]


def wavenet_stack(x, channels, skip_channels, kernel=2, steps=10, cycles=1):
    skips = None
    for _ in range(cycles):
        for step in range(steps):
            x, skips = wavenet_step(x, skips, channels, skip_channels, kernel, 2**step)
    return [x, skips]


SEQUENCE = (20, 4)
BOTH = ("next", "skips")

CASES = [
    Case("wavenet_step", {"channels": 4}, [SEQUENCE, SEQUENCE], lambda x, skips: wavenet_step(x, skips, 4, 4), BOTH),
    Case(
        "wavenet_step",
        {"channels": 4, "skip_channels": 3, "kernel": 3, "dilation": 4},
        [SEQUENCE, (20, 3)],
        lambda x, skips: wavenet_step(x, skips, 4, 3, 3, 4),
        BOTH,
        title="every other param",
    ),
    Case(
        "wavenet_step",
        {"channels": 4, "first": True, "inputs": ["x0", "x0"]},
        [SEQUENCE],
        lambda x: wavenet_step(x, None, 4, 4),
        BOTH,
        title="the first one",
    ),
    Case(
        "wavenet_step",
        {"channels": 4, "dilation": "${2 ** index}", "repeat": 3},
        [SEQUENCE, SEQUENCE],
        lambda x, skips: wavenet_step(*wavenet_step(*wavenet_step(x, skips, 4, 4), 4, 4, dilation=2), 4, 4, dilation=4),
        BOTH,
        title="three in a row",
    ),
    Case("wavenet_stack", {"channels": 4}, [SEQUENCE], lambda x: wavenet_stack(x, 4, 4), BOTH),
    Case(
        "wavenet_stack",
        {"channels": 4, "skip_channels": 3, "kernel": 3, "steps": 3, "cycles": 2},
        [SEQUENCE],
        lambda x: wavenet_stack(x, 4, 3, 3, 3, 2),
        BOTH,
        title="every param",
    ),
]
