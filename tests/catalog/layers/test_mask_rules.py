"""What layers do with masks, as their classes state it, held against Keras's own layers on data."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
import yaml

import spec_compiler as sc
from spec_compiler.catalog import registry
from spec_compiler.catalog.examples import INPUTS
from spec_compiler.catalog.layers.base import Operation
from spec_compiler.catalog.mask_rules import (
    ENDS,
    LOSES,
    MAKES,
    PROPAGATES,
    UNKNOWN,
    USES_AND_ENDS,
    USES_AND_PROPAGATES,
    ResultMask,
    chained,
)

LAYERS = [name for names in registry.LAYERS.values() for name in names]

EXAMPLES = [(name, registry.operation(name).example) for name in LAYERS if name != "Input"]

STEPS = "return_sequences: true, inputs: sequence"
OTHERS = [
    ("Activation", "activation: linear, inputs: sequence"),
    ("BatchNormalization", "call: {training: true}, inputs: sequence"),
    ("Bidirectional", "layer: {type: LSTM, units: 4, return_sequences: true}, inputs: sequence"),
    ("Bidirectional", "layer: {type: LSTM, units: 4, return_sequences: true}, merge_mode: null, inputs: sequence"),
    ("Bidirectional", "layer: {type: GRU, units: 4}, merge_mode: null, inputs: sequence"),
    ("Concatenate", "axis: 1, inputs: [sequence, memory]"),
    ("ConvLSTM1D", "filters: 2, kernel_size: 3, return_sequences: true, inputs: lines"),
    ("ConvLSTM2D", "filters: 2, kernel_size: 3, return_sequences: true, return_state: true, inputs: frames"),
    ("Embedding", "input_dim: 1000, output_dim: 4, mask_zero: true, inputs: words"),
    ("GRU", f"units: 4, return_state: true, {STEPS}"),
    ("GlobalAveragePooling1D", "keepdims: true, inputs: sequence"),
    ("GlobalMaxPooling1D", "keepdims: true, inputs: sequence"),
    ("LSTM", f"units: 4, {STEPS}"),
    ("MultiHeadAttention", "num_heads: 2, key_dim: 4, inputs: [sequence, sequence]"),
    ("Multiply", "inputs: [sequence, sequence]"),
    ("Pipeline", "layers: [{type: Rescaling, scale: 0.5}], inputs: sequence"),
    ("RNN", f"cell: {{type: GRUCell, units: 4}}, {STEPS}"),
    ("ReversibleEmbedding", "input_dim: 1000, output_dim: 8, mask_zero: true, inputs: words"),
    ("ReversibleEmbedding", "input_dim: 10, output_dim: 8, mask_zero: true, call: {reverse: true}, inputs: sequence"),
    ("Sequential", "layers: [{type: Conv1D, filters: 4, kernel_size: 3}, {type: LSTM, units: 4}], inputs: sequence"),
    ("Sequential", "layers: [{type: Dense, units: 4}, {type: GlobalAveragePooling1D}], inputs: sequence"),
    ("Sequential", "layers: [{type: LSTM, units: 4, return_sequences: true}, {type: ReLU}], inputs: sequence"),
    ("Sequential", "layers: [{type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true}], inputs: words"),
    ("SimpleRNN", f"units: 4, {STEPS}"),
    ("SpectralNormalization", "layer: {type: Conv1D, filters: 4, kernel_size: 3}, inputs: sequence"),
    ("TimeDistributed", "layer: {type: Reshape, target_shape: [2, 4]}, inputs: sequence"),
    ("TimeDistributed", "layer: {type: GlobalAveragePooling1D}, inputs: lines"),
]
"""Calls in which masks are treated otherwise than in the example, because of arguments or of layers inside."""

CALLS = [*EXAMPLES, *OTHERS]


def test_every_layer_states_what_it_does_with_masks():
    classes = {name: registry.operation(name) for name in LAYERS}
    undecided = [
        name
        for name, found in classes.items()
        if not hasattr(found, "mask_rule") and found.mask_rule_of is Operation.mask_rule_of
    ]
    assert undecided == []


@pytest.mark.parametrize(
    ("rules", "whole"),
    [
        ([], PROPAGATES),
        ([PROPAGATES, USES_AND_PROPAGATES], USES_AND_PROPAGATES),
        ([USES_AND_PROPAGATES, LOSES], LOSES._replace(uses=True)),
        ([PROPAGATES, USES_AND_ENDS], USES_AND_ENDS),
        ([LOSES, USES_AND_PROPAGATES], LOSES),
        ([LOSES, USES_AND_ENDS], ENDS),
        ([ENDS, LOSES], ENDS),
        ([UNKNOWN, PROPAGATES], UNKNOWN),
        ([LOSES, MAKES, PROPAGATES], MAKES),
        ([MAKES, USES_AND_ENDS], ENDS),
    ],
)
def test_the_rule_of_a_chain_follows_from_those_of_its_layers(rules, whole):
    assert chained(rules) == whole


def call_of(name, row):
    """The typed graph of a call of a layer, on inputs of the examples, and its node."""
    node = yaml.safe_load(f"{{type: {name}, {row}}}")
    inputs = {each: yaml.safe_load(f"{{type: Input, {INPUTS[each]}}}") for each in names_in(node["inputs"])}
    several = any(word in f"{name}, {row}" for word in ("Cell", "merge_mode: null", "return_state"))
    outputs = {"out": {"from": "result.0"}} if several else ["result"]
    graph = sc.load_spec({"spec": 1, "nodes": {**inputs, "result": node}, "outputs": outputs})
    return graph, graph.nodes["result"]


def names_in(value):
    """The names in what `inputs` says."""
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value
    return [name for part in parts for name in names_in(part)]


class Call:
    """A call of a layer of Keras on data, with masks or without."""

    def __init__(self, name, row):
        from spec_compiler.emitting.keras_model.build import _Builder

        self.graph, self.node = call_of(name, row)
        self.config = self.graph.layers[self.node.layer].config
        self.rule = self.config.mask_rule_of(**self.node.flags)
        self.builder = _Builder(self.graph, None)
        self.builder.call_all()
        self.layer = self.builder.layers[self.node.layer]

    def __call__(self, *masked):
        """The outputs of a call on the same data each time, with masks on some of the inputs."""
        import keras
        from keras.src import backend

        random = np.random.default_rng(0)
        for name in self.graph.inputs:
            kind = self.graph.results[name].outputs[0]
            shape = tuple(3 if length is None else length for length in kind.shape)
            if kind.dtype == "string":
                values = np.full(shape, "red", dtype=object)
            elif kind.dtype.startswith("int"):
                values = random.integers(1, 3, shape).astype(kind.dtype)
            else:
                values = random.uniform(0, 1, shape).astype(kind.dtype)
            tensor = keras.ops.convert_to_tensor(values)
            if name in masked and shape:
                backend.set_keras_mask(tensor, keras.ops.convert_to_tensor(self.mask(shape)))
            self.builder.tensors[name] = [tensor]
        return self.builder.call(self.node)

    def mask(self, shape):
        """A mask of the shape that `Masking` makes, but for layers that take no such mask, with something left out."""
        if self.config.loop is not None:
            shape = shape[:2]
        elif self.layer.__class__.__name__ != "Softmax":
            shape = shape[:-1]
        mask = np.ones(shape, dtype=bool)
        mask[(slice(None), 1) if len(shape) > 1 else 1] = False
        return mask


def masks_of(outputs):
    from keras.src import backend

    return [backend.get_keras_mask(output) for output in outputs]


def expected(call, masked):
    """How many outputs have a mask, with masks on some of the tensors."""
    result = call.rule.result
    has_mask = {
        ResultMask.MADE: True,
        ResultMask.FIRST: call.graph.inputs[0] in masked,
        ResultMask.ALL: set(masked) == set(call.graph.inputs),
        ResultMask.ANY: bool(masked),
    }
    return call.rule.outputs if has_mask.get(result, False) else 0


@pytest.mark.tensorflow
@pytest.mark.filterwarnings("ignore:Layer .* was passed an input with a mask")
@pytest.mark.parametrize(("name", "row"), CALLS)
def test_a_result_has_a_mask_and_uses_those_of_the_inputs_as_the_rule_says(name, row):
    call = Call(name, row)
    inputs = call.graph.inputs
    assert call.rule.result is not ResultMask.UNKNOWN
    outputs = {masked: call(*masked) for masked in {inputs, inputs[:1], inputs[1:], ()}}
    for masked, found in outputs.items():
        count = expected(call, masked)
        assert [mask is not None for mask in masks_of(found)] == [index < count for index in range(len(found))], masked
    if name == "Softmax" or (name == "BatchNormalization" and not call.node.flags):
        return
    assert call.rule.uses == (takes_mask(call) and differ(outputs[inputs], outputs[()]))


def takes_mask(call):
    """Whether Keras hands a mask to the layer, or to a layer inside; others cannot use one."""
    parameters = inspect.signature(call.layer.call).parameters
    return "mask" in parameters or "query_mask" in parameters or bool(call.config.nested)


def differ(masked, plain):
    """Whether two results differ in what is not masked."""
    mask = masks_of(masked)[0]
    # What a layer made of the steps inside a step has fewer axes than the mask that is propagated.
    kept = slice(None) if mask is None or mask.ndim > masked[0].ndim - 1 else np.asarray(mask)
    return not np.allclose(np.asarray(masked[0])[kept], np.asarray(plain[0])[kept])


@pytest.mark.tensorflow
def test_a_softmax_refuses_the_mask_of_a_sequence():
    call = Call("Softmax", "inputs: sequence")
    call.mask = lambda shape: np.ones(shape[:-1], dtype=bool)
    with pytest.raises(ValueError, match="must be broadcastable"):
        call("sequence")
