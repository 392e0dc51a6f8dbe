"""`compile-spec SPEC -o OUT`: the forms of output, and how the command ends."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest

import spec_compiler as sc
from spec_compiler.cli.main import main

pytestmark = pytest.mark.tensorflow

SPEC = """\
spec: 1
name: small
seed: 1
nodes:
  x: {type: Input, shape: [4]}
  y: {type: Dense, units: 2, inputs: x}
outputs: {y: {loss: mse}}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_text(SPEC)
    return tmp_path


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def test_the_model_is_written_below_build_by_default(folder, capsys):
    assert main(["spec.yaml"]) == 0
    assert capsys.readouterr().out == f"{sc.load_spec('spec.yaml').summary()}\nwrote build/small.keras\n"
    assert files(folder) == ["build/small.keras", "spec.yaml"]


def test_several_outputs_are_written_at_once_and_fit_together(folder, capsys):
    assert main(["spec.yaml", "-o", "a.keras", "-o", "b/c.weights.h5", "--output", "d.json"]) == 0
    assert capsys.readouterr().out.splitlines()[-3:] == ["wrote a.keras", "wrote b/c.weights.h5", "wrote d.json"]
    assert files(folder) == ["a.keras", "b/c.weights.h5", "d.json", "spec.yaml"]
    whole = keras.models.load_model("a.keras")
    parts = keras.models.model_from_json((folder / "d.json").read_text())
    parts.load_weights("b/c.weights.h5")
    x = np.ones((2, 4))
    np.testing.assert_array_equal(whole.predict(x, verbose=0), parts.predict(x, verbose=0))


def test_the_same_spec_gives_the_same_architecture_each_time(folder):
    for name in ("a.json", "b.json"):
        assert main(["spec.yaml", "-o", name]) == 0
    assert (folder / "a.json").read_bytes() == (folder / "b.json").read_bytes()
    assert json.loads((folder / "a.json").read_text())["config"]["name"] == "small"


def test_a_spec_with_errors_writes_nothing_and_ends_with_1(folder, capsys):
    (folder / "spec.yaml").write_text(SPEC.replace("Dense", "Dence"))
    assert main(["spec.yaml", "-o", "a.keras"]) == 1
    printed = capsys.readouterr()
    assert (printed.out, "SC208" in printed.err, files(folder)) == ("", True, ["spec.yaml"])


def test_warnings_are_printed_and_the_model_is_written(folder, capsys):
    (folder / "spec.yaml").write_text(SPEC.replace("units: 2", "units: 1, activation: softmax"))
    assert main(["spec.yaml", "-o", "a.keras"]) == 0
    assert "warning[SC601]" in capsys.readouterr().err


def test_an_output_that_cannot_be_written_ends_with_2_before_the_work(folder, capsys, monkeypatch):
    (folder / "a.keras").mkdir()
    monkeypatch.setattr("spec_compiler.pipeline.analyse", None)
    assert main(["spec.yaml", "-o", "b.keras", "-o", "a.keras"]) == 2
    printed = capsys.readouterr()
    assert (printed.out, "is no regular file" in printed.err, files(folder)) == ("", True, ["spec.yaml"])


@pytest.mark.parametrize(
    ("writer", "options"),
    [("keras_file.planned.KerasFiles", []), ("keras_model.files.FilesOfModel", ["--with", "keras"])],
)
def test_a_writer_that_fails_leaves_the_old_file_and_ends_with_2(writer, options, folder, capsys, monkeypatch):
    (folder / "a.keras").write_text("old")

    def full(self, path, *_, **__):
        path.write_bytes(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"spec_compiler.emitting.{writer}.write_keras", full)
    assert main(["spec.yaml", "-o", "a.keras", *options]) == 2
    assert "no space left on device" in capsys.readouterr().err
    assert ((folder / "a.keras").read_text(), files(folder)) == ("old", ["a.keras", "spec.yaml"])


def test_a_bug_while_building_ends_with_70_and_writes_nothing(folder, capsys, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr("spec_compiler.emitting.keras_model.build.compile_model", broken)
    assert main(["spec.yaml", "-o", "a.keras", "--with", "keras"]) == 70
    assert "This is a bug in spec-compiler" in capsys.readouterr().err
    assert files(folder) == ["spec.yaml"]


RESIZED_CONSTANT = """\
spec: 1
nodes:
  x: {type: Input, shape: [2, 2, 1]}
  small: {type: ops.image.resize, size: [2, 2], interpolation: bicubic, inputs: [[[1.0], [2.0], [3.0]], [[1.0], [2.0], [3.0]]]}
  y: {type: ops.add, inputs: [x, small]}
outputs: {y: {loss: mse}}
"""


def test_what_only_keras_can_write_is_written_by_it_and_the_command_says_so(folder, capsys):
    (folder / "spec.yaml").write_text(RESIZED_CONSTANT)
    assert main(["spec.yaml", "-o", "a.keras"]) == 0
    note = "note: only Keras can write `ops.image.resize` of constants alone, and so it writes the files\n"
    assert capsys.readouterr().err == note
    assert keras.models.load_model("a.keras").count_params() == 0


def test_with_keras_the_model_is_built_and_saved_by_it(folder, monkeypatch):
    def never(_graph):
        raise AssertionError

    monkeypatch.setattr("spec_compiler.pipeline.keras_files", never)
    assert main(["spec.yaml", "-o", "a.keras", "--with", "keras"]) == 0
    assert len(keras.models.load_model("a.keras").optimizer.variables) == 4
