"""Ops of `image`, `linalg`, `math` and `nn` against Keras."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from spec_compiler.catalog.registry import OPS
from tests.catalog.keras_contract.inference import check_op
from tests.catalog.keras_contract.op_in_graph import emitted, flat, model_of, runs, values_of
from tests.catalog.keras_contract.signatures import check_op_signature
from tests.catalog.ops.nn_calls import NAMESPACES, ROWS

pytestmark = pytest.mark.tensorflow

NAMES = [name for module, names in OPS.items() if module.partition(".")[0] in NAMESPACES for name in names]

EXCLUDED = {
    "dot_product_attention": ("attn_logits_soft_cap",),  # for TPUs under JAX only: Keras refuses it elsewhere
    "layer_normalization": ("kwargs",),  # a way to say `rms_scaling`, which Keras has given up
    "multi_hot": ("kwargs", "sparse"),  # an old name; a model does not hand on `sparse`, and gives a dense tensor
}


def _id(row):
    return row[0] if isinstance(row, tuple) else None


def test_each_op_has_a_row():
    assert {name for name, _, _ in ROWS} == set(NAMES)


@pytest.mark.parametrize("row", ROWS, ids=_id)
def test_inferred_is_what_keras_computes(row):
    check_op(*row)


@pytest.mark.parametrize("row", ROWS, ids=_id)
def test_a_model_of_the_op_runs(row):
    assert runs(*emitted(*row))


@pytest.mark.parametrize("name", NAMES)
def test_arguments_and_defaults_are_those_of_keras(name):
    check_op_signature(name, excluded=EXCLUDED.get(name, ()))


def _of_random_numbers_apart(rows):
    """Without a seed, `elastic_transform` draws new numbers in each call."""
    return [row for row in rows if row[0] != "image.elastic_transform" or "seed" in row[1]]


@pytest.mark.parametrize("row", _of_random_numbers_apart(ROWS), ids=_id)
def test_a_saved_model_of_the_op_computes_the_same(row, tmp_path):
    model = model_of(*row)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    data = flat({key: values_of(key, value) for key, value in row[2].items()})
    try:
        results = keras.tree.flatten(model(data))
    except Exception:  # what TensorFlow has no kernel for on a CPU, or computes in graphs only
        assert runs(*emitted(*row))
        return
    for one, other in zip(results, keras.tree.flatten(loaded(data)), strict=True):
        np.testing.assert_array_equal(_dense(one), _dense(other))


def _dense(x):
    return np.asarray(keras.ops.convert_to_tensor(x, sparse=False))
