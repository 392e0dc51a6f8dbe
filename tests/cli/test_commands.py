"""The command line: what it prints where, and how it ends."""

from __future__ import annotations

import io
import json
import re
import sys

import pytest

import spec_compiler as sc
from spec_compiler.cli.main import main
from spec_compiler.emitting.data_contract import contract_text
from tests.processes import ROOT, compile_spec, python

pytestmark = pytest.mark.end_to_end

GOOD = """\
spec: 1
nodes:
  x: {type: Input, shape: [4]}
  y: {type: Dense, units: 2, inputs: x}
outputs: [y]
"""
BAD = GOOD.replace("units: 2", "units: '2'").replace("inputs: x", "inputs: xx")
DOUBTFUL = GOOD.replace("units: 2", "units: 1, activation: softmax")


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in (("good", GOOD), ("bad", BAD), ("doubtful", DOUBTFUL)):
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def run(capsys, *words):
    """The exit code, standard output and standard error of a command."""
    try:
        code = main(words)
    except SystemExit as end:
        code = end.code
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_check_prints_all_mistakes_of_all_files_and_ends_with_1(files, capsys):
    code, out, err = run(capsys, "check", "good.yaml", "bad.yaml", "doubtful.yaml")
    assert (code, err) == (1, "")
    assert re.findall(r"(error|warning)\[(SC\d+)\]|^(\S+: \d? ?no? ?errors?.*|\S+: \d.*)$", out, re.MULTILINE) == [
        ("", "", "good.yaml: no errors"),
        ("error", "SC203", ""),
        ("error", "SC301", ""),
        ("", "", "bad.yaml: 2 errors"),
        ("warning", "SC601", ""),
        ("", "", "doubtful.yaml: 1 warning"),
    ]
    assert out.splitlines()[-1] == (
        "checked 3 specs: 2 errors and 1 warning in 2 of them; 1 fix can be applied with `--fix`"
    )


@pytest.mark.parametrize(
    ("names", "code"), [(["good.yaml"], 0), (["doubtful.yaml"], 0), (["bad.yaml"], 1), (["none"], 1)]
)
def test_check_ends_with_1_if_there_is_an_error(files, capsys, names, code):
    assert run(capsys, "check", *names)[0] == code


def summarized(spec, cost=None):
    """What is shown of a graph, and below it what it wants of its data and what training logs."""
    graph = sc.load_spec(spec)
    return f"{graph.summary(cost, width=80)}\n{contract_text(graph.data_contract, graph.logs, 80)}\n"


def shown(spec, *numbers):
    return summarized(spec, sc.load_spec(spec).cost(*numbers))


def test_show_prints_the_graph_to_standard_output_and_mistakes_to_standard_error(files, capsys):
    assert run(capsys, "show", "good.yaml") == (0, summarized("good.yaml"), "")
    code, out, err = run(capsys, "show", "bad.yaml")
    assert (code, out) == (1, "")
    assert err == str(sc.check_spec("bad.yaml")) + "\n"
    code, out, err = run(capsys, "show", "doubtful.yaml")
    assert (code, out) == (0, summarized("doubtful.yaml"))
    assert "warning[SC601]" in err


def test_show_says_the_cost_if_it_is_asked_for_with_the_size_of_a_batch_and_the_length_of_open_axes(
    files, capsys, monkeypatch
):
    monkeypatch.delenv("COLUMNS", raising=False)
    assert run(capsys, "show", "good.yaml", "--cost") == (0, shown("good.yaml"), "")
    assert run(capsys, "show", "good.yaml", "--batch", "7") == (0, shown("good.yaml", 7), "")
    assert run(capsys, "show", "good.yaml", "--length", "3") == (0, shown("good.yaml", None, 3), "")
    for number in ("0", "-1", "1.5", "many"):
        code, out, err = run(capsys, "show", "good.yaml", f"--batch={number}")
        assert (code, out) == (2, "")
        assert err.endswith(f"argument --batch: takes a whole number of at least 1, not `{number}`\n")


def test_a_dash_is_standard_input(files, capsys, monkeypatch):
    for text, code in ((GOOD, 0), (BAD, 1), (json.dumps({"spec": 1}), 1)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        found, out, _ = run(capsys, "check", "-")
        assert (found, "<stdin>" in out) == (code, True)


def test_json_has_all_of_every_diagnostic(files, capsys):
    code, out, err = run(capsys, "check", "--format", "json", "good.yaml", "bad.yaml")
    assert (code, err) == (1, "")
    good, bad = json.loads(out)["files"]
    assert good == {"file": "good.yaml", "ok": True, "diagnostics": []}
    assert (bad["file"], bad["ok"]) == ("bad.yaml", False)
    first, second = bad["diagnostics"]
    assert first == {
        "code": "SC203",
        "name": "wrong-type",
        "severity": "error",
        "message": '`units` takes a whole number, not the text `"2"`',
        "path": "/nodes/y/units",
        "span": {"file": "bad.yaml", "start": {"line": 4, "column": 27}, "end": {"line": 4, "column": 30}},
        "hint": "leave the quotes out",
        "fix": "2",
        "related": [],
    }
    assert (second["code"], second["fix"], second["path"]) == ("SC301", "x", "/nodes/y/inputs")


def test_sarif_has_a_result_for_each_diagnostic(files, capsys):
    code, out, _ = run(capsys, "check", "--format", "sarif", "good.yaml", "bad.yaml", "doubtful.yaml")
    log = json.loads(out)
    (only,) = log["runs"]
    assert (code, log["version"]) == (1, "2.1.0")
    assert [rule["id"] for rule in only["tool"]["driver"]["rules"]] == ["SC203", "SC301", "SC601"]
    assert [
        (
            result["ruleId"],
            result["level"],
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            result["locations"][0]["physicalLocation"]["region"]["startLine"],
        )
        for result in only["results"]
    ] == [
        ("SC203", "error", "bad.yaml", 4),
        ("SC301", "error", "bad.yaml", 4),
        ("SC601", "warning", "doubtful.yaml", 4),
    ]


def test_github_has_a_line_for_each_diagnostic_and_nothing_else(files, capsys):
    code, out, _ = run(capsys, "check", "--format", "github", "bad.yaml", "doubtful.yaml")
    assert code == 1
    assert [line.split("::")[1].split(",")[:3] for line in out.splitlines()] == [
        ["error file=bad.yaml", "line=4", "col=27"],
        ["error file=bad.yaml", "line=4", "col=40"],
        ["warning file=doubtful.yaml", "line=4", "col=42"],
    ]
    assert run(capsys, "check", "--format", "github", "good.yaml") == (0, "", "")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    ],
)
def test_colours_are_for_terminals_and_no_color_is_respected(files, monkeypatch, environment, coloured):
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    assert main(["check", "bad.yaml"]) == 1
    assert ("\x1b[" in terminal.getvalue()) == coloured


def test_there_are_no_colours_where_there_is_no_terminal_unless_they_are_asked_for(files, capsys, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert "\x1b" not in run(capsys, "check", "bad.yaml")[1]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" in run(capsys, "check", "bad.yaml")[1]


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["check"],
        ["show"],
        ["show", "a", "b"],
        ["check", "--format", "xml", "good.yaml"],
        ["check", "--nothing", "good.yaml"],
        ["good.yaml", "-o", "model.txt"],
        ["good.yaml", "-o", "model"],
        ["good.yaml", "-o", ".keras"],
        ["good.yaml", "-o", "good.yaml/model.keras"],
        ["explain"],
        ["explain", "SC999"],
        ["explain", "nothing"],
        ["check", "--limit", "nodes", "good.yaml"],
        ["check", "--limit", "nodes=-1", "good.yaml"],
        ["check", "--limit", "nothing=1", "good.yaml"],
        pytest.param(["check", "--plugin", "no_such_module_anywhere", "good.yaml"], marks=pytest.mark.tensorflow),
    ],
)
def test_wrong_usage_ends_with_2_and_says_so_on_standard_error(files, capsys, words):
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "")
    assert err
    assert "Traceback" not in err


def test_a_limit_can_be_raised_and_lowered(files, capsys):
    assert run(capsys, "check", "--limit", "nodes=1", "good.yaml")[0] == 1
    assert run(capsys, "check", "--limit", "nodes=2", "--limit", "text-bytes=1000", "good.yaml")[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["chekc", "good.yaml"], "there is no command `chekc`, and no file of that name; did you mean `check`?"),
        (["shw"], "there is no command `shw`, and no file of that name; did you mean `show`?"),
        (["check", "--fromat", "json", "good.yaml"], "there is no option `--fromat`; did you mean `--format`?"),
        (["check", "--no-cahce=1", "good.yaml"], "there is no option `--no-cahce`; did you mean `--no-cache`?"),
        (["--verison"], "there is no option `--verison`; did you mean `--version`?"),
        (["check", "--zzz", "good.yaml"], "there is no option `--zzz`"),
        (["show", "good.yaml", "bad.yaml"], "unrecognized arguments: bad.yaml"),
    ],
)
def test_a_misspelt_command_or_option_is_told_from_what_is_meant(files, capsys, words, said):
    code, out, err = run(capsys, *words)
    assert (code, out, err.splitlines()[-1].partition(": ")[2].removeprefix("error: ")) == (2, "", said)


def test_a_file_that_is_called_nearly_as_a_command_is_a_spec(files, capsys):
    (files / "chekc").write_text(BAD)
    code, _, err = run(capsys, "chekc")
    assert (code, "chekc: 2 errors" in err) == (1, True)


def test_explain_prints_the_page_of_a_diagnostic_by_its_code_or_its_name(capsys):
    code, by_code, _ = run(capsys, "explain", "SC301")
    assert (code, "unknown-reference" in by_code) == (0, True)
    assert run(capsys, "explain", "sc301") == run(capsys, "explain", "unknown-reference") == (0, by_code, "")


@pytest.mark.slow
def test_schema_prints_the_json_schema(capsys):
    code, out, _ = run(capsys, "schema")
    assert (code, json.loads(out)["$schema"]) == (0, "http://json-schema.org/draft-07/schema#")


def test_help_and_version_go_to_standard_output_and_end_with_0(capsys):
    for words in (["--help"], ["check", "--help"], ["show", "--help"], ["explain", "--help"], ["schema", "--help"]):
        code, out, err = run(capsys, *words)
        assert (code, out.startswith("usage: compile-spec"), err) == (0, True, "")
    assert run(capsys, "--version") == (0, f"spec-compiler {sc.__version__}\n", "")


@pytest.mark.parametrize("command", ["check", "show"])
def test_a_bug_prints_a_report_that_asks_to_be_filed_and_ends_with_70(files, capsys, monkeypatch, command):
    def broken(*_, **__):
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr("spec_compiler.pipeline.validate", broken)
    code, out, err = run(capsys, command, "good.yaml")
    assert (code, out) == (70, "")
    assert "ZeroDivisionError: of ours" in err
    assert "This is a bug in spec-compiler" in err
    assert sc.__version__ in err


def test_an_interrupt_is_no_bug(files, capsys, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("spec_compiler.pipeline.validate", interrupted)
    assert run(capsys, "check", "good.yaml") == (130, "", "")


@pytest.mark.slow
def test_python_m_is_the_same_command(files):
    done = compile_spec("check", "bad.yaml", cwd=files)
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.decode() == str(sc.check_spec("bad.yaml")) + "\n"


GONE = """
import subprocess, sys
process = subprocess.Popen(
    [sys.executable, "-m", "spec_compiler", "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
)
process.stdout.read(10)
process.stdout.close()
print(process.stderr.read(), process.wait() in (0, 1))
"""


@pytest.mark.slow
def test_a_reader_that_has_gone_is_no_bug(files):
    assert python("-c", GONE, cwd=files).stdout == b"b'' True\n"


def loaded(code, *arguments):
    """The modules that are loaded once some code has run in a fresh process."""
    done = python(
        "-c", f"import sys\nsys.argv[1:] = {list(arguments)!r}\n{code}\nprint(*sys.modules, file=sys.stderr)", cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.decode().split())


HEAVY = {"keras", "tensorflow", "numpy"}


@pytest.mark.slow
@pytest.mark.parametrize("command", ["check", "show"])
@pytest.mark.parametrize("spec", ["specs/news.yaml", "specs/tweets.json", "specs/mlp.yaml"])
def test_the_front_end_loads_neither_keras_nor_tensorflow(command, spec):
    modules = loaded("from spec_compiler.cli.main import main\nassert main() == 0", command, spec)
    assert modules & HEAVY == set()
    assert {"pydantic", "yaml", "spec_compiler.inferring.infer"} <= modules


@pytest.mark.slow
def test_what_writes_a_file_of_keras_does_not_load_what_folds_specs(tmp_path):
    code = "from spec_compiler.cli.main import main\nassert main() == 0"
    modules = loaded(code, "specs/mlp.yaml", "-o", str(tmp_path / "mlp.keras"))
    assert {name for name in modules if name.startswith("spec_compiler.emitting.spec.folding")} == set()
    assert "spec_compiler.emitting.keras_file.planned" in modules


@pytest.mark.slow
def test_what_remains_at_the_end_is_left_to_the_system():
    code = "import gc\nfrom spec_compiler.cli.main import run\ntry: run()\nexcept SystemExit as end: assert end.code == 0\n"
    done = python(
        "-c", f"import sys\nsys.argv[1:] = ['check', 'specs/mlp.yaml']\n{code}print(gc.get_freeze_count())", cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) > 10_000


@pytest.mark.slow
def test_a_bad_spec_does_not_load_them_either(files):
    code = "from spec_compiler.cli.main import main\nassert main() == 1"
    assert loaded(code, "check", str(files / "bad.yaml")) & HEAVY == set()


def test_importing_the_package_loads_next_to_nothing():
    modules = loaded("import spec_compiler\nspec_compiler.__all__\ndir(spec_compiler)")
    assert modules & (HEAVY | {"pydantic", "networkx", "yaml", "json"}) == set()


def test_every_public_name_is_there():
    assert {name for name in sc.__all__ if getattr(sc, name, None) is None} == set()
    assert set(sc.__all__) <= set(dir(sc))
    with pytest.raises(AttributeError):
        _ = sc.nothing
