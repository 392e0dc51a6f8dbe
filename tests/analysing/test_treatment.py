"""How weights begin and what holds them, as a table beside the graph says it, against what Keras makes."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from spec_compiler.analysing.treatment import Treatment, treatments, treatments_behind
from spec_compiler.graph.typed import TensorRef

SPEC = """\
spec: 1
blocks:
  dense:
    inputs: [x]
    nodes: {d: {type: Dense, units: 2, kernel_regularizer: l2, activity_regularizer: l1, inputs: x}}
    outputs: [d]
layers:
  twice: {type: dense}
nodes:
  x: {type: Input, shape: [3, 2]}
  a: {type: Dense, units: 2, kernel_regularizer: {type: L1, l1: 0.1}, bias_constraint: non_neg, inputs: x}
  frozen: {type: Dense, units: 2, kernel_regularizer: l2, trainable: false, inputs: a}
  each: {type: TimeDistributed, layer: {type: Dense, units: 2, bias_initializer: ones, activity_regularizer: l2}, inputs: frozen}
  b: {use: twice, inputs: each}
  cost: {type: ActivityRegularization, l2: 0.1, inputs: b}
  aside: {type: Dense, units: 2, inputs: x}
outputs: [cost, aside]
"""


def shown(found: Treatment) -> tuple[str | None, ...]:
    names = (each and each.keras_name for each in (found.initializer, found.regularizer, found.constraint))
    return (found.layer, found.weight, *names)


def test_the_weights_and_outputs_of_each_layer_are_told():
    graph = sc.load_spec(sc.Source.text(SPEC))
    assert {key: [shown(each) for each in found] for key, found in graph.table(treatments).items() if found} == {
        "a": [
            ("a", "kernel", "GlorotUniform", "L1", None),
            ("a", "bias", "Zeros", None, "NonNeg"),
        ],
        "frozen": [
            ("frozen", "kernel", "GlorotUniform", None, None),
            ("frozen", "bias", "Zeros", None, None),
        ],
        "each": [
            ("each", "each.layer/kernel", "GlorotUniform", None, None),
            ("each", "each.layer/bias", "Ones", None, None),
            ("each.layer", None, None, "L2", None),
        ],
        "twice": [
            ("twice", "d/kernel", "GlorotUniform", "L2", None),
            ("twice", "d/bias", "Zeros", None, None),
            ("twice/d", None, None, "L1", None),
        ],
        "cost": [("cost", None, None, "ActivityRegularization", None)],
        "aside": [
            ("aside", "kernel", "GlorotUniform", None, None),
            ("aside", "bias", "Zeros", None, None),
        ],
    }
    behind = treatments_behind(graph, TensorRef("each", 0))
    assert list(dict.fromkeys(each.layer for each in behind)) == ["a", "frozen", "each", "each.layer"]


def test_the_report_of_a_node_tells_them():
    graph = sc.load_spec(sc.Source.text(SPEC))
    text = graph.node_report("a").text()
    assert "held in training:\n  kernel: L1\n  bias: NonNeg\n" in text
    assert "held: `a/kernel`, `a/bias`" in graph.node_report("frozen").text()
    assert "2 begin as GlorotUniform" in graph.node_report("frozen").text()


WEIGHTED = [
    "Dense, units: 3", "Conv2D, filters: 2, kernel_size: 2", "SeparableConv2D, filters: 2, kernel_size: 2",
    "DepthwiseConv2D, kernel_size: 2", "Conv2DTranspose, filters: 2, kernel_size: 2", "BatchNormalization",
    "LayerNormalization", "GroupNormalization, groups: 2", "PReLU", "EinsumDense, equation: 'abcd,de->abce', output_shape: [null, null, 3], bias_axes: e",
    "Embedding, input_dim: 5, output_dim: 3", "LSTM, units: 3", "GRU, units: 3", "SimpleRNN, units: 3",
    "Bidirectional, layer: {type: LSTM, units: 3, HELD}", "TimeDistributed, layer: {type: Dense, units: 3, HELD}",
    "Sequential, layers: [{type: Dense, units: 3, HELD}]", "ConvLSTM1D, filters: 2, kernel_size: 2",
]  # fmt: skip


def fields_of(kind):
    from spec_compiler.catalog.registry import operation

    fields = operation(kind).model_fields
    held = {"_regularizer": "l2", "_constraint": "non_neg"}
    return {
        name: value
        for name in fields
        for end, value in held.items()
        if name.endswith(end) and not name.startswith("activity")
    }


@pytest.mark.tensorflow
@pytest.mark.parametrize("text", WEIGHTED, ids=lambda text: text.split(",")[0])
def test_what_holds_weights_is_what_keras_gives_them(text):
    import yaml

    kind = text.split(",")[0]
    inner = text.split("{type: ")[1].split(",")[0] if "HELD" in text else kind
    said = ", ".join(f"{name}: {value}" for name, value in fields_of(inner).items())
    layer = yaml.safe_load("{type: " + text.replace("HELD", said) + "}")
    layer |= {} if "HELD" in text else fields_of(kind)
    recurrent = inner in ("LSTM", "GRU", "SimpleRNN") or kind == "TimeDistributed"
    shape = [4, 4] if recurrent else [4] if kind == "Embedding" else [3, 4, 4]
    x = {"type": "Input", "shape": shape}
    spec = {"spec": 1, "nodes": {"x": x, "y": {**layer, "inputs": "x"}}, "outputs": ["y"]}
    stated = sc.load_spec(spec).table(treatments)["y"]
    made = sc.compile_spec(spec).get_layer("y").weights
    assert len(stated) == len(made)
    assert [(each.regularizer is not None, each.constraint is not None) for each in stated] == [
        (each.regularizer is not None, each.constraint is not None) for each in made
    ]
