"""`std/vgg.yaml`, as `keras.applications` has it."""

from __future__ import annotations

from keras.src.applications import vgg16, vgg19

from tests.std.against import Case
from tests.std.published import backbone

STAGES = ("stage0", "stage1", "stage2", "stage3", "stage4", "stage5")
IMAGE = [(36, 32, 3)]


def ends(last):
    counts = (2, 2, last, last, last)
    return [*(f"block{i}_conv{count}" for i, count in enumerate(counts, 1)), "block5_pool"]


CASES = [
    Case("vgg", {}, IMAGE, backbone(vgg16.VGG16, ends(3)), STAGES),
    Case(
        "vgg",
        {"depth": 19, "prefix": "a_"},
        IMAGE,
        backbone(vgg19.VGG19, ends(4)),
        STAGES,
        title="every param",
    ),
]
