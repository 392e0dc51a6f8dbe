"""Two real processes train one model on JAX, and it comes to what one process makes of the same batches."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec

import numpy as np
import pytest

from spec_compiler.cli.processes import free_port
from tests.processes import ROOT

pytestmark = [
    pytest.mark.tensorflow,
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("jax") is None, reason="several processes train on JAX"),
]

SPEC = """\
spec: 1
name: two
seed: 7
nodes:
  x: {type: Input, shape: [4]}
  hidden: {type: Dense, units: 16, activation: relu, inputs: x}
  norm: {type: BatchNormalization, inputs: hidden}
  drop: {type: Dropout, rate: 0.1, inputs: norm}
  kind: {type: Dense, units: 3, activation: softmax, inputs: drop}
outputs: {kind: {loss: sparse_categorical_crossentropy, metrics: [accuracy]}}
compile: {optimizer: adam}
fit: {epochs: 3, batch_size: 8}
"""
WORDS = ("fit", "spec.yaml", "--data", "data.npz", "--validation", "data.npz", "-o", "out.keras")
SECONDS = 280
SLOW = """\
import os, time
import keras
import spec_compiler as sc
@keras.saving.register_keras_serializable('mine')
class Slow(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        time.sleep(0.05)
    def on_epoch_begin(self, epoch, logs=None):
        with open(f'{os.getpid()}.epoch', 'w') as file:
            file.write(str(epoch))
    def get_config(self):
        return {}
sc.register(Slow)
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "spec.yaml").write_text(SPEC)
    (tmp_path / "slow.py").write_text(SLOW)
    draw = np.random.default_rng(0)
    kind = draw.integers(0, 3, 60)
    x = (draw.normal(size=(60, 4)) + 2 * np.eye(3, 4)[kind]).astype("float32")
    np.savez(tmp_path / "data.npz", x=x, kind=kind)
    return tmp_path


def start(folder, *words, **environment):
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    env |= {"PYTHONPATH": str(ROOT), "KERAS_BACKEND": "jax", **environment}
    return subprocess.Popen(
        [sys.executable, "-m", "spec_compiler", *words],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process):
    out, err = process.communicate(timeout=SECONDS)
    return process.returncode, out, err


def fit(folder, *words, **environment):
    code, out, err = ended(start(folder, *WORDS, "--quiet", *words, **environment))
    assert code == 0, err
    return out


def trained(folder, name="out"):
    import keras

    history = json.loads((folder / f"{name}.run" / "history.json").read_text())
    return keras.models.load_model(folder / f"{name}.keras").get_weights(), history


def assert_the_same(found, expected):
    for one, other in zip(found[0], expected[0], strict=True):
        np.testing.assert_allclose(one, other, atol=2e-6)
    assert found[1].keys() == expected[1].keys()
    for name, values in expected[1].items():
        np.testing.assert_allclose(found[1][name], values, atol=1e-5, err_msg=name)


def until_epoch(folder, epoch, process):
    """Wait until a checkpoint of the first epochs is kept and the next one is at work."""
    state = folder / "out.run" / "checkpoint" / "state.json"
    until = time.monotonic() + SECONDS
    while not state.is_file() or json.loads(state.read_text())["epoch"] < epoch:
        assert time.monotonic() < until and process.poll() is None, process.communicate()
        time.sleep(0.05)


def members(process):
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True, check=True)
    return sorted(map(int, found.stdout.split()))


def test_two_processes_come_to_what_one_makes_of_the_same_batches(folder):
    fit(folder, "--processes", "1", "-o", "one.keras")
    out = fit(folder, "--processes", "2")
    assert out.endswith("wrote out.keras\n") and out.count("val_loss: ") == 1
    assert_the_same(trained(folder), trained(folder, "one"))


@pytest.mark.parametrize("more", [(), ("--stream",)])
def test_one_process_trains_on_jax_too_and_goes_on_where_it_was(folder, more):
    fit(folder, *more, "-o", "one.keras")
    fit(folder, *more, "--epochs", "2")
    fit(folder, *more, "--epochs", "3", "--resume")
    assert_the_same(trained(folder), trained(folder, "one"))
    code, out, err = ended(start(folder, "evaluate", "out.keras", "--data", "data.npz", *more))
    assert (code, "accuracy" in out) == (0, True), err
    code, out, err = ended(start(folder, "predict", "out.keras", "--data", "data.npz", "-o", "kinds.npz", *more))
    assert (code, out) == (0, "wrote 60 predictions to kinds.npz\n"), err


def test_two_processes_read_a_stream_as_one_does_and_shards_of_their_own(folder):
    text = SPEC.replace("rate: 0.1", "rate: 0").replace("epochs: 3", "epochs: 2, shuffle: false")
    (folder / "spec.yaml").write_text(text)
    fit(folder, "--processes", "1", "--stream", "-o", "one.keras")
    fit(folder, "--processes", "2", "--stream")
    assert_the_same(trained(folder), trained(folder, "one"))
    arrays = np.load(folder / "data.npz")
    (folder / "shards").mkdir()
    for number in range(2):  # a batch of 8 is the next four samples of each shard
        taken = [row for row in range(60) if row // 4 % 2 == number]
        rows = {name: arrays[name][taken] for name in arrays}
        np.savez(folder / "shards" / f"{number}.npz", **rows)
    fit(folder, "--processes", "2", "--stream", "--data", "shards", "-o", "three.keras")
    assert len(trained(folder, "three")[1]["loss"]) == 2


def test_weights_that_are_divided_over_devices_come_to_the_same(folder):
    fit(folder, "--processes", "1", "-o", "one.keras")
    fit(folder, "--processes", "2", "--layout", "hidden/kernel=[null, model]", "--layout", "kind/kernel=[model, null]")
    assert_the_same(trained(folder), trained(folder, "one"))
    code, _, err = ended(start(folder, *WORDS, "--processes", "2", "--layout", "kind/.*=[null, model]"))
    assert code == 2
    assert '`kind/kernel` has the shape [16, 3], which cannot be divided over 2 devices as [null, "model"] says' in err


def test_a_process_that_is_killed_ends_the_others_and_the_run_goes_on(folder):
    (folder / "spec.yaml").write_text(SPEC.replace("batch_size: 8", "batch_size: 8, callbacks: [{type: 'mine>Slow'}]"))
    words = (*WORDS, "--quiet", "--plugin", "slow", "--processes", "2", "--epochs", "4")
    whole = start(folder, *words, "-o", "one.keras")
    assert ended(whole)[0] == 0
    process = start(folder, *words)
    until_epoch(folder, 2, process)
    second = max(members(process))
    os.kill(second, signal.SIGKILL)
    begun = time.monotonic()
    code, _, err = ended(process)
    assert time.monotonic() - begun < 60
    assert code == 128 + signal.SIGKILL
    assert "process 1 of 2 was ended by signal 9, and so the run ends" in err and "--resume goes on" in err
    assert "Traceback" not in err
    assert not (folder / "out.keras").exists()
    code, _, err = ended(start(folder, *words, "--resume"))
    assert code == 0, err
    assert_the_same(trained(folder), trained(folder, "one"))


def test_an_interrupt_ends_all_after_the_same_step_and_keeps_what_is_trained(folder):
    (folder / "spec.yaml").write_text(SPEC.replace("batch_size: 8", "batch_size: 8, callbacks: [{type: 'mine>Slow'}]"))
    process = start(folder, *WORDS, "--quiet", "--plugin", "slow", "--processes", "2", "--epochs", "500")
    until_epoch(folder, 1, process)
    process.send_signal(signal.SIGINT)
    code, _, err = ended(process)
    assert (code, "interrupted: the same command with --resume goes on" in err) == (130, True), err
    assert trained(folder)[0]


def joined(folder, address, number, *words):
    """One of two processes that are started by themselves, as on two machines."""
    words = ("--coordinator", address, "--processes", "2", "--process-id", str(number), *words)
    return start(folder, *WORDS, "--quiet", *words)


def test_processes_join_from_several_machines_and_end_when_one_is_lost(folder):
    (folder / "spec.yaml").write_text(SPEC.replace("batch_size: 8", "batch_size: 8, callbacks: [{type: 'mine>Slow'}]"))
    more = ("--plugin", "slow", "--epochs", "500")
    first, second = (f"127.0.0.1:{free_port()}" for _ in range(2))
    both = [joined(folder, first, number, *more) for number in range(2)]
    until_epoch(folder, 1, both[0])
    (member,) = members(both[1])
    os.kill(member, signal.SIGKILL)
    begun = time.monotonic()
    codes = [ended(each) for each in both]
    assert time.monotonic() - begun < 60
    assert codes[0][0] == 2
    assert "another process of the run has ended, or cannot be reached any more, and so the run ends" in codes[0][2]
    again = [joined(folder, second, number, "--plugin", "slow", "--epochs", "3", "--resume") for number in range(2)]
    for each in map(ended, again):
        assert each[0] == 0, each[2]
    assert trained(folder)[1]["epoch"][:3] == [1, 2, 3]


def test_jax_finds_out_under_slurm_which_process_is_which(folder):
    port = str(free_port())

    def environment(number):
        return {
            "SLURM_JOB_ID": "4711",
            "SLURM_STEP_NODELIST": "localhost",
            "SLURM_NTASKS": "2",
            "SLURM_PROCID": str(number),
            "SLURM_LOCALID": str(number),
            "JAX_COORDINATOR_PORT": port,
        }

    both = [start(folder, *WORDS, "--quiet", "--processes", "auto", **environment(number)) for number in range(2)]
    for each in map(ended, both):
        assert each[0] == 0, each[2]
    fit(folder, "--processes", "1", "-o", "one.keras")
    assert_the_same(trained(folder), trained(folder, "one"))
    code, _, err = ended(start(folder, *WORDS, "--processes", "auto"))
    assert (code, "JAX finds no Slurm, MPI or Kubernetes here" in err) == (2, True)


PHASES = "phases: [{train: [kind], epochs: 1}, {learning_rate: 1e-4, epochs: 2}]\n"


@pytest.mark.parametrize(
    ("text", "more"),
    [
        (SPEC.replace("batch_size: 8", "batch_size: 8, validation_split: 0.2"), ()),
        (SPEC.replace("epochs: 3, ", "") + PHASES, ("--validation", "data.npz")),
        (SPEC.replace("rate: 0.1", "rate: 0").replace("epochs: 3", "shuffle: false") + PHASES, ("--stream",)),
    ],
    ids=["split", "phases", "phases-stream"],
)
def test_two_processes_split_and_train_in_phases_as_one_does(folder, text, more):
    (folder / "spec.yaml").write_text(text)
    words = ("fit", "spec.yaml", "--data", "data.npz", "--quiet", *more)
    for count in ("1", "2"):
        code, _, err = ended(start(folder, *words, "--processes", count, "-o", f"{count}.keras"))
        assert code == 0, err
    assert_the_same(trained(folder, "2"), trained(folder, "1"))


@pytest.mark.parametrize(
    ("node", "loss", "line", "message"),
    [
        ("{type: ops.log, inputs: x}", "mse", 4, "`made` gives NaN in step 1 of epoch 1, of numbers"),
        ("{type: Rescaling, scale: -1, inputs: x}", "poisson", 6, "the loss of `y` is NaN in step 1 of epoch 1"),
    ],
)
def test_nan_is_found_on_jax_with_what_made_it(folder, node, loss, line, message):
    (folder / "spec.yaml").write_text(
        f"spec: 1\nnodes:\n  x: {{type: Input, shape: [1]}}\n  made: {node}\n"
        f"  y: {{type: Dense, units: 1, kernel_initializer: ones, inputs: made}}\noutputs: {{y: {{loss: {loss}}}}}\n"
    )
    x = {"ops.log": [-1.0, -2.0]}.get(node[7:14], [1.0, 2.0])
    np.savez(folder / "nan.npz", x=np.array(x), y=np.array([1.0, 2.0]))
    code, _, err = ended(start(folder, "fit", "spec.yaml", "--data", "nan.npz", "--debug-nan", "-o", "out.keras"))
    assert (code, message in err, f"spec.yaml:{line}:" in err) == (1, True, True), err


def test_what_is_wrong_is_told_once(folder):
    (folder / "spec.yaml").write_text(SPEC.replace("units: 3", "units: 2"))
    code, _, err = ended(start(folder, *WORDS, "--processes", "2"))
    assert (code, err.count("error[")) == (1, 1), err
    (folder / "spec.yaml").write_text(SPEC.replace("batch_size: 8", "batch_size: 9"))
    code, _, err = ended(start(folder, *WORDS, "--processes", "2"))
    assert (code, err) == (2, "compile-spec: a batch of 9 samples cannot be divided evenly over 2 devices\n")
    code, _, err = ended(start(folder, *WORDS, "--processes", "2", "--resume"))
    assert (code, err.count("nothing to resume")) == (2, 1)
