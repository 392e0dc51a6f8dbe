"""Every layer in every dtype and under every policy: what the catalogue states is what the layer computes.

Of many layers that keep the elements of their input, Keras states its compute dtype for whole numbers as well, and
gives whole numbers. A layer after them gets what is given and not what is stated, so the catalogue states that; the
table here says where Keras's own statement differs.
"""

from __future__ import annotations

import keras
import pytest
from pydantic import ValidationError

from spec_compiler.catalog.registry import FUNCTIONS, LAYERS
from spec_compiler.catalog.rules import RuleError
from tests.catalog.keras_contract.calls import make
from tests.catalog.keras_contract.drawing import example_call
from tests.catalog.keras_contract.dtypes import DTYPES, MISSTATED, POLICIES, computed, given_in, stated_by_keras
from tests.thoroughness import THOROUGH

pytestmark = pytest.mark.tensorflow

NAMES = sorted({*(name for names in LAYERS.values() for name in names), *FUNCTIONS} - {"Input"})

WITHOUT_KERNELS = {
    f"{name}Pooling3D" for name in ("Average", "Max", "AdaptiveAverage", "AdaptiveMax")
}  # fmt: skip
"""Layers for some dtypes of which TensorFlow has kernels only where it compiles (as `fit` and `predict` do)."""

PAIRS = [
    (dtype, policy)
    for dtype in DTYPES
    for policy in POLICIES
    if THOROUGH or policy is None or dtype in ("float32", "float64", "int32")
]
"""The dtypes and policies that are tried: each dtype without a policy, and each policy on some dtypes of every kind."""


@pytest.mark.parametrize("name", NAMES)
def test_a_layer_gives_the_dtypes_that_are_stated(name):
    arguments, inputs = example_call(name)
    differing, misstated = [], set()
    for dtype, policy in PAIRS:
        tensors = given_in(inputs, dtype)
        try:
            config = make(name, arguments if policy is None else {**arguments, "dtype": policy})
            stated = [x.dtype for x in config.apply(**tensors).outputs]
        except (ValidationError, RuleError):
            continue
        try:
            results = computed(config, tensors)
        except Exception as error:  # whatever TensorFlow raises
            results = [type(error).__name__]
        if results == ["NotFoundError"] and name in WITHOUT_KERNELS:
            continue
        if results != stated:
            differing.append((dtype, policy, stated, results))
        elif stated_by_keras(config, tensors) != stated:
            misstated.add(name)
    assert differing == []
    assert misstated <= MISSTATED


def test_the_layers_that_keras_misstates_are_known():
    assert set(NAMES) >= MISSTATED | WITHOUT_KERNELS
    assert keras.backend.backend() == "tensorflow"
