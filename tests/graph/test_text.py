"""The text forms: what they are for is that no change of a graph leaves them as they were."""

from __future__ import annotations

from functools import cache

import pytest

import spec_compiler as sc
from spec_compiler.graph.flat import FlatSpec
from spec_compiler.graph.text import flat_text, graph_text, typed_text
from tests.stages.through import expanded

pytestmark = pytest.mark.usefixtures("stand_ins")

SPEC = """
spec: 1
name: named
description: What it is.
blocks:
  tower:
    params: {units: 3, unused: 1}
    inputs: [x]
    nodes: {d: {type: Dense, units: "${units}", inputs: x}}
    outputs: [d]
defaults:
  Dense: {use_bias: true}
layers:
  tower: {type: tower, units: 4}
nodes:
  x: {type: Input, shape: [4]}
  a: {use: tower, inputs: x}
  b: {type: Dropout, rate: 0.5, call: {training: true}, inputs: a}
  c: {type: tower, repeat: 2, inputs: b}
  steps: {type: ops.arange, start: 2}
  shifted: {type: ops.add, inputs: [c, [0.25, 0.5, 0.75]]}
  y: {type: Dense, units: 2, name: last, kernel_initializer: zeros, inputs: shifted}
  moved: {type: ops.add, inputs: [y, steps]}
outputs:
  moved: {loss: mse}
models:
  head: {inputs: [shifted], outputs: {moved: {loss: huber}}, compile: {optimizer: {type: SGD, momentum: 0.25}}}
compile: {optimizer: {type: Adam, learning_rate: 0.001}}
fit: {epochs: 3}
seed: 1
lint: {ignore: [SC611, SC612, SC606]}
"""
CHANGES = [
    ("name: named", "name: other"),
    ("What it is", "What it was"),
    ("unused: 1", "used: 1"),
    ("units: 4}", "units: 4, name: tall}"),
    ("rate: 0.5", "rate: 0.1"),
    ("training: true", "training: false"),
    ("repeat: 2", "repeat: 3"),
    ("inputs: a}", "inputs: x}\n  aside: {type: ReLU, inputs: a}"),
    ("name: last", "name: final"),
    ("kernel_initializer: zeros", "kernel_initializer: ones"),
    ("0.75]", "0.625]"),
    ("start: 2", "start: 0, stop: 2"),
    ("loss: mse", "loss: mae"),
    ("head:", "end:"),
    ("inputs: [shifted]", "inputs: [c]"),
    ("loss: huber", "loss: hinge"),
    ("momentum: 0.25", "momentum: 0.5"),
    ("0.001", "0.002"),
    ("epochs: 3", "epochs: 4"),
    ("seed: 1", "seed: 2"),
    ("SC611, ", ""),
]


@cache
def graph_of(text: str) -> sc.TypedGraph:
    graph = sc.load_spec(sc.Source.text(text))
    return graph.whole or graph


@cache
def flat_of(text: str) -> FlatSpec:
    return expanded(sc.Source.text(text))


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change[1])
def test_whatever_is_changed_changes_the_text(change):
    assert SPEC.count(change[0]) == 1
    before, after = graph_of(SPEC), graph_of(SPEC.replace(*change))
    assert graph_text(before.graph) != graph_text(after.graph)
    assert typed_text(before) != typed_text(after)
    assert flat_text(flat_of(SPEC)) != flat_text(flat_of(SPEC.replace(*change)))


def test_the_entries_of_defaults_are_in_the_text_of_a_flat_spec():
    assert "default Dense(use_bias) at /defaults/Dense" in flat_text(flat_of(SPEC)).splitlines()


def test_models_of_parts_and_constants_are_in_the_text_of_a_typed_graph():
    lines = typed_text(graph_of(SPEC)).splitlines()
    at = lines.index("parts")
    assert [line.strip() for line in lines[at + 1 : at + 4]] == [
        "head(shifted) at /models/head",
        "moved <- moved (loss=huber) at /models/head/outputs/moved",
        "compile (optimizer=SGD(momentum=0.25))",
    ]
    (steps,) = (line for line in lines if line.strip().startswith("steps:"))
    assert steps.endswith("-> (2,) int32 constant at /nodes/steps")
