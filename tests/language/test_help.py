"""What the help of a diagnostic proposes."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from tests.marked import text_at
from tests.stages.through import check


@pytest.mark.parametrize(
    ("node", "hint"),
    [
        ("{type: keras.layers.Dense, units: 2, inputs: x}", "did you mean `Dense`?"),
        ("{type: tf.keras.layers.LSTM, units: 2, inputs: x}", "did you mean `LSTM`?"),
        ("{type: torch.nn.Linear, units: 2, inputs: x}", "write `Dense`: it is what PyTorch calls `Linear`"),
        ("{type: Dense, units: 2, kernel_initializer: he, inputs: x}", "write `he_normal` or `he_uniform`"),
        (
            "{type: Dense, units: 2, kernel_regularizer: l2(0.1), inputs: x}",
            "arguments stand in a mapping: `{type: l2, …}`",
        ),
        ("{type: Dense, units: 2.0, inputs: x}", "write `2`; in an expression, `//` divides to a whole number"),
        ("{type: Dense, units: 1_000, inputs: x}", "a number has no `_` in it: write `1000`"),
        ("{type: Dense, units: 0b11, inputs: x}", "no number is binary: write `3`"),
        ("{type: Dropout, rate: 1_0, inputs: x}", "a number has no `_` in it: write `10`"),
        ("{type: Dense, units: 2, inputs: x-own}", "keys that begin with `x-` are the author's own, and make no nodes"),
    ],
)
def test_the_help_says_what_was_meant(node, hint):
    report = check(
        sc.Source.text(f"spec: 1\nnodes:\n  x: {{type: Input, shape: [4]}}\n  x-own: 3\n  y: {node}\noutputs: [y]\n")
    )
    assert [found.hint for found in report if found.severity == "error"] == [hint]


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("name: model", 'name: "a${n}"'),
        ("inputs: [x]", 'inputs: ["${n}"]'),
        ("edges: []", 'edges: ["${n} -> z"]'),
        ("ignore: []", 'ignore: ["${n}"]'),
        ("inputs: [i]", 'inputs: [i, "${n}"]'),
        ("outputs: [z]", 'outputs: {"${n}": {from: z}}'),
        ("  z:", '  "${n}": {type: Flatten, inputs: x}\n  z:'),
    ],
)
def test_where_no_expression_is_evaluated_the_help_says_where_they_are(written, instead):
    text = """\
spec: 1
name: model
params: {n: 3}
inputs: [x]
edges: []
lint: {ignore: []}
blocks:
  b: {inputs: [i], nodes: {d: {type: Flatten, inputs: i}}, outputs: [d]}
nodes:
  x: {type: Input, shape: [4]}
  y: {type: b, inputs: x}
  z: {type: Dense, units: "${n}", inputs: y}
outputs: [z]
"""
    assert check(sc.Source.text(text)).ok
    found = [each for each in check(sc.Source.text(text.replace(written, instead))) if each.code != "SC303"]
    assert "${n}" in found[0].message
    assert found[0].hint.startswith("no expression is evaluated here, but in the values under `defaults`, `nodes`, ")


def test_a_key_that_stands_elsewhere_is_sent_there():
    report = check({"spec": 1, "nodes": {"x": {"type": "Input", "shape": [4]}}, "outputs": ["x"], "epoch": 3})
    assert [found.hint for found in report] == ["did you mean `epochs`? it stands under `fit`"]


def test_what_belongs_to_a_call_is_sent_from_a_shared_layer_to_its_nodes():
    report = check(
        sc.Source.text(
            "spec: 1\nlayers: {d: {type: Dense, units: 2, inputs: x}}\n"
            "nodes: {x: {type: Input, shape: [4]}, y: {use: d, inputs: x}, z: {use: d, inputs: x}}\noutputs: [y, z]\n"
        )
    )
    assert [(found.code, found.hint) for found in report] == [
        ("SC209", "a shared layer is called by nodes, and what belongs to a call stands there: `{use: …, inputs: …}`")
    ]


@pytest.mark.parametrize(
    ("written", "value", "message", "hint"),
    [
        (
            "outputs: {a: mean}",
            "mean",
            "the output `a` is a mapping, not `mean`",
            "a reference stands under `from`, a loss under `loss`: `{from: mean}`",
        ),
        ("outputs: a", "a", "`outputs` takes a list of names or a mapping of outputs", "write `[a]`"),
        (
            'outputs: "${a}"',
            '"${a}"',
            "`outputs` takes a list of names or a mapping of outputs",
            'write `["${a}"]`',
        ),
        (
            "outputs: ['${[str(i) for i in range(2)]}']",
            "'${[str(i) for i in range(2)]}'",
            '"0" is not formed as a name',
            "a name is a letter or `_`, followed by letters, digits, `_` and `-`",
        ),
        ("models: {part: {inputs: x, outputs: [a]}}", "x", "`inputs` takes a list of references", "write `[x]`"),
        ("models: {part: {inputs: 3, outputs: [a]}}", "3", "`inputs` takes references in a list", None),
    ],
)
def test_what_stands_in_the_place_of_a_list_or_a_mapping_is_shown_as_it_would_be_written(written, value, message, hint):
    text = "spec: 1\nnodes:\n  x: {type: Input, shape: [4]}\n  a: {type: Dense, units: 2, inputs: x}\n" + written
    report = check(sc.Source.text(text if written.startswith("outputs") else f"{text}\noutputs: [a]"))
    found = report.diagnostics[0]
    assert (found.code, text_at(report, found.span), found.hint) == (found.code, value, hint)
    assert message.removeprefix('"0"') in found.message


@pytest.mark.parametrize("numbers", ["3", "[[1, 2], [3, 4]]", '"${[1, 2]}"'])
def test_numbers_in_the_place_of_a_node_are_sent_where_numbers_stand(numbers):
    text = f"spec: 1\nnodes:\n  x: {{type: Input, shape: [4]}}\n  table: {numbers}\noutputs: [x]\n"
    (found,) = check(sc.Source.text(text))
    assert found.message.startswith("the node `table` is a mapping, not ")
    assert found.hint == "numbers stand under `params`, or under `inputs` of an op that takes them"


def test_a_spec_under_a_key_is_one_mistake():
    body = "  spec: 1\n  nodes: {x: {type: Input, shape: [2]}}\n  outputs: [x]\n"
    report = check(sc.Source.text(f"model:\n{body}"))
    assert [(found.code, found.message, found.hint, found.fix) for found in report] == [
        (
            "SC201",
            "a spec has no key `model`",
            "what it holds are the sections of a spec: they stand at the top, without `model` around them",
            None,
        )
    ]


@pytest.mark.parametrize(
    ("output", "hint", "fix"),
    [
        ("{loss: {type: mse, reduction: sum}}", "write `MeanSquaredError`", "MeanSquaredError"),
        ("{loss: {type: bce, from_logits: true}}", "write `BinaryCrossentropy`", "BinaryCrossentropy"),
        ("{loss: mse, metrics: [{type: mae, name: error}]}", "write `MeanAbsoluteError`", "MeanAbsoluteError"),
        (
            "{loss: {type: ce, from_logits: true}}",
            "write `BinaryCrossentropy`, `CategoricalCrossentropy` or `SparseCategoricalCrossentropy`",
            None,
        ),
    ],
)
def test_a_plain_name_with_arguments_is_a_class(output, hint, fix):
    text = "spec: 1\nnodes:\n  x: {type: Input, shape: [4]}\n  y: {type: Dense, units: 2, inputs: x}\n"
    (found,) = sc.check_spec(sc.Source.text(f"{text}outputs: {{y: {output}}}\n"))
    assert (found.code, found.hint, found.fix) == ("SC211", f"the class does: {hint}", fix)
    assert found.message.endswith("is a plain name, and takes no arguments")


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ("size: 2", [("SC209", "it needs `units`")]),
        ("size: 2, foo: 1", [("SC209", "it needs `units`"), ("SC209", "it needs `units`")]),
        ("unit: 2", [("SC209", "did you mean `units`?")]),
        ("activation: relu", [("SC210", None)]),
        ("unit: 2, size: 2", [("SC209", "did you mean `units`?"), ("SC209", None)]),
    ],
)
def test_an_argument_that_may_be_the_missing_one_is_one_mistake(arguments, found):
    text = f"spec: 1\nnodes:\n  x: {{type: Input, shape: [4]}}\n  y: {{type: Dense, {arguments}, inputs: x}}\noutputs: [y]\n"
    assert [(each.code, each.hint) for each in check(sc.Source.text(text))] == found
