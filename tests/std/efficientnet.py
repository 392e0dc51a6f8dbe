"""`std/efficientnet.yaml`, as `keras.applications` has it."""

from __future__ import annotations

from keras.src.applications import efficientnet

from tests.std.against import Case
from tests.std.published import backbone

STAGES = ("stage1", "stage2", "stage3", "stage4", "stage5", "top")
EVEN, ODD = [(64, 32, 3)], [(45, 38, 3)]


B0 = ["block1a_project_bn", "block2b_add", "block3b_add", "block5c_add", "block7a_project_bn", "top_activation"]
B3 = ["block1b_add", "block2c_add", "block3c_add", "block5e_add", "block7b_add", "top_activation"]


def efficientnet_block(x, filters, **more):
    return efficientnet.block(
        x, "swish", more.get("dropout", 0.0), "a_", x.shape[-1], filters, more.get("kernel", 3),
        more.get("stride", 1), more.get("expand", 6), 0.25,
    )  # fmt: skip


MORE = {"expand": 2, "kernel": 5, "dropout": 0.25}

CASES = [
    Case("efficientnet", {}, EVEN, backbone(efficientnet.EfficientNetB0, B0), STAGES),
    Case(
        "efficientnet",
        {"variant": "B3", "prefix": "a_"},
        ODD,
        backbone(efficientnet.EfficientNetB3, B3),
        STAGES,
        title="another size",
    ),
    Case(
        "efficientnet",
        {"width": 1.0, "depth": 1.0, "dropout": 0.4, "blocks": [1, 2, 2, 3, 3, 4, 1], "published": False}
        | {"widths": [32, 16, 24, 40, 80, 112, 192, 320, 1280]},
        ODD,
        backbone(
            efficientnet.EfficientNet,
            B0,
            width_coefficient=1.0,
            depth_coefficient=1.0,
            default_size=64,
            drop_connect_rate=0.4,
            name="b0",
        ),
        STAGES,
        title="told by its numbers",
    ),
    Case(
        "efficientnet_block",
        {"width": 8, "filters": 8, "prefix": "b_"},
        [(6, 5, 8)],
        lambda x: efficientnet_block(x, 8),
    ),
    Case(
        "efficientnet_block",
        {"width": 8, "filters": 8, "prefix": "b_", **MORE},
        [(6, 5, 8)],
        lambda x: efficientnet_block(x, 8, **MORE),
        title="every param but the stride",
    ),
    Case(
        "efficientnet_block",
        {"width": 8, "filters": 6, "prefix": "b_", "stride": 2, "expand": 1},
        [(6, 5, 8)],
        lambda x: efficientnet_block(x, 6, stride=2, expand=1),
        title="half as large",
    ),
]
