"""Every op of Keras is in the catalogue, under all its names, or is left out for a reason."""

from __future__ import annotations

import inspect

import keras
import pytest

from spec_compiler.catalog.registry import OP_ALIASES, OPS, operation
from tests.catalog.ops import nn_calls, numpy_calls

pytestmark = pytest.mark.tensorflow

SUBMODULES = ("image", "linalg", "nn", "numpy")

NAMES = {name for module in OPS.values() for name in module}

_FUNCTION = "it takes a function of Python, which is no data"
_POOL = "Keras states a wrong shape for it, and cannot load what it saves of it"

OP_EXCLUSIONS = {
    "adaptive_average_pool": _POOL,
    "adaptive_max_pool": _POOL,
    "associative_scan": _FUNCTION,
    "cond": _FUNCTION,
    "conv_transpose": "it can be put into a model, but not run",
    "convert_to_numpy": "it gives an array of NumPy, and fails on the tensors of a model",
    "custom_gradient": _FUNCTION,
    "dtype": "it gives a name, no tensor",
    "empty": "what is in it is left open",
    "fori_loop": _FUNCTION,
    "histogram": "it can be put into a model, but not run: Keras looks in a wrong place for what computes it",
    "jvp": _FUNCTION,
    "map": _FUNCTION,
    "ndim": "it gives a number, no tensor, when a model runs",
    "scan": _FUNCTION,
    "shape": "it gives a tuple, no tensor",
    "is_tensor": "it gives true or false, no tensor",
    "switch": _FUNCTION,
    "vectorize": _FUNCTION,
    "vectorized_map": _FUNCTION,
    "view_as_complex": "it can be put into a model, but not run",
    "while_loop": _FUNCTION,
}
"""The ops that the catalogue leaves out, and why."""


def functions(module, prefix=""):
    return {
        f"{prefix}{name}": found
        for name, found in vars(module).items()
        if not name.startswith("_") and inspect.isfunction(found)
    }


OPS_OF_KERAS = functions(keras.ops) | {
    name: found
    for submodule in SUBMODULES
    for name, found in functions(getattr(keras.ops, submodule), f"{submodule}.").items()
}


@pytest.mark.parametrize("name", sorted(OPS_OF_KERAS))
def test_an_op_of_keras_is_in_the_catalogue_or_left_out_for_a_reason(name):
    excluded = name.rpartition(".")[2] in OP_EXCLUSIONS
    assert (operation(f"ops.{name}") is not None) != excluded


def test_the_catalogue_has_no_ops_that_keras_does_not_have():
    assert {*NAMES, *OP_ALIASES} <= set(OPS_OF_KERAS)
    assert set(OP_EXCLUSIONS) <= {name.rpartition(".")[2] for name in OPS_OF_KERAS}
    assert not NAMES & set(OP_ALIASES)


@pytest.mark.parametrize(("alias", "name"), sorted(OP_ALIASES.items()))
def test_an_alias_is_another_name_of_the_same_function(alias, name):
    theirs, ours = OPS_OF_KERAS[alias], OPS_OF_KERAS[name]
    assert operation(f"ops.{alias}") is operation(f"ops.{name}")
    assert theirs is ours or [*inspect.signature(theirs).parameters] == [*inspect.signature(ours).parameters]


def test_a_model_of_a_histogram_still_cannot_be_run():
    x = keras.Input(batch_shape=(4,))
    model = keras.Function(x, keras.ops.histogram(x))
    with pytest.raises(AttributeError):
        model(keras.ops.ones((4,)))


def test_what_gives_no_tensor_still_gives_none():
    x = keras.Input((3,))
    assert not isinstance(keras.ops.shape(x), keras.KerasTensor)
    assert not isinstance(keras.ops.dtype(x), keras.KerasTensor)
    model = keras.Function(x, keras.ops.ndim(x))
    assert not keras.ops.is_tensor(model(keras.ops.ones((2, 3))))


def test_calls_are_drawn_of_every_op():
    # `test_numpy_properties.py` draws calls of the first, `test_constants.py` of the second, `test_nn_properties.py` of
    # the last.
    assert {*numpy_calls.NAMES, *numpy_calls.CONSTANTS, *(name for name, _, _ in nn_calls.ROWS)} == NAMES


def test_each_op_stands_in_the_package_of_the_module_of_keras_that_defines_it():
    packages = {name: module.partition(".")[0] for module, names in OPS.items() for name in names}
    assert packages == {name: OPS_OF_KERAS[name].__module__.removeprefix("keras.src.ops.") for name in NAMES}
