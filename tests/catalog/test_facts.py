"""What classes state of their results, held against Keras: bounds, the batch, gradients; with drawn arguments and data."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from spec_compiler.analysing.ranges import Ranges
from spec_compiler.catalog.intervals import SHARES
from spec_compiler.catalog.registry import FUNCTIONS, LAYERS, OPS
from spec_compiler.graph.typed import TensorRef
from tests.catalog.keras_contract.drawing import example_arguments, fields
from tests.catalog.keras_contract.facts import Run, outside, spec_of, wrong_batch, wrong_gradient
from tests.thoroughness import examples

pytestmark = pytest.mark.tensorflow

EXAMPLES = int(os.environ.get("SPEC_COMPILER_FACT_EXAMPLES", examples(2, thorough=4)))
SEED = int(os.environ.get("SPEC_COMPILER_FACT_SEED", "0"))

LAYER_NAMES = sorted({*(name for names in LAYERS.values() for name in names), *FUNCTIONS} - {"Input"})
OP_NAMES = sorted(f"ops.{name}" for table in OPS.values() for name in table)

NOT_RUN = {
    "IntegerLookup": "without a vocabulary, it has to be adapted",
    "StringLookup": "without a vocabulary, it has to be adapted",
    "TextVectorization": "without a vocabulary, it has to be adapted",
}
"""Layers that some drawn arguments leave unable to run, and why."""

NO_GRADIENT_ON_SOME_DATA = {
    "RandAugment", "RandomPosterization", "Solarization", "AugMix", "RandomInvert", "RandomGrayscale",
    "ops.eig", "ops.logspace", "ops.nextafter", "ops.slogdet", "ops.cross", "ops.meshgrid", "ops.full_like", "ops.view",
}  # fmt: skip
"""Types whose gradient depends on what is drawn, or on which of several tensors it is taken by, or whose results have
another dtype than Keras states."""


@st.composite
def drawn(draw, name):
    """The arguments of a type: those of its example, and some others."""
    arguments = dict(example_arguments(name))
    for field in draw(st.lists(st.sampled_from(sorted(fields(name)) or [""]), max_size=2, unique=True)):
        if field:
            arguments[field] = draw(fields(name)[field])
    return arguments, draw(st.integers(0, 1000))


@pytest.mark.parametrize("name", [*LAYER_NAMES, *OP_NAMES])
def test_what_is_stated_of_results_is_what_keras_computes(name):
    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(call=drawn(name))
    def hold(call):
        arguments, number = call
        spec = spec_of(name, arguments)
        if spec is None or (name in NOT_RUN and arguments.get("vocabulary") is None):
            return
        try:
            run = Run(spec, number)
            run(False)
        except Exception:  # whatever TensorFlow raises for such data
            return
        assert [*outside(run), *wrong_batch(run)] == [], arguments
        if name not in NO_GRADIENT_ON_SOME_DATA:
            assert [*wrong_gradient(run)] == [], arguments

    hold()


@pytest.mark.parametrize("name", sorted(set(LAYER_NAMES) - set(NOT_RUN)))
def test_the_example_of_each_layer_is_run(name):
    run = Run(spec_of(name, example_arguments(name)), 0)
    assert run(False)


BOUNDED = [
    ("AlphaDropout", {"rate": 0.3}),
    ("GroupNormalization", {"groups": 3, "scale": False, "center": False}),
    ("GroupNormalization", {"groups": -1, "scale": False, "center": False, "epsilon": 0.0}),
    ("LayerNormalization", {"scale": False, "center": False}),
    ("LayerNormalization", {"axis": [1, -1], "scale": False, "center": False, "epsilon": 0.0}),
    ("MelSpectrogram", {"num_mel_bins": 8, "fft_length": 64}),
    ("MelSpectrogram", {"num_mel_bins": 8, "fft_length": 64, "ref_power": -3.0, "top_db": 10.0}),
    ("MelSpectrogram", {"num_mel_bins": 8, "fft_length": 64, "power_to_db": False}),
    ("Normalization", {"mean": 0.5, "variance": 4.0}),
    ("Normalization", {"mean": 0.5, "variance": 4.0, "invert": True}),
    ("Normalization", {"axis": None, "mean": -2.0, "variance": 0.01}),
    ("PReLU", {}),
    ("STFTSpectrogram", {"mode": "angle"}),
    ("STFTSpectrogram", {"mode": "magnitude"}),
    ("STFTSpectrogram", {"mode": "psd"}),
    ("ops.fft", {}),
    ("ops.fft2", {}),
    ("ops.ifft2", {}),
    ("ops.irfft", {}),
    ("ops.irfft", {"fft_length": 3}),
    ("ops.irfft", {"fft_length": 9}),
    ("ops.rfft", {}),
    ("ops.rfft", {"fft_length": 3}),
    ("ops.stft", {"sequence_length": 8, "sequence_stride": 4, "fft_length": 16, "window": "hamming"}),
    ("ops.stft", {"sequence_length": 8, "sequence_stride": 4, "fft_length": 8, "window": None, "center": False}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments"), BOUNDED)
def test_bounds_that_some_arguments_give_hold_and_are_stated(name, arguments):
    runs = [Run(spec_of(name, {**example_arguments(name), **arguments}), number) for number in range(12)]
    assert [found for run in runs for found in outside(run)] == []
    stated = [Ranges(run.graph, run.given()).of(TensorRef("result", 0)) for run in runs]
    assert any(interval.is_known for interval in stated)


@pytest.mark.parametrize("name", ["GroupQueryAttention", "MultiHeadAttention"])
def test_the_scores_of_attention_are_shares(name):
    spec = spec_of(name, {**example_arguments(name), "dropout": 0.5})
    spec["nodes"]["result"]["call"] = {"return_attention_scores": True}
    spec["outputs"] = {"scores": {"from": "result.scores"}}
    for number in range(4):
        run = Run(spec, number)
        assert [*outside(run)] == []
        assert Ranges(run.graph).of(TensorRef("result", 1)) == SHARES
