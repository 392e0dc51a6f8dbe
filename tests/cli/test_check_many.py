"""`compile-spec check` of folders, and what it says of many specs."""

from __future__ import annotations

import pytest

from tests.cli.test_commands import BAD, DOUBTFUL, GOOD, run

pytestmark = pytest.mark.usefixtures("stand_ins")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in (("a/bad.yaml", BAD), ("a/deep/doubtful.yml", DOUBTFUL), ("good.yaml", GOOD)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "a/other.yaml").write_text("- 1\n")
    return tmp_path


CONCISE = """\
a/bad.yaml:4:27: error[SC203] `units` takes a whole number, not the text `"2"` (help: leave the quotes out)
a/bad.yaml:4:40: error[SC301] no node is named `xx` (help: did you mean `x`?)
a/deep/doubtful.yml:4:42: warning[SC601] a softmax over one unit is always 1, whatever its input is (help: use `sigmoid`, \
or as many units as there are classes)
"""
TOTALS = "checked 3 specs: 2 errors and 1 warning in 2 of them; 1 fix can be applied with `--fix`\n"


def test_a_folder_stands_for_the_specs_in_it_of_which_only_those_with_mistakes_are_told(folder, capsys):
    code, out, err = run(capsys, "check", ".")
    assert (code, err) == (1, "")
    lines = [line for line in out.splitlines() if line.startswith(("a", "g", "checked"))]
    assert lines == ["a/bad.yaml: 2 errors", "a/deep/doubtful.yml: 1 warning", TOTALS.rstrip()]
    assert run(capsys, "check", "a", "good.yaml", "a/bad.yaml", "./a")[1].count("a/bad.yaml: 2 errors") == 1


def test_the_concise_form_has_a_line_for_each_diagnostic(folder, capsys):
    code, out, err = run(capsys, "check", "--format", "concise", ".")
    lines, expected = out.splitlines(), CONCISE.splitlines()
    assert (code, err, lines[:2], lines[-1] + "\n") == (1, "", expected[:2], TOTALS)
    assert lines[2].startswith("a/deep/doubtful.yml:4:42: warning[SC601] ")
    assert len(lines) == 4


def test_quiet_leaves_the_diagnostics_alone(folder, capsys):
    assert run(capsys, "check", "--quiet", "good.yaml") == (0, "", "")
    code, out, _ = run(capsys, "check", "-q", "--format", "concise", "a/bad.yaml", "good.yaml")
    assert (code, out) == (1, "".join(CONCISE.splitlines(keepends=True)[:2]))
    code, out, _ = run(capsys, "check", "--quiet", ".")
    assert (code, [line for line in out.splitlines() if "2 errors" in line or "checked" in line]) == (1, [])
    assert out.count("[SC") == 3


def test_warnings_can_count_as_errors(folder, capsys):
    assert run(capsys, "check", "a/deep")[0] == 0
    assert run(capsys, "check", "--warnings-as-errors", "a/deep")[0] == 1
    assert run(capsys, "check", "--warnings-as-errors", "good.yaml")[0] == 0


def test_a_folder_without_specs_is_told_and_is_no_error(folder, capsys):
    (folder / "empty").mkdir()
    warning = "compile-spec: warning: there are no specs in `empty`\n"
    assert run(capsys, "check", "empty") == (0, "checked 0 specs: no errors\n", warning)


def test_files_that_do_not_begin_as_specs_can_be_left_out(folder, capsys):
    assert run(capsys, "check", "a/other.yaml", "good.yaml")[0] == 1
    out = "good.yaml: no errors\n"
    assert run(capsys, "check", "--specs-only", "a/other.yaml", "good.yaml") == (0, out, "")


@pytest.mark.parametrize("number", ["0", "-1", "many", "1000"])
def test_a_number_of_processes_is_a_number(folder, capsys, number):
    code, out, err = run(capsys, "check", f"--jobs={number}", "good.yaml")
    assert (code, out) == (2, "")
    assert err.endswith(f"argument -j/--jobs: takes a whole number from 1 to 999, not `{number}`\n")
