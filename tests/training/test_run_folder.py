"""The folder of a run: what a disk that is full leaves of it."""

from __future__ import annotations

import json
import math
from functools import partial

import h5py
import numpy as np
import pytest

from spec_compiler.emitting.files import UnwritableError
from spec_compiler.training import run_folder
from spec_compiler.training.run_folder import NoRunError, RunFolder


def full(monkeypatch, name):
    """Let no file of a suffix be written any more."""
    write = run_folder._write

    def refused(path, text):
        if path.suffix == name:
            path.write_text(text[:1])
            raise OSError(28, "No space left on device")
        write(path, text)

    monkeypatch.setattr(run_folder, "_write", refused)


def keep(folder):
    state = {"epoch": 1, "number": 1, "epochs": [0], "history": {"loss": [0.5]}, "best": 0.5, "callbacks": []}
    folder.keep(state, lambda path: h5py.File(path, "w").close(), {"numpy": np.arange(3)})


@pytest.mark.parametrize("suffix", [".json", ".yaml"])
def test_a_run_that_cannot_begin_leaves_a_folder_that_can_be_used(tmp_path, monkeypatch, suffix):
    folder = RunFolder(tmp_path / "out.run")
    with monkeypatch.context() as patched:
        full(patched, suffix)
        with pytest.raises(UnwritableError, match="no space left"):
            folder.begin({"seed": 1}, "spec: 1\n")
    folder.check_usable()
    folder.begin({"seed": 1}, "spec: 1\n")
    assert sorted(path.name for path in folder.path.iterdir()) == ["run.json", "spec.yaml"]


@pytest.mark.parametrize("suffix", [".json", ".yaml"])
def test_a_run_that_cannot_begin_leaves_the_one_before_as_it_was(tmp_path, monkeypatch, suffix):
    folder = RunFolder(tmp_path)
    folder.begin({"seed": 1}, "spec: 1\n")
    keep(folder)
    folder.write_history([0], {"loss": [0.5]})
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with monkeypatch.context() as patched:
        full(patched, suffix)
        with pytest.raises(UnwritableError):
            folder.begin({"seed": 2}, "spec: 1\nname: other\n")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    folder.begin({"seed": 2}, "spec: 1\nname: other\n")
    assert (folder.state(), sorted(path.name for path in tmp_path.rglob("*") if path.is_file())) == (
        None,
        ["run.json", "spec.yaml"],
    )


def test_what_is_no_number_is_null_in_what_is_written(tmp_path):
    folder = RunFolder(tmp_path)
    folder.write_history([0, 1], {"loss": [0.5, math.nan], "val_loss": [math.inf, -math.inf]})
    folder.note({"results": {"loss": math.nan}, "seed": 1})

    def refused(name):
        raise AssertionError(name)

    read = partial(json.loads, parse_constant=refused)
    assert read((tmp_path / "history.json").read_text()) == {
        "epoch": [1, 2],
        "loss": [0.5, None],
        "val_loss": [None, None],
    }
    assert read((tmp_path / "run.json").read_text()) == {"results": {"loss": None}, "seed": 1}


RECORD = {"seed": 1, "status": "running", "asked": {}, "versions": {}, "data": [], "validation_data": []}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("run.json", json.dumps({**RECORD, "seed": None})),
        ("run.json", json.dumps({**RECORD, "asked": []})),
        ("run.json", "[]"),
        ("checkpoint/state.json", "{}"),
        ("checkpoint/state.json", "{"),
        ("checkpoint/000001-000001.weights.h5", "half"),
        ("checkpoint/000001-000001.weights.h5", None),
        ("checkpoint/000001-000001.npz", "half"),
    ],
)
def test_what_is_damaged_of_a_run_is_said(tmp_path, name, text):
    folder = RunFolder(tmp_path)
    folder.begin(RECORD, "spec: 1\n")
    keep(folder)
    assert folder.record() == RECORD
    assert folder.state()["epoch"] == 1
    if text is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_text(text)
    with pytest.raises(NoRunError, match=f"`{name.removeprefix('checkpoint/')}` is not there, or damaged"):
        folder.record(), folder.state()
