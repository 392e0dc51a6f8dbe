"""What a caller holds."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.pipeline import build_model
from spec_compiler.views import main_view, view
from tests.marked import codes_and_lines

pytestmark = pytest.mark.usefixtures("stand_ins")

SPEC = """
spec: 1
layers:
  shared: {type: Dense, units: 8}
nodes:
  x: {type: Input, shape: [8]}
  small: {type: Dense, units: 8, inputs: x}
  large:
    type: Dense
    units: 1000
    inputs: small
  y: {type: Dense, units: 2, inputs: large}
outputs: [y]
lint: {ignore: [SC603]}
"""


def test_a_spec_is_loaded_as_the_graph_of_the_public_interface():
    graph = sc.load_spec(sc.Source.text(SPEC))
    assert type(graph) is sc.TypedGraph
    assert isinstance(graph, TypedGraph)
    assert main_view(graph.analysis) == graph


def test_a_view_is_the_graph_that_it_is_made_of_and_may_come_of_no_spec():
    graph = sc.load_spec(sc.Source.text(SPEC))
    alone = view(graph)
    assert alone.analysis is None
    assert alone == graph
    assert alone.summary() == graph.summary()


@pytest.mark.parametrize("source", ["path", "text"])
def test_weights_that_do_not_fit_into_memory_are_reported_at_the_line_of_the_largest_layer(source, tmp_path):
    path = tmp_path / "model.yaml"
    path.write_text(SPEC)
    spec = path if source == "path" else sc.Source.text(SPEC)
    with pytest.raises(sc.SpecError) as caught:
        sc.compile_spec(spec, limits=sc.Limits(memory_bytes=1000))
    (found,) = caught.value.report
    assert (found.code, found.path, found.span) == (
        "SC707",
        "/nodes/large",
        sc.Span(str(path) if source == "path" else "<text>", sc.Position(8, 3), sc.Position(8, 8)),
    )
    assert found.message == "the weights take 44,296 bytes, and there are 1,000"
    assert found.hint == "the largest are those of `large`, 36,000 bytes; `compile-spec show` has all"


def test_of_a_graph_that_comes_of_no_spec_the_layer_is_named_without_a_line():
    with pytest.raises(sc.SpecError) as caught:
        build_model(view(sc.load_spec(sc.Source.text(SPEC))), limits=sc.Limits(memory_bytes=1000))
    assert [found.path for found in caught.value.report] == ["/nodes/large"]
    assert codes_and_lines(caught.value.report) == [("SC707", 0)]
