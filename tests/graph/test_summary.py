"""The table of a graph."""

from __future__ import annotations

import re

import pytest

import spec_compiler as sc
from tests.goldens import example_specs

WRAPPED = """
spec: 1
layers:
  step: {type: Dense, units: 5}
nodes:
  x: {type: Input, shape: [4, 3]}
  each: {type: TimeDistributed, layer: {use: step}, inputs: x}
  again: {use: step, inputs: x}
  both: {type: concatenate, inputs: [each, again]}
  own: {type: Dense, units: 1, inputs: both}
outputs: [own]
"""


def parameters_of(text):
    rows = text.split("\n\n")[1].splitlines()[2:]
    return {row.split()[0]: row.split()[-1] for row in rows}


def test_a_shared_layer_is_counted_where_a_wrapper_uses_it_first():
    graph = sc.load_spec(sc.Source.text(WRAPPED))
    assert dict(graph.first_uses) == {
        "x": ("x",),
        "each": ("each", "step"),
        "again": (),
        "both": ("both",),
        "own": ("own",),
    }
    assert parameters_of(graph.summary()) == {"x": "0", "each": "20", "again": "shared", "both": "0", "own": "11"}


@pytest.mark.parametrize("spec", example_specs(), ids=lambda path: path.name)
def test_the_rows_of_a_table_add_up_to_its_total(spec):
    text = sc.load_spec(spec).summary()
    counts = [int(count.replace(",", "")) for count in parameters_of(text).values() if count != "shared"]
    assert f"{sum(counts):,}" == re.search(r"^parameters: ([\d,]+)", text, re.MULTILINE)[1]
