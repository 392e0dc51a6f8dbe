"""`compile-spec check --fix`: what it changes, and what it leaves to the author."""

from __future__ import annotations

import pytest

from spec_compiler.diagnostics.applicability import is_safe
from spec_compiler.diagnostics.diagnostic import Diagnostic
from tests.cli.test_commands import run

pytestmark = pytest.mark.usefixtures("stand_ins")

DRAFT = """\
spec: 1
nodes:
  words:  {type: Input, shape: 100, dtype: int32}   # one, two
  vector: {type: Embedding, input_dim: "10000", output_dim: 512, inputs: words}
  read:   {type: lstm, unit: 32, inputs: vector}
  aux:    {type: Dense, units: 1, activation: sigmod, inputs: raed}
outputs:
  aux:  {loss: binary_crosentropy}
"""
MENDED = """\
spec: 1
nodes:
  words:  {type: Input, shape: [100], dtype: int32}   # one, two
  vector: {type: Embedding, input_dim: 10000, output_dim: 512, inputs: words}
  read:   {type: LSTM, units: 32, inputs: vector}
  aux:    {type: Dense, units: 1, activation: sigmoid, inputs: raed}
outputs:
  aux:  {loss: binary_crossentropy}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_safe_fixes_are_applied_and_others_are_named(folder, capsys):
    (folder / "draft.yaml").write_text(DRAFT)
    code, out, err = run(capsys, "check", "--fix", "draft.yaml")
    assert (code, err, (folder / "draft.yaml").read_text()) == (1, "", MENDED)
    assert out.splitlines()[-4:] == [
        "draft.yaml: 1 error",
        "applied 6 fixes to 1 spec",
        "not applied, since not safe: 1 fix",
        "  draft.yaml:6:64: `raed` to `read` (SC301)",
    ]
    code, out, _ = run(capsys, "check", "--fix", "--unsafe-fixes", "draft.yaml")
    assert (code, out) == (0, "draft.yaml: no errors\napplied 1 fix to 1 spec\n")
    assert (folder / "draft.yaml").read_text() == MENDED.replace("raed", "read")


def test_the_rest_of_the_file_stays_as_it_is_byte_by_byte(folder, capsys):
    before = "\ufeffspec: 1\r\nnodes:\r\n  x:\t{type: Input, shape: [4]} # ü é 🙂\r\n  y: {type: dense, units: '2',\
 inputs: x}   \r\n\r\noutputs: [y]"
    (folder / "mixed.yaml").write_bytes(before.encode())
    (folder / "mixed.yaml").chmod(0o640)
    run(capsys, "check", "--fix", "mixed.yaml")
    after = before.replace("dense", "Dense").replace("'2'", "2")
    assert (folder / "mixed.yaml").read_bytes() == after.encode()
    assert (folder / "mixed.yaml").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in folder.iterdir()] == ["mixed.yaml"]


def test_json_is_fixed_as_json(folder, capsys):
    before = '{"spec": 1,"nodes":{"x":{"type":"input","shape":4},"y":{"type":"Dense","units":"3","inputs":"x"}},\
"outputs":["y"]}'
    (folder / "spec.json").write_text(before)
    assert run(capsys, "check", "--fix", "spec.json")[0] == 0
    after = before.replace('"input"', '"Input"').replace('"shape":4', '"shape":[4]').replace('"3"', "3")
    assert (folder / "spec.json").read_text() == after


def test_a_fix_that_would_write_a_key_twice_is_not_applied(folder, capsys):
    before = """\
spec: 1
nodes:
  x: {type: input, shape: [4]}
  y: {type: Dense, unit: 2, units: 3, inputs: x}
outputs: [y]
"""
    (folder / "twice.yaml").write_text(before)
    code, out, _ = run(capsys, "check", "--fix", "twice.yaml")
    assert (code, (folder / "twice.yaml").read_text()) == (1, before.replace("input,", "Input,"))
    assert out.splitlines()[-3:] == [
        "applied 1 fix to 1 spec",
        "not applied, since not safe: 1 fix",
        "  twice.yaml:4:20: `unit` to `units` (SC209)",
    ]


def test_an_import_is_fixed_where_it_is_checked_itself(folder, capsys):
    block = "spec: 1\nblocks:\n  b: {inputs: [x], nodes: {d: {type: dense, units: 2, inputs: x}}, outputs: [d]}\n"
    user = "spec: 1\nimports: [blocks.yaml]\nnodes:\n  x: {type: Input, shape: [4]}\n  y: {type: b, inputs: x}\n"
    (folder / "blocks.yaml").write_text(block)
    (folder / "user.yaml").write_text(user + "outputs: [y]\n")
    assert run(capsys, "check", "--fix", "user.yaml")[1].splitlines()[-1] == "applied 0 fixes to 0 specs"
    assert (folder / "blocks.yaml").read_text() == block


def test_a_file_that_may_not_be_written_is_not_changed(folder, capsys):
    (folder / "draft.yaml").write_text(DRAFT)
    (folder / "link.yaml").symlink_to("draft.yaml")
    assert run(capsys, "check", "--fix", "link.yaml")[0] == 1
    assert ((folder / "link.yaml").is_symlink(), (folder / "draft.yaml").read_text()) == (True, MENDED)


@pytest.mark.parametrize("words", [["--fix", "-"], ["--unsafe-fixes", "draft.yaml"]])
def test_what_cannot_be_fixed_is_refused(folder, capsys, words):
    code, out, err = run(capsys, "check", *words)
    assert (code, out, err.startswith("compile-spec: --")) == (2, "", True)


def test_tools_get_the_diagnostics_alone(folder, capsys):
    (folder / "draft.yaml").write_text(DRAFT)
    code, out, err = run(capsys, "check", "--fix", "--format", "github", "draft.yaml")
    assert (code, [line.split(",")[0] for line in out.splitlines()]) == (1, ["::error file=draft.yaml"])
    assert err.splitlines()[0] == "applied 6 fixes to 1 spec"


@pytest.mark.parametrize(
    ("code", "before", "after", "safe"),
    [
        ("SC203", '"2"', "2", True),
        ("SC203", "4", "[4]", True),
        ("SC203", '"two"', "2", False),
        ("SC207", "2", "1", False),
        ("SC208", "dense", "Dense", True),
        ("SC208", "max_pooling_2d", "MaxPooling2D", True),
        ("SC208", "Conv4D", "Conv2D", False),
        ("SC208", "BiLSTM", "LSTM", False),
        ("SC209", "unit", "units", True),
        ("SC209", "fliters", "filters", True),
        ("SC209", "beta_3", "beta_2", False),
        ("SC209", "input_shape", "inputs", False),
        ("SC211", "sigmod", "sigmoid", True),
        ("SC211", "sigmmoid", "sigmoid", True),
        ("SC211", "silu_", "silu", True),
        ("SC211", "salu", "selu", False),
        ("SC211", "rmse", "mse", False),
        ("SC211", "Adamx", "Adamax", True),
        ("SC301", "Read", "read", True),
        ("SC301", "raed", "read", False),
        ("SC301", "dense_3", "dense_2", False),
    ],
)
def test_a_fix_is_safe_if_nothing_else_can_have_been_meant(code, before, after, safe):
    diagnostic = Diagnostic(code, "name", "error", "message", "/path", None, fix=after)
    assert is_safe(diagnostic, before) is safe


def test_the_fix_of_a_warning_makes_another_model_and_is_not_safe():
    diagnostic = Diagnostic("SC608", "name", "warning", "message", "/path", None, fix="false")
    assert not is_safe(diagnostic, '"false"')
