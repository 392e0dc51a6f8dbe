"""What is said of weights holds in Keras: those that can be taken over fit, and those that cannot do not."""

from __future__ import annotations

import re

import keras
import numpy as np
import pytest

import spec_compiler as sc
from spec_compiler.comparing.compare import compare
from spec_compiler.pipeline import build_model
from tests.goldens import SPECS

pytestmark = pytest.mark.tensorflow


def example(name, *changes, **params):
    """An example spec, after some replacements in its text, and with some params."""
    text = (SPECS / f"{name}.yaml").read_text(encoding="utf-8")
    for pattern, replacement in changes:
        text, count = re.subn(pattern, replacement, text)
        assert count, pattern
    return sc.load_spec(sc.Source.text(text, form="yaml"), params=params)


UNSHARED = ((r"layers:\n  encoder: .*\n", ""), ("use: encoder", "type: LSTM, units: 64"))
BLOCK = """
spec: 1
blocks:
  vision:
    inputs: [picture]
    nodes:
      near: {type: Conv2D, filters: 4, kernel_size: 3, inputs: picture}
      far: {type: Conv2D, filters: FAR, kernel_size: 3, inputs: near}
      seen: {type: GlobalAveragePooling2D, inputs: far}
    outputs: [seen]
layers:
  vision: {type: vision}
nodes:
  left: {type: Input, shape: [8, 8, 3]}
  right: {type: Input, shape: [8, 8, 3]}
  from_left: {use: vision, inputs: left}
  from_right: {use: vision, inputs: right}
  both: {type: concatenate, inputs: [from_left, from_right]}
  same: {type: Dense, units: 1, inputs: both}
outputs: [same]
"""
WRAPPED = """
spec: 1
layers:
  LAYER: {type: Dense, units: 3}
nodes:
  x: {type: Input, shape: [5, 4]}
  NAME: {type: Bidirectional, layer: {type: LSTM, units: UNITS, return_sequences: true}, inputs: x}
  attended: {type: MultiHeadAttention, num_heads: 2, key_dim: 3, use_bias: BIAS, inputs: {query: NAME, value: NAME}}
  normal: {type: BatchNormalization, inputs: attended}
  steps: {type: TimeDistributed, layer: {use: LAYER}, inputs: normal}
outputs: [steps]
"""


def block(**words):
    text = BLOCK
    for word, replacement in {"FAR": "5", **words}.items():
        text = text.replace(word, replacement)
    return sc.load_spec(sc.Source.text(text))


def wrapped(**words):
    text = WRAPPED
    for word, replacement in {"LAYER": "inner", "NAME": "both", "UNITS": "2", "BIAS": "true", **words}.items():
        text = text.replace(word, replacement)
    return sc.load_spec(sc.Source.text(text))


PAIRS = {
    "wider": (lambda: example("news"), lambda: example("news", units=128)),
    "other names": (lambda: example("news"), lambda: example("news", (r"\blstm\b", "reader"), (r"\bmerged\b", "joined"))),
    "another type": (lambda: example("news"), lambda: example("news", ("type: LSTM, units: 32", "type: GRU, units: 32"))),
    "no longer shared": (lambda: example("tweets"), lambda: example("tweets", *UNSHARED)),
    "now shared": (lambda: example("tweets", *UNSHARED), lambda: example("tweets")),
    "a block": (block, lambda: block(FAR="6", vision="eyes", near="close")),
    "a shared layer in a wrapper": (lambda: example("video_question"), lambda: example("video_question", answers=7)),
    "a shared layer of another shape in a wrapper": (
        lambda: example("video_question"),
        lambda: example("video_question", ("filters: 64", "filters: 48")),
    ),
    "copies": (lambda: example("toy_resnet"), lambda: example("toy_resnet", ("residual, repeat: 2", "residual, repeat: 3"))),
    "layers in layers": (wrapped, lambda: wrapped(NAME="two_ways", LAYER="last")),
    "layers in layers, wider": (wrapped, lambda: wrapped(UNITS="3")),
    "a weight less": (wrapped, lambda: wrapped(BIAS="false")),
    "a weight more": (lambda: wrapped(BIAS="false"), wrapped),
}  # fmt: skip


def layer_at(model, path):
    """The layer of a model that a path of names leads to, also one inside a wrapper."""
    for name in path.split("/"):
        (model,) = [layer for layer in model._flatten_layers(include_self=False) if layer.name == name]
    return model


@pytest.mark.parametrize(("a", "b"), list(PAIRS.values()), ids=list(PAIRS))
def test_weights_fit_exactly_where_they_are_said_to(a, b):
    comparison = compare(a(), b())
    before, after = build_model(a()), build_model(b())
    taken = 0
    for layer in comparison.weights:
        old = None if layer.before is None else layer_at(before, layer.before)
        new = None if layer.after is None else layer_at(after, layer.after)
        assert layer.parameters_before == (old.count_params() if old is not None else 0)
        assert layer.parameters_after == (new.count_params() if new is not None else 0)
        if layer.reason is None:
            assert type(old) is type(new)
            assert [w.shape for w in old.weights] == [w.shape for w in new.weights]
            new.set_weights(old.get_weights())
            taken += new.count_params()
        elif old is not None and new is not None:
            assert (type(old), [w.shape for w in old.weights]) != (type(new), [w.shape for w in new.weights])
    assert comparison.taken_over == taken
    assert comparison.parameters[:2] == (before.count_params(), after.count_params())


@pytest.mark.parametrize("pair", ["other names", "no longer shared", "layers in layers"])
def test_a_model_with_all_weights_taken_over_computes_the_same(pair):
    a, b = (make() for make in PAIRS[pair])
    comparison = compare(a, b)
    assert comparison.taken_over == b.parameter_count
    before, after = build_model(a), build_model(b)
    for layer in comparison.weights:
        layer_at(after, layer.after).set_weights(layer_at(before, layer.before).get_weights())
    random = np.random.default_rng(1)
    inputs = [random.integers(0, 9, [2, *x.shape[1:]]).astype(x.dtype) for x in before.inputs]
    for old, new in zip(before(inputs), after(inputs), strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(old), keras.ops.convert_to_numpy(new))
