"""What a page is told in which a spec is typed: its params as fields, and the model in other forms."""

from __future__ import annotations

import io
import json
import zipfile
from base64 import b64decode

import pytest

import spec_compiler as sc
from spec_compiler.emitting.pictures.engine import layout
from spec_compiler.pipeline import analyse
from spec_compiler.viewing import draft_forms
from spec_compiler.viewing.draft import BadQuestionError, Draft
from tests.viewing.test_view import BLOCKS
from tests.viewing.test_view import SPEC as WITH_BLOCKS

SPEC = """\
spec: 1
name: small
params:
  units: {default: 8, type: int, min: 1, max: 64, description: the width}
  twice: "${2 * units}"
  how: {default: relu, choices: [relu, tanh]}
  rate: {type: float}
  deep:
    type: int
    min: 3
  sizes:
    - 1
    - 2
nodes:
  x: {type: Input, shape: [4]}
  h: {type: Dense, units: "${twice}", activation: "${how}", inputs: x}
  d: {type: Dropout, rate: "${rate}", inputs: h}
  y: {type: Dense, units: "${units * deep + len(sizes)}", inputs: d}
outputs: {y: {loss: mse}}
"""
NEEDED = {"rate": "0.5", "deep": "3"}


def draft(form="yaml", **given) -> Draft:
    return Draft(lambda text, params: analyse(sc.Source.text(text, form=form), params={**given, **params}))


def fields(text: str = SPEC, form="yaml", **params: str):
    page = draft(form).answer("page", {"text": text, "params": params})
    return {field["name"]: field for field in page["params"]}, page


def edited(text: str, edit) -> str:
    """A text after the edit that makes a value the default of a param."""
    lines = text.splitlines(keepends=True)
    start, end = (sum(map(len, lines[: edit[at]["line"] - 1])) + edit[at]["column"] - 1 for at in ("start", "end"))
    return text[:start] + edit["text"] + text[end:]


def test_each_param_is_a_field_with_its_type_its_range_and_its_default():
    found, _ = fields(**NEEDED)
    assert list(found) == ["units", "twice", "how", "rate", "deep", "sizes"]
    assert found["units"] == {
        "name": "units",
        "type": "int",
        "description": "the width",
        "min": 1,
        "max": 64,
        "choices": None,
        "default": "8",
        "expression": None,
        "problem": None,
        "edit": None,
    }
    assert found["how"]["choices"] == ["relu", "tanh"]
    assert (found["twice"]["default"], found["twice"]["expression"]) == ("16", "${2 * units}")
    assert (found["rate"]["type"], found["rate"]["default"]) == ("float", None)
    assert found["sizes"]["default"] == "[1, 2]"


def test_what_is_set_counts_for_all_that_is_shown():
    found, page = fields(units="10", **NEEDED)
    assert page["nodes"]["h"]["gives"][0][1] == "(None, 20) float32"
    assert found["twice"]["default"] == "20"
    assert found["units"]["default"] == "8"


def test_a_value_that_a_param_does_not_take_is_said_at_its_field_and_as_a_finding():
    found, page = fields(units="100", rate="[0.5", deep="3")
    assert found["units"]["problem"] == "is at most 64, not 100"
    assert found["rate"]["problem"] == "takes a value in YAML"
    assert sorted(finding["code"] for finding in page["findings"] if finding["severity"] == "error") == [
        "SC204",
        "SC217",
    ]


def test_what_the_text_has_no_more_is_not_set():
    _, page = fields(SPEC.replace("  units: {", "  unit: {").replace("units", "unit"), units="10", **NEEDED)
    assert not [each for each in page["findings"] if "no param" in each["message"]]


def test_a_text_that_cannot_be_read_leaves_the_fields_as_they_are():
    page = draft().answer("page", {"text": "spec: [", "params": {"units": "3"}})
    assert "params" not in page


def test_values_of_the_command_line_are_shown_as_defaults():
    page = draft(units=12, rate=0.5, deep=3).answer("page", {"text": SPEC, "params": {}})
    assert [field["default"] for field in page["params"]][:4] == ["12", "24", "relu", "0.5"]


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("units", "12", "  units: {default: 12, type: int, min: 1, max: 64, description: the width}\n"),
        ("how", '"tanh"', "  how: {default: tanh, choices: [relu, tanh]}\n"),
        ("twice", "[1, {a: b}]", "  twice: [1, {a: b}]\n"),
        ("rate", "0.25", "  rate: {default: 0.25, type: float}\n"),
        ("deep", "4", "  deep:\n    default: 4\n    type: int\n"),
    ],
)
def test_a_value_can_be_made_the_default_in_the_text(name, value, line):
    found, _ = fields(**{**NEEDED, name: value})
    text = edited(SPEC, found[name]["edit"])
    assert line in text
    assert len(text) - len(SPEC) < 20


def test_in_json_too():
    text = '{"spec": 1, "params": {"n": {"type": "int"}, "s": "a"}, "nodes": {}, "outputs": []}'
    found, _ = fields(text, "json", n="3", s='"b"')
    assert '"n": {"default": 3, "type": "int"}' in edited(text, found["n"]["edit"])
    assert '"s": "b"' in edited(text, found["s"]["edit"])


def test_a_default_of_several_lines_is_left_to_who_wrote_it():
    assert fields(sizes="[3]", **NEEDED)[0]["sizes"]["edit"] is None


def test_the_model_is_had_in_other_forms():
    asked = draft()

    def form(name: str, **more):
        return asked.answer("form", {"text": SPEC, "params": {**NEEDED, "units": "10"}, "form": name, **more})

    assert "Dense" in form("table")["text"]
    assert "def build_model" in form("code")["text"]
    assert "x  (None, 4) float32" in form("data")["text"]
    assert json.loads(form("architecture")["text"])["class_name"] == "Functional"
    assert "flowchart" in form("mermaid")["text"]
    assert "units: 20" in form("spec")["text"]
    assert json.loads(form("spec_json")["text"])["params"]["units"]["default"] == 8
    graph = form("svg")["graph"]
    assert "<svg" in form("svg", placed=layout(graph))["text"]
    assert form("svg", placed={"edges": []})["none"] == "The graph has changed while its picture was made."
    assert form("png")["none"] == "There is no form `png`."
    archive = zipfile.ZipFile(io.BytesIO(b64decode(form("keras")["base64"])))
    assert "model.weights.h5" in archive.namelist()


def test_a_spec_with_errors_has_no_forms_but_its_own():
    asked = draft()
    assert asked.answer("form", {"text": SPEC, "params": {}, "form": "code"}) == {"none": "The spec has errors."}
    assert json.loads(asked.answer("form", {"text": SPEC, "form": "spec_json"})["text"])["name"] == "small"
    assert asked.answer("form", {"text": "spec: [", "form": "spec_json"}) == {"none": "The spec has errors."}
    assert "JSON" in asked.answer("form", {"text": "spec: .inf", "form": "spec_json"})["none"]


def test_where_no_package_writes_files_of_keras_the_page_is_told(monkeypatch):
    monkeypatch.setattr(draft_forms, "_NEEDED", ("h5py", "no_such_package"))
    draft_forms.has_keras_files.cache_clear()
    try:
        asked = {"text": SPEC, "params": NEEDED}
        assert draft().answer("page", asked)["keras_files"] is False
        assert "no package" in draft().answer("form", {**asked, "form": "keras"})["none"]
    finally:
        draft_forms.has_keras_files.cache_clear()


def test_weights_that_are_too_large_for_a_page_stay_where_they_are():
    text = SPEC.replace('units: "${twice}"', "units: 50000000")
    said = draft().answer("form", {"text": text, "params": NEEDED, "form": "keras"})
    assert said["none"].startswith("The weights take ")


@pytest.mark.parametrize(
    "asked", [{}, {"text": 1}, {"text": "\ud800"}, {"text": "", "params": []}, {"text": "", "params": {"a": 1}}]
)
def test_what_is_no_question_is_refused(asked):
    with pytest.raises(BadQuestionError):
        draft().answer("page", asked)


def test_each_page_is_of_the_files_as_they_are_and_a_form_is_of_the_page(tmp_path):
    blocks = tmp_path / "blocks.yaml"
    blocks.write_text(BLOCKS)
    (tmp_path / "spec.yaml").write_text(WITH_BLOCKS)
    asked = Draft(lambda text, params: analyse(tmp_path / "spec.yaml", params=params))
    page = asked.answer("page", {"text": WITH_BLOCKS})
    assert page["counts"]["errors"] == 0
    blocks.write_text(BLOCKS.replace("Dense", "Dens"))
    assert "text" in asked.answer("form", {"text": WITH_BLOCKS, "form": "code"})
    (finding,) = asked.answer("page", {"text": WITH_BLOCKS})["findings"]
    assert (finding["text"], finding["span"]["start"]["line"]) == (1, 7)
    assert {key: finding["imported"][key] for key in ("start", "end")} == {
        "start": {"line": 2, "column": 11},
        "end": {"line": 2, "column": 22},
    }
