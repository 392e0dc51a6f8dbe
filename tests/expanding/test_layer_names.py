"""`name`: the Keras name of a layer, to the letter."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from tests.marked import expect_linking, expect_lint
from tests.stages.through import linked


def names(text):
    graph = linked(sc.Source.text(text))
    return {key: layer.keras_name for key, layer in graph.layers.items()}


def test_a_name_is_taken_to_the_letter_inside_blocks_and_copies_and_may_use_what_they_know():
    found = names("""
spec: 1
blocks:
  unit:
    params: {prefix: {type: str}}
    inputs: [x]
    layers:
      twice: {type: Dense, units: 3, name: "${prefix}_twice"}
    nodes:
      d: {type: Dense, units: 3, name: "${prefix}.d", inputs: x}
      e: {use: twice, inputs: d}
    outputs: [e]
nodes:
  x: {type: Input, shape: [3], name: input_1}
  u: {type: unit, prefix: "b${index + 1}", repeat: 2, inputs: x}
  "f_${i}": {type: Dense, units: 2, name: "fc${i}", for: {i: 2}, inputs: u}
  s: {type: add, inputs: [f_0, f_1]}
  r: {type: Dense, units: 2, name: "${index}_r", repeat: 2, inputs: s}
outputs: [r]
""")
    assert found == {
        "x": "input_1",
        "u.1.twice": "b1_twice",
        "u.2.twice": "b2_twice",
        "u.1.d": "b1.d",
        "u.2.d": "b2.d",
        "f_0": "fc0",
        "f_1": "fc1",
        "s": "s",
        "r.1": "0_r",
        "r.2": "1_r",
    }


def test_two_layers_of_one_name_are_an_error_that_names_both_and_says_what_to_put_into_the_name():
    report = expect_linking("""
        spec: 1
        blocks:
          unit:
            inputs: [x]
            nodes:
              d: {type: Dense, units: 3, name: a, inputs: x}  # SC310
            outputs: [d]
        nodes:
          x: {type: Input, shape: [3]}
          u: {type: unit, repeat: 2, inputs: x}
          "f_${i}": {type: Dense, units: 2, name: b, for: {i: 2}, inputs: u}  # SC310
          r: {type: Dense, units: 2, name: c, repeat: 2, inputs: f_0}  # SC310
          s: {type: Dense, units: 2, name: x, inputs: f_1}  # SC310
        outputs: [r, s]
    """)
    assert {each.message: each.hint for each in report.diagnostics} == {
        "two layers, `u.1.d` and `u.2.d`, are named `a`": 'give the block a param for the name, `name: "${prefix}_d"`, '
        "and each copy another value with `${index}` in it; or leave `name` out",
        "two layers, `f_0` and `f_1`, are named `b`": "put `${i}` into the `name`",
        "two layers, `r.1` and `r.2`, are named `c`": "put `${index}` into the `name`",
        "two layers, `x` and `s`, are named `x`": "give one of them another `name`",
    }


def test_what_makes_no_layer_has_no_name_and_a_name_is_text_that_keras_takes():
    expect_linking("""
        spec: 1
        blocks:
          unit: {inputs: [x], nodes: {d: {type: Dense, units: 3, inputs: x}}, outputs: [d]}
        layers:
          one: {type: Dense, units: 3}
        nodes:
          x: {type: Input, shape: [3]}
          a: {type: unit, name: b, inputs: x}  # SC201
          c: {use: one, name: c, inputs: x}  # SC201
          d: {use: one, inputs: x}
          e: {type: Dense, units: 3, name: "${1 + 1}", inputs: d}  # SC203
          f: {type: Dense, units: 3, name: "a ${1 + 1}", inputs: d}  # SC206
          g: {type: Dense, units: 3, name: "", inputs: d}  # SC206
        outputs: [a, c, e, f, g]
    """)


@pytest.mark.usefixtures("stand_ins")
def test_an_input_that_nothing_uses_is_kept_where_the_spec_asks_for_it():
    expect_lint(
        "SC619",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [3]}
          y: {type: Input, shape: [3]}  # SC619
          z: {type: Dense, units: 3, inputs: x}
        inputs: [y, x]
        outputs: [z]
    """,
    )
    expect_linking(
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [3]}
          y: {type: Input, shape: [3]}  # SC303
          z: {type: Dense, units: 3, inputs: x}
        outputs: [z]
    """
    )
