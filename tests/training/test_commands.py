"""`compile-spec fit`, `evaluate`, `predict` and `rerun`: what they write, how they end, and what they never do."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pyarrow.parquet as pq
import pytest

import spec_compiler as sc
from spec_compiler.cli.main import main
from tests.processes import ROOT, python
from tests.training.test_fit import COUNT, DATA, SPEC, X, npz, same, source

pytestmark = pytest.mark.tensorflow

EPOCHS = 2


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_text(SPEC)
    npz(tmp_path / "data.npz", DATA)
    return tmp_path


def run(capsys, *words):
    code = main(words)
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def fit(capsys, *words):
    return run(capsys, "fit", "spec.yaml", "--data", "data.npz", "-o", "out.keras", *words)


def weights(path):
    import keras

    return keras.models.load_model(path).get_weights()


def test_a_run_writes_the_model_and_its_folder_and_can_be_repeated(folder, capsys):
    code, out, err = fit(capsys, "--validation", "data.npz", "--plot", "history.svg", "--tensorboard", "logs")
    assert code == 0, err
    assert out.endswith("wrote out.keras\nwrote history.svg\n")
    assert "kind_accuracy" in err
    trained = weights("out.keras")
    same(trained, sc.fit(source(), DATA, verbose=0).model.get_weights())
    assert (folder / "history.svg").read_text().startswith("<?xml")
    assert list((folder / "logs").rglob("events*"))

    made = folder / "out.run"
    history = json.loads((made / "history.json").read_text())
    rows = list(csv.DictReader((made / "history.csv").read_text().splitlines()))
    assert history["epoch"] == [1, 2]
    assert [float(row["val_kind_loss"]) for row in rows] == history["val_kind_loss"]
    assert sc.check_spec(made / "spec.yaml").ok
    record = json.loads((made / "run.json").read_text())
    assert (record["status"], record["seed"], record["epochs"]) == ("finished", 7, EPOCHS)
    assert record["results"] == {name: history[name][-1] for name in record["results"]}
    assert record["versions"].keys() >= {"keras", "tensorflow", "python", "spec-compiler"}
    assert weights(made / "best.keras")

    assert run(capsys, "rerun", "out.run", "--quiet")[0] == 0
    same(weights(made / "rerun" / "model.keras"), trained)
    npz(folder / "data.npz", {**DATA, "size": DATA["size"] + 1})
    code, _, err = run(capsys, "rerun", "out.run", "--quiet", "-o", "other.keras")
    assert code == 0
    assert "data.npz` is not as it was" in err

    assert run(capsys, "fit", "spec.yaml", "--data", "data.npz", "-o", "out.keras", "--resume")[1].endswith(
        "is finished\n"
    )


def test_a_run_that_went_on_to_more_epochs_is_repeated_as_a_whole(folder, capsys):
    assert fit(capsys, "--quiet", "--epochs", "1")[0] == 0
    assert fit(capsys, "--quiet", "--epochs", "3", "--resume")[0] == 0
    assert run(capsys, "rerun", "out.run", "--quiet")[0] == 0
    same(weights("out.run/rerun/model.keras"), weights("out.keras"))


def test_a_run_that_goes_on_says_what_is_not_as_it_was(folder, capsys):
    assert fit(capsys, "--quiet", "--epochs", "1")[0] == 0
    npz(folder / "data.npz", {**DATA, "size": DATA["size"] + 1})
    code, _, err = fit(capsys, "--quiet", "--epochs", "2", "--resume", "--batch-size", "4")
    assert code == 0
    assert "warning: the data is not that with which the run was begun" in err
    assert "warning: the run was begun with other batches" in err


def test_a_run_without_a_seed_is_repeated_too(folder, capsys):
    (folder / "spec.yaml").write_text(SPEC.replace("seed: 7\n", ""))
    assert fit(capsys, "--quiet", "--epochs", "1")[0] == 0
    assert run(capsys, "rerun", "out.run", "--quiet")[0] == 0
    same(weights("out.keras"), weights("out.run/rerun/model.keras"))


@pytest.mark.parametrize("more", [(), ("--stream",)])
def test_what_is_cut_short_goes_on_to_what_it_would_have_been(more, folder, capsys, monkeypatch):
    from spec_compiler.training.callbacks.checkpoint import Checkpoint

    class StoppedError(Exception):
        pass

    keep = Checkpoint._keep

    def stopping(self, epoch):
        keep(self, epoch)
        if epoch == 2:
            raise StoppedError

    text = SPEC.replace("fit: {epochs: 2,", "fit: {callbacks: [{type: ReduceLROnPlateau, monitor: loss}], epochs: 4,")
    (folder / "spec.yaml").write_text(text)
    assert fit(capsys, "--quiet", *more)[0] == 0
    at_once = weights("out.keras")
    (folder / "out.keras").unlink()
    monkeypatch.setattr(Checkpoint, "_keep", stopping)
    assert fit(capsys, "--quiet", *more)[0] == 70
    assert not (folder / "out.keras").exists()
    monkeypatch.setattr(Checkpoint, "_keep", keep)
    code, _, err = fit(capsys, "--quiet", "--resume", *more)
    assert code == 0, err
    same(weights("out.keras"), at_once)
    assert json.loads((folder / "out.run" / "history.json").read_text())["epoch"] == [1, 2, 3, 4]
    assert len(list((folder / "out.run" / "checkpoint").iterdir())) == 3
    other = fit(capsys, "--quiet", "--resume", "--run", "none")
    assert (other[0], "nothing to resume" in other[2]) == (2, True)
    (folder / "spec.yaml").write_text(text.replace("units: 3", "units: 4"))
    assert "of another spec" in fit(capsys, "--quiet", "--resume")[2]


@pytest.mark.slow
def test_a_run_that_is_killed_in_an_epoch_goes_on_to_the_same_number_of_epochs(folder, capsys):
    (folder / "slow.py").write_text(
        "import time\nimport keras\nimport spec_compiler as sc\n"
        "@keras.saving.register_keras_serializable('mine')\n"
        "class Slow(keras.callbacks.Callback):\n"
        "    def on_train_batch_end(self, batch, logs=None):\n"
        "        time.sleep(0.1)\n"
        "    def get_config(self):\n"
        "        return {}\n"
        "sc.register(Slow)\n"
    )
    text = SPEC.replace("fit: {epochs: 2,", "fit: {callbacks: [{type: 'mine>Slow'}], epochs: 5,")
    (folder / "spec.yaml").write_text(text)
    words = ["fit", "spec.yaml", "--data", "data.npz", "-o", "out.keras", "--quiet", "--plugin", "slow"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-m", "spec_compiler", *words], env=environment)
    state = folder / "out.run" / "checkpoint" / "state.json"
    until = time.monotonic() + 200
    while not state.is_file() or json.loads(state.read_text())["epoch"] < 2:
        assert time.monotonic() < until and process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (folder / "out.keras").exists()
    kept = json.loads(state.read_text())
    assert python("-m", "spec_compiler", *words, "--resume", cwd=folder).returncode == 0
    history = json.loads((folder / "out.run" / "history.json").read_text())
    assert history["epoch"] == [1, 2, 3, 4, 5]
    assert history["loss"][: kept["epoch"]] == kept["history"]["loss"]
    assert weights("out.keras")


def test_an_interrupt_saves_what_is_trained(folder, capsys, monkeypatch):
    from spec_compiler.training.callbacks.checkpoint import Checkpoint

    def interrupt(self, batch, logs=None):
        if int(self.model.optimizer.iterations) == 7:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Checkpoint, "on_train_batch_end", interrupt)
    code, _, err = fit(capsys, "--quiet")
    assert (code, "--resume goes on" in err) == (130, True)
    assert weights("out.keras")
    record = json.loads((folder / "out.run" / "run.json").read_text())
    assert (record["status"], record["epochs"]) == ("interrupted", 1)
    assert fit(capsys, "--quiet", "--resume")[0] == 0
    assert json.loads((folder / "out.run" / "history.json").read_text())["epoch"] == [1, 2]


def test_a_disk_that_is_full_leaves_what_was_kept(folder, capsys, monkeypatch):
    from spec_compiler.training.callbacks.checkpoint import Checkpoint

    write = Checkpoint._write

    def full(self, path):
        if len(self.epochs) == 2:
            path.write_bytes(b"half")
            raise OSError(28, "No space left on device")
        write(self, path)

    monkeypatch.setattr(Checkpoint, "_write", full)
    (folder / "out.keras").write_bytes(b"of before")
    code, _, err = fit(capsys, "--quiet")
    assert (code, "no space left on device" in err) == (2, True)
    assert (folder / "out.keras").read_bytes() == b"of before"
    state = json.loads((folder / "out.run" / "checkpoint" / "state.json").read_text())
    assert state["epoch"] == 1
    assert (folder / "out.run" / "checkpoint" / state["weights"]).is_file()


@pytest.mark.parametrize(
    ("node", "loss", "line", "message"),
    [
        ("{type: ops.log, inputs: x}", "mse", 4, "`made` gives NaN in step 1 of epoch 1"),
        ("{type: ops.multiply, inputs: [x, 1e38]}", "mse", 5, "the gradient of `y/kernel` makes it NaN in step 1"),
        ("{type: ops.multiply, inputs: [x, 1.0]}", "poisson", 6, "the loss of `y` is NaN in step 1"),
    ],
)
def test_nan_is_found_with_what_made_it(folder, capsys, node, loss, line, message):
    (folder / "spec.yaml").write_text(
        f"spec: 1\nnodes:\n  x: {{type: Input, shape: [1]}}\n  made: {node}\n"
        f"  y: {{type: Dense, units: 1, kernel_initializer: ones, inputs: made}}\noutputs: {{y: {{loss: {loss}}}}}\n"
    )
    np.savez("data.npz", x=np.array([-1.0, -2.0]), y=np.array([1.0, 2.0]))
    code, _, err = fit(capsys, "--quiet", "--debug-nan", "--epochs", "2")
    assert (code, "error[SC553]: " in err, message in err, f"spec.yaml:{line}:" in err) == (1, True, True, True), err


def test_predictions_are_written_by_the_names_of_the_outputs(folder, capsys):
    assert fit(capsys, "--quiet")[0] == 0
    import keras

    kind, bloom = keras.models.load_model("out.keras").predict(X, verbose=0)
    for suffix in ("npz", "parquet", "csv"):
        code, out, err = run(capsys, "predict", "out.keras", "--data", "data.npz", "-o", f"p.{suffix}")
        assert (code, out) == (0, f"wrote {COUNT} predictions to p.{suffix}\n"), err
    arrays = np.load("p.npz")
    same([arrays["kind"], arrays["bloom"]], [kind, bloom])
    table = pq.read_table("p.parquet")
    same([np.array(table["kind"].to_pylist()), table["bloom"].to_numpy()], [kind, bloom[:, 0]])
    rows = list(csv.reader((folder / "p.csv").read_text().splitlines()))
    assert rows[0] == ["kind.0", "kind.1", "kind.2", "bloom"]
    same([np.array(rows[1:], "float32")], [np.concatenate([kind, bloom], axis=1)], 1e-6)
    run(capsys, "predict", "out.keras", "--data", "data.npz", "-o", "q.parquet", "--stream")
    assert pq.read_table("q.parquet").num_rows == COUNT

    expected = sc.evaluate("out.keras", DATA, verbose=0, return_dict=True)
    code, out, _ = run(capsys, "evaluate", "out.keras", "--data", "data.npz", "--format", "json")
    assert (code, json.loads(out)) == (0, pytest.approx(expected))
    assert "kind_accuracy  " in run(capsys, "evaluate", "out.keras", "--data", "data.npz")[1]


def test_nothing_that_the_run_reads_is_written_over(folder, capsys):
    assert fit(capsys, "--quiet", "--epochs", "1")[0] == 0
    (folder / "spec.keras").symlink_to("spec.yaml")
    os.link("data.npz", "data.svg")
    os.link("out.keras", "model.csv")
    (checkpoint,) = (folder / "out.run" / "checkpoint").glob("*.weights.h5")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for words in (
        ("predict", "out.keras", "--data", "data.npz", "-o", "data.npz"),
        ("fit", "spec.yaml", "--data", "data.npz", "--weights", "out.keras", "-o", "out.keras"),
        ("fit", "spec.yaml", "--data", "data.npz", "-o", "spec.keras"),
        ("fit", "spec.yaml", "--data", "data.npz", "-o", "other.keras", "--plot", "data.svg"),
        ("fit", "spec.yaml", "--data", "data.npz", "-o", "out.keras", "--weights", str(checkpoint)),
        ("predict", "out.keras", "--data", "data.npz", "-o", "model.csv"),
        ("fit", "spec.yaml", "--data", "data.npz", "-o", "model.py"),
        ("fit", "spec.yaml", "--data", "data.npz", "-o", "model.keras", "--tensorboard", "spec.yaml"),
        ("fit", "spec.yaml", "--data", "data.npz", "-o", "model.keras", "--run", "."),
        ("predict", "out.keras", "--data", "data.npz", "-o", "p.txt"),
        ("fit", "spec.yaml", "--data", "data.npz", "--monitor", "kind_acuracy"),
        ("rerun", "."),
    ):
        assert run(capsys, *words)[0] == 2, words
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
