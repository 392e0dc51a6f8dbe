"""`std/mobile.yaml`, written by hand."""

from __future__ import annotations

from keras import layers

from tests.std.against import Case
from tests.std.convolution import conv_norm, depthwise_norm
from tests.std.squeeze_excite import squeeze_excite


def inverted_residual(
    x, filters, expanded, kernel=3, stride=1, activation="relu6", squeezed=0, dropout=0.0, skip=True, **more
):
    gate, squeeze_activation = more.pop("gate", "sigmoid"), more.pop("squeeze_activation", activation)
    y = x
    if expanded != x.shape[-1]:
        y = conv_norm(y, expanded, 1, 1, activation, **more)
    y = depthwise_norm(y, kernel, stride, activation, **more)
    if squeezed:
        y = squeeze_excite(y, squeezed, squeeze_activation, gate)
    y = conv_norm(y, filters, 1, 1, None, **more)
    if not skip or stride != 1 or filters != x.shape[-1]:
        return y
    if dropout:
        y = layers.Dropout(dropout, noise_shape=(None, 1, 1, 1))(y)
    return layers.Add()([x, y])


def inverted_residual_stage(x, filters, blocks=1, expand=6, kernel=3, stride=1, dropouts=None, reduction=0, **more):
    dropouts = dropouts or [0.0] * blocks
    for number in range(blocks):
        width = x.shape[-1]
        squeezed = width // reduction if reduction else 0
        strides = stride if number == 0 else 1
        x = inverted_residual(
            x, filters, expand * width, kernel, strides, squeezed=squeezed, dropout=dropouts[number], **more
        )
    return x


IMAGE = [(9, 8, 4)]
MORE = {"epsilon": 0.1, "momentum": 0.9}

CASES = [
    Case("inverted_residual", {"width": 4, "filters": 4}, IMAGE, lambda x: inverted_residual(x, 4, 24)),
    Case(
        "inverted_residual",
        {"width": 4, "filters": 6, "stride": 2, "expand": 1, "kernel": 5},
        IMAGE,
        lambda x: inverted_residual(x, 6, 4, 5, 2),
        title="half as large, not widened",
    ),
    Case(
        "inverted_residual",
        {"width": 4, "filters": 4, "expanded": 9, "activation": "swish", "reduction": 2, "dropout": 0.25, **MORE},
        IMAGE,
        lambda x: inverted_residual(x, 4, 9, 3, 1, "swish", 2, 0.25, **MORE),
        title="EfficientNet's",
    ),
    Case(
        "inverted_residual",
        {"width": 4, "filters": 4, "expand": 2.5, "activation": "hard_swish", "squeezed": 3, "skip": False}
        | {"squeeze_activation": "relu", "gate": "hard_sigmoid"},
        IMAGE,
        lambda x: inverted_residual(
            x, 4, 10, 3, 1, "hard_swish", 3, skip=False, squeeze_activation="relu", gate="hard_sigmoid"
        ),
        title="MobileNetV3's, without shortcut",
    ),
    Case(
        "inverted_residual_stage",
        {"width": 4, "filters": 6},
        IMAGE,
        lambda x: inverted_residual_stage(x, 6),
        title="one",
    ),
    Case(
        "inverted_residual_stage",
        {"width": 4, "filters": 6, "blocks": 3, "expand": 2, "kernel": 5, "stride": 2, "activation": "swish"}
        | {"reduction": 2, "dropout": 0.25, "dropout_growth": 0.125}
        | MORE,
        IMAGE,
        lambda x: inverted_residual_stage(
            x, 6, 3, 2, 5, 2, [0.25, 0.375, 0.5], activation="swish", reduction=2, **MORE
        ),
        title="every param",
    ),
]
