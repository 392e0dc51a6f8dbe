"""What `compile-spec SPEC -o OUT` never does to a file, and what it writes where."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import spec_compiler as sc
from spec_compiler.cli.main import main
from spec_compiler.emitting.forms import FOLDER, SUFFIXES
from tests.processes import ROOT, compile_spec, python

pytestmark = pytest.mark.slow

SPEC = """\
spec: 1
imports: [lib/outer.yaml]
nodes:
  x: {type: Input, shape: [4]}
  y: {type: outer, inputs: x}
outputs: [y]
"""
OUTER = """\
spec: 1
imports: [inner.yml]
blocks:
  outer: {inputs: [x], nodes: {d: {type: inner, inputs: x}}, outputs: [d]}
"""
INNER = """\
spec: 1
blocks:
  inner: {inputs: [x], nodes: {d: {type: Dense, units: 3, inputs: x}}, outputs: [d]}
"""
WIDE = """\
spec: 1
nodes:
  x: {type: Input, shape: [400]}
  y: {type: Dense, units: 200, inputs: x}
outputs: {y: {loss: mse}}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lib").mkdir()
    for name, text in (("spec.yaml", SPEC), ("lib/outer.yaml", OUTER), ("lib/inner.yml", INNER)):
        (tmp_path / name).write_text(text)
    return tmp_path


def contents(folder):
    """The text of each file, by its path; links left out."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


@pytest.mark.parametrize(
    "output",
    [
        "spec.yaml",
        "./spec.yaml",
        "lib/../spec.yaml",
        "lib/outer.yaml",
        "lib/inner.yml",
        "link.yaml",
        "linked/inner.yml",
        "hard.yaml",
        "hard_inner.yml",
    ],
)
def test_a_source_of_the_run_is_not_replaced_whatever_it_is_called(folder, capsys, output):
    (folder / "link.yaml").symlink_to("spec.yaml")
    (folder / "linked").symlink_to("lib")
    os.link("spec.yaml", "hard.yaml")
    os.link("lib/inner.yml", "hard_inner.yml")
    before = contents(folder)
    assert main(["spec.yaml", "-o", "other.yaml", "-o", output]) == 2
    printed = capsys.readouterr()
    named = os.path.normpath(output) if output.startswith("./") else output
    assert printed.err == f"compile-spec: `{named}` is a source of this run, and is not replaced\n"
    assert (printed.out, contents(folder)) == ("", before)


@pytest.mark.parametrize("suffix", [suffix for suffix in SUFFIXES if suffix != FOLDER])
def test_a_source_is_replaced_by_no_form_of_output(folder, capsys, suffix):
    os.link("lib/inner.yml", f"other{suffix}")
    before = contents(folder)
    assert main(["spec.yaml", "-o", f"other{suffix}"]) == 2
    assert f"`other{suffix}` is a source of this run" in capsys.readouterr().err
    assert contents(folder) == before


def test_a_folder_that_holds_a_source_is_not_replaced(folder, capsys):
    (folder / "lib" / "saved_model.pb").touch()
    (folder / "linked").symlink_to("lib")
    before = contents(folder)
    for output in ("lib/", "linked/"):
        assert main(["spec.yaml", "-o", output]) == 2
        assert "a source of this run lies in" in capsys.readouterr().err
    assert contents(folder) == before


@pytest.mark.parametrize(
    ("command", "output"),
    [
        (["fold", "spec.yaml"], "spec.yaml"),
        (["fold", "spec.yaml"], "lib/outer.yaml"),
        (["fold", "spec.yaml"], "hard_inner.yml"),
        (["diff", "spec.yaml", "second.yaml"], "hard_inner.html"),
        (["lift", "model.json"], "model.yaml"),
        (["lift", "model.json", "-o", "lifted.yaml", "--weights"], "hard.weights.h5"),
        (["spec.yaml", "--plugin", "a_plugin"], "a_plugin.py"),
    ],
)
def test_every_command_knows_what_it_reads(folder, capsys, monkeypatch, command, output):
    monkeypatch.syspath_prepend(str(folder))
    (folder / "second.yaml").write_text(SPEC.replace("shape: [4]", "shape: [5]"))
    (folder / "a_plugin.py").touch()
    assert main(["spec.yaml", "-o", "model.json"]) == 0
    (folder / "model.yaml").symlink_to("model.json")
    os.link("model.json", "hard.weights.h5")
    os.link("lib/inner.yml", "hard_inner.yml")
    os.link("lib/inner.yml", "hard_inner.html")
    before = contents(folder)
    capsys.readouterr()
    last = [output] if command[-1] == "--weights" else ["-o", output]
    assert main([*command, *last]) == 2
    assert capsys.readouterr().err == f"compile-spec: `{output}` is a source of this run, and is not replaced\n"
    assert {path: text for path, text in contents(folder).items() if "__pycache__" not in path} == before


def test_a_spec_that_imports_is_folded_within_its_folder(folder, capsys):
    before = contents(folder)
    assert main(["fold", "spec.yaml", "-o", "lib/folded.yaml"]) == 2
    assert "imports files by paths from its folder" in capsys.readouterr().err
    assert contents(folder) == before
    assert main(["fold", "spec.yaml", "-o", "lib/../folded.yaml"]) == 0
    assert main(["check", "folded.yaml"]) == 0


def test_a_source_is_known_where_the_spec_itself_is_named_by_a_link(folder, capsys):
    (folder / "link.yaml").symlink_to("spec.yaml")
    assert main(["link.yaml", "-o", "spec.yaml"]) == 2
    assert "is a source of this run" in capsys.readouterr().err


def test_a_source_is_refused_before_the_spec_is_read(folder, capsys, monkeypatch):
    monkeypatch.setattr("spec_compiler.pipeline.analyse", None)
    assert main(["spec.yaml", "-o", "spec.yaml"]) == 2
    assert "is a source of this run" in capsys.readouterr().err


def test_a_spec_with_mistakes_is_no_less_a_source(folder, capsys):
    (folder / "spec.yaml").write_text(SPEC.replace("outputs: [y]", "outputs: [z]"))
    before = contents(folder)
    assert main(["spec.yaml", "-o", "lib/inner.yml"]) == 2
    assert "is a source of this run" in capsys.readouterr().err
    assert contents(folder) == before


def test_the_file_that_standard_input_is_read_from_is_a_source(folder):
    for output in ("lone.yaml", "link.yaml"):
        (folder / "lone.yaml").write_text(SPEC.replace("imports: [lib/outer.yaml]\n", "").replace("outer", "Flatten"))
        (folder / "link.yaml").unlink(missing_ok=True)
        (folder / "link.yaml").symlink_to("lone.yaml")
        with open("lone.yaml", "rb") as spec:
            done = subprocess.run(
                [sys.executable, "-m", "spec_compiler", "-", "-o", output],
                stdin=spec,
                capture_output=True,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                check=False,
            )
        assert (done.returncode, b"is a source of this run" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("read", "command"),
    [
        *(("spec.yaml", ["spec.yaml", *words]) for words in ([], ["-o", "-"], ["-o", "new.json"])),
        *(("spec.yaml", [name, "spec.yaml"]) for name in ("check", "show", "data", "fmt", "fold", "view")),
        *(("spec.yaml", [name, "-"]) for name in ("check", "show", "data", "fmt", "fold")),
        ("spec.yaml", ["check", "--format", "json", "."]),
        ("spec.yaml", ["fold", "spec.yaml", "-o", "-"]),
        ("spec.yaml", ["diff", "lib/inner.yml", "spec.yaml"]),
        *(
            ("lib/inner.yml", [*name, "spec.yaml"])
            for name in ([], ["show"], ["data"], ["fold"], ["fmt"], ["check"], ["view"])
        ),
        *(
            ("lib/inner.yml", ["check", *words])
            for words in (["--quiet", "."], ["spec.yaml", "broken.yaml"], ["broken.yaml"])
        ),
        *(("lib/inner.yml", [name, "--diff", "broken.yaml"]) for name in ("fmt", "fold")),
        ("lib/inner.yml", ["show", "broken.yaml"]),
        ("lib/inner.yml", ["diff", "spec.yaml", "spec.yaml"]),
        ("spec.yaml", ["lift", "spec.yaml"]),
        ("spec.yaml", ["fit", "spec.yaml", "--data", "none.npz"]),
        ("spec.yaml", ["evaluate", "spec.yaml", "--data", "none.npz"]),
    ],
)
def test_standard_output_that_is_a_source_is_not_added_to(folder, read, command):
    (folder / "broken.yaml").write_text(SPEC.replace("outputs", "output"))
    before = contents(folder)
    for cached in ("once", "twice"):
        with open(read, "ab") as out, open("spec.yaml", "rb") as spec:
            done = ended(command, stdin=spec, stdout=out, stderr=subprocess.PIPE)
        said = b"standard output is a source of this run" in done.stderr
        assert (cached, done.returncode, said) == (cached, 2, True)
        assert contents(folder) == before


@pytest.mark.parametrize(
    ("read", "command"),
    [
        *(("spec.yaml", [name, "spec.yaml"]) for name in ("check", "show", "fmt", "fold")),
        *(
            ("lib/inner.yml", [*name, "broken.yaml"])
            for name in ([], ["check"], ["show"], ["fmt"], ["fold"], ["diff", "spec.yaml"])
        ),
    ],
)
def test_standard_error_that_is_a_source_is_not_added_to(folder, read, command):
    (folder / "broken.yaml").write_text(SPEC.replace("outputs", "output"))
    before = contents(folder)
    with open(read, "ab") as error:
        done = ended(command, stdout=subprocess.PIPE, stderr=error)
    refusal = b"compile-spec: standard error is a source of this run, and is not written to\n"
    assert (done.returncode, done.stdout) == (2, refusal)
    with open(read, "ab") as both:
        assert ended(command, stdout=both, stderr=both).returncode == 2
    assert contents(folder) == before


def ended(command, **streams):
    """A process in which the command line has run."""
    return subprocess.run(
        [sys.executable, "-m", "spec_compiler", *command],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
        **streams,
    )


def test_two_outputs_are_not_one_file(folder, capsys):
    (folder / "link.yaml").symlink_to("new.yaml")
    (folder / "old.yaml").write_text("old")
    os.link("old.yaml", "hard.yaml")
    for first, second, message in (
        ("new.yaml", "./new.yaml", "`new.yaml` is named twice"),
        ("new.yaml", "lib/../new.yaml", "`new.yaml` and `lib/../new.yaml` are one file"),
        ("new.yaml", "link.yaml", "`new.yaml` and `link.yaml` are one file"),
        ("old.yaml", "hard.yaml", "`old.yaml` and `hard.yaml` are one file"),
    ):
        assert main(["spec.yaml", "-o", first, "-o", second]) == 2
        assert capsys.readouterr().err == f"compile-spec: {message}, and a file holds one output\n"
    assert (folder / "old.yaml").read_text() == "old"
    assert not (folder / "new.yaml").exists()


def test_yml_is_written_as_yaml_is(folder):
    assert main(["spec.yaml", "-o", "a.yml", "-o", "a.yaml"]) == 0
    assert (folder / "a.yml").read_text() == (folder / "a.yaml").read_text() == sc.load_spec("spec.yaml").to_yaml()


def test_a_dash_writes_the_spec_to_standard_output_and_nothing_else(folder, capfdbinary):
    assert main(["spec.yaml", "-o", "-", "-o", "a.yaml"]) == 0
    printed = capfdbinary.readouterr()
    graph = sc.load_spec("spec.yaml")
    assert printed.out.decode() == graph.to_yaml() == (folder / "a.yaml").read_text()
    assert printed.err.decode() == f"{graph.summary()}\nwrote a.yaml\n"


def test_what_goes_to_standard_output_is_utf_8_in_every_locale(folder):
    (folder / "spec.yaml").write_text(SPEC + "description: grüße\n")
    done = compile_spec("spec.yaml", "-o", "-", cwd=folder, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout.decode()) == (0, sc.load_spec("spec.yaml").to_yaml())
    assert "grüße" in done.stdout.decode()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-o", "-", "-o", "-"], "standard output takes one output"),
        (["--format", "json"], "--format goes with `-o -`"),
        (["-o", "a.yaml", "--format", "yaml"], "--format goes with `-o -`"),
    ],
)
def test_standard_output_takes_one_text(folder, capsys, words, message):
    assert main(["spec.yaml", *words]) == 2
    assert message in capsys.readouterr().err


def test_only_what_is_text_can_go_to_standard_output(folder, capsys):
    with pytest.raises(SystemExit):
        main(["spec.yaml", "-o", "-", "--format", "keras"])
    assert "choose from 'json', 'yaml', 'yml'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("n" * 300 + ".yaml", "file name too long"),
        ("new/" + "n" * 300 + ".yaml", "file name too long"),
        ("n" * 5000 + ".yaml", "file name too long"),
        ("new/deep/" * 1000 + "a.yaml", "file name too long"),
        ("loop.yaml", "is a link that leads back to itself"),
        ("/proc/none.yaml", "no such file or directory"),
        ("spec.yaml/a.yaml", "`{folder}/spec.yaml` is no folder"),
    ],
)
def test_a_name_that_no_file_can_have_is_found_before_the_model_is_built(folder, capsys, monkeypatch, output, message):
    (folder / "loop.yaml").symlink_to("loop.yaml")
    before = contents(folder)
    monkeypatch.setattr("spec_compiler.pipeline.build_model", None)
    assert main(["spec.yaml", "-o", "a.keras", "-o", output]) == 2
    assert message.format(folder=os.path.realpath(folder)) in capsys.readouterr().err
    assert contents(folder) == before
    assert sorted(path.name for path in folder.iterdir()) == ["lib", "loop.yaml", "spec.yaml"]


def test_the_default_output_is_found_unwritable_before_the_model_is_built(folder, capsys, monkeypatch):
    (folder / "build").write_text("no folder")
    monkeypatch.setattr("spec_compiler.pipeline.build_model", None)
    assert main(["spec.yaml"]) == 2
    assert "is no folder" in capsys.readouterr().err


ENDED = """
import os, signal, sys, time
from pathlib import Path
from spec_compiler.emitting.files import Target, write_all

def slowly(path):
    path.write_bytes(b"half of it")
    os.kill(os.getpid(), getattr(signal, sys.argv[1]))
    time.sleep(60)

write_all([Target(Path("new/model.keras"), ".keras", slowly)])
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_program_that_is_ended_while_it_writes_leaves_nothing_behind(folder, name):
    import signal

    before = contents(folder)
    done = python("-c", ENDED, name, cwd=folder)
    assert done.returncode == -getattr(signal, name)
    assert (contents(folder), (folder / "new").exists()) == (before, False)


COMMAND_ENDED = """
import os, signal, sys
import spec_compiler.pipeline
from spec_compiler.cli.main import run

number = getattr(signal, sys.argv.pop())

def asked_to_end(*_, **__):
    print(*(each for each in os.listdir() if each.startswith(".spec-compiler-")), flush=True)
    os.kill(os.getpid(), number)
    signal.pause()

spec_compiler.pipeline.check_memory = asked_to_end
run()
"""


@pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130)])
def test_a_command_that_is_ended_says_by_what_and_leaves_nothing_behind(folder, name, code):
    before = contents(folder)
    done = python("-c", COMMAND_ENDED, "spec.yaml", "-o", "model.keras", name, cwd=folder)
    assert (done.returncode, done.stderr) == (code, b"")
    assert done.stdout.decode().splitlines()[-1].startswith(".spec-compiler-")
    assert (contents(folder), sorted(os.listdir(folder))) == (before, ["lib", "spec.yaml"])


def test_a_file_system_that_is_full_leaves_the_old_file(folder):
    (folder / "a.yaml").write_text("old")
    (folder / "spec.yaml").write_text(SPEC + f"description: {'long ' * 10_000}\n")
    code = (
        "import resource, sys\nresource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "sys.argv[1:] = ['spec.yaml', '-o', 'a.yaml']\nfrom spec_compiler.cli.main import run\nrun()\n"
    )
    done = python("-c", code, cwd=folder)
    assert (done.returncode, done.stderr) == (2, b"compile-spec: `a.yaml` cannot be written: file too large\n")
    assert ((folder / "a.yaml").read_text(), sorted(os.listdir(folder))) == ("old", ["a.yaml", "lib", "spec.yaml"])


@pytest.mark.parametrize(
    "words",
    [
        ["-o", "x.keras"],
        ["-o", "x.weights.h5"],
        ["-o", "x.safetensors"],
        pytest.param(["--with", "keras", "-o", "x.weights.h5"], marks=pytest.mark.tensorflow),
        pytest.param(["--with", "keras", "-o", "x.keras"], marks=pytest.mark.tensorflow),
        pytest.param(["-o", "x.onnx"], marks=pytest.mark.tensorflow),
        pytest.param(["-o", "x.tflite"], marks=pytest.mark.tensorflow),
        pytest.param(["-o", "x/"], marks=pytest.mark.tensorflow),
    ],
)
def test_a_file_that_finds_no_room_is_told_and_ends_no_process(tmp_path, words):
    (tmp_path / "wide.yaml").write_text(WIDE)
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 40; exec "$0" -m spec_compiler wide.yaml "$@"', sys.executable, *words],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    output = words[-1].removesuffix("/")
    assert done.stderr.splitlines()[-1] == f"compile-spec: `{output}` cannot be written: file too large"
    assert (done.returncode, os.listdir(tmp_path)) == (2, ["wide.yaml"])


LOOKUP = """\
spec: 1
nodes:
  x: {type: Input, shape: [1], dtype: string}
  known: {type: StringLookup, num_oov_indices: 2, inputs: x}
outputs: [known]
"""


def test_a_file_that_keras_could_not_load_is_not_written(folder, capsys):
    (folder / "spec.yaml").write_text(LOOKUP)
    for words in ([], ["-o", "a.json", "-o", "a.keras"]):
        assert main(["spec.yaml", *words]) == 1
        err = capsys.readouterr().err
        assert "error[SC551]: `known` has no vocabulary yet" in err
        assert "spec.yaml:4:3" in err
    assert main(["spec.yaml", "-o", "a.json"]) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["a.json", "lib", "spec.yaml"]
    (folder / "spec.yaml").write_text(LOOKUP.replace("num_oov_indices: 2", "vocabulary: [a, b]"))
    assert main(["spec.yaml", "-o", "a.keras"]) == 0
    (folder / "spec.yaml").write_text(
        LOOKUP.replace("string", "float32").replace("StringLookup, num_oov_indices: 2", "Discretization, num_bins: 2")
    )
    assert main(["spec.yaml", "-o", "b.keras"]) == 0
