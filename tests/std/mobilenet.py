"""`std/mobilenet.yaml`, as `keras.applications` has it."""

from __future__ import annotations

from keras import layers
from keras.src.applications import mobilenet, mobilenet_v2

from tests.std.against import Case
from tests.std.published import backbone


def mobilenet_v2_block(x, hidden, filters, stride=1, shortcut=False):
    def norm(tensor):
        return layers.BatchNormalization(epsilon=1e-3, momentum=0.999)(tensor)

    y = x
    if hidden:
        y = layers.ReLU(6.0)(norm(layers.Conv2D(hidden, 1, padding="same", use_bias=False)(y)))
    y = norm(layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(y))
    y = norm(layers.Conv2D(filters, 1, padding="same", use_bias=False)(layers.ReLU(6.0)(y)))
    return layers.Add()([x, y]) if shortcut else y


STAGES = ("stage1", "stage2", "stage3", "stage4", "stage5")
WITH_TOP = (*STAGES, "top")
EVEN, ODD = [(64, 32, 3)], [(45, 38, 3)]
V1 = [f"conv_pw_{i}_relu" for i in (1, 3, 5, 11, 13)]
V2 = ["expanded_conv_project_BN", "block_2_add", "block_5_add", "block_12_add", "block_16_project_BN", "out_relu"]

CASES = [
    Case("mobilenet_v1", {}, EVEN, backbone(mobilenet.MobileNet, V1), STAGES),
    Case(
        "mobilenet_v1",
        {"alpha": 0.3, "prefix": "a_"},
        ODD,
        backbone(mobilenet.MobileNet, V1, alpha=0.3),
        STAGES,
        title="every param",
    ),
    Case("mobilenet_v2", {}, EVEN, backbone(mobilenet_v2.MobileNetV2, V2), WITH_TOP),
    Case(
        "mobilenet_v2",
        {"alpha": 1.4, "prefix": "a_"},
        ODD,
        backbone(mobilenet_v2.MobileNetV2, V2, alpha=1.4),
        WITH_TOP,
        title="wider",
    ),
    Case(
        "mobilenet_v2",
        {"widths": [16, 8, 8, 8, 16, 16, 16, 24, 24, 24, 24, 32, 32, 32, 56, 56, 56, 112, 1280]},
        ODD,
        backbone(mobilenet_v2.MobileNetV2, V2, alpha=0.35),
        WITH_TOP,
        title="told by its widths",
    ),
    Case(
        "mobilenet_v2",
        {"alpha": 0.1},
        ODD,
        backbone(
            mobilenet_v2.MobileNetV2,
            ["expanded_conv_add", *V2[1:4], "block_16_project_BN", "out_relu"],
            alpha=0.1,
        ),
        WITH_TOP,
        title="so narrow that more blocks have shortcuts",
    ),
    Case(
        "mobilenet_v2_block",
        {"hidden": 0, "filters": 2, "prefix": "a_"},
        [(5, 6, 3)],
        lambda x: mobilenet_v2_block(x, 0, 2),
    ),
    Case(
        "mobilenet_v2_block",
        {"hidden": 6, "filters": 3, "stride": 1, "shortcut": True, "prefix": "a_"},
        [(5, 6, 3)],
        lambda x: mobilenet_v2_block(x, 6, 3, shortcut=True),
        title="with a shortcut",
    ),
    Case(
        "mobilenet_v2_block",
        {"hidden": 6, "filters": 4, "stride": 2, "shortcut": False, "prefix": "a_"},
        [(5, 6, 3)],
        lambda x: mobilenet_v2_block(x, 6, 4, 2),
        title="every param",
    ),
]
