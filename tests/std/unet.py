"""`std/unet.yaml`, written by hand."""

from __future__ import annotations

from keras import layers

from tests.std.against import Case


def unet_pair(x, filters, kernel=3, activation="relu", normalize=False, dropout=0.0):
    for _ in range(2):
        if normalize:
            x = layers.Conv2D(filters, kernel, padding="same", use_bias=False)(x)
            x = layers.BatchNormalization()(x)
            x = layers.Activation(activation)(x)
        else:
            x = layers.Conv2D(filters, kernel, padding="same", activation=activation)(x)
    return layers.Dropout(dropout)(x) if dropout else x


def unet_down(x, filters, **more):
    skip = unet_pair(x, filters, **more)
    return [layers.MaxPooling2D(2)(skip), skip]


def unet_up(x, skip, filters, **more):
    x = layers.Conv2DTranspose(filters, 2, strides=2)(x)
    x = layers.Concatenate()([x, skip])
    return unet_pair(x, filters, **more)


def attention_gate(x, gate, filters, stride=2, normalize=False):
    def norm(tensor):
        return layers.BatchNormalization()(tensor) if normalize else tensor

    seen = norm(layers.Conv2D(filters, stride, strides=stride, use_bias=False)(x))
    asked = norm(layers.Conv2D(filters, 1)(gate))
    share = layers.Activation("relu")(layers.Add()([seen, asked]))
    share = layers.Activation("sigmoid")(norm(layers.Conv2D(1, 1)(share)))
    if stride > 1:
        share = layers.UpSampling2D(stride, interpolation="bilinear")(share)
    return x * share


IMAGE = (8, 12, 3)
MORE = {"kernel": 5, "activation": "swish", "normalize": True, "dropout": 0.25}
BOTH = ("next", "skip")

CASES = [
    Case("unet_pair", {"filters": 4}, [IMAGE], lambda x: unet_pair(x, 4)),
    Case("unet_pair", {"filters": 4, **MORE}, [IMAGE], lambda x: unet_pair(x, 4, **MORE), title="every param"),
    Case("unet_down", {"filters": 4}, [IMAGE], lambda x: unet_down(x, 4), BOTH),
    Case("unet_down", {"filters": 4, **MORE}, [IMAGE], lambda x: unet_down(x, 4, **MORE), BOTH, title="every param"),
    Case("unet_up", {"filters": 4}, [(4, 6, 5), IMAGE], lambda x, skip: unet_up(x, skip, 4)),
    Case(
        "unet_up",
        {"filters": 4, **MORE},
        [(4, 6, 5), IMAGE],
        lambda x, skip: unet_up(x, skip, 4, **MORE),
        title="every param",
    ),
    Case("attention_gate", {"filters": 4}, [IMAGE, (4, 6, 5)], lambda x, gate: attention_gate(x, gate, 4)),
    Case(
        "attention_gate",
        {"filters": 4, "stride": 1, "normalize": True},
        [IMAGE, (8, 12, 5)],
        lambda x, gate: attention_gate(x, gate, 4, 1, True),
        title="every param",
    ),
]
