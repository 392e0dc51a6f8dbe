"""The graph of each example spec as text, against the committed one."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from tests.goldens import HERE, SPECS, TYPED, example_specs, golden_text, goldens
from tests.stages.through import linked

GRAPHS = {golden.relative_to(HERE).as_posix(): (golden, spec) for golden, spec in goldens().items()}
AGAIN = "`python -m tests.goldens` makes it again"


@pytest.mark.end_to_end
def test_the_examples_have_the_graphs_of_their_goldens():
    stale = [
        name
        for name, (golden, spec) in GRAPHS.items()
        if "/" not in name and golden.read_text(encoding="utf-8") != golden_text(golden, spec)
    ]
    assert stale == [], AGAIN


@pytest.mark.end_to_end
@pytest.mark.parametrize("name", [name for name in GRAPHS if "/" in name])
def test_an_example_has_the_types_and_weights_of_its_golden(name):
    golden, spec = GRAPHS[name]
    assert golden.read_text(encoding="utf-8") == golden_text(golden, spec), AGAIN


@pytest.mark.end_to_end
@pytest.mark.usefixtures("stand_ins")
@pytest.mark.parametrize(
    "spec",
    [pytest.param(spec, marks=() if spec.name in TYPED else pytest.mark.slow) for spec in example_specs()],
    ids=lambda path: path.name,
)
def test_there_is_nothing_to_complain_about_in_an_example(spec):
    report = sc.check_spec(spec)
    assert report.diagnostics == (), f"\n{report}"


def test_every_golden_belongs_to_an_example():
    assert {*HERE.rglob("*.txt")} == {*goldens()}
    assert {*TYPED} <= {spec.name for spec in example_specs()}


def test_the_json_twin_gives_the_same_graph():
    of_yaml, of_json = (linked(SPECS / name) for name in ("tweets.yaml", "tweets.json"))
    assert (of_json.description, of_json.inputs) == (of_yaml.description, of_yaml.inputs)
    assert of_json.layers.keys() == of_yaml.layers.keys()
    assert {key: layer.config for key, layer in of_json.layers.items()} == {
        key: layer.config for key, layer in of_yaml.layers.items()
    }
    assert [flow(node) for node in of_json.nodes.values()] == [flow(node) for node in of_yaml.nodes.values()]
    assert (of_json.fit, of_json.compile) == (of_yaml.fit, of_yaml.compile)
    assert [output.settings for output in of_json.outputs] == [output.settings for output in of_yaml.outputs]


def flow(node):
    """What a node calls, and what flows into each argument."""
    return node.name, node.layer, [(each.name, [*map(str, each.sources)]) for each in node.arguments], dict(node.flags)
