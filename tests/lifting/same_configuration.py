"""What is lifted of a configuration, held against that configuration and against the spec that it was written of."""

from __future__ import annotations

import json
from typing import Any

import spec_compiler as sc
from spec_compiler.comparing.same_model import same_model
from spec_compiler.emitting.keras_file.planned import KerasFiles
from spec_compiler.emitting.spec.text import folded_spec_text
from tests.emitting.keras_file.corpus import ONLY_KERAS
from tests.lifting.lifted import configuration, lift_data, plain, without_numbers

KERAS_COUNTS = ("two masks and an op of their class", "two masks and an op of their class, with a seed")
"""Models with operations that Keras adds and names by a counter, which an op of the model has moved on."""

OTHER_ORDER = ("cycle_gan.yaml",)
"""Specs whose calls of shared layers are made in another order than before, and so are counted otherwise."""

NOT_KEPT = {
    "Identity": "an `Identity` before an output is what gives the output its name",
    "RandomCrop": "it draws a seed, and saves that",
    "dot": "the function makes the layer `Dot`",
    "ops.image.extract_patches_3d": "it is one operation with `ops.image.extract_patches`",
    **dict.fromkeys(
        ("ops.segment_max", "ops.segment_min", "ops.segment_prod", "ops.segment_sum"),
        "`batch_shape: [null]` and `shape: []` are one shape",
    ),
    **dict.fromkeys(
        (
            "ops.arange",
            "ops.bartlett",
            "ops.blackman",
            "ops.eye",
            "ops.hamming",
            "ops.hanning",
            "ops.identity",
            "ops.kaiser",
            "ops.ones",
            "ops.tri",
            "ops.zeros",
            "constants of constants",
            "constants that are made",
        ),
        "a constant stands in the operation that uses it",
    ),
    "dlrm.yaml": "the function `dot` makes the layer `Dot`",
    "two_towers.yaml": "the function `dot` makes the layer `Dot`",
    **dict.fromkeys(
        ("style_transfer.yaml", "a group for each channel", "a group for each row"),
        "a group for each channel is as many groups once the layer is built",
    ),
    "efficientnet_b0.yaml": "`swish` is another name of `silu`",
    "gan.yaml": "a part of the graph is no part of the model",
    "seq2seq.yaml": "a part of the graph is no part of the model",
    **dict.fromkeys(
        (
            "cycle_gan.yaml",
            "ddpg.yaml",
            "decision_forest.yaml",
            "denoiser.yaml",
            "diffusion.yaml",
            "nbeats.yaml",
            "speech_transformer.yaml",
            "traffic.yaml",
            "translation.yaml",
            "wgan.yaml",
        ),
        "it has parts, or constants that are nodes, which the file writes otherwise",
    ),
    **dict.fromkeys(("several optimizers", "video_question.yaml"), "a shared layer is used once, inside another"),
    **dict.fromkeys(
        ("masks that meet in a product", "memory_network.yaml"), "the function `dot` makes the layer `Dot`"
    ),
    "frozen layers around others": "what is inside a frozen layer says that it is frozen",
}
"""Specs of which a file of Keras does not keep how they were written, and why."""


def written(source: Any) -> tuple[sc.TypedGraph, Any]:
    graph = sc.load_spec(source)
    return graph, json.loads(KerasFiles(graph).json())


def lift_again(data: Any, folder: Any) -> sc.TypedGraph:
    lifted = lift_data(data, folder)
    assert lifted.graph is not None, f"\n{lifted.report}"
    assert not lifted.report.diagnostics, f"\n{lifted.report}"
    return lifted.graph


def assert_lifted(name: str, source: Any, folder: Any) -> None:
    if name in ONLY_KERAS:
        return
    graph, data = written(source)
    again = lift_again(data, folder)
    if name not in (*KERAS_COUNTS, *OTHER_ORDER):
        assert configuration(again) == without_numbers(data)
    # A spec of the short form gives the same graph.
    assert sc.load_spec(sc.Source.text(again.to_spec())).to_yaml() == again.to_yaml()
    assert same_model(again, sc.load_spec(sc.Source.text(folded_spec_text(again))))
    if name not in NOT_KEPT and graph.graph.seed is None:
        assert plain(again) == plain(graph)
