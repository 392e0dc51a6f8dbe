"""Where a spec comes from: files, text, bytes, standard input, Python data; and in which encoding."""

from __future__ import annotations

import io
import json
import os
import sys
from collections import OrderedDict
from pathlib import Path
from types import MappingProxyType

import pytest

import spec_compiler as sc
from spec_compiler.graph.text import graph_text
from tests.marked import codes_and_lines
from tests.stages.through import check, linked

DATA = {
    "spec": 1,
    "nodes": {"x": {"type": "Input", "shape": [4]}, "y": {"type": "Dense", "units": 2, "inputs": "x"}},
    "outputs": ["y"],
}
TEXT = """\
spec: 1
nodes:
  x: {type: Input, shape: [4]}
  y: {type: Dense, units: 2, inputs: x}
outputs: [y]
"""


def codes(source, **limits):
    return [found.code for found in check(source, limits=sc.Limits(**limits))]


@pytest.fixture
def stdin(monkeypatch):
    def give(raw):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))

    return give


def test_all_kinds_of_sources_give_the_same_graph(tmp_path, stdin):
    (tmp_path / "a.yaml").write_text(TEXT)
    (tmp_path / "b.json").write_text(json.dumps(DATA))
    (tmp_path / "c.JSON").write_text(json.dumps(DATA, indent="\t"))
    (tmp_path / "d").write_text(TEXT)
    stdin(TEXT.encode())
    sources = [
        tmp_path / "a.yaml",
        str(tmp_path / "b.json"),
        tmp_path / "c.JSON",
        tmp_path / "d",
        sc.Source.text(TEXT),
        sc.Source.text(TEXT.encode()),
        sc.Source.text(json.dumps(DATA)),
        sc.Source.text(json.dumps(DATA, indent="\t")),
        sc.Source.text(json.dumps(DATA), form="yaml"),
        sc.Source.standard_input(),
        DATA,
        OrderedDict(DATA),
        MappingProxyType(DATA),
        {**DATA, "outputs": ("y",)},
    ]
    graphs = {graph_text(linked(source)).split("\n", 1)[1] for source in sources}
    assert len(graphs) == 1


def test_a_file_is_what_its_suffix_says(tmp_path):
    as_json = tmp_path / "a.json"
    as_json.write_text(TEXT)
    assert codes(as_json) == ["SC102"]
    as_yaml = tmp_path / "a.yaml"
    as_yaml.write_text(json.dumps(DATA)[:-1] + "  # a comment\n}")
    assert codes(as_yaml) == []


def test_a_model_without_a_name_is_called_as_its_file(tmp_path):
    for file, name in (("net.yaml", "net"), ("my net.v2.yaml", "my_net.v2"), ("3d.json", "3d"), ("é.yaml", "model_")):
        (tmp_path / file).write_text(json.dumps(DATA))
        assert linked(tmp_path / file).name == name
    assert linked(DATA).name == "model"


def test_diagnostics_call_the_source_by_its_name(tmp_path, stdin):
    stdin(b"spec: 2")
    path = tmp_path / "a.yaml"
    path.write_text("spec: 2")
    for source, name in (
        (str(path), str(path)),
        (sc.Source.text("spec: 2"), "<text>"),
        (sc.Source.text("spec: 2", name="cell 3"), "cell 3"),
        (sc.Source.standard_input(), "<stdin>"),
    ):
        report = check(source)
        assert {report.file, *(found.span.file for found in report)} == {name}


def test_data_of_python_has_paths_and_no_lines():
    report = check({**DATA, "name": 3})
    assert [(found.code, found.path, found.span) for found in report] == [("SC203", "/name", None)]
    assert report.file == "<dict>"


def test_data_of_python_is_copied_and_not_changed():
    data = {**DATA, "x-own": {"a": [1]}}
    before = json.dumps(data)
    linked(data)
    assert json.dumps(data) == before


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (object(), "SC203"),
        ({1, 2}, "SC203"),
        (b"bytes", "SC203"),
        (1j, "SC203"),
        (Path("a"), "SC203"),
        (lambda: 1, "SC203"),
        (2**53 + 1, "SC704"),
        ("\ud800", "SC105"),
        ({None: 1}, "SC112"),
        ({(1, 2): 1}, "SC112"),
    ],
)
def test_data_of_python_is_plain_data(value, code):
    assert codes({**DATA, "x-own": value}) == [code]


def test_data_of_python_that_holds_itself_is_too_deep():
    loop: dict[str, object] = {}
    loop["a"] = loop
    assert codes({**DATA, "x-own": loop}) == ["SC702"]


@pytest.mark.parametrize("value", [True, 1.5, None, [1], (1,), b"spec: 1"])
def test_what_is_no_source_is_a_mistake_of_the_caller(value):
    with pytest.raises(TypeError, match=r"Source\.text"):
        check(value)


def test_a_text_that_is_not_wrapped_is_a_path():
    assert codes("spec: 1") == ["SC109"]


def test_what_cannot_be_read_is_said_and_not_raised(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for path, reason in (
        (tmp_path / "none.yaml", "there is no such file"),
        (tmp_path, "it is a folder, not a file"),
        (tmp_path / "pipe", "it is not a regular file"),
        (Path("/dev/zero"), "it is not a regular file"),
        (Path("/dev/null"), "it is not a regular file"),
        (tmp_path / "loop", "it cannot be opened"),
        (tmp_path / "a.yaml" / "b", "there is no such file"),
        (Path("a\0b"), "it cannot be opened"),
        (Path("a" * 500), "it cannot be opened"),
    ):
        (found,) = check(path)
        assert (found.code, found.message) == ("SC109", f"`{path}` cannot be read: {reason}")


def test_a_link_to_a_file_is_read(tmp_path):
    (tmp_path / "a.yaml").write_text(TEXT)
    (tmp_path / "b.yaml").symlink_to("a.yaml")
    assert codes(tmp_path / "b.yaml") == []


def test_a_text_is_bounded_in_size(tmp_path, stdin):
    raw = TEXT.encode()
    (tmp_path / "a.yaml").write_bytes(raw)
    stdin(raw)
    for source in (tmp_path / "a.yaml", sc.Source.text(TEXT), sc.Source.text(raw), sc.Source.standard_input()):
        assert codes(source, text_bytes=len(raw) - 1) == ["SC701"]
    assert codes(tmp_path / "a.yaml", text_bytes=len(raw)) == []


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path):
    for name, text in (("a.yaml", TEXT), ("a.json", json.dumps(DATA))):
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + text.encode())
        assert codes(tmp_path / name) == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_other_encodings_are_refused(encoding):
    (code,) = codes(sc.Source.text(TEXT.encode(encoding)))
    assert code == ("SC104" if encoding in ("utf-16", "utf-32") else "SC105")


def test_a_byte_that_is_not_utf_8_is_shown_where_it_stands():
    report = check(sc.Source.text(b"spec: 1\nname: caf\xe9\n"))
    assert [(found.code, *found.span.start) for found in report] == [("SC104", 2, 10)]
    report = check(sc.Source.text("spec: 1\nname: ☺".encode() + b"\xff\n"))
    assert [(found.code, *found.span.start) for found in report] == [("SC104", 2, 8)]


@pytest.mark.parametrize("character", ["\0", "\x07", "\x1b", "\x7f", "\x9b", "\ufeff", "\ufffe", "\uffff"])
@pytest.mark.parametrize("form", ["yaml", "json"])
def test_a_control_character_is_refused_where_it_stands(character, form):
    report = check(sc.Source.text(f'{{"spec": 1,\n "x-a": "b{character}c"}}', form=form))
    assert [(found.code, *found.span.start) for found in report] == [("SC105", 2, 11)]
    assert character not in str(report)


def test_a_half_of_a_surrogate_pair_is_no_text():
    assert codes(sc.Source.text(TEXT + "description: \ud800\n")) == ["SC104"]


def test_a_wrong_encoding_is_all_that_is_said(tmp_path):
    report = check(sc.Source.text(b"nodes: \xff\nspec: 3\n"))
    assert codes_and_lines(report) == [("SC104", 1)]
