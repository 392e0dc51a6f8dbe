"""Losses, metrics, activations and other objects of the calling program."""

from __future__ import annotations

import pickle
from textwrap import dedent

import keras
import numpy as np
import pytest

import spec_compiler as sc
from spec_compiler.cli.main import main
from tests.processes import python

pytestmark = pytest.mark.tensorflow

serializable = keras.saving.register_keras_serializable(package="tests")


@sc.register
@serializable
class Power(keras.losses.Loss):
    """The mean of a power of the error."""

    def __init__(self, exponent: float, scale=1, **options):
        super().__init__(**options)
        self.exponent = exponent
        self.scale = scale

    def call(self, y_true, y_pred):
        return self.scale * keras.ops.mean(keras.ops.abs(y_true - y_pred) ** self.exponent, axis=-1)

    def get_config(self):
        return {**super().get_config(), "exponent": self.exponent, "scale": self.scale}


@sc.register
@serializable
def largest_error(y_true, y_pred):
    return keras.ops.max(keras.ops.abs(y_true - keras.ops.cast(y_pred, y_true.dtype)), axis=-1)


@sc.register
@serializable
def bend(x):
    return keras.ops.where(x > 0, x, 0.1 * x)


@sc.register
@serializable
class Total(keras.metrics.Sum):
    def update_state(self, y_true, y_pred, sample_weight=None):
        return super().update_state(y_pred, sample_weight)


@sc.register
@serializable
class Sevenths(keras.initializers.Initializer):
    def __call__(self, shape, dtype=None):
        return keras.ops.full(shape, 1 / 7, dtype=dtype)


@sc.register
@serializable
class Pull(keras.regularizers.Regularizer):
    def __init__(self, factor: float = 0.1):
        self.factor = factor

    def __call__(self, x):
        return self.factor * keras.ops.sum(keras.ops.abs(x))

    def get_config(self):
        return {"factor": self.factor}


@sc.register
@serializable
class Below(keras.constraints.Constraint):
    def __init__(self, most: float):
        self.most = most

    def __call__(self, w):
        return keras.ops.minimum(w, self.most)

    def get_config(self):
        return {"most": self.most}


@sc.register
@serializable
class Descent(keras.optimizers.SGD):
    pass


@sc.register
@serializable
class Halved(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, start: float):
        self.start = start

    def __call__(self, step):
        return self.start / 2

    def get_config(self):
        return {"start": self.start}


@sc.register
class Count(keras.callbacks.Callback):
    def __init__(self, every: int = 1):
        super().__init__()
        self.every = every


EVERYTHING = """
    spec: 1
    nodes:
      x: {type: Input, shape: [3]}
      hidden:
        type: Dense
        units: 4
        activation: tests>bend
        kernel_initializer: tests>Sevenths
        kernel_regularizer: {type: tests>Pull, factor: 0.2}
        kernel_constraint: {type: tests>Below, most: 0.5}
        inputs: x
      bent: {type: Activation, activation: tests>bend, inputs: hidden}
      y: {type: Dense, units: 2, inputs: bent}
    outputs:
      y: {loss: {type: tests>Power, exponent: 3}, metrics: [tests>largest_error, tests>Total]}
    compile: {optimizer: {type: tests>Descent, learning_rate: {type: tests>Halved, start: 0.2}}}
    fit: {callbacks: [{type: Custom>Count, every: 2}]}
    """


def source(text=EVERYTHING):
    return sc.Source.text(dedent(text))


def findings(**output):
    spec = {
        "spec": 1,
        "nodes": {"x": {"type": "Input", "shape": [3]}, "y": {"type": "Dense", "units": 2, "inputs": "x"}},
        "outputs": {"y": output},
    }
    return [(d.code, d.message, d.hint) for d in sc.check_spec(spec).diagnostics]


def test_every_kind_of_object_is_the_one_that_was_registered(tmp_path):
    model = sc.compile_spec(source())
    hidden = model.get_layer("hidden")
    assert hidden.activation is bend
    assert model.get_layer("bent").activation is bend
    assert (type(hidden.kernel_initializer), type(hidden.kernel_regularizer)) == (Sevenths, Pull)
    assert (hidden.kernel_regularizer.factor, hidden.kernel_constraint.most) == (0.2, 0.5)
    assert type(model.optimizer) is Descent
    x, y = np.ones((4, 3), "float32"), np.zeros((4, 2), "float32")
    assert set(model.fit(x, y, verbose=0).history) == {"loss", "largest_error", "sum"}

    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), model.predict(x, verbose=0))
    assert loaded.get_layer("hidden").activation is bend

    (callback,) = sc.load_spec(source()).fit.callbacks
    assert callback.every == 2


def test_the_spec_of_a_graph_names_them_again():
    graph = sc.load_spec(source())
    again = sc.load_spec(sc.Source.text(graph.to_yaml()))
    assert again.to_yaml() == graph.to_yaml()
    assert pickle.loads(pickle.dumps(graph)).to_yaml() == graph.to_yaml()


def test_they_stand_under_mixed_precision():
    model = sc.compile_spec(source(dedent(EVERYTHING) + "dtype_policy: mixed_float16\n"))
    assert type(model.optimizer).__name__ == "LossScaleOptimizer"
    assert type(model.optimizer.inner_optimizer) is Descent
    model.fit(np.ones((4, 3), "float32"), np.zeros((4, 2), "float32"), verbose=0)


@pytest.mark.parametrize(
    ("output", "finding"),
    [
        ({"loss": "tests>Power"}, ("SC210", "the loss `tests>Power` needs the argument `exponent`")),
        ({"loss": {"type": "tests>Power"}}, ("SC210", "`tests>Power` needs the argument `exponent`")),
        ({"loss": {"type": "tests>Power", "exponent": "x"}}, ("SC203", "`exponent` takes a number, not `x`")),
        ({"loss": {"type": "tests>Power", "exponent": 2, "scle": 1}}, ("SC209", "`tests>Power` has no argument `scle`")),
        ({"loss": "tests>Powr"}, ("SC211", "no loss is registered as `tests>Powr`")),
        ({"loss": "tests>Descent"}, ("SC211", "`tests>Descent` is registered as an optimizer, and a loss stands here")),
        ({"loss": "mse", "metrics": ["tests>bend"]}, ("SC211", "`tests>bend` is registered as an activation, and a metric stands here")),
    ],
)  # fmt: skip
def test_a_mistake_in_one_is_found(output, finding):
    assert [each[:2] for each in findings(**output)] == [finding]


def test_what_nobody_has_registered_says_how():
    ((_, _, hint),) = findings(loss="someone>Else")
    assert hint == "it is registered by the calling program, with `sc.register`, or by a module that `--plugin` names"


@pytest.mark.parametrize("thing", [object, 3, "tests>Power", lambda: None, lambda a, b, c: a])
def test_what_a_spec_could_not_name_is_not_registered(thing):
    with pytest.raises(TypeError, match="what is registered is"):
        sc.register(thing)


def test_a_function_of_one_argument_that_changes_the_shape_is_no_activation():
    with pytest.raises(TypeError, match="changes the shape"):
        sc.register(lambda x: keras.ops.sum(x, axis=-1))


def test_a_layer_is_registered_too_and_each_thing_is_given_back():
    class Twice(keras.layers.Layer):
        def call(self, inputs):
            return 2 * inputs

    assert sc.register(Twice) is Twice
    graph = sc.load_spec(source(
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [3]}
          y: {type: Custom>Twice, inputs: x}
        outputs: [y]
        """
    ))  # fmt: skip
    assert str(graph.results["y"].outputs[0]) == "(None, 3) float32"


def test_a_plugin_registers_them_for_the_command(tmp_path, monkeypatch, capsys):
    (tmp_path / "own_things.py").write_text(
        dedent(
            """
            import keras
            import spec_compiler as sc

            @sc.register
            @keras.saving.register_keras_serializable(package="plugged")
            def error(y_true, y_pred):
                return keras.ops.mean(keras.ops.abs(y_true - y_pred), axis=-1)
            """
        ),
        encoding="utf-8",
    )
    text = "spec: 1\nnodes:\n  x: {type: Input, shape: [2]}\n  y: {type: Dense, units: 1, inputs: x}\n"
    (tmp_path / "spec.yaml").write_text(text + "outputs: {y: {loss: plugged>error}}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["check", "spec.yaml"]) == 1
    assert "no loss is registered as `plugged>error`" in capsys.readouterr().out
    assert main(["spec.yaml", "--plugin", "own_things", "-o", "model.keras"]) == 0
    assert "loss plugged>error" in capsys.readouterr().out


def test_a_spec_registers_nothing_by_itself(tmp_path):
    done = python(
        "-c", "import spec_compiler as sc; sc.check_spec('s.yaml'); import sys; assert 'keras' not in sys.modules"
    )
    assert done.returncode == 0


def test_a_layer_and_a_loss_of_one_name_are_both_known():
    layer = type("Twin", (keras.layers.Layer,), {"call": lambda self, inputs: inputs * 2.0})
    loss = type("Twin", (keras.losses.Loss,), {"call": lambda self, y_true, y_pred: y_pred})
    assert (sc.register(layer), sc.register(loss)) == (layer, loss)
    graph = sc.load_spec(
        {
            "spec": 1,
            "nodes": {"x": {"type": "Input", "shape": [2]}, "y": {"type": "Custom>Twin", "inputs": "x"}},
            "outputs": {"y": {"loss": "Custom>Twin"}},
        }
    )
    found = graph.layers["y"].config, graph.outputs[0].settings.loss
    assert [config.keras_class for config in found] == [layer, loss]
    assert pickle.loads(pickle.dumps(found)) == found
