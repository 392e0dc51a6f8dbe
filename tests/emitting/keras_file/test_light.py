"""The main job on the light installation: neither Keras nor TensorFlow is loaded, and the files belong together."""

from __future__ import annotations

import sys
from zipfile import ZipFile

import h5py
import numpy as np
import pytest

from tests.processes import ROOT, python

pytestmark = pytest.mark.slow

COMMAND = """
import sys
from spec_compiler.cli.main import main
assert main() == 0
print(*({"keras", "tensorflow", "h5py", "numpy"} & set(sys.modules)), file=sys.stderr)
"""


def loaded(*arguments):
    """Which of the heavy modules the command loads."""
    done = python("-c", COMMAND, *map(str, arguments), cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.decode().split())


def weights(path):
    """All numbers of a file of weights."""
    found = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, item: found.update({name: item[()]} if isinstance(item, h5py.Dataset) else {}))
    return found


def assert_equal(one, other):
    assert one.keys() == other.keys()
    for name, value in one.items():
        np.testing.assert_array_equal(value, other[name], err_msg=name)


@pytest.mark.parametrize("spec", ["news.yaml", "masked_bilstm.yaml", "siamese.yaml", "tweets.json"])
def test_the_main_job_loads_neither_keras_nor_tensorflow(spec, tmp_path):
    outputs = [f"-o{tmp_path / name}" for name in ("a.keras", "a.weights.h5", "a.json")]
    assert loaded(f"specs/{spec}", *outputs) == {"h5py", "numpy"}


def test_an_architecture_alone_takes_no_numbers_either(tmp_path):
    assert loaded("specs/news.yaml", "-o", tmp_path / "a.json") == set()


def test_several_outputs_of_one_run_hold_the_same_weights(tmp_path):
    loaded("specs/mlp.yaml", "-o", tmp_path / "a.keras", "-o", tmp_path / "b.weights.h5")
    with ZipFile(tmp_path / "a.keras") as archive:
        archive.extract("model.weights.h5", tmp_path)
    assert_equal(weights(tmp_path / "model.weights.h5"), weights(tmp_path / "b.weights.h5"))


def test_two_runs_without_a_seed_hold_different_weights(tmp_path):
    for name in ("a", "b"):
        loaded("specs/mlp.yaml", "-o", tmp_path / f"{name}.weights.h5")
    one, other = (weights(tmp_path / f"{name}.weights.h5")["layers/dense/vars/0"] for name in ("a", "b"))
    assert (one != other).mean() > 0.99


def test_nothing_is_left_beside_the_file(tmp_path):
    loaded("specs/mlp.yaml", "-o", tmp_path / "a.keras")
    assert [path.name for path in tmp_path.iterdir()] == ["a.keras"]


MEMORY = """
import sys
from spec_compiler.cli.main import main
assert main() == 0
with open("/proc/self/status") as status:
    (peak,) = (int(line.split()[1]) for line in status if line.startswith("VmHWM"))
print(peak * 1024, file=sys.stderr)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux how much memory was taken")
def test_one_weight_at_a_time_is_in_memory(tmp_path):
    width, layers = 2048, 20
    (tmp_path / "wide.yaml").write_text(
        f"spec: 1\nnodes:\n  x: {{type: Input, shape: [{width}]}}\n"
        f"  y: {{type: Dense, units: {width}, repeat: {layers}, inputs: x}}\noutputs: [y]\n"
    )
    done = python("-c", MEMORY, "wide.yaml", "-o", "wide.keras", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    largest = width * width * 4
    assert (tmp_path / "wide.keras").stat().st_size > layers * largest
    assert int(done.stderr) < largest + 100 * 2**20
