"""What is written wrong in a first spec: the help says how it is written."""

from __future__ import annotations

import numpy as np
import pytest

import spec_compiler as sc
from tests.marked import text_at
from tests.stages.through import check

X = "  x: {type: Input, shape: [4]}\n"
END = "outputs: [y]\n"


def help_of(text):
    """The help of each error, and the text that it is about."""
    report = check(sc.Source.text(f"spec: 1\n{text}"))
    return [(text_at(report, found.span), found.hint) for found in report if found.severity == "error"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nodes:\n  x: {type: Input, shape: 28, 28}\noutputs: [x]\n", ("28", "write a list: `shape: [28, 28]`")),
        (
            f"nodes:\n{X}  y: {{type: add, inputs: x, x}}\n{END}",
            ("x", "write it as `name: value`; several values of one argument stand in brackets"),
        ),
        (
            f"nodes:\n{X}  y: {{type: Dense, units: 1, inputs: x}}\noutputs: {{y: {{loss: mse, metrics: mae, mse}}}}\n",
            ("mae", "write a list: `metrics: [mae, mse]`"),
        ),
        (
            f"nodes:\n{X}  y: {{type: Dense, units: 1, relu, inputs: x}}\n{END}",
            ("relu", "write it as `name: value`; several values of one argument stand in brackets"),
        ),
        (
            f"nodes:\n{X}  y: {{type: Dense, 10, units: 1, inputs: x}}\n{END}",
            ("10", "write it as `name: value`; several values of one key stand in brackets"),
        ),
    ],
)
def test_a_value_without_a_key_is_a_list_or_lacks_its_name(text, expected):
    assert help_of(text)[0] == expected


@pytest.mark.parametrize(
    "text",
    [
        f"nodes:\n{X}  y: {{type: Dense, units: 1, inputs: x, activation: null, bias_regularizer: null}}\n{END}",
        f"nodes:\n{X}  y:\n    type: Dense\n    inputs: x\n    units: 1\n    activation: null\n{END}",
        f"nodes:\n{X}  y: {{type: Dense, units: 1, inputs: x}}\noutputs: {{y: {{metrics: [mae], loss: null}}}}\n",
        f"nodes:\n{X}  y: {{type: Dense, units: 1, inputs: x}}\noutputs: {{y: {{from: y, loss: null}}}}\n",
    ],
)
def test_null_behind_names_and_numbers_is_a_value(text):
    assert help_of(text) == []


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ("{type:Dense, units: 3, inputs: x}", ("y", "a space is missing: write `type: Dense`")),
        ("{type: Dense, units:3, inputs: x}", ("units:3", "a space is missing: write `units: 3`")),
        ("{type: Dense, units=3, inputs: x}", ("units=3", "a value stands behind a colon: write `units: 3`")),
    ],
)
def test_a_key_that_its_value_is_joined_to_is_parted(node, expected):
    assert help_of(f"nodes:\n{X}  y: {node}\n{END}") == [expected]


def test_what_is_joined_is_parted_by_the_fix():
    report = check(sc.Source.text(f"spec: 1\nnodes:\n{X}  y: {{type: Dense, units=3, inputs: x}}\n{END}"))
    assert [found.fix for found in report] == ["units: 3"]


@pytest.mark.parametrize("key", ["x", "first-input", "x.1"])
def test_a_key_that_ends_as_in_python_is_shown_with_a_colon(key):
    assert help_of(f"nodes:\n  {key} = {{type: Input, shape: [4]}}\n{END}") == [(" = ", f"write `{key}: …`")]


def test_another_colon_in_a_text_is_still_put_in_quotes():
    assert help_of("name: a = b: c\n") == [(":", "put text that holds `: ` in quotes")]


@pytest.mark.parametrize(
    ("section", "hint"),
    [
        ("compile: adam", "what it holds is named: `compile: {optimizer: …}`"),
        ("fit: 10", "what it holds is named: `fit: {epochs: …}`"),
        ("params: [units]", "each param stands under its name: `name: 32`"),
        (
            "layers: [{type: LSTM, units: 3}]",
            "each shared layer stands under its name, `name: {type: …}`; layers that are called once are `nodes`",
        ),
    ],
)
def test_a_section_that_is_no_mapping_is_shown_as_one(section, hint):
    assert [each[1] for each in help_of(f"nodes:\n{X}outputs: [x]\n{section}\n")] == [hint]


def test_nodes_in_a_list_get_their_names_as_keys():
    hints = [hint for _, hint in help_of("nodes:\n- {name: x, type: Input, shape: [4]}\noutputs: [x]\n")]
    assert hints == ["each node stands under its name: `name: {type: …, inputs: …}`"]


@pytest.mark.parametrize(
    ("node", "hints"),
    [
        (
            "y:\n  - type: Dense\n  - units: 3\n",
            ["what belongs to it stands without `-`: `{type: …, inputs: …}`"],
        ),
        (
            "y:\n  type: Dense\n  inputs: x\n",
            [
                "what belongs to it is indented below it, or stands in braces: `{type: …, inputs: …}`",
                "it is indented as a node is: what belongs to a node is indented below its name",
                "it is indented as a node is: what belongs to a node is indented below its name",
            ],
        ),
    ],
)
def test_what_belongs_to_a_node_and_stands_elsewhere_is_sent_below_it(node, hints):
    assert [hint for _, hint in help_of(f"nodes:\n{X}  {node}{END}")] == hints


def test_outputs_with_options_are_a_mapping():
    hints = [hint for _, hint in help_of(f"nodes:\n{X}outputs: [{{x: {{loss: mse}}}}]\n")]
    assert hints == ["outputs with options are a mapping: `outputs: {name: {loss: …}}`"]


def test_an_input_among_shared_layers_is_sent_to_the_nodes():
    text = f"layers: {{z: {{type: Input, shape: [4]}}}}\nnodes:\n{X}outputs: [x]\n"
    assert ("Input", "what is called once is a node, under `nodes`") in help_of(text)


def test_a_text_that_is_no_spec_is_told_how_one_begins():
    (found,) = check(sc.Source.text("import keras\n"))
    assert found.hint == "it begins with `spec: 1`; `nodes` and `outputs` stand below"


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (b"PK\x03\x04\x14\x00", "this is an archive, and no text"),
        (b"\x89HDF\r\n\x1a\n\x00", "this is an HDF5 file, and no text"),
    ],
)
def test_a_file_of_keras_is_sent_to_what_lifts_it(tmp_path, start, message):
    (tmp_path / "model.keras").write_bytes(start + bytes(20))
    (found,) = check(tmp_path / "model.keras")
    assert (found.code, found.message) == ("SC104", message)
    assert found.hint == "of a model that Keras has saved, `compile-spec lift FILE` makes a spec"


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (np.int64(3), "`value.tolist()` makes plain data of what is NumPy's"),
        (np.zeros(2), "`value.tolist()` makes plain data of what is NumPy's"),
        ({3}, "a set has no order: make it a list, `sorted(value)`"),
        (object(), "convert it to a number, text or list"),
    ],
)
def test_what_is_no_plain_data_is_told_how_it_becomes_that(value, hint):
    (found,) = check({"spec": 1, "nodes": {"x": {"type": "Input", "shape": [value]}}, "outputs": ["x"]})
    assert found.hint == hint
