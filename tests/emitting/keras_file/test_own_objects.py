"""What the calling program registers is left to Keras: only the objects themselves know what they save."""

from __future__ import annotations

import keras
import pytest

import spec_compiler as sc
from spec_compiler.emitting.keras_file.only_keras import OnlyKerasCanError
from spec_compiler.emitting.keras_file.planned import KerasFiles

pytestmark = pytest.mark.tensorflow


@keras.saving.register_keras_serializable("files")
class Zeros(keras.initializers.Initializer):
    """Called as one of Keras's own."""

    def __call__(self, shape, dtype=None):
        return keras.ops.ones(shape, dtype)


@keras.saving.register_keras_serializable("files")
def error(y_true, y_pred):
    return keras.ops.mean(keras.ops.abs(y_true - y_pred), axis=-1)


@keras.saving.register_keras_serializable("files")
def bent(x):
    return keras.ops.abs(x)


@keras.saving.register_keras_serializable("files")
class Slow(keras.optimizers.SGD):
    """Called as none."""


@pytest.mark.parametrize(
    ("own", "layer", "output", "optimizer"),
    [
        (Zeros, {"bias_initializer": "files>Zeros"}, {"loss": "mse"}, "sgd"),
        (error, {}, {"loss": "files>error"}, "sgd"),
        (bent, {"activation": "files>bent"}, {"loss": "mse"}, "sgd"),
        (Slow, {}, {"loss": "mse"}, "files>Slow"),
    ],
)
def test_a_registered_object_is_left_to_keras(own, layer, output, optimizer):
    sc.register(own)
    spec = {
        "spec": 1,
        "nodes": {"x": {"type": "Input", "shape": [4]}, "y": {"type": "Dense", "units": 2, **layer, "inputs": "x"}},
        "outputs": {"y": output},
        "compile": {"optimizer": optimizer},
    }
    with pytest.raises(OnlyKerasCanError):
        KerasFiles(sc.load_spec(spec))


def test_a_layer_of_the_program_is_left_to_keras():
    @keras.saving.register_keras_serializable("files")
    class Doubled(keras.layers.Layer):
        def call(self, inputs):
            return 2 * inputs

    sc.register_layer(Doubled)
    nodes = {"x": {"type": "Input", "shape": [4]}, "y": {"type": "files>Doubled", "inputs": "x"}}
    with pytest.raises(OnlyKerasCanError, match="the custom layer `files>Doubled`"):
        KerasFiles(sc.load_spec({"spec": 1, "nodes": nodes, "outputs": ["y"]}))
