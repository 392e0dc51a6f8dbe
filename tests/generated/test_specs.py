"""Drawn specs in Keras: what is accepted is built, trained, saved and loaded; what is refused does not run.

How many specs are drawn says `SPEC_COMPILER_GENERATED_SPECS` (for hours of it: 5000), and which
`SPEC_COMPILER_GENERATED_SEED`.
"""

from __future__ import annotations

import os

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import HealthCheck, Phase, given, seed, settings

import spec_compiler as sc
from tests.catalog.keras_contract.layer_on_data import runs, runs_as_model
from tests.catalog.keras_contract.layer_results import data
from tests.catalog.layers.test_properties import ADAPTED, PREPARES, STRICTER
from tests.generated.drawing import specs

pytestmark = pytest.mark.tensorflow

EXAMPLES = int(os.environ.get("SPEC_COMPILER_GENERATED_SPECS", "25"))
SEED = int(os.environ.get("SPEC_COMPILER_GENERATED_SEED", "0"))
SAMPLES = 4


def drawn(test):
    """A test of drawn specs: the same ones each time, and not made smaller, which would take long."""
    options = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
    return seed(SEED)(settings(max_examples=EXAMPLES, phases=[Phase.generate], **options)(given(specs())(test)))


@drawn
def test_what_is_accepted_is_built_trained_saved_and_loaded(drawn_spec):
    graph = sc.load_spec(drawn_spec.spec)
    codes = {d.code for d in sc.check_spec(drawn_spec.spec).diagnostics}
    # The same initial weights and the same dropout each time, so that a spec which fails fails again.
    keras.utils.set_random_seed(SEED)
    model = sc.compile_spec(drawn_spec.spec)
    model.run_eagerly = True  # To trace a model takes longer than its one step.
    if codes & {"SC655", "SC656"}:
        # What it states holds in training alone, or a processor has no kernel for it, and the compiler says so.
        return
    inputs = [data(graph.results[name].outputs[0], SAMPLES) for name in graph.inputs]
    results = called(model, inputs)
    for output, result in zip(graph.outputs, results, strict=True):
        stated = graph.type_of(graph.ends[output.name])
        assert result.dtype.name == stated.dtype
        assert len(result.shape) == stated.rank
        assert all(expected in (None, length) for expected, length in zip(stated.shape, result.shape, strict=True))
    assert model.count_params() == graph.parameter_count
    if graph.fit is not None:
        targets = {
            output.name: np.zeros(result.shape, result.dtype.name)
            for output, result in zip(graph.outputs, results, strict=True)
            if output.settings.needs_targets
        }
        model.fit(inputs, targets, epochs=1, batch_size=SAMPLES, verbose=0)
    if codes & {"SC315", "SC320"}:
        # Keras cannot load it as it was, and the compiler says so.
        return
    loaded = saved_and_loaded(model)
    assert len(loaded.trainable_weights) == len(model.trainable_weights)
    for before, after in zip(called(model, inputs), called(loaded, inputs), strict=True):
        np.testing.assert_array_equal(numbers(before), numbers(after))


def numbers(x):
    """What a tensor holds, as numpy compares it: it takes no two values of bfloat16 that are no numbers for the same."""
    return (tf.cast(x, "float32") if x.dtype == tf.bfloat16 else x).numpy()


def called(model, inputs):
    """The results of a model on data, as `predict` computes them, in a list."""
    return keras.tree.flatten(model(inputs, training=False))


def saved_and_loaded(model):
    """The model that Keras makes of the file that it has made of one."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return keras.models.load_model(path)


@drawn
def test_what_is_refused_for_its_tensors_does_not_run(drawn_spec):
    for name, arguments, tensors in drawn_spec.refused:
        if name not in STRICTER and name not in PREPARES and name not in ADAPTED:
            assert not (runs(name, arguments, tensors, {}) and runs_as_model(name, arguments, tensors)), (
                name,
                arguments,
                tensors,
            )
