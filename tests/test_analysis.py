"""What is kept of an analysis: places to nodes and back, lines and columns to places and back, and later findings."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.pipeline import analyse
from spec_compiler.spans import Place, Position
from spec_compiler.views import all_views, main_view
from tests.marked import codes_and_lines

pytestmark = pytest.mark.usefixtures("stand_ins")

BLOCKS = """\
spec: 1
blocks:
  dense:
    inputs: [x]
    nodes:
      d: {type: Dense, units: 4, inputs: x}
      norm: {type: LayerNormalization, inputs: d}
    outputs: [norm]
"""
MODEL = """\
spec: 1
imports: [blocks.yaml]
nodes:
  x: {type: Input, shape: [4]}
  "side_${i}": {for: {i: 2}, type: dense, repeat: 2, inputs: x}
  sum: {type: add, inputs: ["side_*"]}
  y:
    type: Dense
    units: 3
    inputs: sum
outputs: [y]
"""


@pytest.fixture
def analysis(tmp_path):
    (tmp_path / "blocks.yaml").write_text(BLOCKS)
    (tmp_path / "model.yaml").write_text(MODEL)
    return analyse(tmp_path / "model.yaml")


def names(nodes):
    return [node.name for node in nodes]


COPIES = [f"side_{side}.{number}" for side in (0, 1) for number in (1, 2)]


def test_every_node_is_found_at_its_place(analysis):
    found = {name: names(analysis.nodes_at(analysis.place_of(name))) for name in analysis.sound.nodes}
    assert found == {
        "x": ["x"],
        "sum": ["sum"],
        "y": ["y"],
        **{f"{copy}.d": [f"{each}.d" for each in COPIES] for copy in COPIES},
        **{f"{copy}.norm": [f"{each}.norm" for each in COPIES] for copy in COPIES},
    }


def test_every_place_of_a_node_is_found_at_the_line_and_column_where_it_is_written(analysis):
    for name in analysis.sound.nodes:
        key = analysis.place_of(name).key()
        span = analysis.span_of(key)
        assert analysis.place_at(span.start, key.file) == key
    assert analysis.span_of(analysis.place_of("y").key()).start == (7, 3)
    assert analysis.span_of(analysis.place_of("side_1.2.norm").key()).start == (7, 7)


def test_a_node_that_asks_for_a_block_has_the_nodes_of_all_its_copies(analysis):
    place = Place(("nodes", "side_${i}", "repeat"))
    assert names(analysis.nodes_at(place)) == [f"{copy}.{node}" for copy in COPIES for node in ("d", "norm")]


def test_a_place_inside_of_a_node_is_the_nodes_and_one_outside_of_all_is_nobodys(analysis):
    assert names(analysis.nodes_at(Place(("nodes", "y", "units")))) == ["y"]
    assert analysis.nodes_at(Place(("outputs", 0))) == ()
    assert analysis.nodes_at(Place(())) == ()


def test_a_line_and_column_is_a_key_a_value_or_nothing(analysis):
    assert analysis.place_at(Position(9, 5)) == Place(("nodes", "y", "units"), on_key=True)
    assert analysis.place_at(Position(9, 12)) == Place(("nodes", "y", "units"))
    assert analysis.place_at(Position(99, 1)) is None
    assert analysis.place_at(Position(1, 1), "other.yaml") is None


def test_what_is_no_node_and_what_has_no_text_has_no_place(analysis):
    with pytest.raises(KeyError):
        analysis.place_of("nothing")
    of_data = analyse({"spec": 1, "nodes": {"x": {"type": "Input", "shape": [4]}}, "outputs": ["x"]})
    assert of_data.place_of("x") == Place(("nodes", "x"))
    assert of_data.span_of(of_data.place_of("x")) is None
    assert of_data.place_at(Position(1, 1)) is None


def test_what_a_later_stage_finds_is_reported_at_its_line(analysis):
    findings = Findings()
    findings.add(codes.TOO_MUCH_MEMORY, "too much", analysis.place_of("side_0.1.d").key())
    findings.add(codes.TOO_MUCH_MEMORY, "far too much", analysis.place_of("y").key())
    report = analysis.report_of(findings)
    assert codes_and_lines(report) == [("SC707", 7), ("SC707", 6)]
    assert [found.span.file.rpartition("/")[2] for found in report] == ["model.yaml", "blocks.yaml"]
    assert (analysis.report.diagnostics, analysis.report.ok) == ((), True)


def test_the_scopes_are_those_of_the_graph(analysis):
    assert [(scope.kind, scope.name) for scope in analysis.scopes] == [
        ("spec", ""),
        ("for", "side_0"),
        ("for", "side_1"),
        *[(kind, f"side_{side}.{n}") for side in (0, 1) for n in (1, 2) for kind in ("repeat", "block")],
    ]


def test_with_errors_there_is_no_graph_but_the_part_of_it_that_is_sound():
    text = """
spec: 1
nodes:
  x: {type: Input, shape: [4]}
  y: {type: Dense, units: "3", inputs: x}
  z: {type: Dense, units: 3, inputs: y}
  w: {type: Dense, units: 3, inputs: x}
outputs: [z, w]
"""
    analysis = analyse(sc.Source.text(text))
    assert codes_and_lines(analysis.report) == [("SC203", 5)]
    assert (analysis.whole, main_view(analysis), all_views(analysis)) == (None, None, {})
    assert (list(analysis.sound.nodes), list(analysis.sound.results)) == (["x", "y", "z", "w"], ["x", "w"])
    assert analysis.place_of("z") == Place(("nodes", "z"))


@pytest.mark.parametrize("text", ["", "spec: 1\nnodes: [", "- spec"])
def test_of_a_spec_that_cannot_be_read_nothing_is_sound(text):
    analysis = analyse(sc.Source.text(text))
    assert (analysis.sound, analysis.whole, analysis.scopes) == (None, None, ())
    assert analysis.nodes_at(Place(("nodes", "x"))) == ()
    with pytest.raises(KeyError):
        analysis.place_of("x")
