"""`std/resnet.yaml`, as `keras.applications` has it."""

from __future__ import annotations

from keras import layers
from keras.src.applications import resnet

from tests.std.against import Case
from tests.std.published import backbone


def resnet_block(x, filters, stride=1, project=False):
    shortcut = x
    if project:
        shortcut = layers.Conv2D(4 * filters, 1, strides=stride)(x)
        shortcut = layers.BatchNormalization(epsilon=1.001e-5)(shortcut)
    for width, kernel, strides in ((filters, 1, stride), (filters, 3, 1), (4 * filters, 1, 1)):
        x = layers.Conv2D(width, kernel, strides=strides, padding="same")(x)
        x = layers.BatchNormalization(epsilon=1.001e-5)(x)
        x = layers.Activation("relu")(x) if width == filters else x
    return layers.Activation("relu")(layers.Add()([shortcut, x]))


STAGES = ("stage1", "stage2", "stage3", "stage4", "stage5")
IMAGE = [(37, 32, 3)]


def ends(*blocks):
    return ["conv1_relu", *(f"conv{i}_block{count}_out" for i, count in enumerate(blocks, 2))]


CASES = [
    Case("resnet", {}, IMAGE, backbone(resnet.ResNet50, ends(3, 4, 6, 3)), STAGES),
    Case(
        "resnet",
        {"depth": 101, "prefix": "deep_"},
        IMAGE,
        backbone(resnet.ResNet101, ends(3, 4, 23, 3)),
        STAGES,
        title="every param",
    ),
    Case("resnet_block", {"filters": 2, "prefix": "a_"}, [(5, 6, 8)], lambda x: resnet_block(x, 2)),
    Case(
        "resnet_block",
        {"filters": 2, "stride": 2, "project": True, "prefix": "a_"},
        [(5, 6, 3)],
        lambda x: resnet_block(x, 2, 2, True),
        title="every param",
    ),
]
