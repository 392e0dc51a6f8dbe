"""Models made of standard blocks are saved, and loaded by Keras."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import spec_compiler as sc
from tests.conftest import ROOT
from tests.samples import inputs_of
from tests.std.against import results

pytestmark = pytest.mark.tensorflow

SPECS = {
    "deepfm": {},
    "hierarchical_attention": {"sentences": 3, "words": 4},
    "set_transformer": {},
    "translation": {},
}


@pytest.mark.parametrize("name", SPECS)
def test_a_model_of_standard_blocks_is_saved_and_loaded_by_keras(name, tmp_path):
    path = ROOT / f"specs/{name}.yaml"
    graph, model = (read(path, params=SPECS[name]) for read in (sc.load_spec, sc.compile_spec))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    data = list(inputs_of(graph, samples=2).values())
    for one, other in zip(results(model, data), results(loaded, data), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
