"""How names and references are formed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import spec_compiler as sc
from spec_compiler.language.names import (
    NAME,
    Reference,
    keras_name_problem,
    model_name_of,
    node_name_of,
    parse_reference,
    pattern_to_regex,
)
from tests.marked import expect_linking
from tests.stages.through import linked


@pytest.mark.parametrize("name", ["a", "_", "lstm_1", "conv-2", "A9", "_x-y_z"])
def test_a_name_is_a_letter_or_underscore_then_letters_digits_underscores_and_hyphens(name):
    assert NAME.fullmatch(name)
    assert parse_reference(name) == Reference(name)


@pytest.mark.parametrize("name", ["", "1a", "-a", "a b", "a/b", "é", "a\n", "a,b", "a->b", "ａ", "a٣", ".a", "a."])
def test_what_is_formed_otherwise_is_no_name_and_no_reference(name):
    assert not NAME.fullmatch(name)
    assert parse_reference(name) is None


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("encoder.0", Reference("encoder", "0")),
        ("encoder.state_h", Reference("encoder", "state_h")),
        ("stage.skip-1", Reference("stage", "skip-1")),
        ("expert_*", Reference("expert_*")),
        ("*", Reference("*")),
        ("*_out.0", Reference("*_out", "0")),
        ("a*b*", Reference("a*b*")),
    ],
)
def test_a_reference_is_a_node_or_a_pattern_and_after_a_dot_an_output(text, reference):
    parsed = parse_reference(text)
    assert parsed == reference
    assert (str(parsed), parsed.is_pattern) == (text, "*" in text)


@pytest.mark.parametrize("text", ["a.b.c", "a..b", "a.*", "a.b/c", "1.0", "a.\n", "x y.0"])
def test_what_is_formed_otherwise_is_no_reference(text):
    assert parse_reference(text) is None


@given(st.text("ab_*", max_size=6), st.text("ab_", max_size=8))
def test_a_star_of_a_pattern_stands_for_any_text(pattern, name):
    def matches(pattern, name):
        if not pattern:
            return not name
        if pattern[0] == "*":
            return matches(pattern[1:], name) or (name != "" and matches(pattern, name[1:]))
        return name[:1] == pattern[0] and matches(pattern[1:], name[1:])

    assert bool(pattern_to_regex(pattern).fullmatch(name)) == matches(pattern, name)


@pytest.mark.slow
@given(st.text(max_size=10))
def test_a_file_gives_a_model_a_name_that_is_formed_as_one(stem):
    name = model_name_of(stem)
    assert re.fullmatch(r"[A-Za-z0-9.][A-Za-z0-9_.>-]*", name)
    assert re.sub(r"[^A-Za-z0-9_.>-]", "_", stem) in (name, name.removeprefix("model"))


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("news", "news"),
        ("3d_unet", "3d_unet"),
        ("unet.v2", "unet.v2"),
        ("my model", "my_model"),
        ("_m", "model_m"),
        ("-m", "model-m"),
        ("größe", "gr__e"),
        ("é", "model_"),
        ("", "model"),
    ],
)
def test_a_model_is_called_as_its_file_as_far_as_a_model_can_be(stem, name):
    assert model_name_of(stem) == name


@given(st.text(max_size=10))
def test_a_layer_gives_a_node_a_name_that_is_formed_as_one(name):
    assert NAME.fullmatch(node_name_of(name))


@pytest.mark.parametrize("name", ["a.b", "1", "_a", "-a", ".a", ">a", "package>Name"])
def test_names_of_layers_are_those_that_tensorflow_takes_as_scopes(name):
    assert keras_name_problem(name) is None


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "a name cannot be empty"),
        ("a/b", "a name cannot hold `/`"),
        ("my output", "a name cannot hold spaces"),
        ("größe", "a name cannot hold `ö`"),
        ("a:b", "a name cannot hold `:`"),
        ("a[0]", "a name cannot hold `[`"),
        ("a+b", "a name cannot hold `+`"),
        ("a\\b", "a name cannot hold `\\`"),
        ("a\nb", "a name cannot hold U+000A"),
        ("a\0", "a name cannot hold U+0000"),
        ("\x7f", "a name cannot hold U+007F"),
        ("\x1b[31m", "a name cannot hold U+001B"),
        ("a\u202eb", "a name cannot hold U+202E"),
    ],
)
def test_names_of_layers_hold_nothing_that_tensorflow_does_not_take(name, problem):
    assert keras_name_problem(name) == problem


def test_a_name_that_tensorflow_does_not_take_is_refused_wherever_a_layer_is_named():
    expect_linking("""
        spec: 1
        name: _m  # SC206
        layers:
          shared: {type: Dense, units: 2, name: "my layer"}  # SC206
        nodes:
          x: {type: Input, shape: [4], name: "my input"}  # SC206
          y: {type: Dense, units: 2, name: "y+", inputs: x}  # SC206
          z: {type: Sequential, layers: [{type: Dense, units: 2, name: "é"}], inputs: x}  # SC206
        outputs: [y, z]
    """)


def test_a_model_may_be_named_as_a_scope_may_be():
    graph = linked(sc.Source.text("spec: 1\nname: 3d.u>net-2\nnodes: {x: {type: Input, shape: [2]}}\noutputs: [x]"))
    assert graph.name == "3d.u>net-2"


def test_names_are_held_against_the_rule_wherever_they_are_written():
    expect_linking("""
        spec: 1
        name: my model  # SC206
        layers:
          a b: {type: Dense, units: 1}  # SC206
        nodes:
          x: {type: Input, shape: [4]}
          y-1: {type: Dense, units: 2, inputs: x}
          1st: {type: Dense, units: 2, inputs: x}  # SC206
          z: {type: Dense, name: a/b, units: 2, inputs: x}  # SC206
          é: {type: Dense, units: 2, inputs: x}  # SC206
          3: {type: Dense, units: 2, inputs: x}  # SC112
        outputs: [y-1, z]
    """)


def test_an_output_is_named_as_a_node_is():
    report = expect_linking("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4, 2]}
          h: {type: LSTM, units: 2, return_state: true, inputs: x}
        outputs:
          h.0: {}  # SC206
          1: {from: h.1}  # SC206
    """)
    assert report.diagnostics[0].hint == "to pick an output of a node, name it and write `from: h.0`"


def test_references_are_held_against_the_rule_wherever_they_are_written():
    expect_linking("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: Dense, units: 2, inputs: x y}  # SC214
          b: {type: Dense, units: 2, inputs: [x/1]}  # SC214
          c: {type: Dense, units: 2, inputs: {inputs: "x.1.2"}}  # SC214
          d: {type: add, inputs: [x, true]}  # SC203
          e: {type: Dense, units: 2, inputs: "x*"}  # SC214
          f: {type: Dense, units: 2, inputs: [[x]]}  # SC203
        outputs:
          g: {from: "?"}  # SC214
          h: {from: [a]}  # SC203
          i: {from: 3}  # SC203
    """)


def test_of_a_few_things_of_a_kind_all_names_are_told():
    dense = {"type": "Dense", "units": 1, "kernel_constraint": "quite_different", "inputs": "x"}
    nodes = {"x": {"type": "Input", "shape": [3]}, "y": dense}
    (found,) = sc.check_spec({"spec": 1, "nodes": nodes, "outputs": ["y"]})
    assert (found.code, found.hint) == (
        "SC211",
        "there are `MaxNorm`, `MinMaxNorm`, `NonNeg`, `UnitNorm`, `max_norm`, `min_max_norm`, `non_neg`, `unit_norm`",
    )
