"""What a file holds of layers that have others inside, given to the spec that is lifted of the model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import spec_compiler as sc

pytestmark = pytest.mark.tensorflow


def chain() -> Any:
    from keras import Sequential, layers

    inside = Sequential([layers.Dense(4), layers.Dense(4), layers.BatchNormalization()])
    return layers.TimeDistributed(inside, name="it")


def model() -> Any:
    from keras import Input, Model, layers

    x = Input((4,))
    return layers.TimeDistributed(
        Model(x, layers.Dense(3, name="b")(layers.Dense(2, name="a")(x)), name="m"), name="it"
    )


def cells() -> Any:
    from keras import layers

    return layers.RNN([layers.LSTMCell(3), layers.LSTMCell(2), layers.GRUCell(3)], name="it")


def cells_both_ways() -> Any:
    from keras import layers

    return layers.Bidirectional(layers.RNN([layers.GRUCell(3), layers.SimpleRNNCell(2)]), name="it")


def normalized() -> Any:
    from keras import layers

    return layers.SpectralNormalization(layers.Dense(5, name="d"), name="it")


@pytest.mark.parametrize("suffix", [".keras", ".weights.h5"])
@pytest.mark.parametrize("layer", [chain, model, cells, cells_both_ways, normalized])
def test_what_is_inside_a_layer_takes_its_weights(layer: Callable[[], Any], suffix: str, tmp_path: Path) -> None:
    import keras

    x = keras.Input((6, 4), name="x")
    theirs = keras.Model(x, layer()(x), name="m")
    random = np.random.default_rng(0)
    theirs.set_weights([random.random(each.shape) for each in theirs.weights])
    path = tmp_path / f"m{suffix}"
    (theirs.save if suffix == ".keras" else theirs.save_weights)(path)
    ours = sc.compile_spec(sc.Source.text(sc.from_keras(theirs).to_spec()), weights=path)
    data = random.random((2, 6, 4)).astype("float32")
    np.testing.assert_array_equal(ours(data), theirs(data))
