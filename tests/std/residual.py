"""`std/residual.yaml`, written by hand."""

from __future__ import annotations

from keras import layers

from tests.std.against import Case
from tests.std.convolution import conv_norm
from tests.std.squeeze_excite import squeeze_excite


def residual(x, filters, stride=1, project=False, squeezed=0, activation="relu", **more):
    y = conv_norm(x, filters, 3, stride, activation, **more)
    shortcut = conv_norm(x, filters, 1, stride, None, **more) if project else x
    y = conv_norm(y, filters, 3, 1, None, **more)
    if squeezed:
        y = squeeze_excite(y, squeezed)
    return layers.Activation(activation)(layers.Add()([shortcut, y]))


def residual_stage(x, filters, blocks, stride=2, project=True, squeezed=0, activation="relu", **more):
    x = residual(x, filters, stride, project, squeezed, activation, **more)
    for _ in range(blocks - 1):
        x = residual(x, filters, 1, False, squeezed, activation, **more)
    return x


def bottleneck(x, filters, stride=1, project=False, squeezed=0, activation="relu", widen=4, **more):
    shortcut = conv_norm(x, widen * filters, 1, stride, None, **more) if project else x
    y = conv_norm(x, filters, 1, stride, activation, **more)
    y = conv_norm(y, filters, 3, 1, activation, **more)
    y = conv_norm(y, widen * filters, 1, 1, None, **more)
    if squeezed:
        y = squeeze_excite(y, squeezed)
    return layers.Activation(activation)(layers.Add()([shortcut, y]))


def bottleneck_stage(x, filters, blocks, stride=2, project=True, squeezed=0, activation="relu", **more):
    x = bottleneck(x, filters, stride, project, squeezed, activation, **more)
    for _ in range(blocks - 1):
        x = bottleneck(x, filters, 1, False, squeezed, activation, **more)
    return x


IMAGE = [(9, 8, 4)]
MORE = {"use_bias": True, "epsilon": 0.1, "momentum": 0.9}

CASES = [
    Case("residual", {"filters": 4}, IMAGE, lambda x: residual(x, 4)),
    Case("residual", {"filters": 6, "stride": 2}, IMAGE, lambda x: residual(x, 6, 2, True), title="half as large"),
    Case(
        "residual",
        {"filters": 6, "project": True, "reduction": 3, "activation": "swish", **MORE},
        IMAGE,
        lambda x: residual(x, 6, 1, True, 2, "swish", **MORE),
        title="every other param",
    ),
    Case("residual_stage", {"filters": 6, "blocks": 3}, IMAGE, lambda x: residual_stage(x, 6, 3)),
    Case(
        "residual_stage",
        {"filters": 4, "blocks": 2, "stride": 1, "project": False, "reduction": 2, "activation": "swish", **MORE},
        IMAGE,
        lambda x: residual_stage(x, 4, 2, 1, False, 2, "swish", **MORE),
        title="every param",
    ),
    Case("bottleneck", {"filters": 1}, IMAGE, lambda x: bottleneck(x, 1)),
    Case("bottleneck", {"filters": 2, "stride": 2}, IMAGE, lambda x: bottleneck(x, 2, 2, True), title="half as large"),
    Case(
        "bottleneck",
        {"filters": 2, "widen": 3, "project": True, "reduction": 3, "activation": "swish", **MORE},
        IMAGE,
        lambda x: bottleneck(x, 2, 1, True, 2, "swish", 3, **MORE),
        title="every other param",
    ),
    Case("bottleneck_stage", {"filters": 2, "blocks": 3}, IMAGE, lambda x: bottleneck_stage(x, 2, 3)),
    Case(
        "bottleneck_stage",
        {"filters": 2, "blocks": 2, "widen": 2, "stride": 1, "project": False, "reduction": 2, "activation": "swish"}
        | MORE,
        IMAGE,
        lambda x: bottleneck_stage(x, 2, 2, 1, False, 2, "swish", widen=2, **MORE),
        title="every param",
    ),
]
