"""The Python code of a spec: how it reads. That it gives the same model is tested beside this."""

from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent

import pytest

import spec_compiler as sc
from spec_compiler.cli.main import main

pytestmark = pytest.mark.usefixtures("stand_ins")


ROOT = Path(__file__).resolve().parents[3]
ORIGINALS = {
    path.stem: path
    for path in (ROOT / "tests" / "architectures").glob("*.py")
    if (ROOT / "specs" / f"{path.stem}.yaml").exists()
}
"""What a person wrote for the specs that are there as Keras code too."""

OF_APPLICATIONS = {"resnet", "resnet_block", "mobilenet_v2", "mobilenet_v2_block"}
"""The functions that stand for a call of `keras.applications` in what a person wrote."""

MORE_THAN_ORIGINALS = {
    "deepfm",
    "hierarchical_attention",
    "information_bottleneck",
    "local_experts",
    "mixture_of_experts",
    "mobilenet_unet",
    "set_transformer",
    "speech_transformer",
    "translation",
    "vision_transformer",
    "wavenet",
}
"""Those of which standard blocks do more than the original (copies for masks, places of any length, sums that are not
written out pair by pair), or what it does in one function in several; and one whose original takes functions from
another. None of them is an example of Keras's."""


def statements(code: str) -> int:
    """How many statements build a model: imports, docstrings and the options of `fit` are none."""

    def count(body) -> int:
        return sum(
            1 + count(getattr(each, "body", [])) + count(getattr(each, "orelse", []))
            for each in body
            if not isinstance(each, (ast.Import, ast.ImportFrom))
            and not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
            and "__name__" not in ast.dump(getattr(each, "test", each))
        )

    return count(each for each in ast.parse(code).body if not ast.unparse(each).startswith(("FIT =", "def fit")))


def code_of(text: str, **options) -> str:
    return sc.load_spec(sc.Source.text(dedent(text))).to_python(**options)


BLOCKS = """
    spec: 1
    name: net
    description: A net.
    params:
      units: {default: 8, type: int, description: how wide it is}
      depth: 3
    blocks:
      step:
        description: One step
        params: {width: {type: int}, drop: 0.0}
        inputs: [x]
        nodes:
          # The only layer.
          dense: {type: Dense, units: "${width}", activation: relu, inputs: x}
          dropped: {type: Dropout, rate: "${drop}", when: "${drop > 0}", inputs: dense}
        outputs: [dropped]
    nodes:
      a: {type: Input, shape: [8]}
      steps: {type: step, width: "${units}", repeat: "${depth}", inputs: a}
      "head_${task}": {for: {task: [left, right]}, type: Dense, units: 1, inputs: steps}
      both: {type: concatenate, inputs: ["head_*"]}
    outputs: {both: {loss: mse}}
    compile: {optimizer: {type: Adam, learning_rate: 0.01}}
    fit: {epochs: 2}
    """

STRUCTURED = '''"""A net."""

import keras
from keras import layers

FIT = {"epochs": 2}
"""The options of `fit`."""


def step(
    x: keras.KerasTensor, *, width: int, drop: float = 0.0, prefix: str = ""
) -> keras.KerasTensor:
    """One step."""
    # The only layer.
    dense = layers.Dense(width, activation="relu", name=f"{prefix}dense")(x)
    return layers.Dropout(drop, name=f"{prefix}dropped")(dense) if drop > 0 else dense


def build_model(*, units: int = 8, depth: int = 3) -> keras.Model:
    """Build the model `net`.

    Args:
        units: How wide it is.
    """
    a = keras.Input((8,), name="a")
    steps = a
    for index in range(depth):
        steps = step(steps, width=units, prefix=f"steps.{index + 1}.")
    both = layers.Concatenate(name="both")(
        [layers.Dense(1, name=f"head_{task}")(steps) for task in ["left", "right"]]
    )
    model = keras.Model([a], [both], name="net")
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="mse")
    return model


if __name__ == "__main__":
    build_model().summary()
'''


def test_blocks_are_functions_repeats_are_loops_and_params_are_arguments():
    assert code_of(BLOCKS) == STRUCTURED


def test_flat_code_has_one_call_a_line():
    body = code_of(BLOCKS, flat=True)
    assert "def build_model() -> keras.Model:" in body
    assert '        8, activation="relu", name="steps.2.dense"\n    )(steps_1_dense)\n' in body
    assert "for " not in body


def test_values_that_are_given_for_params_are_the_defaults():
    graph = sc.load_spec(sc.Source.text(dedent(BLOCKS)), params={"units": 16})
    assert "units: int = 16" in graph.to_python()


def test_what_only_one_branch_takes_is_made_in_that_branch():
    code = code_of(
        """
        spec: 1
        blocks:
          maybe:
            params: {skip: true}
            inputs: [x]
            nodes:
              dense: {type: Dense, units: 4, inputs: x}
              sum: {type: add, inputs: [x, dense]}
            outputs: {result: "${'sum' if skip else 'dense'}"}
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: maybe, inputs: x}
          b: {type: maybe, skip: false, inputs: a}
        outputs: [b]
        """
    )
    assert "    if skip:\n        sum_ = layers.Add" in code
    assert "    return sum_ if skip else dense\n" in code


FREEZABLE = """
    spec: 1
    params: {train: false}
    blocks:
      step:
        inputs: [x]
        nodes:
          dense: {type: Dense, units: 4, inputs: x}
          pair: {type: pair, inputs: dense}
        outputs: [pair]
      pair:
        inputs: [x]
        nodes:
          fixed: {type: Dense, units: 4, trainable: false, inputs: x}
          free: {type: Dense, units: 4, inputs: fixed}
        outputs: [free]
    nodes:
      x: {type: Input, shape: [4]}
      a: {type: step, trainable: "${train}", inputs: x}
      b: {type: pair, inputs: a}
    outputs: {y: {from: b}}
    """


def test_a_block_that_may_be_frozen_says_so_to_its_layers():
    code = code_of(FREEZABLE)
    assert "def step(\n    x: keras.KerasTensor, *, trainable: bool = True, prefix" in code
    assert 'layers.Dense(4, trainable=trainable, name=f"{prefix}dense")' in code
    assert 'pair(dense, trainable=trainable, prefix=f"{prefix}pair.")' in code
    assert 'layers.Dense(4, trainable=False, name=f"{prefix}fixed")' in code
    assert 'a = step(x, trainable=train, prefix="a.")' in code
    assert 'pair(a, prefix="b.")' in code


def test_what_functions_and_loops_cannot_say_is_written_flat():
    code = code_of(
        """
        spec: 1
        blocks:
          step: {inputs: [x], nodes: {drop: {type: Dropout, rate: 0.5, inputs: x}}, outputs: [drop]}
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: step, call: {training: false}, inputs: x}
        outputs: {y: {from: a}}
        """
    )
    assert "def step" not in code
    assert 'layers.Dropout(0.5, name="a.drop")(x, training=False)' in code


IMPORTED = """
    spec: 1
    imports: [std/transformer.yaml]
    params: {width: 16}
    nodes:
      x: {type: Input, shape: [7, 16]}
      y: {type: feed_forward, width: "${width}", norm_first: true, dropout: 0.0, inputs: x}
    outputs: {y: {from: y}}
    """


def test_of_an_imported_block_is_written_what_the_spec_uses():
    code = code_of(IMPORTED)
    assert "def feed_forward(\n    x: keras.KerasTensor, *, width: int, prefix: str" in code
    assert "layers.Dense(4 * width, activation=" in code
    assert "Dropout" not in code
    assert " if " not in code.partition("__main__")[0]


def test_options_of_an_imported_block_that_are_as_in_keras_are_left_out():
    code = code_of(
        """
        spec: 1
        imports: [std/convolution.yaml]
        nodes:
          x: {type: Input, shape: [8, 8, 3]}
          a: {type: conv_norm, filters: 4, inputs: x}
        outputs: {y: {from: a}}
        """
    )
    assert 'layers.Conv2D(4, 3, padding="same", use_bias=False, name=f"{prefix}conv")(x)' in code
    assert 'layers.BatchNormalization(name=f"{prefix}norm")' in code


def test_one_copy_of_a_repeat_is_no_loop_and_outputs_that_nothing_takes_have_no_name():
    code = code_of(
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [4, 4]}
          once: {type: Dense, units: "${4 + index}", repeat: 1, inputs: x}
          read: {type: LSTM, units: 4, return_state: true, inputs: once}
          y: {type: Dense, units: 1, inputs: read.state_h}
        outputs: [y]
        """
    )
    assert 'once = layers.Dense(4, name="once.1")(x)' in code
    assert "_, read_state_h, _ = layers.LSTM(4, return_state=True" in code


def test_copies_that_loops_cannot_make_in_their_order_are_written_one_by_one():
    code = code_of(
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          d_4: {type: Dense, units: 4, inputs: x}
          # Each takes the next.
          "d_${i}": {for: {i: [1, 2, 3]}, type: Dense, units: 4, inputs: "d_${i + 1}"}
        outputs: [d_1]
        """
    )
    assert [line.split(" = ")[0].strip() for line in code.splitlines() if "Dense" in line] == [
        "d_4",
        "d_3",
        "d_2",
        "d_1",
    ]
    assert code.count("# Each takes the next.") == 1


def without_applications(code: str) -> str:
    module = ast.parse(code)
    module.body = [each for each in module.body if getattr(each, "name", None) not in OF_APPLICATIONS]
    return ast.unparse(module)


@pytest.mark.parametrize("name", sorted({*ORIGINALS} - MORE_THAN_ORIGINALS))
@pytest.mark.slow
def test_code_is_no_more_than_a_quarter_longer_than_what_a_person_wrote(name):
    code = sc.load_spec(ROOT / "specs" / f"{name}.yaml").to_python()
    original = ORIGINALS[name].read_text(encoding="utf-8")
    if "keras.applications." in original:
        code = without_applications(code)
    assert statements(code) <= 1.25 * statements(original)


@pytest.mark.slow
def test_nothing_of_keras_own_examples_is_let_off():
    examples = {name for name, path in ORIGINALS.items() if "https://keras.io/examples" in path.read_text("utf-8")}
    assert len(examples) >= 20
    assert not examples & MORE_THAN_ORIGINALS


@pytest.mark.parametrize("name", sorted(ORIGINALS))
@pytest.mark.slow
def test_no_spec_is_written_flat(name):
    graph = sc.load_spec(ROOT / "specs" / f"{name}.yaml")
    assert graph.to_python() != graph.to_python(flat=True)


def test_the_command_writes_it_to_a_file_and_to_standard_output(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(dedent(BLOCKS), encoding="utf-8")
    assert main(["net.yaml", "-o", "net.py"]) == 0
    assert (tmp_path / "net.py").read_text(encoding="utf-8") == STRUCTURED
    capsys.readouterr()
    assert main(["net.yaml", "-o", "-", "--format", "py", "--flat"]) == 0
    assert capsys.readouterr().out == code_of(BLOCKS, flat=True)


def test_flat_is_about_python_code_alone(capsys):
    assert main(["net.yaml", "-o", "out.yaml", "--flat"]) == 2
    assert "--flat goes with an output that is one of .py" in capsys.readouterr().err


@pytest.mark.parametrize(
    "description",
    ['a "word"', '"', '""""', 'a\\\\"', "a\\\\", "a\x00b", "\u202e", "\x1b[2J", "w" * 83 + "\\\\v", "a\rb"],
)
@pytest.mark.parametrize("flat", [False, True])
def test_any_description_is_a_docstring(description, flat):
    described = {"description": description}
    spec = {
        "spec": 1,
        "params": {"units": {"default": 4, **described}},
        "blocks": {
            "b": {
                **described,
                "params": {"size": {"default": 2, **described}},
                "inputs": ["i"],
                "nodes": {"d": {"type": "Dense", "units": "${size}", "activation": "relu", "inputs": "i"}},
                "outputs": ["d"],
            }
        },
        "nodes": {
            "x": {"type": "Input", "shape": [4]},
            "y": {"type": "b", "size": "${units}", "repeat": 2, "inputs": "x"},
        },
        "outputs": ["y"],
        **described,
    }
    code = sc.load_spec(spec).to_python(flat=flat)
    assert code.replace("\n", "").isprintable()
    assert ast.get_docstring(ast.parse(code), clean=False) == description
