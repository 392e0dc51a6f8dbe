"""Names that are not formed as such: said where the node is written, and nowhere else."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from tests.stages.through import check

SPEC = "spec: 1\nnodes:\n  x: {type: Input, shape: [5]}\n"
NODE = "{type: Dense, units: 2, inputs: x}"


@pytest.mark.parametrize(
    "rest",
    [
        f"  1y: {NODE}\noutputs: [1y]\n",
        f"  1y: {NODE}\noutputs: {{1y: {{loss: mse}}}}\n",
        f"  1y: {NODE}\n  z: {{type: Dense, units: 2, inputs: 1y}}\noutputs: [z, 1y]\n",
        "  1y: {type: Dense, units: 2}\n  z: {type: Dense, units: 2}\nedges: [x -> 1y -> z]\noutputs: [z]\n",
        "  1y: {type: Dense, units: 2}\nedges: [[x, 1y]]\noutputs: [1y]\n",
        f"  z: {{type: b, inputs: x}}\nblocks: {{b: {{inputs: [x], nodes: {{1y: {NODE}}}, outputs: [1y]}}}}\noutputs: [z]\n",
    ],
)
def test_a_node_whose_name_is_refused_is_no_mistake_where_it_is_named(rest):
    assert [each.message for each in check(sc.Source.text(SPEC + rest))] == ["`1y` is not formed as a name"]


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ("outputs: [2y]", "`2y` is not formed as a name"),
        ("edges: [x -> 2y]\noutputs: [x]", "`2y` is not formed as a reference"),
        ("  y: {type: Flatten, inputs: 2y}\noutputs: [y]", "`2y` is not formed as a reference"),
    ],
)
def test_what_names_no_node_is_a_mistake_of_its_own(rest, message):
    assert message in [each.message for each in check(sc.Source.text(SPEC + rest))]
