"""Constants in models: lists of numbers, and ops of constants alone. They are saved and loaded in plain Keras."""

from __future__ import annotations

from textwrap import dedent

import keras
import numpy as np
import pytest

import spec_compiler as sc
from spec_compiler.catalog.examples import example
from spec_compiler.catalog.registry import OPS

pytestmark = pytest.mark.tensorflow


def compiled(text):
    return sc.compile_spec(sc.Source.text(dedent(text)))


def same_after_loading(model, *inputs, folder):
    """What a model gives, which is what it gives when Keras has saved and loaded it, as a file and as JSON."""
    model.save(folder / "model.keras")
    results = model.predict(list(inputs), verbose=0)
    for loaded in (keras.models.load_model(folder / "model.keras"), keras.models.model_from_json(model.to_json())):
        loaded.set_weights(model.get_weights())
        np.testing.assert_array_equal(loaded.predict(list(inputs), verbose=0), results)
    return results


def test_lists_of_numbers_are_tensors(tmp_path):
    model = compiled(
        """
        spec: 1
        params: {scale: [1.0, 10.0]}
        nodes:
          x: {type: Input, shape: [2]}
          shifted: {type: ops.add, inputs: [x, [1, 2]]}
          turned: {type: ops.matmul, inputs: [shifted, [[0.0, 1.0], [1.0, 0.0]]]}
          scaled: {type: ops.multiply, inputs: {x1: turned, x2: "${scale}"}}
          kept: {type: ops.where, inputs: [[true, false], scaled, 0.5]}
        outputs: [kept]
        """
    )
    x = np.array([[1.0, 2.0], [3.0, 4.0]], "float32")
    results = same_after_loading(model, x, folder=tmp_path)
    np.testing.assert_array_equal(results, [[4.0, 0.5], [6.0, 0.5]])


def test_ops_of_constants_are_constants(tmp_path):
    model = compiled(
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [3]}
          places: {type: ops.arange, start: 3}
          as_floats: {type: ops.cast, dtype: float32, inputs: places}
          spaced: {type: ops.linspace, start: 0, stop: 1, num: 3}
          grown: {type: ops.geomspace, start: 1, stop: 100, num: 3}
          both: {type: ops.multiply, inputs: [as_floats, spaced]}
          all: {type: ops.add, inputs: [both, grown]}
          twos: {type: ops.full, shape: [3], fill_value: 2}
          sum: {type: ops.add, inputs: [x, all]}
          result: {type: ops.multiply, inputs: [sum, twos]}
        outputs: [result]
        """
    )
    x = np.ones((2, 3), "float32")
    results = same_after_loading(model, x, folder=tmp_path)
    np.testing.assert_allclose(results, [[4.0, 23.0, 206.0]] * 2, rtol=1e-6)
    assert [layer.name for layer in model.operations] == ["x", "sum", "result"]


def test_constants_stand_in_blocks_loops_and_nested_models(tmp_path):
    model = compiled(
        """
        spec: 1
        dtype_policy: mixed_float16
        blocks:
          shift:
            params: {by: {type: list}}
            inputs: [x]
            nodes:
              weights: {type: ops.ones, shape: [2], dtype: float16}
              scaled: {type: ops.multiply, inputs: [x, weights]}
              sum: {type: ops.add, inputs: [scaled, "${by}"]}
              dense: {type: Dense, units: 2, kernel_initializer: Identity, inputs: sum}
            outputs: [dense]
        layers:
          shared: {type: shift, by: [10.0, 20.0]}
        nodes:
          x: {type: Input, shape: [2]}
          steps: {type: shift, by: [1.0, 2.0], repeat: 2, inputs: x}
          "part_${i}": {for: {i: 2}, type: ops.multiply, inputs: [steps, ["${i}", 1]]}
          a: {use: shared, inputs: part_0}
          b: {use: shared, inputs: part_1}
          both: {type: concatenate, inputs: [a, b]}
        outputs: [both]
        """
    )
    x = np.zeros((1, 2), "float32")
    results = same_after_loading(model, x, folder=tmp_path)
    np.testing.assert_array_equal(results, [[10.0, 24.0, 12.0, 24.0]])


@pytest.mark.parametrize("name", OPS["numpy.constants"])
def test_the_example_of_every_op_without_tensors_is_saved_and_loaded(name, tmp_path):
    model = compiled(example(f"ops.{name}").text)
    same_after_loading(model, np.ones((1,), "float32"), folder=tmp_path)


def test_the_specs_of_a_graph_with_constants_give_the_same_model():
    text = """
        spec: 1
        nodes:
          x: {type: Input, shape: [2, 2]}
          half: {type: ops.full, shape: [2], fill_value: 0.5}
          moved: {type: ops.add, inputs: [x, [[1.0, 2.0], [3.0, 4.0]]]}
          result: {type: ops.multiply, inputs: [moved, half]}
        outputs: [result]
        """
    graph = sc.load_spec(sc.Source.text(dedent(text)))
    rendered = graph.to_yaml()
    again = sc.load_spec(sc.Source.text(rendered))
    assert again.to_yaml() == rendered
    assert sc.compile_spec(sc.Source.text(rendered)).get_config()["layers"] == compiled(text).get_config()["layers"]
