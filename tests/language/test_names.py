"""How names and references are formed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spec_compiler.language.names import (
    NAME,
    Reference,
    keras_name_problem,
    model_name_of,
    parse_reference,
    pattern_to_regex,
)
from tests.marked import expect


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


@given(st.text(max_size=10))
def test_a_file_gives_a_model_a_name_that_is_formed_as_one(stem):
    name = model_name_of(stem)
    assert NAME.fullmatch(name)
    assert re.sub(r"[^A-Za-z0-9_-]", "_", stem) in (name, name[1:])


@pytest.mark.parametrize("name", ["a b", "模型", "a.b", "a:b", "1", "a\\b"])
def test_keras_names_are_free(name):
    assert keras_name_problem(name) is None


@pytest.mark.parametrize("name", ["", "a/b", "a\nb", "a\0", "\x7f", "\x1b[31m"])
def test_keras_names_have_no_slash_and_no_control_character(name):
    assert keras_name_problem(name) is not None


def test_names_are_held_against_the_rule_wherever_they_are_written():
    expect("""
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
    report = expect("""
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
    expect("""
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
