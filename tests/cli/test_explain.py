"""`compile-spec explain` of what a spec can name."""

from __future__ import annotations

from pathlib import Path

import pytest

from spec_compiler.catalog import registry
from spec_compiler.catalog.examples import example
from spec_compiler.cli.main import main
from spec_compiler.explaining import made_of
from tests.processes import python

pytestmark = pytest.mark.usefixtures("stand_ins")

ROOT = Path(__file__).parent.parent.parent


def explain(capsys, subject):
    code = main(["explain", subject])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_a_layer_is_explained_with_arguments_inputs_and_an_example(capsys):
    code, out, err = explain(capsys, "Dense")
    assert (code, err) == (0, "")
    assert out.startswith("# Dense (layer)\n\nA dense layer: weighted sums")
    headings = [line[3:] for line in out.splitlines() if line.startswith("## ")]
    assert headings == ["Arguments", "Inputs", "As every layer", "Example", "What it gives"]
    assert "| units              | a whole number > 0         | required       | The length" in out
    assert "      result: {type: Dense, units: 4, activation: relu, inputs: x}\n" in out
    assert "- `result`: (None, 4) float32\n" in out
    assert "| kernel | (8, 4) | float32 | GlorotUniform |\n" in out


def test_weights_that_are_not_trained_are_marked(capsys):
    out = explain(capsys, "BatchNormalization")[1]
    assert "| moving_mean     | (3,)  | float32, not trained | Zeros |" in out


def test_an_op_and_an_object_are_explained(capsys):
    assert "- `result`: (None, 10, 4) float32\n" in explain(capsys, "ops.matmul")[1]
    code, out, _ = explain(capsys, "Adam")
    assert code == 0
    assert "Other names: `adam`.\n" in out
    assert out.endswith("## In a spec\n\n    optimizer: Adam\n")
    assert explain(capsys, "adam") == (0, out, "")


def test_outputs_are_named_as_a_reference_names_them(capsys):
    out = explain(capsys, "ops.top_k")[1]
    assert "- `result.values`: (None, 2) float32\n- `result.indices`: (None, 2) int32\n" in out


def test_a_name_of_several_things_gives_a_page_of_each(capsys):
    out = explain(capsys, "Identity")[1]
    assert [line for line in out.splitlines() if line.startswith("# ")] == [
        "# Identity (layer)",
        "# Identity (initializer)",
    ]


def test_a_standard_block_is_explained_with_params_inputs_and_an_example(capsys):
    code, out, err = explain(capsys, "wavenet_stack")
    assert (code, err) == (0, "")
    assert out.startswith("# wavenet_stack (block of std/wavenet.yaml)\n\nWaveNet's steps in a row")
    assert "| channels      | a whole number ≥ 1 | required    | channels of the sequence |\n" in out
    assert "    imports: [std/wavenet.yaml]\n" in out
    assert out.endswith("- `result.next`: (None, 1000, 32) float32\n- `result.skips`: (None, 1000, 64) float32\n")


def test_a_file_of_standard_blocks_gives_a_page_of_each(capsys):
    out = explain(capsys, "std/unet.yaml")[1]
    assert [line for line in out.splitlines() if line.startswith("# ")] == [
        "# unet_pair (block of std/unet.yaml)",
        "# unet_down (block of std/unet.yaml)",
        "# unet_up (block of std/unet.yaml)",
        "# attention_gate (block of std/unet.yaml)",
    ]


@pytest.mark.parametrize("subject", ["VGG16", "std/applications/vgg16.yaml"])
def test_an_architecture_is_explained_by_its_name_and_by_its_file(subject, capsys):
    code, out, err = explain(capsys, subject)
    assert (code, err) == (0, "")
    assert out.startswith("# VGG16 (block of std/applications/vgg16.yaml)\n\nVGG16 with the arguments")
    assert "| classes               | a whole number ≥ 1 | 1000    | how many classes there are |\n" in out
    assert out.endswith("- `result`: (None, 1000) float32\n")


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("vgg61", "nothing is called `vgg61`"),
        ("Vgg16", "nothing is called `Vgg16`; did you mean `VGG16`?"),
        (
            "std/aplications/vgg16.yaml",
            "nothing is called `std/aplications/vgg16.yaml`; did you mean `std/applications/vgg16.yaml`?",
        ),
        ("Dens", "nothing is called `Dens`; did you mean `Dense`?"),
        ("matmul", "nothing is called `matmul`; did you mean `ops.matmul`?"),
        ("ops.matmull", "nothing is called `ops.matmull`; did you mean `ops.matmul`?"),
        ("unknown-referenc", "nothing is called `unknown-referenc`; did you mean `unknown-reference`?"),
        ("AdamWW", "nothing is called `AdamWW`; did you mean `AdamW`?"),
        ("Lambda", "`Lambda` does not exist in specs: it runs code"),
        ("std/unet", "nothing is called `std/unet`; did you mean `std/unet.yaml`?"),
        ("botleneck", "nothing is called `botleneck`; did you mean `bottleneck`?"),
        ("§§§", "nothing is called `§§§`"),
    ],
)
def test_what_does_not_exist_is_said_with_what_may_have_been_meant(capsys, subject, said):
    assert explain(capsys, subject) == (2, "", f"compile-spec: {said}\n")


@pytest.mark.slow
def test_every_type_can_be_explained_with_what_its_example_gives():
    for name in registry.type_names():
        found = example(registry.own_name(name))
        made = made_of(found)
        assert made.outputs
        assert all(all(weight) for weight in made.weights), name


@pytest.mark.slow
def test_explaining_loads_neither_keras_nor_tensorflow():
    code = "import sys\nfrom spec_compiler.cli.main import main\nmain(['explain', 'LSTM'])\nprint(*sys.modules, file=sys.stderr)"
    done = python("-c", code, cwd=ROOT)
    assert done.returncode == 0
    assert set(done.stderr.decode().split()) & {"keras", "tensorflow", "numpy"} == set()


def test_a_key_of_the_language_is_explained_wherever_it_stands(capsys):
    code, out, err = explain(capsys, "repeat")
    assert (code, err) == (0, "")
    assert out.splitlines()[:1] == ["# repeat (key of the language)"]
    assert "- of a node: " in out
    assert "- of `fit`: How often the data is gone through." in explain(capsys, "epochs")[1]
    assert explain(capsys, "inputs")[1].count("\n- of ") == 4


def test_a_key_that_is_misspelt_is_found(capsys):
    assert "did you mean `repeat`?" in explain(capsys, "repaet")[2]
