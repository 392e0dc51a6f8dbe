"""A spec under other names differs in names only, in whatever order it is written."""

from __future__ import annotations

import dataclasses
import functools
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import spec_compiler as sc
from spec_compiler.comparing.compare import compare
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.reading.read import read
from tests.goldens import SPECS

pytestmark = pytest.mark.slow

NAMES = [
    "autoencoder", "deep_cross", "mixture_of_experts", "news", "seq2seq", "tickets", "toy_resnet", "tweets",
    "two_towers", "unet", "video_question",
]  # fmt: skip


@functools.cache
def written_out(name: str):
    """The data of an example with nothing left to expand, every node under a name of its own."""
    text = sc.load_spec(SPECS / f"{name}.yaml").to_yaml()
    data = read(sc.Source.text(text, form="yaml"), Findings()).data
    for node in data["nodes"].values():
        node.pop("name", None)
    return data


def renamed(value, names):
    """A value with other names wherever a node, a layer or an output is meant."""
    if isinstance(value, str):
        node, dot, output = value.partition(".")
        return names.get(node, node) + dot + output
    if isinstance(value, list):
        return [renamed(item, names) for item in value]
    return {key: renamed(item, names) for key, item in value.items()}


def under(data, names, order):
    """A spec whose nodes, shared layers and outputs have other names, written in another order."""

    def config(found):
        changed = {key: renamed(item, names) if key in ("inputs", "use") else item for key, item in found.items()}
        return {key: config(item) if key == "layer" else item for key, item in changed.items()}

    def outputs_of(written, of_names):
        return {
            of_names.get(name, name): {
                key: renamed(item, names) if key == "from" else item
                for key, item in {"from": name, **(options or {})}.items()
            }
            for name, options in written.items()
        }

    nodes = {names.get(name, name): config(node) for name, node in data["nodes"].items()}
    outputs = outputs_of(data["outputs"], names)
    # The outputs of parts keep their names, which count.
    models = {
        name: {"inputs": renamed(part["inputs"], names), "outputs": outputs_of(part["outputs"], {})}
        for name, part in data.get("models", {}).items()
    }
    layers = {names.get(name, name): config(layer) for name, layer in data.get("layers", {}).items()}
    return {
        **data,
        "nodes": {name: nodes[name] for name in sorted(nodes, key=lambda each: order[each])},
        "inputs": renamed(data["inputs"], names),
        "outputs": outputs,
        **({"layers": layers} if layers else {}),
        **({"models": models} if models else {}),
    }


@st.composite
def renamings(draw):
    """A spec, the new names of some of its nodes and layers, and the spec under them."""
    data = written_out(draw(st.sampled_from(NAMES)))
    old = [*data["nodes"], *data.get("layers", {})]
    chosen = draw(st.lists(st.sampled_from(old), unique=True))
    numbers = draw(st.permutations(range(len(chosen))))
    names = {name: f"n{number}" for name, number in zip(chosen, numbers, strict=True)}
    new = [names.get(name, name) for name in data["nodes"]]
    order = dict(zip(draw(st.permutations(new)), range(len(new)), strict=True))
    return data, names, under(data, names, order)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(renamings())
def test_a_spec_under_other_names_differs_in_names_only(renaming):
    data, names, other = renaming
    a, b = sc.load_spec(data), sc.load_spec(other)
    found = compare(a, b)
    assert dataclasses.replace(found, renamed=(), renamed_layers=(), renamed_outputs=()).same
    assert {each.before for each in found.renamed} == {name for name in names if name in data["nodes"]}
    assert {each.before for each in found.renamed_layers} == {name for name in names if name in data.get("layers", {})}
    assert found.taken_over == a.parameter_count == b.parameter_count
    assert all(re.fullmatch(r"n\d+", each.after) for each in (*found.renamed, *found.renamed_layers))


def test_where_no_two_nodes_are_alike_each_is_found_under_its_name():
    data = written_out("news")
    names = {name: f"other_{name}" for name in data["nodes"]}
    found = compare(sc.load_spec(data), sc.load_spec(under(data, names, dict.fromkeys(names.values(), 0))))
    assert {each.before: each.after for each in found.renamed} == names
