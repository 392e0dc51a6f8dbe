"""`defaults`: what they are for, what goes before them, and where their mistakes are."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from tests.marked import expect_linking, expect_lint
from tests.stages.through import check, linked


def load(text, **options):
    return linked(sc.Source.text(text), **options)


def argument(graph, layer, name):
    return getattr(graph.layers[layer].config, name)


EVERYWHERE = """
spec: 1
params: {width: 5}
defaults:
  Dense: {units: "${width}", activation: relu}
  LSTM: {units: 3}
  Concatenate: {axis: 1}
  dot: {axes: 1}
  ops.sum: {keepdims: true}
blocks:
  inner:
    inputs: [x]
    nodes:
      d: {type: Dense, units: 2, inputs: x}
    outputs: [d]
  outer:
    params: {n: {type: int}}
    defaults: {Dense: {units: "${n}", use_bias: false}}
    inputs: [x]
    nodes:
      d: {type: Dense, inputs: x}
      e: {type: Dense, activation: null, inputs: d}
      f: {type: inner, inputs: e}
    outputs: [f]
layers:
  shared: {type: Dense}
nodes:
  x: {type: Input, shape: [4, 3]}
  a: {type: Dense, inputs: x}
  b: {use: shared, inputs: a}
  c: {type: concatenate, inputs: [a, b]}
  l: {type: Bidirectional, layer: {type: LSTM}, inputs: c}
  m: {type: Bidirectional, layer: LSTM, inputs: c}
  n: {type: dot, inputs: [l, m]}
  o: {type: outer, n: 7, inputs: n}
  s: {type: ops.sum, axis: -1, inputs: o}
outputs: [s]
"""


def test_defaults_are_for_nodes_shared_and_nested_layers_ops_and_aliases():
    graph = load(EVERYWHERE)
    assert [argument(graph, key, "units") for key in ("a", "shared")] == [5, 5]
    assert argument(graph, "c", "axis") == 1
    assert [argument(graph, key, "layer").layer.units for key in ("l", "m")] == [3, 3]
    assert argument(graph, "n", "axes") == 1
    assert argument(graph, "s", "keepdims") is True


def test_the_node_goes_before_the_block_and_the_block_before_the_file_argument_by_argument():
    graph = load(EVERYWHERE)
    said = {key: tuple(argument(graph, key, name) for name in ("units", "use_bias")) for key in ("o.d", "o.e", "o.f.d")}
    assert said == {"o.d": (7, False), "o.e": (7, False), "o.f.d": (2, True)}
    assert [argument(graph, key, "activation") is None for key in ("o.d", "o.e", "o.f.d")] == [False, True, False]


def test_imported_blocks_have_the_defaults_of_their_own_file(tmp_path):
    (tmp_path / "blocks.yaml").write_text(
        "spec: 1\ndefaults: {Dense: {units: 9}, Conv1D: {filters: 2}}\n"
        "blocks: {b: {inputs: [x], nodes: {d: {type: Dense, inputs: x}}, outputs: [d]}}\n",
        encoding="utf-8",
    )
    spec = tmp_path / "spec.yaml"
    spec.write_text(
        "spec: 1\nimports: [blocks.yaml]\ndefaults: {Dense: {units: 4}}\n"
        "nodes: {x: {type: Input, shape: [3]}, y: {type: b, inputs: x}, z: {type: Dense, inputs: y}}\noutputs: [z]\n",
        encoding="utf-8",
    )
    graph = linked(spec)
    assert [argument(graph, key, "units") for key in ("y.d", "z")] == [9, 4]
    assert check(spec).diagnostics == ()


def test_a_default_is_not_for_the_layers_inside_it():
    graph = load("""
spec: 1
defaults: {TimeDistributed: {layer: {type: TimeDistributed, layer: {type: Dense}}}, Dense: {units: 2}}
nodes:
  x: {type: Input, shape: [4, 3, 2]}
  y: {type: TimeDistributed, inputs: x}
outputs: [y]
""")
    assert argument(graph, "y", "layer").layer.layer.layer.units == 2


def test_types_and_arguments_that_do_not_exist_are_errors_and_wrong_values_are_shown_where_they_are_written():
    expect_linking("""
        spec: 1
        params: {width: 4}
        defaults:
          Conv2: {filters: 1}  # SC208
          Input: {shape: [1]}  # SC317
          head: {units: 1}  # SC317
          Lambda: {function: f}  # SC708
          BinaryCrossentropy: {from_logits: true}  # SC317
          Adam: {learning_rate: 0.1}  # SC317
          Zeros: {}  # SC317
          Dense: {unit: 3, use_bias: "yes"}  # SC209 SC203
          Conv1D: {name: conv, filters: 2}  # SC201
          LSTM: 3  # SC203
          add: {dtype: float32}
          Add: {trainable: false}  # SC103
        blocks:
          head: {inputs: [x], nodes: {y: {type: Dense, units: 3, inputs: x}}, outputs: [y]}
        nodes:
          x: {type: Input, shape: [4]}
          y: {type: Dense, units: 1, inputs: x}
          z: {type: head, inputs: y}
        outputs: [z]
    """)


def test_a_param_of_the_spec_is_known_to_the_defaults_outside_of_blocks_only():
    expect_linking("""
        spec: 1
        params: {width: 4}
        defaults:
          Dense:
            units: "${width}"  # SC219
            activation: "${'relu' if width > 1 else 'tanh'}"
        blocks:
          one: {inputs: [x], nodes: {y: {type: Dense, activation: null, inputs: x}}, outputs: [y]}
          two: {inputs: [x], nodes: {y: {type: Dense, units: 1, activation: null, inputs: x}}, outputs: [y]}
        nodes:
          x: {type: Input, shape: [4]}
          y: {type: one, inputs: x}
          z: {type: two, inputs: y}
          w: {type: Dense, inputs: z}
        outputs: [w]
    """)


@pytest.mark.usefixtures("stand_ins")
def test_entries_that_nothing_takes_anything_from_are_warned_of():
    expect_lint(
        "SC620",
        """
        spec: 1
        defaults:
          Dense: {units: 3}  # SC620
          Conv1D: {filters: 3}  # SC620
          LSTM: {units: 2}
        blocks:
          b:
            inputs: [x]
            defaults:
              GRU: {units: 3}  # SC620
              ReLU: {negative_slope: 0.1}
            nodes: {r: {type: ReLU, inputs: x}}
            outputs: [r]
        nodes:
          x: {type: Input, shape: [4, 2]}
          y: {type: Dense, units: 1, inputs: x}
          z: {type: b, inputs: y}
          w: {type: Bidirectional, layer: LSTM, inputs: z}
        outputs: [w]
    """,
    )
