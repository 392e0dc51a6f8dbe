"""Between which bounds the tensors of a graph lie, as the table says it."""

from __future__ import annotations

import math

import pytest

import spec_compiler as sc
from spec_compiler.analysing.ranges import Ranges
from spec_compiler.catalog.intervals import EVERY, UNKNOWN, Interval
from spec_compiler.graph.typed import TensorRef

pytestmark = pytest.mark.usefixtures("stand_ins")

SPEC = """
spec: 1
nodes:
  x: {type: Input, shape: [8]}
  picture: {type: Input, shape: [4, 4, 1], dtype: uint8}
  word: {type: Input, shape: [1], dtype: string}
  scaled: {type: Rescaling, scale: 0.5, offset: -1.0, inputs: picture}
  id: {type: StringLookup, vocabulary: [a, b], mask_token: "", inputs: word}
  next: {type: ops.add, inputs: [id, 1]}
  sums: {type: Dense, units: 3, inputs: x}
  bent: {type: Activation, activation: tanh, inputs: sums}
  size: {type: ops.abs, inputs: bent}
  held: {type: Dense, units: 3, kernel_constraint: non_neg, inputs: x}
  steps: {type: Reshape, target_shape: [4, 2], inputs: x}
  lstm: {type: LSTM, units: 3, return_state: true, inputs: steps}
  shares: {type: Sequential, layers: [{type: Dense, units: 3}, {type: Softmax}], inputs: x}
  counted: {type: ops.sum, axis: 1, inputs: shares}
  where: {type: ops.where, inputs: {condition: yes, x1: size, x2: 5.0}}
  yes: {type: ops.greater, inputs: [sums, 0.0]}
outputs: {a: {from: scaled}, b: {from: next}, c: {from: counted}, d: {from: lstm.state_c}, e: {from: where}, f: {from: held}}
"""


def test_the_bounds_of_tensors():
    graph = sc.load_spec(sc.Source.text(SPEC))
    ranges = graph.table(Ranges)
    assert {name: ranges.of(TensorRef(name, 0)) for name in graph.calls} == {
        "x": UNKNOWN,
        "picture": Interval(0, 255),
        "word": UNKNOWN,
        "scaled": Interval(-1.0, 126.5),
        "id": Interval(0, 3, reached=True),
        "next": Interval(1, 4, reached=True),
        "sums": EVERY,
        "bent": Interval(-1.0, 1.0, True, True, True),
        "size": Interval(0, 1.0, False, True, True),
        "held": UNKNOWN,
        "steps": UNKNOWN,
        "lstm": Interval(-1.0, 1.0, True, True, True),
        "shares": Interval(0.0, 1.0, reached=True),
        "counted": Interval(0.0, 3.0),
        "where": Interval(0, 5.0, False, False, True),
        "yes": Interval(0, 1),
    }
    assert ranges.of(TensorRef("lstm", 2)) == UNKNOWN
    assert ranges is graph.table(Ranges)


@pytest.mark.slow
def test_a_deep_graph_is_no_deeper_for_it():
    nodes = {"x": {"type": "Input", "shape": [2]}, "n0": {"type": "Activation", "activation": "tanh", "inputs": "x"}}
    nodes |= {f"n{i}": {"type": "Activation", "activation": "relu", "inputs": f"n{i - 1}"} for i in range(1, 3000)}
    graph = sc.load_spec({"spec": 1, "nodes": nodes, "outputs": ["n2999"]})
    assert Ranges(graph).of(TensorRef("n2999", 0)) == Interval(0.0, 1.0)


BLOCK_INSIDE = """
spec: 1
blocks:
  half: {inputs: [a], nodes: {d: {type: Dense, units: 2, inputs: a}}, outputs: [d]}
layers: {h: {type: half}}
nodes:
  x: {type: Input, shape: [3, 4]}
  y: {type: WRAPPER, inputs: x}
outputs: {y: {loss: mse}}
"""


@pytest.mark.parametrize(
    ("wrapper", "low", "high"),
    [
        ("Sequential, layers: [{use: h}, {type: Activation, activation: tanh}]", -1, 1),
        ("TimeDistributed, layer: {use: h}", -math.inf, math.inf),
        ("TimeDistributed, layer: {type: Sequential, layers: [{use: h}, {type: ReLU}]}", 0, math.inf),
        ("Sequential, layers: [{type: TimeDistributed, layer: {use: h}}, {type: ReLU}]", 0, math.inf),
    ],
)
def test_of_a_block_inside_a_layer_nothing_is_known_and_what_follows_it_is(wrapper, low, high):
    graph = sc.load_spec(sc.Source.text(BLOCK_INSIDE.replace("WRAPPER", wrapper)))
    found = graph.table(Ranges).of(TensorRef("y", 0))
    assert (found.low, found.high) == (low, high)
