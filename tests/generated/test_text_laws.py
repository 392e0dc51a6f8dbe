"""What is written comes back: laws of the text that hold for every spec, tried on drawn ones."""

from __future__ import annotations

import copy
import json
import os
from functools import cache

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings

import spec_compiler as sc
from spec_compiler.comparing.compare import compare
from spec_compiler.formatting.format import format_spec
from spec_compiler.graph.text import typed_text
from tests.generated.drawing import specs

pytestmark = [pytest.mark.end_to_end, pytest.mark.usefixtures("stand_ins")]

EXAMPLES = int(os.environ.get("SPEC_COMPILER_GENERATED_SPECS", "25"))
SEED = int(os.environ.get("SPEC_COMPILER_GENERATED_SEED", "0"))


@cache
def drawn_specs():
    """The drawn specs: the same ones each time, and not made smaller, which would take long."""
    found = []

    @seed(SEED)
    @settings(max_examples=EXAMPLES, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck))
    @given(specs())
    def draw(drawn_spec):
        found.append(drawn_spec)

    draw()
    return found


def law(test):
    """A test of every drawn spec, which are drawn once for all laws."""

    def holds():
        for drawn_spec in drawn_specs():
            try:
                test(drawn_spec)
            except Exception as error:
                error.add_note(f"of the drawn spec {json.dumps(drawn_spec.spec)}")
                raise

    holds.__name__ = test.__name__
    return holds


def load(data):
    return sc.load_spec(sc.Source.text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True)))


@pytest.mark.slow
@law
def test_a_rendered_spec_gives_the_same_graph_and_the_same_text(drawn_spec):
    graph = sc.load_spec(drawn_spec.spec)
    text = graph.to_yaml()
    again = sc.load_spec(sc.Source.text(text))
    assert again.to_yaml() == text
    assert compare(graph, graph).same


@pytest.mark.slow
@law
def test_yaml_and_json_give_the_same_graph(drawn_spec):
    text = json.dumps(drawn_spec.spec, indent=2)
    assert typed_text(load(drawn_spec.spec)) == typed_text(sc.load_spec(sc.Source.text(text)))


@pytest.mark.slow
@law
def test_formatting_keeps_the_data_and_is_a_fixed_point(drawn_spec):
    for text in (yaml.safe_dump(drawn_spec.spec, sort_keys=False), json.dumps(drawn_spec.spec)):
        formatted = format_spec(sc.Source.text(text)).after
        assert formatted is not None
        assert yaml.safe_load(formatted) == yaml.safe_load(text)
        assert format_spec(sc.Source.text(formatted)).after == formatted


@law
def test_edges_and_inputs_give_the_same_graph(drawn_spec):
    spec = copy.deepcopy(drawn_spec.spec)
    edges = []
    for name, node in spec["nodes"].items():
        inputs = node.get("inputs")
        if isinstance(inputs, dict) and len(inputs) == 1 and isinstance(next(iter(inputs.values())), str):
            inputs = next(iter(inputs.values()))
        if isinstance(inputs, str):
            del node["inputs"]
            edges.append(f"{inputs} -> {name}")
    assert typed_text(load({**spec, "edges": edges})) == typed_text(load(drawn_spec.spec))


@law
def test_a_repeated_node_is_the_same_as_its_copies_written_out(drawn_spec):
    spec = copy.deepcopy(drawn_spec.spec)
    nodes = {}
    renamed = {}
    for name, node in spec["nodes"].items():
        if node.get("repeat") != 2 or node["type"] in spec.get("blocks", {}):
            nodes[name] = node
            continue
        del node["repeat"]
        first, second = f"{name}_1", f"{name}_2"
        argument = next(iter(node["inputs"]))
        given_first = node["inputs"][argument]
        chained = [first, *given_first[1:]] if isinstance(given_first, list) else first
        nodes[first] = {**node, "name": f"{name}.1"}
        nodes[second] = {**copy.deepcopy(node), "name": f"{name}.2", "inputs": {**node["inputs"], argument: chained}}
        renamed[name] = second
    if not renamed:
        return
    written = load({**spec, "nodes": dict(_renamed(nodes, renamed)), "outputs": _renamed(spec["outputs"], renamed)})
    drawn_graph = load(drawn_spec.spec)
    assert [_of(written, output) for output in written.outputs] == [
        _of(drawn_graph, output) for output in drawn_graph.outputs
    ]
    assert written.parameter_count == drawn_graph.parameter_count


def _of(graph, output):
    return output.name, graph.type_of(graph.ends[output.name])


def _renamed(value, names):
    """The same with other names in references."""
    if isinstance(value, dict):
        return {key: item if key in ("type", "name") else _renamed(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    if isinstance(value, str):
        node, dot, output = value.partition(".")
        return names.get(node, node) + dot + output if node in names else value
    return value
