"""Sweeps: what is tried, what is left out at no cost, and what comes of it."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

import spec_compiler as sc
from spec_compiler.cli.main import main
from tests.processes import compile_spec

pytestmark = pytest.mark.tensorflow

SPEC = """\
spec: 1
name: swept
seed: 1
params: {units: 8, rate: 0.01}
nodes:
  x: {type: Input, shape: [3]}
  a: {type: Dense, units: "${units}", inputs: x}
  b: {type: Reshape, target_shape: [2, "${units // 2}"], inputs: a}
  c: {type: Flatten, inputs: b}
  y: {type: Dense, units: 1, inputs: c}
outputs: {y: {loss: mse}}
compile: {optimizer: {type: SGD, learning_rate: "${rate}"}}
fit: {epochs: 2, batch_size: 8}
search:
  units: [2, 4, 5, 1000]
  rate: {min: 1e-4, max: 0.1, log: true}
"""
DRAW = np.random.default_rng(0)
X = DRAW.normal(size=(24, 3)).astype("float32")
DATA = {"x": X, "y": X.sum(axis=1)}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_text(SPEC)
    np.savez("data.npz", **DATA)
    return tmp_path


def sweep(*words):
    words = ("sweep", "spec.yaml", "--data", "data.npz", "--validation", "data.npz", "--run", "out", *words)
    return main([*words, "--max-parameters", "1000"])


def rows(folder):
    return list(csv.DictReader((folder / "out" / "trials.csv").read_text().splitlines()))


def test_a_sweep_finds_the_best_spec_and_goes_on_where_it_was_left(folder, capsys):
    import keras

    assert sweep("--trials", "4", "--plots") == 0
    first = rows(folder)
    assert len(first) == 4
    others = ["trial-old.keras", *(f"trial-{number}.keras" for number in range(4, 10))]
    for name in others:
        (folder / "out" / name).write_text("of somebody else")
    assert sweep("--trials", "10") == 0, capsys.readouterr().err
    found = rows(folder)
    assert len(found) == 10
    assert found[:4] == first
    for row in found:
        left_out = {"5": "cannot bring (5,)", "1000": "parameters are more than 1,000"}.get(row["units"])
        assert (row["state"] == "pruned" and left_out in row["not trained"]) if left_out else not row["not trained"], (
            row
        )
    best = min((row for row in found if row["val_loss"]), key=lambda row: float(row["val_loss"]))
    assert sc.check_spec(folder / "out" / "best.yaml").ok
    model = keras.models.load_model(folder / "out" / "best.keras")
    assert model.get_layer("a").units == int(best["units"])
    assert model.evaluate(DATA["x"], DATA["y"], batch_size=8, verbose=0) == pytest.approx(
        float(best["val_loss"]), abs=1e-6
    )
    by_hand = sc.fit(
        folder / "spec.yaml",
        DATA,
        validation=DATA,
        params={"units": int(best["units"]), "rate": float(best["rate"])},
        verbose=0,
    )
    assert min(by_hand.history["val_loss"]) == pytest.approx(float(best["val_loss"]), abs=1e-6)
    assert (folder / "out" / "history.svg").is_file()
    assert sweep("--trials", "10", "-o", "out/trial-best.keras") == 0
    assert (folder / "out" / "trial-best.keras").read_bytes() == (folder / "out" / "best.keras").read_bytes()
    (folder / "out" / "trial-best.keras").unlink()
    kept = {path.name: path.read_bytes() for path in (folder / "out").glob("trial-*.keras")}
    assert {name: kept.pop(name) for name in others} == dict.fromkeys(others, b"of somebody else")
    assert list(kept.values()) == [(folder / "out" / "best.keras").read_bytes()]

    (folder / "spec.yaml").write_text(SPEC.replace("[2, 4, 5, 1000]", "[2, 4]"))
    assert sweep("--trials", "12") == 2
    assert "another spec or search" in capsys.readouterr().err


def test_a_trial_that_is_behind_ends_early():
    import optuna

    from spec_compiler.training.callbacks.pruning import Reporting

    class Model:
        stop_training = False

    study = optuna.create_study(pruner=optuna.pruners.MedianPruner(n_startup_trials=1))
    ended = []
    for value in (1.0, 5.0):
        trial = study.ask()
        reporting = Reporting(trial, "loss", "min", None)
        reporting._is_best_of_all = lambda value: False
        reporting.set_model(Model())
        reporting.on_epoch_end(0, {"loss": value})
        ended.append((reporting.is_pruned, reporting.model.stop_training))
        study.tell(trial, value)
    assert ended == [(False, False), (True, True)]


def test_a_sweep_needs_something_to_try(folder, capsys):
    (folder / "spec.yaml").write_text(SPEC[: SPEC.index("search:")])
    assert sweep("--trials", "1") == 2
    assert "no `search`" in capsys.readouterr().err


@pytest.mark.parametrize(
    "storage", ["rubbish", "mysql+nodriver://localhost/x", "mysql+mysqldb://localhost/x", "sqlite:///nowhere/study.db"]
)
def test_a_storage_that_cannot_be_used_is_said(folder, capsys, monkeypatch, storage):
    from spec_compiler.training import sweep as module

    monkeypatch.setattr(module, "_WAITS", (0.0,))
    assert sweep("--trials", "1", "--storage", storage) == 2
    assert "the storage of the sweep cannot be used: " in capsys.readouterr().err


def test_a_sweep_is_a_function_too(folder):
    study = sc.sweep("spec.yaml", DATA, validation=DATA, trials=3, folder="out", max_parameters=1000, epochs=1)
    assert len(study.trials) == len(rows(folder)) == 3
    found = rows(folder)
    with pytest.raises(ValueError, match="takes a value that is logged"):
        sc.sweep("spec.yaml", DATA, trials=3, folder="other", monitor="val_loss")
    with pytest.raises(ValueError, match="no `search`"):
        sc.sweep("spec.yaml", DATA, trials=3, folder="other", params={"units": 2, "rate": 0.1})
    study = sc.sweep("spec.yaml", DATA, validation=DATA, trials=5, folder="out", max_parameters=1000, epochs=1)
    assert rows(folder)[:3] == found
    assert len(study.trials) == 5


def test_choices_that_are_lists_are_told_as_they_are(folder, capsys):
    text = SPEC.replace("units: [2, 4, 5, 1000]", "units: [[2], [4, 4]]").replace("units: 8", "units: [8]")
    text = text.replace('"${units}"', '"${units[0]}"').replace('"${units // 2}"', '"${units[0] // 2}"')
    (folder / "spec.yaml").write_text(text)
    assert sweep("--trials", "3", "--epochs", "1") == 0
    found = rows(folder)
    assert {row["units"] for row in found} <= {"[2]", "[4, 4]"}
    best = json.loads((folder / "out" / "best.json").read_text())
    assert json.dumps(best["params"]["units"]) == found[best["trial"]]["units"]
    assert f"  units: {found[best['trial']]['units']}\n" in capsys.readouterr().out
    graph = sc.load_spec(folder / "spec.yaml", params=best["params"])
    assert graph.parameter_count == sc.load_spec(folder / "out" / "best.yaml").parameter_count


def test_a_trial_whose_process_was_killed_is_carried_out_again(folder, monkeypatch):
    from spec_compiler.training import sweep as module

    monkeypatch.setattr(module, "_ALIVE", 2)
    study = sc.sweep("spec.yaml", DATA, validation=DATA, trials=2, folder="out", max_parameters=1000, epochs=1)
    killed = study.ask()
    study._storage.record_heartbeat(killed._trial_id)
    study = sc.sweep("spec.yaml", DATA, validation=DATA, trials=3, folder="out", max_parameters=1000, epochs=1)
    states = [trial.state.name for trial in study.trials]
    assert (len(states), states[2]) == (4, "FAIL")
    assert "RUNNING" not in states


def test_a_sweep_that_goes_on_tries_what_it_would_have_tried(folder):
    whole = sc.sweep("spec.yaml", DATA, validation=DATA, trials=4, folder="whole", max_parameters=0)
    for trials in (1, 3, 4):
        study = sc.sweep("spec.yaml", DATA, validation=DATA, trials=trials, folder="out", max_parameters=0)
    assert [trial.params for trial in study.trials] == [trial.params for trial in whole.trials]
    assert len({trial.params["rate"] for trial in study.trials}) == 4


def test_what_takes_too_much_memory_is_not_trained(folder, capsys):
    graphs = [sc.load_spec(folder / "spec.yaml", params={"units": units}) for units in (2, 4)]
    small, large = (each.cost(8).weight_bytes + each.cost(8).activation_bytes for each in graphs)
    assert sweep("--trials", "6", "--epochs", "1", "--max-memory", str((small + large) // 2)) == 0
    for row in rows(folder):
        assert ("bytes of weights and activations are more than" in row["not trained"]) == (row["units"] == "4")


@pytest.mark.slow
def test_two_sweeps_at_once_share_a_storage(folder):
    from concurrent.futures import ThreadPoolExecutor

    def one(number):
        words = ("--storage", f"sqlite:///{folder / 'shared.db'}", "--run", f"out-{number}", "--seed", str(number + 1))
        words = ("sweep", "spec.yaml", "--data", "data.npz", "--trials", "6", "--epochs", "1", *words)
        return compile_spec(*words, cwd=folder)

    with ThreadPoolExecutor(2) as both:
        done = list(both.map(one, range(2)))
    for each in done:
        assert each.returncode == 0, each.stderr
    tables = [
        list(csv.DictReader((folder / f"out-{number}" / "trials.csv").read_text().splitlines())) for number in (0, 1)
    ]
    last = max(tables, key=len)
    assert 6 <= len(last) <= 7
    assert sorted(int(row["trial"]) for row in last) == list(range(len(last)))


@pytest.mark.slow
def test_processes_share_the_trials(folder):
    done = compile_spec(
        "sweep",
        "spec.yaml",
        "--data",
        "data.npz",
        "--trials",
        "4",
        "--jobs",
        "2",
        "--run",
        "out",
        "--epochs",
        "1",
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    assert 4 <= len(rows(folder)) <= 5
