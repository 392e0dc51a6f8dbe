"""Values that are written as in Python: the help says how a spec writes them, and the fix does so."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from tests.marked import expect_linking, underlined
from tests.stages.through import check


@pytest.mark.parametrize(
    ("node", "hint", "fix"),
    [
        ("{type: Dense, units: 2, activation: None, inputs: x}", "`None` of Python is `null`", "null"),
        ("{type: Dense, units: None, inputs: x}", "`None` of Python is `null`", None),
        ('{type: Reshape, target_shape: "(2, 2)", inputs: x}', "a tuple of Python is a list: write `[2, 2]`", "[2, 2]"),
        ('{type: Reshape, target_shape: "(4,)", inputs: x}', "a tuple of Python is a list: write `[4]`", "[4]"),
        (
            '{type: Reshape, target_shape: "[2, 2]", inputs: x}',
            "a list stands without quotes: write `[2, 2]`",
            "[2, 2]",
        ),
        (
            '{type: ops.get_item, key: "[:, 0]", inputs: x}',
            'a list stands without quotes: write `[":", 0]`',
            '[":", 0]',
        ),
        *(
            (node, f"without a comma this is no tuple in Python either: write `{n}`, or `[{n}]` for a list", None)
            for node, n in (
                ("{type: Dense, units: (3), inputs: x}", "3"),
                ("{type: Dropout, rate: ( 0.5 ), inputs: x}", "0.5"),
                ("{type: Reshape, target_shape: (4), inputs: x}", "4"),
            )
        ),
        ("{type: Dense, units: 2, activation: relu(), inputs: x}", "did you mean `relu`?", "relu"),
        (
            "{type: Dense, units: 2, activation: relu(x), inputs: x}",
            "arguments stand in a mapping: `{type: relu, …}`",
            None,
        ),
        (
            "{type: Input, shape: [None, 8]}",
            "`None` of Python is `null`: write `[null, 8]`",
            "[null, 8]",
        ),
    ],
)
def test_a_value_of_python_is_written_as_a_spec_has_it(node, hint, fix):
    report = check(sc.Source.text(f"spec: 1\nnodes:\n  x: {{type: Input, shape: [4]}}\n  y: {node}\noutputs: [y]\n"))
    assert [(found.hint, found.fix) for found in report if found.severity == "error"] == [(hint, fix)]


def test_a_tuple_that_yaml_takes_apart_is_one_mistake():
    report = expect_linking("""
        spec: 1
        layers:
          shared: {type: Conv2D, filters: 2, kernel_size: (3, 3)}  # SC203
        nodes:
          x: {type: Input, shape: (28, 28, 1)}  # SC203
          z: {type: Input, shape: [8, 8, 1]}
          a: {type: Conv2D, filters: 2, kernel_size: (3, 3), padding: same, inputs: z}  # SC203
          b: {type: TimeDistributed, layer: {type: Conv2D, filters: 2, kernel_size: (3, 3)}, inputs: x}  # SC203
          c: {use: shared, inputs: z}
        outputs: [a, b, c]
    """)
    assert [found.hint for found in report] == [
        "write a list: `kernel_size: [3, 3]`",
        "write a list: `shape: [28, 28, 1]`",
        "write a list: `kernel_size: [3, 3]`",
        "write a list: `kernel_size: [3, 3]`",
    ]
    assert [text for _, text in underlined(report)] == ["(3", "(28", "(3", "(3"]


def test_text_in_brackets_that_is_no_list_is_a_name_like_others():
    (found,) = expect_linking("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          y: {type: Dense, units: 2, activation: "(relu)", inputs: x}  # SC211
        outputs: [y]
    """)
    assert found.hint is None
