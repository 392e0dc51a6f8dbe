"""Without Keras: everything that needs none works, and what needs it says how to get it."""

from __future__ import annotations

import pytest

from tests.processes import python

pytestmark = pytest.mark.slow

SPEC = "spec: 1\nnodes: {x: {type: Input, shape: [4]}, y: {type: Dense, units: 2, inputs: x}}\noutputs: [y]\n"
WITHOUT = "import sys\nsys.modules[sys.argv.pop(1)] = None\n"
COMMAND = WITHOUT + "from spec_compiler.cli.main import run\nrun()\n"
CALLS = """
import spec_compiler as sc
graph = sc.load_spec("spec.yaml")
for call in (lambda: sc.compile_spec("spec.yaml"), lambda: sc.register_layer(object)):
    try:
        call()
    except sc.KerasMissingError as error:
        print(isinstance(error, ImportError), error.name, "pip install 'spec-compiler[tensorflow]'" in str(error))
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "spec.yaml").write_text(SPEC)
    return tmp_path


@pytest.mark.parametrize("missing", ["keras", "tensorflow"])
def test_compiling_says_what_to_install_and_ends_with_1(folder, missing):
    done = python("-c", COMMAND, missing, "spec.yaml", "-o", "new/a.keras", "--with", "keras", cwd=folder)
    assert (done.returncode, done.stderr.decode()) == (
        1,
        f"compile-spec: models are built by Keras on TensorFlow, and `{missing}` is not installed: "
        "pip install 'spec-compiler[tensorflow]'\n",
    )
    assert [path.name for path in folder.iterdir()] == ["spec.yaml"]


def test_what_keras_needs_of_the_machine_is_told_too(folder):
    without = "import tempfile\ntempfile._candidate_tempdir_list = lambda: []\n"
    done = python("-c", without + COMMAND, "none", "spec.yaml", "-o", "a.keras", "--with", "keras", cwd=folder)
    assert (done.returncode, done.stderr.decode()) == (
        2,
        "compile-spec: Keras needs a folder for temporary files, and there is none: `TMPDIR` may name one\n",
    )
    assert [path.name for path in folder.iterdir()] == ["spec.yaml"]


def test_it_says_so_of_what_keras_is_to_run_on(folder):
    done = python(
        "-c", COMMAND, "jax", "spec.yaml", "-o", "new/a.keras", "--with", "keras", cwd=folder, KERAS_BACKEND="jax"
    )
    assert (done.returncode, done.stderr.decode()) == (
        1,
        "compile-spec: models are built by Keras on JAX, and `jax` is not installed: "
        "pip install 'spec-compiler[jax]'\n",
    )


def test_so_do_the_functions_that_need_it(folder):
    done = python("-c", WITHOUT + CALLS, "keras", cwd=folder)
    assert (done.stderr, done.stdout.decode().splitlines()) == (b"", ["True keras True"] * 2)


def test_what_needs_none_works(folder):
    outputs = ["a.yaml", "a.keras", "a.weights.h5", "a.json"]
    for words in (["check", "spec.yaml"], ["show", "spec.yaml"], ["spec.yaml", *(f"-o{name}" for name in outputs)]):
        assert python("-c", COMMAND, "keras", *words, cwd=folder).returncode == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted([*outputs, "spec.yaml"])


def test_another_module_that_is_missing_is_no_lack_of_keras(folder):
    (folder / "plugin.py").write_text("import nowhere_to_be_found\n")
    done = python("-c", COMMAND, "no_module", "check", "--plugin", "plugin", "spec.yaml", cwd=folder)
    assert done.returncode == 2
    assert b"nowhere_to_be_found" in done.stderr
