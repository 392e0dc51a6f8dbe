"""What the page knows, and how it is packed: without a browser."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from functools import cache
from hashlib import sha256
from html import unescape
from itertools import pairwise

import pytest

import spec_compiler as sc
from spec_compiler.cli.main import main
from spec_compiler.comparing.compare import compare
from spec_compiler.emitting.page.both import both_diagrams
from spec_compiler.emitting.page.data import error_data, page_data
from spec_compiler.emitting.page.html import json_text, page_html
from spec_compiler.emitting.page.theme import theme_style
from spec_compiler.pipeline import analyse
from spec_compiler.views import main_view

pytestmark = pytest.mark.usefixtures("stand_ins")

SPEC = """\
spec: 1
description: A model.
blocks:
  tower:
    description: Two layers.
    params: [units]
    inputs: [x]
    nodes:
      first: {type: Dense, units: "${units}", inputs: x}
      # of the second
      second:
        type: Dense
        units: 4

        inputs: first
    outputs: [second]
nodes:
  x: {type: Input, shape: [5]}
  y: {type: tower, units: 3, repeat: 2, inputs: x}
  z: {type: Dense, units: 2, activation: softmax, inputs: y}
outputs: [z]
"""


def graph_of(text: str):
    return sc.load_spec(sc.Source.text(text, form="yaml", name="spec.yaml"))


def data_of(page: str):
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1])


@cache
def page_once():
    return graph_of(SPEC).to_html()


@pytest.fixture
def page():
    return page_once()


def test_a_page_of_the_same_graph_is_the_same(page):
    assert graph_of(SPEC).to_html() == page


def test_a_node_knows_its_lines_and_those_that_made_it(page):
    data = data_of(page)
    assert data["nodes"]["y.2.second"]["places"] == [[0, 11, 15, "the node"], [0, 19, 19, "`y.2` is made here"]]
    assert data["texts"] == [{"name": "spec.yaml", "lines": SPEC.splitlines()}]
    assert data["blocks"]["y.1"]["about"] == "Two layers."
    assert data["blocks"]["y.1"]["arguments"] == [["units", "3"]]


def test_a_node_has_what_its_report_has(page):
    node = data_of(page)["nodes"]["z"]
    assert node["takes"] == [["inputs", "y.2.second", "(None, 4) float32", "any", "y.2.second"]]
    assert node["gives"] == [["z", "(None, 2) float32", "(0, 1]", "whatever it takes through `softmax`"]]
    assert ["units", "2", "given"] in node["arguments"]
    assert ["kernel", "(4, 2)", "float32", "8", "GlorotUniform", "trained"] in node["weights"]
    assert node["parameters"] == 10
    assert node["cost"]["multiply_adds"] == 8


def test_types_are_documented(page):
    dense = data_of(page)["types"]["Dense"]
    assert dense["kind"] == "layer"
    assert dense["text"].startswith("A dense layer: weighted sums over the last axis")
    assert dense["arguments"]["units"][1] is None
    assert dense["arguments"]["use_bias"][1] == "true"


def test_the_policy_allows_its_own_script_and_style_alone(page):
    policy = unescape(re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1])
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    script = re.search(r'<script type="module">(.*?)</script>', page, re.DOTALL)[1]
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    hashed = {
        name: f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
        for name, text in (("script-src", script), ("style-src", style))
    }
    assert rules == {
        "default-src": "'none'",
        **hashed,
        "worker-src": "blob:",
        "connect-src": "'none'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_nothing_in_a_page_is_an_address(page):
    markup = re.sub(r"<script.*?</script>|<style>.*?</style>", "", page, flags=re.DOTALL)
    assert re.findall(r'(?:src|href)="([^"]*)"', markup) == ["data:,", "#outline-tab"]


def test_the_engine_in_a_page_is_the_one_that_pictures_have(page):
    import gzip

    from spec_compiler.emitting.page.html import engine_text

    packed = re.search(r'id="engine">(.*?)</script>', page)[1]
    assert gzip.decompress(b64decode(packed)).decode() == engine_text()


def test_json_in_a_page_cannot_end_it():
    text = json_text({"</script>": "<!-- & \u2028\u2029 \ud800"})
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text) == {"</script>": "<!-- & \u2028\u2029 \ufffd\ufffd\ufffd"}


def test_gaps_of_the_template_in_a_spec_are_left_alone():
    page = page_html({"title": "{parts}{style}", "x": "{policy}"})
    assert "<title>{parts}{style}</title>" in page
    assert data_of(page) == {"title": "{parts}{style}", "x": "{policy}"}


@pytest.mark.parametrize(
    "name",
    [
        "text",
        "muted",
        "line",
        "key",
        "string",
        "value",
        "error",
        "warning",
        "accent",
        "up",
        "down",
        "added",
        "removed",
        "changed",
    ],
)
def test_colours_of_texts_can_be_read(name):
    light, dark, _ = re.findall(r":root[^{]*\{ (--ground.*?) \}", theme_style())
    for variables in (light, dark):
        values = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", variables))
        assert contrast(values[name], values["ground"]) >= 4.5
        assert contrast(values[name], values["surface"]) >= 4.2


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, as WCAG 2 has it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_findings_name_the_nodes_that_they_are_about():
    doubtful = SPEC.replace("units: 2, activation: softmax", "units: 1, activation: softmax")
    found = analyse(sc.Source.text(doubtful, form="yaml"))
    data = page_data(main_view(found), found.origin, found.report)
    assert [(each["code"], each["severity"], each["nodes"]) for each in data["findings"]] == [
        ("SC601", "warning", ["z"])
    ]
    broken = analyse(sc.Source.text(SPEC.replace("units: 2, act", "unit: 2, act"), form="yaml"))
    data = error_data(broken.sound, broken.origin, broken.report)
    assert [(each["code"], each["nodes"], each["text"]) for each in data["findings"]] == [("SC209", ["z"], 0)]
    assert data["counts"] == {"errors": 1, "warnings": 0}
    assert "picture" not in data


def test_a_finding_in_an_imported_file_names_the_import(tmp_path):
    """Also through another import; and of many only the first."""
    (tmp_path / "inner.yaml").write_text("spec: 1\nblocks:\n" + "".join(f"  b{each}: {{}}\n" for each in range(30)))
    (tmp_path / "outer.yaml").write_text("spec: 1\nimports: [inner.yaml]\nblocks: {}\n")
    (tmp_path / "spec.yaml").write_text(f"imports: [std/unet.yaml, outer.yaml]\n{SPEC.replace('units: 2', 'unit: 2')}")
    found = analyse(tmp_path / "spec.yaml")
    findings = error_data(found.sound, found.origin, found.report)["findings"]
    inner = [each for each in findings if each["span"]["file"].endswith("inner.yaml")]
    where = {"file": str(tmp_path / "spec.yaml"), "start": {"line": 1, "column": 26}, "end": {"line": 1, "column": 36}}
    assert len(inner) > 20
    assert [each["imported"] for each in inner] == [where] * 20 + [None] * (len(inner) - 20)
    assert [each["imported"] for each in findings if each not in inner] == [None] * (len(findings) - len(inner))


# Two models in one


def both(before: str, after: str):
    one, other = graph_of(before), graph_of(after)
    return both_diagrams(one, other, compare(one, other))


def test_equal_specs_have_no_changes():
    found = both(SPEC, SPEC)
    assert found.boxes == {}
    assert set(found.edges) == {None}


def test_what_is_only_in_the_first_stands_where_it_stood():
    found = both(SPEC, SPEC.replace("inputs: first", "inputs: x"))
    ids = [box.id for box in found.diagram.all_boxes()]
    assert len(ids) == len(set(ids))
    first = SPEC.replace(
        "      first: {type: Dense", "      zero: {type: Dropout, rate: 0.5, inputs: x}\n      first: {type: Dense"
    ).replace('"${units}", inputs: x', '"${units}", inputs: zero')
    found = both(first, SPEC)
    assert {id_: change for id_, change in found.boxes.items() if change == "removed"} == {
        "removed:node:y.1.zero": "removed",
        "removed:node:y.2.zero": "removed",
    }
    block = next(box for box in found.diagram.all_boxes() if box.id == "block:y.1")
    assert "removed:node:y.1.zero" in [box.id for box in block.boxes]
    assert found.edges.count("removed") == 4
    assert found.edges.count("added") == 2


def test_each_edge_has_a_port_and_a_target_that_are_there(specs):
    names = ["news", "tweets", "siamese", "unet", "resnet18", "gan", "shared_vision", "retinanet"]
    for before, after in pairwise(names):
        one, other = (sc.load_spec(specs / f"{name}.yaml") for name in (before, after))
        one, other = one.whole or one, other.whole or other
        found = both_diagrams(one, other, compare(one, other))
        boxes = {box.id for box in found.diagram.all_boxes()}
        ports = {port.id for box in found.diagram.all_boxes() for port in box.ports}
        assert len(boxes) == sum(1 for _ in found.diagram.all_boxes())
        for edge in found.diagram.edges:
            assert edge.port in ports
            assert edge.target in boxes


def test_a_removed_name_that_is_used_again_is_two_boxes():
    after = SPEC.replace(
        "z: {type: Dense, units: 2, activation: softmax, inputs: y}",
        "w: {type: Dense, units: 2, activation: softmax, inputs: y}",
    ).replace("outputs: [z]", "outputs: [w]")
    found = both(SPEC, after)
    assert found.boxes["node:w"] == "changed"
    assert "node:z" not in {box.id for box in found.diagram.all_boxes()}


# The command line


def test_pages_are_written_by_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(SPEC.replace("units: 3", "units: 6"), encoding="utf-8")
    assert main(["a.yaml", "-o", "a.html", "--theme", "dark", "--fold", "tower"]) == 0
    data = data_of((tmp_path / "a.html").read_text(encoding="utf-8"))
    assert (data["theme"], data["open"]) == ("dark", [])
    capsys.readouterr()
    assert main(["diff", "a.yaml", "b.yaml", "-o", "d.html", "--format", "json"]) == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out)["same"] is False
    assert printed.err == "wrote d.html\n"
    data = data_of((tmp_path / "d.html").read_text(encoding="utf-8"))
    assert data["changes"]["nodes"]["y.1.first"] == ["units: 3 → 6", "gives: (None, 3) float32 → (None, 6) float32"]
    assert [text["name"] for text in data["texts"]] == ["b.yaml (after)", "a.yaml (before)"]


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("d.txt", "`d.txt`: a comparison is written to a file whose suffix is .html"),
        (".html", "`.html`: a comparison is written to a file whose suffix is .html"),
        ("spec.html", "`spec.html` is a source of this run, and is not replaced"),
        ("folder.html", "`folder.html` is there and is no regular file, so it cannot be replaced"),
    ],
)
def test_where_no_comparison_can_be_written_is_wrong_usage(tmp_path, monkeypatch, capsys, output, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.html").write_text(SPEC, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(SPEC.replace("units: 3", "units: 6"), encoding="utf-8")
    (tmp_path / "folder.html").mkdir()
    assert main(["diff", "spec.html", "b.yaml", "-o", output]) == 2
    assert said in capsys.readouterr().err
