"""The graph of each example spec as text, against the committed one."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from tests.goldens import HERE, SPECS, example_specs, golden_of, golden_text


@pytest.mark.parametrize("spec", example_specs(), ids=lambda path: path.name)
def test_the_summary_of_an_example_is_its_golden(spec):
    assert golden_of(spec).read_text(encoding="utf-8") == golden_text(spec), "`python -m tests.goldens` makes it again"


def test_every_golden_belongs_to_an_example():
    assert {path.name for path in HERE.glob("*.txt")} == {golden_of(spec).name for spec in example_specs()}


@pytest.mark.parametrize("spec", example_specs(), ids=lambda path: path.name)
def test_an_example_has_nothing_to_complain_about(spec):
    assert sc.check_spec(spec).diagnostics == ()


def test_the_json_twin_gives_the_same_graph():
    of_yaml, of_json = (sc.load_spec(SPECS / name) for name in ("tweets.yaml", "tweets.json"))
    assert of_json.summary() == of_yaml.summary()
    assert of_json.graph.description == of_yaml.graph.description
    assert of_json.layers.keys() == of_yaml.layers.keys()
    assert {key: layer.config for key, layer in of_json.layers.items()} == {
        key: layer.config for key, layer in of_yaml.layers.items()
    }
    assert (of_json.calls, of_json.results, of_json.weights, of_json.ends) == (
        of_yaml.calls,
        of_yaml.results,
        of_yaml.weights,
        of_yaml.ends,
    )
    assert (of_json.fit, of_json.graph.compile) == (of_yaml.fit, of_yaml.graph.compile)
    assert [output.settings for output in of_json.outputs] == [output.settings for output in of_yaml.outputs]
