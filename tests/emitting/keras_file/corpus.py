"""Specs whose files are held against Keras's own: every example of the catalogue, every spec, and corners of the language."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

import pytest

import spec_compiler as sc
from spec_compiler.catalog import families
from spec_compiler.catalog.examples import example
from spec_compiler.catalog.registry import FUNCTIONS, LAYERS, OPS
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.reading.read import read

ROOT = Path(__file__).resolve().parents[3]

LAYER_NAMES = sorted({*(name for names in LAYERS.values() for name in names), *FUNCTIONS})
OP_NAMES = sorted(f"ops.{name}" for names in OPS.values() for name in names)
SPECS = sorted(path.name for path in (ROOT / "specs").iterdir() if path.suffix in (".yaml", ".json"))

ONLY_KERAS = {
    "MultiOptimizer, two for one weight": "several optimizers for one weight",
    **dict.fromkeys(("counted tokens to be learnt", "counted tokens to be learnt, with a seed"), "are to be learnt"),
}
"""What Keras has to refuse, and what the command says of it."""

SOME_SPECS = ("autoencoder.yaml", "masked_bilstm.yaml", "news.yaml", "resnet18.yaml", "tweets.json", "wavenet.yaml")
"""Examples of several kinds, for the tests that are to end soon."""


def one_of(specs: list[str]) -> pytest.MarkDecorator:
    """A test for each of some specs, in the fast tier for some of them."""
    return pytest.mark.parametrize(
        "name", [pytest.param(name, marks=() if name in SOME_SPECS else pytest.mark.slow) for name in specs]
    )


TRAINED: dict[str, Any] = {
    "spec": 1,
    "nodes": {
        "x": {"type": "Input", "shape": [8]},
        "h": {"type": "Dense", "units": 4, "inputs": "x"},
        "e": {"type": "BatchNormalization", "inputs": "h"},
        "y": {"type": "Dense", "units": 3, "activation": "softmax", "inputs": "e"},
    },
    "outputs": {"y": {"loss": "categorical_crossentropy"}},
}

_WAYS: dict[str, dict[str, Any]] = {
    "plain": {},
    "averages": {"use_ema": True},
    "gathered": {"gradient_accumulation_steps": 2},
    "scheduled": {"learning_rate": {"type": "CosineDecay", "initial_learning_rate": 0.1, "decay_steps": 10}},
    "momentum": {"momentum": 0.9},
    "amsgrad": {"amsgrad": True},
    "centered": {"centered": True},
}


def example_of(name: str) -> sc.Source:
    """The example of a type."""
    found = example(name)
    assert found is not None
    return sc.Source.text(found.text)


def constants() -> dict[str, Any]:
    """The examples of ops with a list of numbers in place of each of their tensors but one."""
    found = {}
    for name in OP_NAMES:
        text = example(name)
        assert text is not None
        spec = read(sc.Source.text(text.text), Findings()).data
        graph = sc.load_spec(spec)
        for operand in list(spec["nodes"])[1:-1]:
            kind = graph.results[operand].outputs[0]
            shape = tuple(length or 1 for length in kind.shape)
            if shape and prod(shape) <= 100:
                number = {"float32": 0.1, "bool": True}.get(kind.dtype, 1)
                changed = _replaced(spec, operand, _nested(shape, number))
                if sc.check_spec(changed).ok:
                    found[f"{name}, {operand}"] = changed
    return found


def _nested(shape: tuple[int, ...], number: Any) -> Any:
    return [_nested(shape[1:], number) for _ in range(shape[0])] if shape else number


def _replaced(spec: Any, name: str, value: Any) -> Any:
    """A spec without an input, which is replaced by a value wherever it flows in."""
    nodes = {key: {**node} for key, node in spec["nodes"].items() if key != name}
    for node in nodes.values():
        if "inputs" in node:
            node["inputs"] = _without(node["inputs"], name, value)
    return {**spec, "nodes": nodes}


def _without(inputs: Any, name: str, value: Any) -> Any:
    if isinstance(inputs, dict):
        return {key: _without(item, name, value) for key, item in inputs.items()}
    return (
        [_without(item, name, value) for item in inputs]
        if isinstance(inputs, list)
        else value
        if inputs == name
        else inputs
    )


def optimizers() -> dict[str, Any]:
    """A spec for every optimizer, in each way that it can be used."""
    inner = {
        "LossScaleOptimizer": {"inner_optimizer": "adam"},
        "MultiOptimizer": {"optimizer_map": {"type": "OptimizerMap", "default_optimizer": "adam"}},
    }
    found = {}
    for name in sorted(set(families.optimizers().classes.values())):
        for way, arguments in _WAYS.items():
            spec = TRAINED | {"compile": {"optimizer": {"type": name, **inner.get(name, {}), **arguments}}}
            if sc.check_spec(spec).ok:
                found[f"{name}, {way}"] = spec
    twice = {"h/.*": "adam", ".*/bias": "adam"}
    several = {"type": "OptimizerMap", "default_optimizer": "sgd", "optimizer_map": twice}
    found["MultiOptimizer, two for one weight"] = TRAINED | {
        "compile": {"optimizer": {"type": "MultiOptimizer", "optimizer_map": several}}
    }
    half = TRAINED | {"dtype_policy": "mixed_float16", "compile": {"optimizer": "adam"}}
    return found | {"a mixed policy": half, "a mixed policy and a seed": half | {"seed": 3}}


def losses_and_metrics() -> dict[str, Any]:
    """A spec for every loss and every metric, by each name."""
    found = {}
    for family, key in ((families.losses(), "loss"), (families.metrics(), "metrics")):
        for name in sorted({*family.classes.values(), *family.functions}):
            output = {"loss": name} if key == "loss" else {"loss": "mse", key: [name]}
            spec = TRAINED | {"outputs": {"y": output}}
            if sc.check_spec(spec).ok:
                found[f"{key} {name}"] = spec
    return found


_ONE = {
    "lora": ("Dense, units: 4, lora_rank: 2", "shape: [8]"),
    "lora of a convolution": ("Conv1D, filters: 4, kernel_size: 3, lora_rank: 2", "shape: [8, 3]"),
    "lora of a table": ("Embedding, input_dim: 9, output_dim: 4, lora_rank: 2", "shape: [8], dtype: int32"),
    "lora of a sum": (
        "EinsumDense, equation: 'ab,bc->ac', output_shape: 64, bias_axes: c, lora_rank: 2", "shape: [8]"
    ),
    "frozen": ("Dense, units: 4, trainable: false", "shape: [8]"),
    "frozen normalization": ("BatchNormalization, trainable: false", "shape: [8]"),
    "frozen recurrent": ("LSTM, units: 4, trainable: false", "shape: [3, 8]"),
    "learnt normalization": ("Normalization", "shape: [8]"),
    "untied": ("ReversibleEmbedding, input_dim: 9, output_dim: 4, tie_weights: false", "shape: [8], dtype: int32"),
    "stateful": ("LSTM, units: 4, stateful: true", "batch_shape: [2, 5, 8]"),
    "half": ("Dense, units: 4, dtype: float16", "shape: [8]"),
    "brain": ("Dense, units: 4, dtype: bfloat16", "shape: [8]"),
    "double": ("Dense, units: 4, dtype: float64", "shape: [8]"),
    "mixed": ("LSTM, units: 4, dtype: mixed_float16", "shape: [5, 8]"),
    "steps of a normalization": ("TimeDistributed, layer: {type: BatchNormalization}", "shape: [5, 8]"),
    "steps of a dropout": ("TimeDistributed, layer: {type: Dropout, rate: 0.5}", "shape: [5, 8]"),
    "steps of steps": ("TimeDistributed, layer: {type: TimeDistributed, layer: {type: Dense, units: 3}}", "shape: [5, 6, 8]"),
    "steps of both directions": (
        "TimeDistributed, layer: {type: Bidirectional, layer: {type: GRU, units: 3, return_sequences: true}}",
        "shape: [5, 6, 8]",
    ),
    "steps of a chain": (
        "TimeDistributed, layer: {type: Sequential, layers: [{type: Conv2D, filters: 3, kernel_size: 2}, "
        "{type: Flatten}, {type: Dense, units: 3}]}",
        "shape: [5, 6, 8, 3]",
    ),
    "a chain in a chain": (
        "Sequential, layers: [{type: Dense, units: 3}, {type: Sequential, layers: [{type: Dense, units: 2}, "
        "{type: Dropout, rate: 0.5}]}, {type: BatchNormalization}]",
        "shape: [6]",
    ),
    "cells": (
        "RNN, cell: {type: StackedRNNCells, cells: [{type: LSTMCell, units: 3}, {type: GRUCell, units: 2, "
        "dropout: 0.2}]}",
        "shape: [5, 6]",
    ),
    "spectral": ("SpectralNormalization, layer: {type: Conv2D, filters: 3, kernel_size: 2}", "shape: [5, 6, 3]"),
    "lookup": ("StringLookup, vocabulary: [a, b], output_mode: one_hot", "shape: [3], dtype: string"),
    "lookup to be learnt": ("StringLookup, max_tokens: 10", "shape: [3], dtype: string"),
    "lookup with padding": ("StringLookup, mask_token: ''", "shape: [3], dtype: string"),
    "lookup of numbers": ("IntegerLookup, mask_token: 0", "shape: [3], dtype: int64"),
    "words to be learnt": ("TextVectorization, max_tokens: 20", "shape: [], dtype: string"),
    "counted words": ("TextVectorization, max_tokens: 20, output_mode: count", "shape: [], dtype: string"),
    "bins to be learnt": ("Discretization, num_bins: 4", "shape: [3]"),
    "a constant": (
        "Dense, units: 3, kernel_initializer: {type: Constant, value: 2.0}, bias_initializer: random_normal, "
        "kernel_regularizer: l2",
        "shape: [3]",
    ),
    "an identity": ("Dense, units: 3, kernel_initializer: identity, activity_regularizer: l1", "shape: [3]"),
    "unknown lengths": ("LSTM, units: 3, return_sequences: true", "shape: [null, 3]"),
    "bytes": ("Rescaling, scale: 0.1", "shape: [3, 2], dtype: uint8"),
    "flipped bytes": ("RandomFlip, seed: 3", "shape: [8, 8, 3], dtype: uint8"),
    "a group for each channel": ("GroupNormalization, groups: -1", "shape: [8, 8, 3]"),
    "a group for each row": ("GroupNormalization, groups: -1, axis: 1", "shape: [8, 6, 3]"),
    "two axes": ("LayerNormalization, axis: [1, 2]", "shape: [8, 8, 3]"),
    "some augmentations": ("AugMix, all_ops: false", "shape: [8, 8, 3]"),
    "jitters": ("RandomColorJitter, contrast_factor: 0.1, hue_factor: 0.1", "shape: [8, 8, 3]"),
}  # fmt: skip

_TOWER = """
blocks:
  tower:
    inputs: [a, b]
    nodes:
      h: {type: concatenate, inputs: [a, b]}
      d: {type: Dropout, rate: 0.5, inputs: h}
      o: {type: Dense, units: 3, inputs: d}
      r: {type: Reshape, target_shape: [4, 2], inputs: b}
      k: {type: LSTM, units: 3, inputs: r}
    outputs: [o, k]
layers:
  t: {type: tower, trainable: TRAINABLE}
  shared: {type: Dense, units: 3}
nodes:
  x: {type: Input, shape: [8]}
  y: {type: Input, shape: [8]}
  p: {use: t, inputs: [x, y]}
  q: {use: t, inputs: [y, x]}
  s: {use: shared, inputs: p.o}
  u: {use: shared, inputs: q.k}
  z: {type: add, inputs: [s, u, p.k]}
  w: {type: Dense, units: 2, inputs: p.o}
outputs: {z: {loss: mse, metrics: [mae]}, w: {}}
compile: {optimizer: {type: SGD, momentum: 0.9}}
"""

_MASKED = """
nodes:
  x: {type: Input, shape: [8], dtype: int32}
  e: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true, inputs: x}
"""

WHOLE = {
    "shared blocks": _TOWER.replace("TRAINABLE", "true"),
    "frozen blocks": _TOWER.replace("TRAINABLE", "false"),
    "outputs of a block": """
blocks: {b: {inputs: [a], nodes: {h: {type: Dense, units: 8, inputs: a}}, outputs: [h]}}
layers: {t: {type: b}}
nodes:
  x: {type: Input, shape: [8]}
  p: {use: t, inputs: x}
  q: {use: t, inputs: p}
outputs: {t: {from: q}, other: {from: p}}
""",
    "states": """
nodes:
  x: {type: Input, shape: [5, 8]}
  l: {type: LSTM, units: 3, return_state: true, return_sequences: true, inputs: x}
  m: {type: LSTM, units: 3, inputs: {sequences: l.output, initial_state: [l.state_h, l.state_c]}}
  d: {type: Dropout, rate: 0.3, inputs: m, call: {training: true}}
outputs: {o: {from: d}, s: {from: l.state_c}}
""",
    "a mask through layers": _MASKED + """
  d: {type: Dropout, rate: 0.1, inputs: e}
  n: {type: LayerNormalization, inputs: d}
  l: {type: GRU, units: 4, return_sequences: true, inputs: n}
  g: {type: GlobalAveragePooling1D, inputs: l}
  k: {type: Dense, units: 2, inputs: g}
outputs: {k: {loss: mse}}
""",
    "masked steps": """
nodes:
  x: {type: Input, shape: [8, 3]}
  e: {type: Masking, inputs: x}
  l: {type: LSTM, units: 4, return_sequences: true, inputs: e}
  t: {type: TimeDistributed, layer: {type: Dense, units: 3}, inputs: l}
  m: {type: LSTM, units: 4, inputs: t}
outputs: [m]
""",
    "two masks and an op of their class": """
nodes:
  x: {type: Input, shape: [8], dtype: int32}
  y: {type: Input, shape: [8], dtype: int32}
  n: {type: ops.not_equal, inputs: [x, y]}
  e: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true, inputs: x}
  f: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true, inputs: y}
  a: {type: LSTM, units: 4, inputs: f}
  b: {type: LSTM, units: 4, inputs: e}
  c: {type: concatenate, inputs: [a, b]}
  w: {type: ops.cast, dtype: float32, inputs: n}
  v: {type: concatenate, inputs: [c, w]}
outputs: [v]
""",
    "a mask that is lost in a sum": _MASKED + """
  p: {type: Embedding, input_dim: 9, output_dim: 4, inputs: x}
  a: {type: add, inputs: [e, p]}
  l: {type: LSTM, units: 4, inputs: a}
outputs: [l]
""",
    "a mask of a sum": _MASKED + """
  y: {type: Input, shape: [8], dtype: int32}
  p: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true, inputs: y}
  a: {type: add, inputs: [e, p, e]}
  l: {type: LSTM, units: 4, inputs: a}
outputs: [l]
""",
    "a mask into heads": _MASKED + """
  a: {type: MultiHeadAttention, num_heads: 2, key_dim: 4, dropout: 0.1, use_gate: true, inputs: {query: e, value: e, key: e}}
  b: {type: MultiHeadAttention, num_heads: 2, key_dim: 4, inputs: {query: a, value: e}}
  s: {type: ops.softmax, inputs: b}
  l: {type: LSTM, units: 4, inputs: b}
  k: {type: ops.sum, axis: 1, inputs: s}
outputs: [l, k]
""",
    "a mask into a block": """
blocks:
  tower:
    inputs: [a]
    nodes:
      d: {type: Dense, units: 3, inputs: a}
      k: {type: LSTM, units: 3, return_sequences: true, inputs: d}
    outputs: [k]
layers: {t: {type: tower}}
""" + _MASKED + """
  p: {use: t, inputs: e}
  l: {type: LSTM, units: 4, inputs: p}
outputs: [l]
""",
    "masks into a block of two inputs": """
blocks:
  tower:
    inputs: [a, b]
    nodes:
      s: {type: add, inputs: [a, b]}
      k: {type: LSTM, units: 3, return_sequences: true, inputs: s}
    outputs: [k]
layers: {t: {type: tower}}
""" + _MASKED + """
  f: {type: Embedding, input_dim: 9, output_dim: 4, inputs: x}
  p: {use: t, inputs: [e, f]}
  q: {use: t, inputs: [f, e]}
  l: {type: LSTM, units: 4, inputs: p}
  m: {type: LSTM, units: 4, inputs: q}
  s: {type: add, inputs: [l, m]}
outputs: [s]
""",
    "a block that makes a mask": """
blocks:
  tower:
    inputs: [a]
    nodes:
      e: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true, inputs: a}
      k: {type: LSTM, units: 3, return_sequences: true, inputs: e}
    outputs: [k]
layers: {t: {type: tower}}
nodes:
  x: {type: Input, shape: [8], dtype: int32}
  y: {type: Input, shape: [8], dtype: int32}
  z: {type: Input, shape: [6], dtype: int32}
  p: {use: t, inputs: x}
  q: {use: t, inputs: y}
  r: {use: t, inputs: z}
  l: {type: LSTM, units: 4, inputs: p}
  m: {type: LSTM, units: 4, inputs: q}
  n: {type: LSTM, units: 4, inputs: r}
  s: {type: add, inputs: [l, m, n]}
outputs: [s]
""",
    "a block that makes a mask for each step": """
blocks:
  tower:
    inputs: [a]
    nodes:
      e: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true, inputs: a}
      k: {type: LSTM, units: 3, inputs: e}
    outputs: [k]
layers: {t: {type: tower}}
nodes:
  x: {type: Input, shape: [5, 8], dtype: int32}
  p: {type: TimeDistributed, layer: {use: t}, inputs: x}
  l: {type: LSTM, units: 4, inputs: p}
outputs: [l]
""",
    "masked steps of half precision": """
dtype_policy: mixed_float16
nodes:
  x: {type: Input, shape: [8, 3]}
  e: {type: Masking, mask_value: 0.1, inputs: x}
  l: {type: LSTM, units: 4, inputs: e}
outputs: [l]
""",
    "ids that are floats": """
nodes:
  x: {type: Input, shape: [8]}
  e: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true, inputs: x}
  l: {type: LSTM, units: 4, inputs: e}
outputs: [l]
""",
    "ids in both directions": """
nodes:
  x: {type: Input, shape: [8], dtype: int32}
  e: {type: ReversibleEmbedding, input_dim: 9, output_dim: 4, mask_zero: true, inputs: x}
  l: {type: LSTM, units: 4, inputs: e}
outputs: [l]
""",
    "masks that are put together": """
nodes:
  x: {type: Input, shape: [8], dtype: int32}
  y: {type: Input, shape: [8], dtype: int32}
  e: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true, inputs: x}
  f: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true, inputs: y}
  g: {type: Embedding, input_dim: 9, output_dim: 4, inputs: y}
  steps: {type: concatenate, axis: 1, inputs: [e, f]}
  features: {type: concatenate, inputs: [e, f]}
  some: {type: concatenate, inputs: [e, g]}
  a: {type: LSTM, units: 4, inputs: steps}
  b: {type: LSTM, units: 4, inputs: features}
  c: {type: LSTM, units: 4, inputs: some}
  s: {type: add, inputs: [a, b, c]}
outputs: [s]
""",
    "masks that meet in a product": _MASKED + """
  f: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true, inputs: x}
  d: {type: dot, axes: 2, inputs: [e, f]}
  a: {type: LSTM, units: 4, inputs: d}
outputs: [a]
""",
    "masks into attention": _MASKED + """
  f: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true, inputs: x}
  d: {type: Attention, inputs: {inputs: [e, f]}}
  a: {type: LSTM, units: 4, inputs: d}
outputs: [a]
""",
    "masks into grouped heads": _MASKED + """
  f: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true, inputs: x}
  d: {type: GroupQueryAttention, head_dim: 4, num_query_heads: 2, num_key_value_heads: 1, inputs: {query: e, value: f}}
  a: {type: LSTM, units: 4, inputs: d}
outputs: [a]
""",
    "masked both ways": _MASKED + """
  b: {type: Bidirectional, layer: {type: LSTM, units: 3, return_sequences: true}, inputs: e}
  c: {type: Bidirectional, layer: {type: GRU, units: 3}, inputs: b}
outputs: [c]
""",
    "masked steps of chains": _MASKED + """
  b: {type: Sequential, layers: [{type: Dense, units: 3}, {type: LSTM, units: 3, return_sequences: true}], inputs: e}
  c: {type: GRU, units: 3, inputs: b}
outputs: [c]
""",
    "a chain that makes a mask": """
nodes:
  x: {type: Input, shape: [8], dtype: int32}
  b: {type: Sequential, layers: [{type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true}, {type: LSTM, units: 3, return_sequences: true}], inputs: x}
  c: {type: GRU, units: 3, inputs: b}
outputs: [c]
""",
    "masked cells and states": _MASKED + """
  b: {type: RNN, cell: {type: LSTMCell, units: 3}, return_sequences: true, return_state: true, inputs: e}
  c: {type: GRU, units: 3, inputs: b.output}
outputs: [c]
""",
    "counted tokens": """
nodes:
  x: {type: Input, shape: [3], dtype: string}
  t: {type: StringLookup, vocabulary: [a, b], idf_weights: [0.5, 0.1], output_mode: tf_idf, inputs: x}
outputs: [t]
""",
    "counted tokens with more room": """
nodes:
  x: {type: Input, shape: [], dtype: string}
  t:
    type: TextVectorization
    vocabulary: [a, b]
    idf_weights: [0.5, 0.1]
    output_mode: tf_idf
    max_tokens: 5
    pad_to_max_tokens: true
    inputs: x
outputs: [t]
""",
    "counted tokens and special ones": """
nodes:
  x: {type: Input, shape: [3], dtype: int64}
  t: {type: IntegerLookup, vocabulary: [-1, 5, 7], idf_weights: [0.2, 0.5, 0.1], output_mode: tf_idf, inputs: x}
outputs: [t]
""",
    "counted tokens to be learnt": """
nodes:
  x: {type: Input, shape: [3], dtype: string}
  t: {type: StringLookup, max_tokens: 10, output_mode: tf_idf, inputs: x}
outputs: [t]
""",
    "an optimizer for matrices": """
layers: {d: {type: Dense, units: 3}}
blocks: {b: {inputs: [a], nodes: {h: {type: Dense, units: 8, inputs: a}}, outputs: [h]}}
nodes:
  x: {type: Input, shape: [8, 3]}
  i: {type: Input, shape: [4], dtype: int32}
  e: {type: Embedding, input_dim: 5, output_dim: 3, inputs: i}
  l: {type: TimeDistributed, layer: {use: d}, inputs: x}
  m: {use: d, inputs: e}
  c: {type: concatenate, axis: 1, inputs: [l, m]}
  p: {type: b, inputs: c}
  k: {type: Dense, units: 3, inputs: p}
outputs: {k: {loss: mse}}
compile: {optimizer: {type: Muon, exclude_layers: ["^l/", "k"]}}
""",
    "several optimizers": """
layers: {d: {type: Dense, units: 3}, q: {type: b}}
blocks: {b: {inputs: [a], nodes: {h: {type: Dense, units: 8, inputs: a}}, outputs: [h]}}
nodes:
  x: {type: Input, shape: [8, 3]}
  l: {type: TimeDistributed, layer: {use: d}, inputs: x}
  p: {use: q, inputs: l}
  k: {type: Dense, units: 3, inputs: p}
outputs: {k: {loss: mse}}
compile:
  optimizer:
    type: MultiOptimizer
    loss_scale_factor: 2
    optimizer_map:
      type: OptimizerMap
      default_optimizer: {type: Adam, use_ema: true}
      optimizer_map:
        l/d/kernel: {type: SGD, momentum: 0.9}
        h/.*: {type: SGD, learning_rate: {type: CosineDecay, initial_learning_rate: 0.1, decay_steps: 10}}
        nothing: {type: Muon, use_ema: true}
""",
    "a mask that is given": """
nodes:
  x: {type: Input, shape: [8, 3]}
  m: {type: Input, shape: [8], dtype: bool}
  l: {type: LSTM, units: 4, return_sequences: true, inputs: {sequences: x, mask: m}}
  k: {type: LSTM, units: 4, inputs: l}
outputs: [k]
""",
    "a shared layer in another and outside": """
layers: {d: {type: Dense, units: 3}}
nodes:
  x: {type: Input, shape: [8, 3]}
  y: {type: Input, shape: [3]}
  l: {type: TimeDistributed, layer: {use: d}, inputs: x}
  k: {use: d, inputs: y}
outputs: {k: {loss: mse}, l: {loss: mse}}
""",
    "a block in a chain": """
blocks:
  tower:
    inputs: [a]
    nodes:
      d: {type: Dense, units: 5, inputs: a}
      k: {type: LSTM, units: 3, return_sequences: true, inputs: d}
    outputs: [k]
layers: {t: {type: tower}, u: {type: tower}}
nodes:
  x: {type: Input, shape: [8, 3]}
  l: {type: Sequential, layers: [{type: Dense, units: 4}, {use: t}, {type: Dense, units: 2}], inputs: x}
  s: {type: TimeDistributed, layer: {type: Sequential, layers: [{type: Reshape, target_shape: [2, 1]}, {use: u}]}, inputs: l}
outputs: {s: {loss: mse}}
compile: {optimizer: adam}
""",
    "a shared layer in two others": """
layers: {d: {type: Dense, units: 3}}
nodes:
  x: {type: Input, shape: [8, 3]}
  l: {type: TimeDistributed, layer: {use: d}, inputs: x}
  k: {type: Sequential, layers: [{use: d}, {type: ReLU}], inputs: l}
outputs: {k: {loss: mse}}
compile: {optimizer: adam}
""",
    "a chain for two shapes": """
layers: {s: {type: Sequential, layers: [{type: Dense, units: 3}, {type: Dense, units: 3}]}}
nodes:
  x: {type: Input, shape: [8, 3]}
  y: {type: Input, shape: [6, 3]}
  a: {use: s, inputs: x}
  b: {use: s, inputs: y}
outputs: [a, b]
""",
    "outputs of other names": """
dtype_policy: mixed_bfloat16
nodes:
  x: {type: Input, shape: [8, 3]}
  a: {type: Dense, units: 3, inputs: x}
outputs:
  first: {from: a, loss: mse, loss_weight: 2}
  second: {from: a}
  a: {loss: mae, metrics: [mse, {type: MeanSquaredError, name: m}], weighted_metrics: [mae]}
compile:
  optimizer: {type: Adam, learning_rate: {type: CosineDecay, initial_learning_rate: 0.1, decay_steps: 100}}
  steps_per_execution: 3
  run_eagerly: true
""",
    "inputs that nothing uses": """
inputs: [u, x, v]
nodes:
  x: {type: Input, shape: [8]}
  u: {type: Input, shape: [2]}
  v: {type: Input, shape: [3], dtype: int32}
  a: {type: Dense, units: 3, inputs: x}
outputs: {a: {loss: mse}}
""",
    "constants": """
nodes:
  x: {type: Input, shape: [2]}
  a: {type: ops.multiply, inputs: [x, [0.1, 2]]}
  b: {type: ops.add, inputs: [[[1], [2]], a]}
  c: {type: ops.where, inputs: [[true, false], b, 0.5]}
outputs: [c]
""",
    "constants that are made": """
nodes:
  x: {type: Input, shape: [3]}
  a: {type: ops.arange, start: 3}
  b: {type: ops.arange, start: 6.0, stop: 0, step: -2, dtype: float16}
  c: {type: ops.eye, N: 3, k: 1, dtype: bool}
  d: {type: ops.tri, N: 3, k: -1, dtype: int8}
  e: {type: ops.identity, n: 3, dtype: float64}
  f: {type: ops.ones, shape: []}
  g: {type: ops.zeros, shape: [2, 1, 3], dtype: bfloat16}
  p: {type: ops.add, inputs: [x, a]}
  q: {type: ops.add, inputs: [p, b]}
  r: {type: ops.where, inputs: [c, q, e]}
  s: {type: ops.multiply, inputs: [r, d]}
  t: {type: ops.add, inputs: [g, s]}
  u: {type: ops.subtract, inputs: [f, t]}
outputs: [u]
""",
    "constants of constants": """
nodes:
  x: {type: Input, shape: [3]}
  a: {type: ops.arange, start: 0, stop: 0.3, step: 0.1}
  b: {type: ops.sin, inputs: a}
  c: {type: ops.stack, inputs: [a, b]}
  d: {type: ops.matmul, inputs: [c, [[0.1, 0.7], [1, 2], [3, 4]]]}
  e: {type: ops.get_item, key: [0, "::-1"], inputs: d}
  f: {type: ops.split, indices_or_sections: 2, inputs: e}
  g: {type: ops.softmax, inputs: {x: b}}
  h: {type: ops.cast, dtype: bfloat16, inputs: b}
  i: {type: ops.greater, inputs: [a, 0.15]}
  p: {type: ops.add, inputs: [x, f.1]}
  q: {type: ops.multiply, inputs: [p, g]}
  r: {type: ops.where, inputs: [i, q, 0]}
  s: {type: ops.subtract, inputs: [h, r]}
outputs: [s]
""",
    "numbers in ops": """
nodes:
  x: {type: Input, shape: [8]}
  a: {type: Dense, units: 3, inputs: x}
  c: {type: ops.add, inputs: [a, 2.5]}
  d: {type: ops.multiply, inputs: [3, c]}
outputs: [d]
""",
    "frozen layers around others": """
nodes:
  x: {type: Input, shape: [8, 3]}
  l: {type: TimeDistributed, trainable: false, layer: {type: Dense, units: 3}, inputs: x}
  b: {type: Bidirectional, trainable: false, layer: {type: LSTM, units: 3}, inputs: l}
  s: {type: Sequential, trainable: false, layers: [{type: Dense, units: 2}, {type: BatchNormalization}], inputs: b}
  k: {type: Dense, units: 2, inputs: s}
outputs: {k: {loss: mse}}
compile: {optimizer: adam}
""",
}  # fmt: skip


def corners() -> dict[str, sc.Source]:
    """Specs of what a file has to say besides the layers of the examples, without a seed and with one."""
    texts = {
        name: f"nodes:\n  x: {{type: Input, {shape}}}\n  it: {{type: {layer}, inputs: x}}\noutputs: [it]\n"
        for name, (layer, shape) in _ONE.items()
    } | WHOLE
    plain = {name: sc.Source.text(f"spec: 1\n{text}") for name, text in texts.items()}
    seeded = {f"{name}, with a seed": sc.Source.text(f"spec: 1\nseed: 7\n{text}") for name, text in texts.items()}
    return plain | seeded
