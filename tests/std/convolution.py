"""`std/convolution.yaml`, written by hand."""

from __future__ import annotations

from keras import layers, ops

from tests.std.against import Case


def conv_norm(x, filters, kernel=3, stride=1, activation="relu", use_bias=False, epsilon=1e-3, momentum=0.99, **more):
    padding = more.pop("padding", "same")
    norm = more.pop("norm", layers.BatchNormalization(epsilon=epsilon, momentum=momentum))
    convolution = more.pop("convolution", layers.Conv2D)
    x = convolution(filters, kernel, strides=stride, padding=padding, use_bias=use_bias, **more)(x)
    x = x if norm is None else norm(x)
    return x if activation is None else layers.Activation(activation)(x)


def depthwise_norm(x, kernel=3, stride=1, activation="relu", epsilon=1e-3, momentum=0.99, dilation=1):
    x = layers.DepthwiseConv2D(kernel, strides=stride, padding="same", use_bias=False, dilation_rate=dilation)(x)
    x = layers.BatchNormalization(epsilon=epsilon, momentum=momentum)(x)
    return x if activation is None else layers.Activation(activation)(x)


class EachChannel(layers.Layer):
    """Normalizes each channel of each sample over the axes between."""

    def build(self, shape):
        self.gamma = self.add_weight(shape=(shape[-1],), name="gamma")
        self.beta = self.add_weight(shape=(shape[-1],), name="beta")

    def call(self, x):
        axes = list(range(1, x.ndim - 1))
        mean, variance = ops.mean(x, axes, keepdims=True), ops.var(x, axes, keepdims=True)
        return (x - mean) / ops.sqrt(variance + 0.1) * self.gamma + self.beta


def normalizations(block, shape, convolution):
    """A case for each normalization but that of the batch, with an epsilon of 0.1."""
    by_hand = {
        "layer": lambda: layers.LayerNormalization(epsilon=0.1),
        "group": lambda: layers.GroupNormalization(3, epsilon=0.1),
        "instance": EachChannel,
        "none": lambda: None,
    }
    return [
        Case(
            block,
            {"filters": 6, "kernel": 3, "stride": 1, "normalization": name, "norm_groups": 3, "epsilon": 0.1},
            shape,
            lambda x, name=name, make=make: conv_norm(
                x, 6, convolution=convolution, norm=make(), use_bias=name == "none"
            ),
            title=f"{name} normalization",
        )
        for name, make in by_hand.items()
    ]


IMAGE, SEQUENCE = [(9, 8, 4)], [(9, 4)]

CASES = [
    Case("conv_norm", {"filters": 5}, IMAGE, lambda x: conv_norm(x, 5)),
    Case(
        "conv_norm",
        {"filters": 5, "kernel": 5, "stride": 2, "padding": "valid", "activation": "swish", "use_bias": True}
        | {"epsilon": 0.1, "momentum": 0.9},
        IMAGE,
        lambda x: conv_norm(x, 5, 5, 2, padding="valid", activation="swish", use_bias=True, epsilon=0.1, momentum=0.9),
        title="every param but the dilation, the groups and the normalization",
    ),
    Case(
        "conv_norm",
        {"filters": 6, "groups": 2, "initializer": "he_normal"},
        IMAGE,
        lambda x: conv_norm(x, 6, groups=2, kernel_initializer="he_normal"),
        title="in groups, with another initializer",
    ),
    *normalizations("conv_norm", IMAGE, layers.Conv2D),
    Case("conv_norm_1d", {"filters": 5}, SEQUENCE, lambda x: conv_norm(x, 5, convolution=layers.Conv1D)),
    Case(
        "conv_norm_1d",
        {"filters": 6, "kernel": 5, "stride": 2, "padding": "valid", "activation": "swish", "use_bias": True}
        | {"groups": 2, "initializer": "he_normal", "epsilon": 0.1, "momentum": 0.9},
        SEQUENCE,
        lambda x: conv_norm(
            x,
            6,
            5,
            2,
            "swish",
            True,
            0.1,
            0.9,
            padding="valid",
            groups=2,
            kernel_initializer="he_normal",
            convolution=layers.Conv1D,
        ),
        title="every param but the dilation and the normalization",
    ),
    Case(
        "conv_norm_1d",
        {"filters": 5, "dilation": 2, "padding": "causal", "activation": "linear"},
        SEQUENCE,
        lambda x: conv_norm(x, 5, activation=None, padding="causal", dilation_rate=2, convolution=layers.Conv1D),
        title="causal and dilated, without activation",
    ),
    *normalizations("conv_norm_1d", SEQUENCE, layers.Conv1D),
    Case(
        "transposed_norm",
        {"filters": 5},
        IMAGE,
        lambda x: conv_norm(x, 5, 4, 2, convolution=layers.Conv2DTranspose),
    ),
    Case(
        "transposed_norm",
        {"filters": 5, "kernel": 5, "stride": 3, "padding": "valid", "activation": "linear", "use_bias": True}
        | {"initializer": "he_normal", "epsilon": 0.1, "momentum": 0.9},
        IMAGE,
        lambda x: conv_norm(
            x,
            5,
            5,
            3,
            None,
            True,
            0.1,
            0.9,
            padding="valid",
            kernel_initializer="he_normal",
            convolution=layers.Conv2DTranspose,
        ),
        title="every param but the normalization",
    ),
    *normalizations("transposed_norm", IMAGE, layers.Conv2DTranspose),
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
        title="every param but the dilation",
    ),
    Case("depthwise_norm", {"dilation": 2}, IMAGE, lambda x: depthwise_norm(x, dilation=2), title="dilated"),
]
