"""The Python code of a spec gives the model that the compiler gives: configurations are equal."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from textwrap import dedent

import keras
import numpy as np
import pytest

import spec_compiler as sc
from spec_compiler.catalog import registry
from spec_compiler.catalog.examples import example
from tests.emitting.python.odd_specs import ODD_SPECS
from tests.undrawn import undrawn

pytestmark = pytest.mark.tensorflow

ROOT = Path(__file__).resolve().parents[3]
SPECS = sorted(path for path in (ROOT / "specs").iterdir() if path.suffix in (".yaml", ".json"))
LAYERS = [*(name for names in registry.LAYERS.values() for name in names), *registry.FUNCTIONS]
TYPES = [*LAYERS, *(f"ops.{name}" for names in registry.OPS.values() for name in names)]


class Constant:
    """What an op of constants gives. The code lets Keras compute it, whose numbers may differ in the last places."""

    def __init__(self, config):
        self.dtype = config["dtype"]
        self.value = np.asarray(config["value"])

    def __eq__(self, other):
        return self.dtype == other.dtype and np.allclose(self.value, other.value, rtol=1e-6, atol=1e-7)


def configuration(model):
    """What a model is, as data, without the seeds that Keras draws."""

    def without_seeds(value):
        if isinstance(value, dict) and value.get("class_name") == "__numpy__":
            return Constant(value["config"])
        if isinstance(value, dict):
            return {key: without_seeds(item) for key, item in value.items() if key != "seed"}
        return [without_seeds(item) for item in value] if isinstance(value, list) else value

    return without_seeds(json.loads(json.dumps(model.get_config(), default=str)))


def compiled(source, **params):
    """The configuration of the model that the compiler gives."""
    with undrawn():
        return configuration(sc.compile_spec(source, params=params))


compiled_example = cache(compiled)
"""The same of an example spec, the measure of both forms of its code."""


def built(code, **params):
    """The model that code builds; it runs without the compiler."""
    assert "spec_compiler" not in code
    names = {"__name__": "model"}
    exec(compile(code, "model.py", "exec"), names)
    # Names that the code leaves to Keras are numbered as in a process of their own.
    keras.utils.clear_session(free_memory=False)
    policy = keras.config.dtype_policy()
    try:
        with undrawn():
            return names["build_model"](**params)
    finally:
        keras.config.set_dtype_policy(policy)


@pytest.mark.parametrize("flat", [False, True], ids=["structured", "flat"])
@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.name)
def test_the_code_of_every_spec_gives_its_model(path, flat):
    graph = sc.load_spec(path)
    assert configuration(built(graph.to_python(flat=flat))) == compiled_example(path)


@pytest.mark.parametrize("flat", [False, True], ids=["structured", "flat"])
@pytest.mark.parametrize("name", ODD_SPECS)
def test_the_code_of_a_spec_that_says_much_gives_its_model(name, flat):
    source = sc.Source.text(dedent(ODD_SPECS[name]), name="odd")
    code = sc.load_spec(source).to_python(flat=flat)
    assert configuration(built(code)) == compiled(source)


@pytest.mark.parametrize("name", TYPES)
def test_the_code_of_every_layer_and_op_gives_its_model(name):
    source = sc.Source.text(example(name).text)
    graph = sc.load_spec(source)
    expected = compiled(source)
    assert configuration(built(graph.to_python())) == expected
    assert configuration(built(graph.to_python(flat=True))) == expected


GIVEN = {
    "a frozen shared block of two outputs": {"w": 7, "n": 1},
    "a block that a param freezes": {"train": True},
    "a repeated block of several outputs": {"n": 1},
    "constants of expressions": {"k": 3, "table": []},
    "defaults": {"act": "tanh"},
    "for over two variables and repeat": {"widths": [5, 6], "tasks": ["a", "b"]},
    "lists of numbers for repeated and single blocks": {"n": 3},
    "options in a block": {"drop": 0.5, "n": 2},
    "options of a standard block": {"drop": 0.0, "first": False},
    "states of recurrent layers": {"units": 9},
    "types of params": {"n": 2},
}
"""Other values of params than those that the code was written with."""


@pytest.mark.parametrize("name", GIVEN)
def test_the_params_are_arguments_of_the_code(name):
    source = sc.Source.text(dedent(ODD_SPECS[name]), name="odd")
    model = built(sc.load_spec(source).to_python(), **GIVEN[name])
    assert configuration(model) == compiled(source, **GIVEN[name])


def test_the_params_of_an_example_are_arguments_of_its_code():
    path = next(path for path in SPECS if path.name == "deepfm.yaml")
    model = built(sc.load_spec(path).to_python(), fields=3, width=4)
    assert configuration(model) == compiled(path, fields=3, width=4)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["VGG16", "ResNet50", "MobileNetV2", "DenseNet121", "NASNetMobile", "ConvNeXtTiny"])
def test_the_code_of_an_application_has_functions_or_loops_and_gives_its_model(name):
    source = sc.Source.text(
        f"""
spec: 1
imports: [std/applications/{name.lower()}.yaml]
nodes:
  image: {{type: Input, shape: [224, 224, 3]}}
  result: {{type: {name}, inputs: image}}
outputs: {{out: {{from: result}}}}
"""
    )
    graph = sc.load_spec(source)
    assert graph.to_python() != graph.to_python(flat=True)
    assert configuration(built(graph.to_python())) == compiled(source)


TRAINED = {
    "one output": "{y: {loss: mse, metrics: [mae], weighted_metrics: [mse]}}",
    "one weighted output": "{y: {loss: mse, loss_weight: 784}}",
    "one output without metrics": "{y: {loss: {type: Huber, delta: 2.0}}}",
    "several outputs": "{y: {loss: mse, metrics: [mae]}, z: {loss: mae}}",
    "several weighted outputs": "{y: {loss: mse, loss_weight: 0.5}, z: {loss: mae}}",
    "outputs of which one is trained": "{y: {loss: mse, metrics: [mae]}, z: }",
    "metrics alone": "{y: {metrics: [mae]}}",
}
"""What outputs are trained for."""


@pytest.mark.parametrize("flat", [False, True], ids=["structured", "flat"])
@pytest.mark.parametrize("outputs", TRAINED.values(), ids=TRAINED)
def test_code_compiles_the_model_as_the_spec_says(outputs, flat):
    source = sc.Source.text(
        f"""
spec: 1
nodes:
  x: {{type: Input, shape: [4]}}
  y: {{type: Dense, units: 2, inputs: x}}
  z: {{type: Dense, units: 2, inputs: y}}
outputs: {outputs}
compile: {{optimizer: {{type: SGD, learning_rate: 0.5}}}}
"""
    )
    model = built(sc.load_spec(source).to_python(flat=flat))
    assert model.get_compile_config() == sc.compile_spec(source).get_compile_config()


def test_code_of_an_example_compiles_its_model():
    path = next(path for path in SPECS if path.name == "vae.yaml")
    assert built(sc.load_spec(path).to_python()).get_compile_config() == sc.compile_spec(path).get_compile_config()


ROUNDS = """
spec: 1
params: {rounds: 2, table: "${[[1.0, 2.0], [3.0, 4.0]]}"}
blocks:
  round:
    inputs: [x]
    nodes:
      y: {type: Dense, units: 2, inputs: x}
    outputs: [y]
layers:
  round: {type: round}
  plain: {type: Dense, units: 2}
nodes:
  x: {type: Input, shape: [2]}
  again: {use: round, repeat: "${rounds}", inputs: x}
  dense: {use: plain, repeat: "${rounds}", inputs: again}
  waves: {type: ops.cos, inputs: [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]}
  some: {type: ops.get_item, key: [":", "1:"], inputs: waves}
  seen: {type: ops.matmul, inputs: [dense, some]}
  y: {type: ops.matmul, inputs: [seen, "${table}"]}
outputs: [y]
"""


@pytest.mark.parametrize("flat", [False, True], ids=["structured", "flat"])
def test_a_shared_block_in_a_loop_is_one_model_and_constants_are_arrays(flat):
    source = sc.Source.text(ROUNDS, name="rounds")
    model = built(sc.load_spec(source).to_python(flat=flat))
    assert configuration(model) == compiled(source)
    assert model.count_params() == 2 * 6
