"""What the help of a diagnostic proposes."""

from __future__ import annotations

import pytest

import spec_compiler as sc


@pytest.mark.parametrize(
    ("node", "hint"),
    [
        ("{type: keras.layers.Dense, units: 2, inputs: x}", "did you mean `Dense`?"),
        ("{type: tf.keras.layers.LSTM, units: 2, inputs: x}", "did you mean `LSTM`?"),
        ("{type: torch.nn.Linear, units: 2, inputs: x}", "did you mean `Dense`?"),
        ("{type: Dense, units: 2, kernel_initializer: he, inputs: x}", "did you mean `HeNormal`?"),
        (
            "{type: Dense, units: 2, kernel_regularizer: l2(0.1), inputs: x}",
            "arguments stand in a mapping: `{type: l2, …}`",
        ),
        ("{type: Dense, units: 2.0, inputs: x}", "write `2`; in an expression, `//` divides to a whole number"),
        ("{type: Dense, units: 2, inputs: x-own}", "keys that begin with `x-` are the author's own, and make no nodes"),
    ],
)
def test_the_help_says_what_was_meant(node, hint):
    report = sc.check_spec(
        sc.Source.text(f"spec: 1\nnodes:\n  x: {{type: Input, shape: [4]}}\n  x-own: 3\n  y: {node}\noutputs: [y]\n")
    )
    assert [found.hint for found in report if found.severity == "error"] == [hint]


def test_a_key_that_stands_elsewhere_is_sent_there():
    report = sc.check_spec({"spec": 1, "nodes": {"x": {"type": "Input", "shape": [4]}}, "outputs": ["x"], "epoch": 3})
    assert [found.hint for found in report] == ["did you mean `epochs`? it stands under `fit`"]


def test_what_belongs_to_a_call_is_sent_from_a_shared_layer_to_its_nodes():
    report = sc.check_spec(
        sc.Source.text(
            "spec: 1\nlayers: {d: {type: Dense, units: 2, inputs: x}}\n"
            "nodes: {x: {type: Input, shape: [4]}, y: {use: d, inputs: x}, z: {use: d, inputs: x}}\noutputs: [y, z]\n"
        )
    )
    assert [(found.code, found.hint) for found in report] == [
        ("SC209", "a shared layer is called by nodes, and what belongs to a call stands there: `{use: …, inputs: …}`")
    ]
