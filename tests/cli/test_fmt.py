"""`compile-spec fmt`: what it writes, prints, and ends with."""

from __future__ import annotations

import io
import os
import stat
import sys

import pytest

from spec_compiler.cli.main import main
from spec_compiler.formatting import format as formatting
from tests.cli.test_commands import HEAVY, Terminal, loaded, run
from tests.goldens import example_specs
from tests.processes import ROOT

SLOPPY = "spec:   1  # one\nnodes: {x: {type: Input,shape: [4]}}\noutputs: [ x ]\n"
TIDY = "spec: 1  # one\nnodes: {x: {type: Input, shape: [4]}}\noutputs: [x]\n"
DIFF = """\
--- sloppy.yaml
+++ sloppy.yaml, formatted
@@ -1,3 +1,3 @@
-spec:   1  # one
-nodes: {x: {type: Input,shape: [4]}}
-outputs: [ x ]
+spec: 1  # one
+nodes: {x: {type: Input, shape: [4]}}
+outputs: [x]
"""


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in (("sloppy.yaml", SLOPPY), ("tidy.yaml", TIDY), ("broken.yaml", "a: [\n"), ("j.json", "{}")):
        (tmp_path / name).write_text(text)
    return tmp_path


def contents(folder):
    return {path.name: path.read_text() for path in folder.rglob("*") if not path.is_dir()}


def give(monkeypatch, text):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_files_are_formatted_where_they_lie(files, capsys):
    before = (files / "tidy.yaml").stat()
    code, out, err = run(capsys, "fmt", "sloppy.yaml", "tidy.yaml", "j.json")
    assert (code, err) == (0, "")
    assert out == "sloppy.yaml: formatted\ntidy.yaml: no change\nj.json: formatted\n"
    assert contents(files) == {"sloppy.yaml": TIDY, "tidy.yaml": TIDY, "broken.yaml": "a: [\n", "j.json": "{}\n"}
    assert (files / "tidy.yaml").stat().st_ino == before.st_ino
    assert run(capsys, "fmt", "--check", "sloppy.yaml", "tidy.yaml", "j.json") == (0, "", "")


def test_check_lists_what_would_change_and_diff_prints_it_and_neither_writes(files, capsys):
    before = contents(files)
    listed = "sloppy.yaml: would be formatted\n"
    assert run(capsys, "fmt", "--check", "sloppy.yaml", "tidy.yaml") == (1, listed, "")
    assert run(capsys, "fmt", "--diff", "sloppy.yaml", "tidy.yaml") == (1, DIFF, "")
    assert run(capsys, "fmt", "--diff", "--check", "sloppy.yaml", "tidy.yaml") == (1, DIFF, listed)
    assert run(capsys, "fmt", "--diff", "tidy.yaml") == (0, "", "")
    assert run(capsys, "fmt", "--diff", "j.json")[1].splitlines() == [
        "--- j.json", "+++ j.json, formatted", "@@ -1 +1 @@", "-{}", "\\ No newline at end of file", "+{}",
    ]  # fmt: skip
    assert contents(files) == before


def test_a_diff_has_colours_on_a_terminal(files, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert main(["fmt", "--diff", "sloppy.yaml"]) == 1
    assert "\x1b[31m-outputs: [ x ]\x1b[0m\n\x1b[32m+spec: 1  # one\x1b[0m\n" in terminal.getvalue()


def test_standard_input_goes_to_standard_output(files, capsys, monkeypatch):
    give(monkeypatch, SLOPPY)
    assert run(capsys, "fmt", "-") == (0, TIDY, "")
    give(monkeypatch, TIDY)
    assert run(capsys, "fmt", "-", "sloppy.yaml") == (0, TIDY, "sloppy.yaml: formatted\n")
    give(monkeypatch, SLOPPY)
    assert run(capsys, "fmt", "--check", "-") == (1, "<stdin>: would be formatted\n", "")
    give(monkeypatch, '{"spec": 1}')
    assert run(capsys, "fmt", "-") == (0, '{\n  "spec": 1\n}\n', "")


def test_if_one_cannot_be_read_nothing_is_written(files, capsys):
    before = contents(files)
    (files / "hollow.yaml").symlink_to("nowhere.yaml")
    os.mkfifo(files / "pipe.yaml")
    for name, code in (
        ("broken.yaml", "SC101"),
        *((name, "SC109") for name in ("none", "hollow.yaml", "pipe.yaml")),
    ):
        found, out, err = run(capsys, "fmt", "sloppy.yaml", name)
        assert (found, out, f"error[{code}]" in err) == (1, "", True)
    for name in ("hollow.yaml", "pipe.yaml"):
        assert not (files / name).is_file()
        (files / name).unlink()
    assert contents(files) == before


def test_a_folder_stands_for_the_specs_in_it_and_gets_a_line_of_totals(files, capsys):
    (files / "deep/er").mkdir(parents=True)
    (files / "deep/er/one.yml").write_text(SLOPPY)
    (files / "deep/two.yaml").write_text(TIDY)
    (files / "deep/other.yaml").write_text("a:   1\n")
    before = contents(files)
    listed = "deep/er/one.yml: would be formatted\n1 spec would be formatted, 1 would not\n"
    assert run(capsys, "fmt", "--check", "deep") == (1, listed, "")
    assert run(capsys, "fmt", "--check", "--quiet", "deep") == (1, "", "")
    assert contents(files) == before
    listing = "deep/er/one.yml: formatted\nformatted 1 spec, left 1 as they were\n"
    assert run(capsys, "fmt", "deep") == (0, listing, "")
    assert run(capsys, "fmt", "--quiet", "deep") == (0, "", "")
    assert (files / "deep/er/one.yml").read_text() == TIDY
    assert (files / "deep/other.yaml").read_text() == "a:   1\n"


def test_a_spec_with_other_mistakes_is_formatted(files, capsys):
    (files / "wrong.yaml").write_text("spec:   7\nnothing: [ ]\n")
    assert run(capsys, "fmt", "wrong.yaml") == (0, "wrong.yaml: formatted\n", "")
    assert (files / "wrong.yaml").read_text() == "spec: 7\nnothing: []\n"


def test_a_file_keeps_its_mode_and_a_link_stays_a_link(files, capsys):
    (files / "sloppy.yaml").chmod(0o640)
    (files / "link.yaml").symlink_to("sloppy.yaml")
    assert run(capsys, "fmt", "link.yaml")[0] == 0
    assert stat.S_IMODE((files / "sloppy.yaml").stat().st_mode) == 0o640
    assert ((files / "link.yaml").is_symlink(), (files / "sloppy.yaml").read_text()) == (True, TIDY)


@pytest.mark.parametrize(
    ("layout", "complaint"),
    [
        (lambda text: TIDY.replace("4", "5"), "formatting would change what the spec says"),
        (lambda text: TIDY.replace("4", "4.0"), "formatting would change what the spec says"),
        (lambda text: "a: [", "formatting would change what the spec says"),
        (lambda text: TIDY.replace("# one", "# two"), "formatting would change the comments"),
    ],
)
def test_a_text_that_would_say_something_else_is_a_bug_and_not_written(files, capsys, monkeypatch, layout, complaint):
    monkeypatch.setattr(formatting, "_format", layout)
    code, out, err = run(capsys, "fmt", "sloppy.yaml")
    assert (code, out) == (70, "")
    assert complaint in err
    assert "This is a bug in spec-compiler" in err
    assert (files / "sloppy.yaml").read_text() == SLOPPY


@pytest.mark.slow
def test_it_loads_neither_keras_nor_tensorflow_nor_networkx():
    code = "from spec_compiler.cli.main import main\nassert main() == 0"
    assert loaded(code, "fmt", "--check", "specs/news.yaml") & (HEAVY | {"networkx"}) == set()


@pytest.mark.slow
def test_the_specs_of_the_repository_are_formatted(capsys):
    specs = [*example_specs(), *sorted((ROOT / "spec_compiler").rglob("*.yaml"))]
    assert run(capsys, "fmt", "--check", *map(str, specs)) == (0, "", "")


@pytest.mark.parametrize(
    "text", ["{'a: b': 1, c: d}\n", '{"a": 1, b: 2}\n', "{'a': 'x', }\n", '{"a": 1}\n', '{"a": 1}  # a comment\n']
)
def test_what_fmt_prints_fmt_takes(capfdbinary, monkeypatch, text):
    printed = [text.encode()]
    for _ in range(2):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(printed[-1])))
        assert main(["fmt", "-"]) == 0
        printed.append(capfdbinary.readouterr().out)
    assert printed[1] == printed[2]


def test_one_file_that_is_named_twice_is_formatted_once(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text("spec:   1\n")
    (tmp_path / "link.yaml").symlink_to("a.yaml")
    assert main(["fmt", "a.yaml", "./a.yaml", "link.yaml"]) == 0
    assert (tmp_path / "a.yaml").read_text() == "spec: 1\n"
    assert (tmp_path / "link.yaml").is_symlink()


def test_a_difference_is_printed_without_what_could_mislead(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    name = "a\u202e.yaml"
    (tmp_path / name).write_text("spec:   1  # \u202e\u200b\n")
    for words in (["fmt", "--diff", name], ["fmt", "--check", name], ["fmt", name]):
        main(words)
        printed = "".join(capsys.readouterr())
        assert "a\\u202e.yaml" in printed
        assert {"\u202e", "\u200b"} & set(printed) == set()
