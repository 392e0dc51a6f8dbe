"""What a Python program, a notebook and a type checker see."""

from __future__ import annotations

import ast
import copy
import pickle
import re

import pytest

import spec_compiler as sc
from spec_compiler.emitting.notebook import html
from tests.cli.test_commands import BAD, GOOD
from tests.processes import ROOT

pytestmark = pytest.mark.usefixtures("stand_ins")


@pytest.fixture
def graph(stand_ins):
    return sc.load_spec(ROOT / "specs" / "news.yaml")


def test_a_report_is_true_if_there_are_no_errors():
    assert sc.check_spec(sc.Source.text(GOOD))
    assert not sc.check_spec(sc.Source.text(BAD))


def test_representations_are_short(graph):
    source = sc.Source.text(BAD + "#" * 100_000, name="bad.yaml")
    assert repr(source) == "<Source bad.yaml>"
    assert repr(sc.check_spec(source)) == "<Report bad.yaml: 2 errors>"
    with pytest.raises(sc.SpecError) as error:
        sc.load_spec(source)
    assert repr(error.value) == "SpecError(<Report bad.yaml: 2 errors>)"
    assert repr(graph) == "<TypedGraph news: 10 nodes, 5,200,610 parameters>"


MAPPINGS = ("nodes", "layers", "calls", "results", "weights", "ends", "models", "consumers")


@pytest.mark.parametrize("name", MAPPINGS)
def test_the_mappings_of_a_graph_are_read_only_and_can_be_copied(graph, name):
    mapping = getattr(graph, name)
    before = dict(mapping)
    for change in (
        lambda: mapping.__setitem__("a", 1),
        lambda: mapping.__delitem__("lstm"),
        lambda: mapping.update(a=1),
        lambda: mapping.pop("lstm", None),
        lambda: mapping.setdefault("a", 1),
        lambda: mapping.__ior__({"a": 1}),
        mapping.clear,
        mapping.popitem,
    ):
        with pytest.raises(TypeError, match="read-only"):
            change()
    assert dict(mapping) == before
    assert list(copy.copy(mapping).items()) == list(before.items())


def test_a_read_only_mapping_can_be_pickled(graph):
    loaded = pickle.loads(pickle.dumps(graph.ends))
    assert (loaded, type(loaded)) == (graph.ends, type(graph.ends))


def test_a_report_in_a_notebook_is_its_text_in_colours_and_nothing_of_it_is_markup():
    report = sc.check_spec(sc.Source.text(BAD.replace("xx", '"<b>&x"'), name="<script>.yaml"))
    shown = report._repr_html_()
    assert "&lt;script&gt;.yaml:4:27" in shown
    assert set(re.findall(r"</?(\w+)", shown)) == {"pre", "span"}
    assert shown.count("<span") == shown.count("</span>") > 0
    fine = sc.check_spec(sc.Source.text(GOOD, name="good.yaml"))
    assert fine._repr_html_() == '<pre style="white-space: pre; overflow-x: auto">good.yaml: no errors</pre>'
    assert fine._repr_mimebundle_() == {"text/html": fine._repr_html_(), "text/plain": "good.yaml: no errors"}


def test_a_graph_in_a_notebook_has_its_table(graph):
    shown = html(graph)
    assert graph._repr_html_() == shown
    assert shown.count("<tr>") == 11
    assert '<td style="text-align: left">Embedding</td>' in shown
    assert '<td style="text-align: right">5,120,000</td>' in shown
    assert "parameters: 5,200,610 (5,200,610 trainable, 0 not), 19.8 MiB" in shown


def test_of_a_large_graph_a_notebook_shows_the_ends():
    nodes = "".join(f"  n{i}: {{type: Dense, units: 2, inputs: {f'n{i - 1}' if i else 'x'}}}\n" for i in range(300))
    text = f"spec: 1\nnodes:\n  x: {{type: Input, shape: [2]}}\n{nodes}outputs: [n299]\n"
    shown = html(sc.load_spec(sc.Source.text(text)))
    assert (shown.count("<tr>"), "… 101 more …" in shown, ">n299<" in shown, ">n150<" in shown) == (
        202,
        True,
        True,
        False,
    )


@pytest.mark.parametrize("text", [GOOD, "spec: 1", '{"spec": 1, "nodes": {}}', "nodes:\n  x: {type: Input}\n"])
def test_the_text_of_a_spec_in_the_place_of_its_path_is_told(text):
    (only,) = sc.check_spec(text)
    assert only.code == "SC109"
    assert only.hint == "this is taken for a path; the text of a spec is wrapped as `Source.text(…)`"
    assert len(only.message) < 100


def test_a_path_that_does_not_exist_is_no_text():
    (only,) = sc.check_spec("specs/spec: none.yaml")
    assert (only.code, only.hint) == ("SC109", None)


def test_type_checkers_do_not_see_the_looking_up_of_names():
    # A module with `__getattr__` has every name for them, so that none would be misspelt.
    module = ast.parse((ROOT / "spec_compiler/__init__.py").read_text(encoding="utf-8"))
    at_the_top = [node.name for node in module.body if isinstance(node, ast.FunctionDef)]
    guarded = [
        node.name
        for block in module.body
        if isinstance(block, ast.If) and ast.unparse(block.test) == "not TYPE_CHECKING"
        for node in block.body
        if isinstance(node, ast.FunctionDef)
    ]
    assert ("__getattr__" in at_the_top, guarded) == (False, ["__getattr__"])
