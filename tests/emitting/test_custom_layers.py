"""Layers of the calling program: what flows into them, and what is stated of their weights."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import spec_compiler as sc

pytestmark = pytest.mark.tensorflow


class Blend(keras.layers.Layer):
    """Adds a share of one tensor to another, as `InceptionResNetV2` does."""

    def __init__(self, share=0.5, **options):
        super().__init__(**options)
        self.share = share

    def call(self, inputs):
        return inputs[0] + inputs[1] * self.share


class Total(keras.layers.Layer):
    """Adds up a list of tensors, of one too."""

    def call(self, inputs: list[keras.KerasTensor]):
        return sum(inputs)


class Gate(keras.layers.Layer):
    """Weighs two tensors, of which the second may be several; its weight is made by hand in the constructor."""

    def __init__(self, **options):
        super().__init__(**options)
        self.balance = keras.Variable(0.25, name="balance")

    def call(self, first, others):
        others = others if isinstance(others, (list, tuple)) else [others]
        return first * self.balance + sum(others) * (1 - self.balance)


class Shift(keras.layers.Layer):
    """Has weights of all kinds: of its own, without a name, not trained, and of a layer inside."""

    def __init__(self, **options):
        super().__init__(**options)
        self.inner = keras.layers.Dense(3)

    def build(self, shape):
        self.by = self.add_weight(name="by", shape=shape[-1:])
        self.unnamed = self.add_weight(shape=(), trainable=False, dtype="int32", initializer="zeros")
        self.inner.build(shape)

    def call(self, x, training=False):
        return self.inner(x + self.by)


class Shaped(Shift):
    """Says what shape it gives."""

    def compute_output_shape(self, shape):
        return (*shape[:-1], 3)


STEPS = {"type": "Input", "shape": [4, 2]}

for made in (Blend, Total, Gate, Shift, Shaped):
    sc.register_layer(made)


def spec(written, **rest):
    inputs = {"a": {"type": "Input", "shape": [2]}, "b": {"type": "Input", "shape": [2]}}
    used = {name: node for name, node in inputs.items() if f"'{name}'" in str(written)}
    return {"spec": 1, "nodes": {**used, "it": written}, "outputs": ["it"], **rest}


def result(source):
    model = sc.compile_spec(source)
    ones, twos = np.ones((1, 2)), np.full((1, 2), 2.0)
    return model([ones, twos][: len(model.inputs)]).numpy().tolist()


def test_a_list_is_handed_on_as_a_list_to_a_layer_with_one_argument():
    assert result(spec({"type": "Custom>Blend", "share": 0.25, "inputs": ["a", "b"]})) == [[1.5, 1.5]]
    assert result(spec({"type": "Custom>Blend", "inputs": {"inputs": ["a", "b"]}})) == [[2.0, 2.0]]


def test_edges_give_several_tensors_to_a_layer_with_one_argument():
    edges = {"edges": ["a, b -> it"]}
    written = {**spec({"type": "Custom>Blend"}, **edges)}
    written["nodes"] = {"a": {"type": "Input", "shape": [2]}, "b": {"type": "Input", "shape": [2]}, **written["nodes"]}
    assert result(written) == [[2.0, 2.0]]


@pytest.mark.parametrize("inputs", ["a", ["a"], {"inputs": "a"}])
def test_an_argument_that_is_annotated_as_a_list_is_one_also_of_one_tensor(inputs):
    assert result(spec({"type": "Custom>Total", "inputs": inputs})) == [[1.0, 1.0]]


@pytest.mark.parametrize("others", ["b", ["b"], ["b", "b"]])
def test_each_of_several_arguments_may_be_a_list(others):
    total = 0.25 + 0.75 * 2 * (2 if others == ["b", "b"] else 1)
    assert result(spec({"type": "Custom>Gate", "inputs": {"first": "a", "others": others}})) == [[total, total]]


def test_a_list_is_taken_in_order_by_a_layer_with_several_arguments():
    assert result(spec({"type": "Custom>Gate", "inputs": ["a", "b"]})) == [[1.75, 1.75]]


def test_more_tensors_than_arguments_are_refused():
    report = sc.check_spec(spec({"type": "Custom>Gate", "inputs": ["a", "b", "a"]}))
    assert [(d.code, d.message) for d in report.diagnostics] == [("SC308", "`Custom>Gate` takes 2 tensors, and gets 3")]


def test_a_variable_that_the_constructor_makes_is_stated_and_can_be_seeded():
    source = spec({"type": "Custom>Gate", "inputs": ["a", "b"]}, seed=3)
    assert [(w.name, w.shape, w.trainable) for w in sc.load_spec(source).weights["it"]] == [("balance", (), True)]
    assert sc.compile_spec(source).count_params() == 1


@pytest.mark.parametrize("trainable", [True, False])
def test_all_weights_of_a_layer_are_stated(trainable):
    source = spec({"type": "Custom>Shift", "trainable": trainable, "inputs": "a"})
    graph, model = sc.load_spec(source), sc.compile_spec(source)
    assert [(w.name, w.shape, w.dtype, w.trainable) for w in graph.weights["it"]] == [
        ("by", (2,), "float32", trainable),
        ("variable", (), "int32", False),
        ("dense/kernel", (2, 3), "float32", trainable),
        ("dense/bias", (3,), "float32", trainable),
    ]
    assert graph.parameter_count == model.count_params() == 12
    assert graph.trainable_parameter_count == sum(v.value.numpy().size for v in model.trainable_weights)


SHIFT = {"type": "Custom>Shift"}
SHAPED = {"type": "Custom>Shaped"}


def chain(layer):
    return {"type": "Sequential", "layers": [layer]}


@pytest.mark.parametrize(
    "layer",
    [
        {"type": "TimeDistributed", "layer": SHAPED},
        {"type": "TimeDistributed", "layer": chain(SHAPED)},
        chain(SHIFT),
        chain(chain(SHIFT)),
    ],
)
def test_a_custom_layer_stands_inside_layers_of_one_tensor(layer):
    source = {"spec": 1, "nodes": {"x": STEPS, "it": {**layer, "inputs": "x"}}, "outputs": ["it"]}
    graph, model = sc.load_spec(source), sc.compile_spec(source)
    assert [x.shape for x in graph.results["it"].outputs] == [(None, 4, 3)] == [x.shape for x in model.outputs]
    assert graph.parameter_count == model.count_params() == 12


@pytest.mark.parametrize("layer", [SHIFT, chain(SHIFT), {"type": "TimeDistributed", "layer": SHIFT}])
def test_a_custom_layer_that_states_no_shape_is_refused_where_keras_asks_for_it(layer):
    nodes = {"x": STEPS, "it": {"type": "TimeDistributed", "layer": layer, "inputs": "x"}}
    report = sc.check_spec({"spec": 1, "nodes": nodes, "outputs": ["it"]})
    assert [(d.code, d.message) for d in report.diagnostics] == [
        (
            "SC212",
            "`TimeDistributed` asks for the shape that a layer gives, and `Custom>Shift` has no `compute_output_shape`",
        )
    ]
    with pytest.raises(NotImplementedError):
        keras.layers.TimeDistributed(Shift())(keras.Input((4, 2)))
