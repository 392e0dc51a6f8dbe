"""Facts about tensors go through nested models as types do: into the graph of a shared block, and out of it."""

from __future__ import annotations

import math

import pytest

import spec_compiler as sc
from spec_compiler.analysing.gradients import Gradients
from spec_compiler.analysing.masks import masks
from spec_compiler.analysing.ranges import Ranges
from spec_compiler.catalog.gradient_flow import Flow
from spec_compiler.catalog.intervals import Interval
from spec_compiler.graph.typed import TensorRef

pytestmark = pytest.mark.usefixtures("stand_ins")

BLOCKS = """\
spec: 1
blocks:
  text:
    inputs: [words]
    nodes:
      table: {type: Embedding, input_dim: 5, output_dim: 4, mask_zero: true, inputs: words}
    outputs: [table]
  read:
    inputs: [steps]
    nodes:
      memory: {type: LSTM, units: 4, return_sequences: true, inputs: steps}
    outputs: [memory]
  cut:
    inputs: [steps]
    nodes:
      twice: {type: ops.multiply, inputs: [steps, 2.0]}
    outputs: [twice]
  rounded:
    inputs: [x]
    nodes:
      inner: {type: Dense, units: 4, activation: tanh, inputs: x}
      whole: {type: ops.round, inputs: inner}
    outputs: [whole]
  grown:
    inputs: [x]
    nodes:
      more: {type: ops.add, inputs: [x, 1.0]}
    outputs: [more]
  deep:
    inputs: [x]
    layers: {inside: {type: grown}}
    nodes:
      a: {use: inside, inputs: x}
      b: {use: inside, inputs: a}
    outputs: [b]
layers:
  text: {type: text}
  read: {type: read}
  cut: {type: cut}
  rounded: {type: rounded}
  deep: {type: deep}
  step: {type: grown}
"""


def source_of(nodes, outputs):
    return sc.Source.text(f"{BLOCKS}nodes:\n{nodes}outputs: {outputs}\n")


def graph_of(nodes, outputs):
    return sc.load_spec(source_of(nodes, outputs))


def test_intervals_go_into_a_model_and_out_of_it_for_each_kind_of_input():
    graph = graph_of(
        """\
  x: {type: Input, shape: [3, 2]}
  small: {type: Activation, activation: sigmoid, inputs: x}
  a: {use: deep, inputs: small}
  b: {use: deep, inputs: a}
  c: {type: Sequential, layers: [{type: ReLU, max_value: 3.0}, {use: deep}], inputs: x}
  d: {type: TimeDistributed, layer: {type: Sequential, layers: [{use: step}, {type: Activation, activation: tanh}]}, inputs: c}
  e: {type: TimeDistributed, layer: {use: step}, inputs: a}
""",
        "[a, b, c, d, e]",
    )
    found = {name: graph.table(Ranges).of(TensorRef(name, 0)) for name in "abcde"}
    assert {name: (each.low, each.high) for name, each in found.items()} == {
        "a": (2.0, 3.0),
        "b": (4.0, 5.0),
        "c": (2.0, 5.0),
        "d": (math.tanh(3.0), math.tanh(6.0)),
        "e": (3.0, 4.0),
    }


def test_a_model_that_is_called_with_very_many_kinds_of_input_is_not_looked_at_for_each():
    nodes = "  x: {type: Input, shape: [2]}\n  n0: {type: ReLU, inputs: x}\n"
    nodes += "".join(f"  n{index}: {{use: deep, inputs: n{index - 1}}}\n" for index in range(1, 200))
    ranges = graph_of(nodes, "[n199]").table(Ranges)
    assert ranges.of(TensorRef("n3", 0)).low == 6.0
    assert ranges.of(TensorRef("n199", 0)).low == -float("inf")


def test_masks_go_into_a_model_and_out_of_it():
    graph = graph_of(
        """\
  words: {type: Input, shape: [6], dtype: int32}
  vectors: {use: text, inputs: words}
  kept: {use: read, inputs: vectors}
  lost: {use: cut, inputs: kept}
  unused: {use: read, inputs: lost}
  chain: {type: Sequential, layers: [{use: text}, {use: read}], inputs: words}
""",
        "[unused, chain]",
    )
    found = {tensor.node: (mask.made, mask.lost) for tensor, mask in graph.table(masks).items()}
    assert found == {
        "vectors": ("vectors", None),
        "kept": ("vectors", None),
        "lost": ("vectors", "lost"),
        "chain": ("chain", None),
    }


def test_gradients_go_back_through_a_model_or_are_stopped_in_it():
    graph = graph_of(
        """\
  x: {type: Input, shape: [2]}
  before: {type: Dense, units: 2, inputs: x}
  a: {use: rounded, inputs: before}
  b: {use: deep, inputs: before}
  c: {type: Sequential, layers: [{use: rounded}], inputs: before}
""",
        "[a, b, c]",
    )
    gradients = graph.table(Gradients)
    assert {name: gradients.through(name) for name in "abc"} == {"a": Flow.NONE, "b": Flow.SOME, "c": Flow.NONE}
    assert gradients.to_weights(TensorRef("a", 0)) is Flow.NONE
    assert gradients.to_weights(TensorRef("b", 0)) is Flow.SOME


def found_in(nodes, outputs):
    report = sc.check_spec(sc.Source.text(f"{BLOCKS}nodes:\n{nodes}outputs: {outputs}\nlint: {{ignore: [SC603]}}\n"))
    return {(found.code, found.span.start.line) for found in report if found.code not in ("SC613", "SC614")}


def test_a_table_inside_a_model_is_held_against_the_ids_of_each_call():
    nodes = """\
  word: {type: Input, shape: [6], dtype: string}
  id: {type: StringLookup, vocabulary: [a, b, c, d, e], inputs: word}
  v: {use: text, inputs: id}
  y: {type: GlobalAveragePooling1D, inputs: v}
"""
    assert ("SC408", 6) in found_in(nodes, "[y]")


@pytest.mark.parametrize(
    ("layer", "route"),
    [
        ("Sequential, layers: [{type: Embedding, input_dim: 3, output_dim: 2}, {type: Flatten}]", "layers"),
        ("TimeDistributed, layer: {type: Embedding, input_dim: 3, output_dim: 2}", "layer"),
    ],
)
def test_a_table_inside_a_layer_is_held_against_its_ids(layer, route):
    spec = f"""\
spec: 1
nodes:
  word: {{type: Input, shape: [6, 2], dtype: string}}
  id: {{type: StringLookup, vocabulary: [a, b, c], inputs: word}}
  y: {{type: {layer}, inputs: id}}
outputs: [y]
"""
    if route == "layers":
        spec = spec.replace("[6, 2]", "[6]")
    report = sc.check_spec(sc.Source.text(spec))
    assert [(found.code, found.path.split("/")[3]) for found in report if found.severity == "error"] == [
        ("SC408", route)
    ]


def test_what_stops_gradients_inside_a_model_is_an_error_at_its_call():
    nodes = """\
  x: {type: Input, shape: [2]}
  y: {use: rounded, inputs: x}
"""
    assert {code for code, _ in found_in(nodes, "{y: {loss: mse}}")} == {"SC506"}


def test_a_model_that_reduces_the_batch_is_an_error():
    spec = """\
spec: 1
blocks:
  mean: {inputs: [x], nodes: {m: {type: ops.mean, axis: 0, inputs: x}}, outputs: [m]}
layers: {mean: {type: mean}}
nodes:
  x: {type: Input, shape: [2]}
  d: {type: Dense, units: 2, inputs: x}
  y: {use: mean, inputs: d}
outputs: {y: {loss: mse}}
"""
    assert [found.code for found in sc.check_spec(sc.Source.text(spec)) if found.severity == "error"] == ["SC530"]


def test_a_mask_of_another_rank_is_refused_inside_a_model():
    spec = f"""\
{BLOCKS}nodes:
  words: {{type: Input, shape: [3, 6], dtype: int32}}
  vectors: {{use: text, inputs: words}}
  flat: {{type: TimeDistributed, layer: {{type: Flatten}}, inputs: vectors}}
  y: {{use: read, inputs: flat}}
outputs: {{y: {{loss: mse}}}}
"""
    found = [each for each in sc.check_spec(sc.Source.text(spec)) if each.code == "SC407"]
    assert [each.span.start.line for each in found] == [11]


def test_blocks_in_blocks_that_are_called_twice_are_looked_at_once_a_kind():
    blocks = "".join(
        f"  b{depth}:\n    inputs: [x]\n    layers: {{n: {{type: b{depth - 1}}}}}\n    nodes:\n"
        "      p: {use: n, inputs: x}\n      q: {use: n, inputs: p}\n    outputs: [q]\n"
        for depth in range(1, 15)
    )
    spec = f"""\
spec: 1
blocks:
  b0: {{inputs: [x], nodes: {{d: {{type: Dense, units: 2, activation: tanh, inputs: x}}}}, outputs: [d]}}
{blocks}layers: {{top: {{type: b14}}}}
nodes:
  x: {{type: Input, shape: [2]}}
  a: {{use: top, inputs: x}}
  y: {{use: top, inputs: a}}
outputs: {{y: {{loss: mse}}}}
"""
    graph = sc.load_spec(sc.Source.text(spec))
    assert graph.table(Ranges).of(TensorRef("y", 0)) == Interval(-1.0, 1.0, True, True, True)
    assert graph.table(Gradients).to_weights(TensorRef("y", 0)) is Flow.SOME
    assert graph.table(masks) == {}


@pytest.mark.tensorflow
def test_what_is_said_of_masks_and_gradients_is_what_keras_does():
    import numpy as np
    import tensorflow as tf

    source = source_of(
        """\
  words: {type: Input, shape: [6], dtype: int32}
  vectors: {use: text, inputs: words}
  kept: {type: LSTM, units: 3, inputs: vectors}
  inside: {use: read, inputs: vectors}
  end: {type: GlobalAveragePooling1D, inputs: inside}
  cut: {use: cut, inputs: vectors}
  unmasked: {type: LSTM, units: 3, inputs: cut}
  steps: {use: rounded, inputs: kept}
""",
        "[kept, end, unmasked, steps]",
    )
    model = sc.compile_spec(source)
    words = np.array([[1, 2, 3, 0, 0, 0]])
    table = next(weight for weight in model.weights if weight.path.endswith("embeddings"))
    before = [np.asarray(each) for each in model(words)]
    table.assign(table.numpy() + np.array([[5.0], [0], [0], [0], [0]]))  # what padding is looked up as
    after = [np.asarray(each) for each in model(words)]
    assert [np.allclose(a, b) for a, b in zip(before, after, strict=True)] == [True, True, False, True]
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(model(words)[3])
    assert tape.gradient(total, table.value) is None
