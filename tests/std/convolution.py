"""`std/convolution.yaml`, written by hand."""

from __future__ import annotations

from keras import layers

from tests.std.against import Case


def conv_norm(x, filters, kernel=3, stride=1, activation="relu", use_bias=False, epsilon=1e-3, momentum=0.99, **more):
    padding = more.pop("padding", "same")
    x = layers.Conv2D(filters, kernel, strides=stride, padding=padding, use_bias=use_bias, **more)(x)
    x = layers.BatchNormalization(epsilon=epsilon, momentum=momentum)(x)
    return x if activation is None else layers.Activation(activation)(x)


def depthwise_norm(x, kernel=3, stride=1, activation="relu", epsilon=1e-3, momentum=0.99):
    x = layers.DepthwiseConv2D(kernel, strides=stride, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(epsilon=epsilon, momentum=momentum)(x)
    return x if activation is None else layers.Activation(activation)(x)


IMAGE = [(9, 8, 4)]

CASES = [
    Case("conv_norm", {"filters": 5}, IMAGE, lambda x: conv_norm(x, 5)),
    Case(
        "conv_norm",
        {"filters": 5, "kernel": 5, "stride": 2, "padding": "valid", "activation": "swish", "use_bias": True}
        | {"epsilon": 0.1, "momentum": 0.9},
        IMAGE,
        lambda x: conv_norm(x, 5, 5, 2, padding="valid", activation="swish", use_bias=True, epsilon=0.1, momentum=0.9),
        title="every param but the dilation",
    ),
    Case(
        "conv_norm",
        {"filters": 5, "dilation": 2, "activation": "linear"},
        IMAGE,
        lambda x: conv_norm(x, 5, dilation_rate=2, activation=None),
        title="dilated, without activation",
    ),
    Case("depthwise_norm", {}, IMAGE, depthwise_norm),
    Case(
        "depthwise_norm",
        {"kernel": 5, "stride": 2, "activation": "linear", "epsilon": 0.1, "momentum": 0.9},
        IMAGE,
        lambda x: depthwise_norm(x, 5, 2, None, 0.1, 0.9),
        title="every param",
    ),
]
