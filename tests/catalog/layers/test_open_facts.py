"""Which class of layers leaves a fact open: Keras shows it, and the class does not state it, or states another."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from spec_compiler.catalog.registry import LAYERS, operation
from tests.catalog.keras_contract.drawing import example_arguments
from tests.catalog.keras_contract.facts import Run, spec_of

pytestmark = pytest.mark.tensorflow

NAMES = sorted({name for names in LAYERS.values() for name in names} - {"Input"})

MERGING = keras.layers.Add.__base__
"""Keras's base of the layers that make one tensor of several."""

CHANGED_OTHERWISE = {
    "Masking": "it makes a mask, and sets to 0 what is masked by another value",
    "MaxNumBoundingBoxes": "it pads boxes, and the example has as many as it may",
}
"""Layers that give the data of their examples back, and that do something else than pass it through."""


def run_of(name):
    """The example of a layer in Keras, without an activation, so that sums are seen as such."""
    arguments = example_arguments(name)
    if "activation" in operation(name).model_fields and name != "Activation":
        arguments["activation"] = None
    return Run(spec_of(name, arguments), 0)


def is_affine(run):
    """Whether the result is sums of the input that a kernel weighs: f(a + b) + f(0) is f(a) + f(b), whatever a and b."""
    if len(run.data) > 1 or all(len(weight.shape) < 2 for weight in run.model.trainable_variables):
        return False
    ((name, x),) = run.data.items()
    if not x.dtype.is_floating:
        return False
    a, b = (tf.cast(run.random.normal(size=x.shape), x.dtype) for _ in range(2))
    of_a, of_b, of_sum, of_zero = (run.computed(False, {name: each})[0] for each in (a, b, a + b, tf.zeros_like(a)))
    return np.allclose(of_sum + of_zero, of_a + of_b, atol=1e-3) and not np.allclose(of_a, of_b)


def passes_through(run):
    """Whether the result is the input, in training as well, however often something is drawn at random."""
    return len(run.data) == 1 and all(_is_unchanged(run) for _ in range(12))


def _is_unchanged(run):
    (x,) = run.data.values()
    results = run.computed(True)
    result = results[0]
    is_same = len(results) == 1 and not isinstance(result, tf.SparseTensor) and result.shape == x.shape
    return is_same and result.dtype == x.dtype and np.array_equal(result, x)


def is_a(name, *classes):
    """Whether Keras's class of a layer is one of some classes."""
    return issubclass(getattr(keras.layers, name, keras.Sequential), classes)


@pytest.mark.parametrize("name", NAMES)
def test_a_layer_states_what_keras_shows_of_it(name):
    run = run_of(name)
    config = run.graph.layers["result"].config
    recurs = is_a(name, keras.layers.RNN, keras.layers.Bidirectional)
    shown = {
        # What is inside a layer states it itself, and without activations steps of a linear loop are sums as well.
        "affine": config.affine if config.nested or recurs else is_affine(run),
        "merges": is_a(name, MERGING),
        "passes through": name not in CHANGED_OTHERWISE and passes_through(run),
        "recurs": recurs,
    }
    stated = {
        "affine": config.affine,
        "merges": config.merges,
        "passes through": config.passes_through,
        "recurs": config.loop is not None,
    }
    assert stated == shown
