"""`trainable` and `call: {training: …}` on copies of blocks and on shared blocks."""

from __future__ import annotations

import spec_compiler as sc
from tests.marked import expect_linking
from tests.stages.through import linked

BLOCKS = """
spec: 1
blocks:
  inner:
    inputs: [x]
    layers: {own: {type: Dense, units: 3}}
    nodes:
      a: {use: own, inputs: x}
      n: {type: BatchNormalization, inputs: a}
      r: {type: ReLU, inputs: n}
      w: {type: TimeDistributed, layer: {type: Dense, units: 3}, inputs: r}
    outputs: [w]
  outer:
    inputs: [x]
    nodes:
      i: {type: inner, trainable: true, inputs: x}
      d: {type: Dropout, rate: 0.5, inputs: i, call: {training: true}}
    outputs: [d]
"""


def load(rest):
    return linked(sc.Source.text(BLOCKS + rest))


def test_a_node_freezes_every_layer_of_its_copies_at_any_depth():
    graph = load("""
nodes:
  x: {type: Input, shape: [2, 3]}
  f: {type: outer, trainable: "${index == 1}", repeat: 2, inputs: x}
outputs: [f]
""")
    frozen = {key for key, layer in graph.layers.items() if not getattr(layer.config, "trainable", True)}
    assert frozen == {"f.1.i.own", "f.1.i.n", "f.1.i.r", "f.1.i.w", "f.1.d"}
    assert not graph.layers["f.1.i.w"].config.layer.layer.trainable
    assert graph.layers["f.2.i.w"].config.layer.layer.trainable


def test_a_shared_block_is_frozen_as_a_model_with_all_that_is_inside():
    graph = load("""
layers: {s: {type: outer, trainable: false}}
nodes:
  x: {type: Input, shape: [2, 3]}
  a: {use: s, inputs: x}
  b: {use: s, inputs: a, call: {training: false}}
outputs: [b]
""")
    model = graph.layers["s"].config
    assert not model.trainable
    assert {layer.config.trainable for key, layer in model.graph.layers.items() if key != "x"} == {False}
    assert [dict(graph.nodes[name].flags) for name in ("a", "b")] == [{}, {"training": False}]


def test_training_reaches_every_call_that_takes_it_and_what_is_said_outside_prevails():
    graph = load("""
nodes:
  x: {type: Input, shape: [2, 3]}
  f: {type: outer, call: {training: false}, inputs: x}
outputs: [f]
""")
    flags = {name: dict(node.flags) for name, node in graph.nodes.items()}
    off = {"training": False}
    assert flags == {"x": {}, "f.i.a": off, "f.i.n": off, "f.i.r": {}, "f.i.w": off, "f.d": off}


def test_mistakes_are_shown_where_they_are():
    expect_linking("""
        spec: 1
        blocks:
          plain: {inputs: [x], nodes: {r: {type: ReLU, inputs: x}}, outputs: [r]}
          unit:
            inputs: [x]
            nodes:
              d: {type: Dense, units: 3, trainable: true, inputs: x}  # SC212
            outputs: [d]
        nodes:
          x: {type: Input, shape: [3]}
          a: {type: unit, trainable: false, inputs: x}
          b: {type: unit, trainable: 1, inputs: a}  # SC203
          c: {type: plain, call: {mask: true}, inputs: b}  # SC309
          d: {type: plain, call: {training: 1}, inputs: c}  # SC203
        outputs: [d]
    """)
    expect_linking("""
        spec: 1
        blocks:
          plain: {inputs: [x], nodes: {r: {type: ReLU, inputs: x}}, outputs: [r]}
        layers: {s: {type: plain}}
        nodes:
          x: {type: Input, shape: [3]}
          a: {use: s, inputs: x}
          b: {use: s, call: {training: false}, inputs: a}  # SC309
        outputs: [b]
    """)
    expect_linking("""
        spec: 1
        blocks:
          plain: {inputs: [x], nodes: {r: {type: ReLU, inputs: x}}, outputs: [r]}
        nodes:
          x: {type: Input, shape: [3]}
          a: {type: plain, call: {training: false}, inputs: x}  # SC309
        outputs: [a]
    """)


def test_a_block_that_has_a_param_of_that_name_gets_it():
    graph = linked(
        sc.Source.text("""
spec: 1
blocks:
  unit:
    params: {trainable: true}
    inputs: [x]
    nodes:
      d: {type: Dense, units: 3, trainable: "${trainable}", inputs: x}
      e: {type: Dense, units: 3, inputs: d}
    outputs: [e]
nodes:
  x: {type: Input, shape: [3]}
  u: {type: unit, trainable: false, inputs: x}
outputs: [u]
""")
    )
    assert [graph.layers[key].config.trainable for key in ("u.d", "u.e")] == [False, True]
