"""Reports, errors, graphs and sources cross from a process to another."""

from __future__ import annotations

import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor

import pytest

import spec_compiler as sc
from spec_compiler.pipeline import analyse
from tests.goldens import example_specs

pytestmark = pytest.mark.slow

BAD = """\
spec: 1
nodes:
  x: {type: Input, shape: [4]}
  y: {type: Dence, units: 2, inputs: xx}
outputs: [y]
"""


def crossed(value):
    return pickle.loads(pickle.dumps(value))


def test_a_report_is_the_same_in_another_process_and_shows_the_same_lines(specs):
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as processes:
        good = processes.submit(sc.check_spec, specs / "news.yaml")
        bad = processes.submit(sc.check_spec, sc.Source.text(BAD))
        graph = processes.submit(sc.load_spec, specs / "news.yaml")
        raised = processes.submit(sc.load_spec, sc.Source.text(BAD))
        assert good.result() == sc.check_spec(specs / "news.yaml")
        assert str(bad.result()) == str(sc.check_spec(sc.Source.text(BAD)))
        assert graph.result().to_yaml() == sc.load_spec(specs / "news.yaml").to_yaml()
        with pytest.raises(sc.SpecError) as error:
            raised.result()
    assert str(error.value.report) == str(sc.check_spec(sc.Source.text(BAD)))


@pytest.mark.parametrize("path", example_specs(), ids=lambda path: path.name)
def test_the_graph_of_every_example_crosses(path):
    graph = sc.load_spec(path)
    again = crossed(graph)
    assert (again.to_yaml(), again.summary()) == (graph.to_yaml(), graph.summary())


def test_an_analysis_still_finds_where_everything_stands(specs):
    for name in ("news.yaml", "tweets.json"):
        analysis = analyse(specs / name)
        assert analysis.whole is not None
        again = crossed(analysis)
        for node in analysis.whole.nodes:
            place = analysis.place_of(node)
            assert again.span_of(place) == analysis.span_of(place)


def test_text_that_is_nested_as_deep_as_it_may_be_crosses():
    text = "spec: 1\nx-deep: " + "[" * 198 + "]" * 198 + "\n"
    assert str(crossed(analyse(sc.Source.text(text)).report)) == str(sc.check_spec(sc.Source.text(text)))
    crossed(analyse(sc.Source.text(text)))


@pytest.mark.parametrize(
    "source", ["news.yaml", sc.Source.text(BAD, name="a"), {"spec": 1}, sc.Source.standard_input()]
)
def test_a_source_crosses(source):
    assert crossed(sc.Source.of(source)) == sc.Source.of(source)


def test_a_report_holds_the_lines_that_it_shows_and_not_the_whole_text():
    text = BAD + "".join(f"# {'a comment ' * 10}\n" for _ in range(10_000))
    assert len(pickle.dumps(sc.check_spec(sc.Source.text(text)))) < 10_000
