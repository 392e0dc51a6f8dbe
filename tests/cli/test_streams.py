"""The standard streams: closed, full, gone, or of an encoding that has not all characters."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

import spec_compiler as sc
from tests.processes import ROOT, compile_spec, python

pytestmark = pytest.mark.slow

SPEC = """\
spec: 1
nodes:
  x: {type: Input, shape: [4]}
  y: {type: Dense, units: 2, inputs: x}
outputs: [y]
"""
FULL = "standard output cannot be written: no space left on device"
CLOSED = "standard output cannot be written: bad file descriptor"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "good.yaml").write_text(SPEC)
    (tmp_path / "wide.yaml").write_text(SPEC.replace("units: 2", "units: 3"))
    (tmp_path / "bad.yaml").write_text(SPEC.replace("inputs: x", 'inputs: "ü→"'))
    return tmp_path


def shell(folder, command, **environment):
    """The exit code and standard error of a shell command in which `CS` stands for the command line."""
    started = f"{sys.executable} -m spec_compiler"
    done = subprocess.run(
        ["bash", "-c", command.replace("CS", started)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stderr.decode()


@pytest.mark.parametrize("words", ["check bad.yaml", "schema", "--help"])
def test_output_that_is_full_or_closed_is_said_in_a_line(folder, words):
    for redirection, message in (("> /dev/full", FULL), (">&-", CLOSED)):
        assert shell(folder, f"CS {words} {redirection}") == (2, f"compile-spec: {message}\n")


def test_nothing_is_written_if_standard_output_cannot_be(folder):
    for redirection, message in (("> /dev/full", FULL), (">&-", CLOSED)):
        assert shell(folder, f"CS good.yaml -o a.yaml {redirection}") == (2, f"compile-spec: {message}\n")
        assert shell(folder, f"CS fmt - {redirection} < good.yaml") == (2, f"compile-spec: {message}\n")
    assert sorted(os.listdir(folder)) == ["bad.yaml", "good.yaml", "wide.yaml"]


def test_standard_error_that_cannot_be_written_changes_nothing_else(folder):
    for redirection in ("2> /dev/full", "2>&-"):
        assert shell(folder, f"CS show bad.yaml {redirection}") == (1, "")
        assert shell(folder, f"CS show {redirection}") == (2, "")
        assert shell(folder, f"CS good.yaml -o a.yaml {redirection}") == (0, "")
        assert (folder / "a.yaml").read_text() == sc.load_spec(folder / "good.yaml").to_yaml()


def test_a_file_is_never_taken_for_a_stream_that_is_closed(folder):
    assert shell(folder, "CS good.yaml -o a.yaml 0<&- 1>&- 2>&-") == (2, "")
    assert not (folder / "a.yaml").exists()
    assert shell(folder, "CS good.yaml -o a.yaml 0<&- 2>&-") == (0, "")
    assert (folder / "a.yaml").read_text() == sc.load_spec(folder / "good.yaml").to_yaml()


def test_standard_input_that_is_closed_is_a_diagnostic(folder):
    code, output = shell(folder, "CS show - <&-")
    assert (code, output.splitlines()[0]) == (1, "error[SC109]: `<stdin>` cannot be read: standard input is closed")


GONE = """
import subprocess, sys
process = subprocess.Popen(
    [sys.executable, "-m", "spec_compiler", *sys.argv[1:]], stdout=subprocess.PIPE, stderr=subprocess.PIPE
)
process.stdout.close()
print(process.stderr.read(), process.wait())
"""


@pytest.mark.parametrize("words", [["good.yaml", "-o", "a.yaml"], ["--help"]])
def test_a_reader_that_has_gone_ends_the_command_as_it_ends_others(folder, words):
    assert python("-c", GONE, *words, cwd=folder).stdout == b"b'' 141\n"
    assert not (folder / "a.yaml").exists()


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    ],
    ids=lambda environment: next(iter(environment.values())),
)
def test_what_an_encoding_does_not_have_is_spelt_out(folder, environment):
    for words, code in (
        (["check", "bad.yaml"], 1),
        (["diff", "good.yaml", "wide.yaml"], 1),
    ):
        done = compile_spec(*words, cwd=folder, **environment)
        assert (done.returncode, done.stderr) == (code, b""), words
    shown = compile_spec("check", "bad.yaml", cwd=folder, **environment).stdout
    assert b"\\u2192" in shown


def test_documents_are_utf_8_in_every_locale(folder):
    assert "√" in json.dumps(json.loads(compile_spec("schema", PYTHONIOENCODING="ascii").stdout), ensure_ascii=False)
    text = 'description: "grüße →"\n'
    assert compile_spec("fmt", "-", cwd=folder, stdin=text.encode(), PYTHONIOENCODING="ascii").stdout == text.encode()


@pytest.mark.parametrize("form", ["text", "sarif"])
def test_a_name_that_is_no_text_can_be_printed(folder, form):
    name = os.fsdecode(b"b\xff.yaml")
    os.rename(folder / "bad.yaml", folder / name)
    done = compile_spec("check", "--format", form, name, cwd=folder)
    assert (done.returncode, done.stderr) == (1, b"")
    printed = done.stdout.decode()
    if form == "sarif":
        (result,) = json.loads(printed)["runs"][0]["results"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "b%FF.yaml"}
    else:
        assert "b\\udcff.yaml" in printed


@pytest.mark.parametrize("words", [["explain"], ["check"], ["good.yaml", "-o"]])
def test_names_from_the_command_line_are_not_printed_raw(folder, words):
    name = "a\x1b[2J\u202e\u200b\ue000"
    done = compile_spec(*words, name, cwd=folder)
    printed = (done.stdout + done.stderr).decode()
    assert done.returncode in (1, 2)
    assert {"\x1b", "\u202e", "\u200b"} & set(printed) == set()
