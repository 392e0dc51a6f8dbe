"""A block of the standard library against the same graph written by hand with Keras."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

import spec_compiler as sc

BATCH = 2
TOKENS = 7
"""Inputs of whole numbers are below this, and end with some zeros."""


@dataclass(frozen=True)
class Case:
    """A block with params, and a function that makes the same of tensors by hand.

    Attributes:
        block: The name of the block.
        params: What the node says besides its type, `repeat` too, and `inputs` where they are not all in order.
        shapes: The shapes of its inputs without the batch axis.
        by_hand: Takes the input tensors, gives the output or a list of outputs.
        dtype: That of the inputs.
        title: What tells the case from others of the block.
    """

    block: str
    params: dict[str, Any]
    shapes: list[tuple[int, ...]]
    by_hand: Callable[..., Any]
    outputs: tuple[str, ...] = ()
    dtype: str = "float32"
    title: str = field(default="")

    def __str__(self) -> str:
        return f"{self.block}: {self.title}" if self.title else self.block


def of_block(case: Case, imported: str) -> keras.Model:
    """The model of a spec with one node of the block."""
    inputs = {f"x{i}": {"type": "Input", "shape": list(s), "dtype": case.dtype} for i, s in enumerate(case.shapes)}
    node = {"type": case.block, "inputs": list(inputs), **case.params}
    outputs = {f"y_{name}": {"from": f"block.{name}"} for name in case.outputs} or {"y": {"from": "block"}}
    return sc.compile_spec({"spec": 1, "imports": [imported], "nodes": {**inputs, "block": node}, "outputs": outputs})


def of_hand(case: Case) -> keras.Model:
    """The model written by hand."""
    inputs = [keras.Input(shape, dtype=case.dtype) for shape in case.shapes]
    return keras.Model(inputs, case.by_hand(*inputs))


def assert_same(ours: keras.Model, theirs: keras.Model) -> None:
    """Two models have the same weights, and with the same values in them the same outputs for the same data."""
    assert [(tuple(w.shape), w.trainable) for w in ours.weights] == [
        (tuple(w.shape), w.trainable) for w in theirs.weights
    ]
    assert ours.count_params() == theirs.count_params()
    assert [tensor.shape for tensor in ours.outputs] == [tensor.shape for tensor in theirs.outputs]
    assert settings(ours) == settings(theirs)
    random = np.random.default_rng(0)
    for one, other in zip(ours.weights, theirs.weights, strict=True):
        value = drawn(one, random)
        one.assign(value)
        other.assign(value)
    data = [some(tensor, random) for tensor in ours.inputs]
    for one, other in zip(results(ours, data), results(theirs, data), strict=True):
        assert np.ptp(one) > 0
        np.testing.assert_allclose(one, other, rtol=2e-4, atol=1e-5)


def results(model: keras.Model, data: list[np.ndarray]) -> list[np.ndarray]:
    """What a model gives for data, one array for each output."""
    return [tensor.numpy() for tensor in keras.tree.flatten(model(data if len(data) > 1 else data[0]))]


def settings(model: keras.Model) -> Counter:
    """What does not show in the outputs, since it acts in training only."""
    found: Counter = Counter()
    for layer in model._flatten_layers(include_self=False):
        if isinstance(layer, keras.layers.Dropout):
            found["Dropout", round(layer.rate, 6), layer.noise_shape] += 1
        if isinstance(layer, keras.layers.BatchNormalization):
            found["BatchNormalization", layer.momentum] += 1
        if isinstance(layer, keras.layers.MultiHeadAttention):
            found["MultiHeadAttention", layer._dropout] += 1
    return found


def drawn(weight: Any, random: np.random.Generator) -> np.ndarray:
    """Values for a weight, so that numbers stay near 1 however deep the model is."""
    if weight.name == "count":
        return weight.numpy()
    if "variance" in weight.name:
        return random.uniform(0.5, 1.5, weight.shape).astype("float32")
    fan_in = int(np.prod(weight.shape[:-1])) if len(weight.shape) > 1 else 4
    return (random.normal(size=weight.shape) / np.sqrt(fan_in)).astype("float32")


def some(tensor: Any, random: np.random.Generator) -> np.ndarray:
    """Data for an input of a model."""
    shape = [BATCH, *(size or 6 for size in tensor.shape[1:])]
    if "int" not in tensor.dtype:
        return random.normal(size=shape).astype("float32")
    data = random.integers(1, TOKENS, shape)
    if len(shape) > 1:
        data[..., -2:] = 0
    return data.astype("int32")
