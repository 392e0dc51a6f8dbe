"""The layers that a part of a spec has, under their names inside it."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from spec_compiler import Source, load_spec
from spec_compiler.analysing.parts import part_names, parts_with_weights
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.views import GraphView
from spec_compiler.weight_files.parts import wanted_by_part
from spec_compiler.weight_files.plan import plan_file

pytestmark = pytest.mark.usefixtures("stand_ins")

SPEC = """
spec: 1
blocks:
  stage:
    inputs: [x]
    nodes:
      wide: {type: Dense, units: 3, inputs: x}
      named: {type: Dense, units: 3, inputs: wide}
    outputs: [named]
layers:
  backbone: {type: stage}
nodes:
  x: {type: Input, shape: [3]}
  stage: {type: stage, repeat: 2, inputs: x}
  first: {use: backbone, inputs: stage}
  dense: {type: Dense, units: 2, inputs: first}
outputs: [dense]
"""


@pytest.fixture
def graph() -> GraphView:
    return load_spec(Source.text(SPEC))


@pytest.mark.parametrize(
    ("part", "layers"),
    [
        ("stage", ["1.wide", "1.named", "2.wide", "2.named"]),
        ("stage.1", ["wide", "named"]),
        ("backbone", ["wide", "named"]),
        ("first", ["wide", "named"]),
        ("dense", ["dense"]),
    ],
)
def test_a_part_has_its_layers_without_its_own_name(graph: GraphView, part: str, layers: list[str]) -> None:
    assert list(wanted_by_part(graph, part) or {}) == layers


def test_a_part_that_does_not_exist_is_none(graph: GraphView) -> None:
    assert wanted_by_part(graph, "stge") is None


def test_parts_are_layers_nodes_and_copies(graph: GraphView) -> None:
    assert {"stage", "stage.1", "backbone", "first", "dense"} <= set(part_names(graph))


def test_what_has_no_weights_can_take_none(graph: GraphView) -> None:
    names = parts_with_weights(graph)
    assert {"stage", "stage.1", "stage.2.wide", "backbone", "first", "dense"} <= set(names)
    assert "x" not in names


def test_the_parts_that_can_take_weights_are_named_where_they_are_few() -> None:
    graph = load_spec(
        Source.text(
            "{spec: 1, nodes: {x: {type: Input, shape: [3]}, hidden: {type: Dense, units: 2, "
            "inputs: x}, out: {type: Dense, units: 1, inputs: hidden}}, outputs: [out]}"
        )
    )
    findings = Findings()
    with ExitStack() as opened:
        assert (
            plan_file(graph, "hidn", Path("w.h5"), partial=False, most_bytes=None, findings=findings, opened=opened)
            is None
        )
    (finding,) = findings
    assert finding.code is codes.UNKNOWN_PART
    assert (finding.hint or "").endswith("here for `hidden`, `out`")
