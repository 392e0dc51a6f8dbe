"""Configurations of Keras 2: what it spelt otherwise is rewritten and said, and what it did otherwise is refused."""

from __future__ import annotations

import json
from typing import Any

import h5py
import pytest
import yaml

import spec_compiler as sc
from spec_compiler.lift_model import lift_model
from tests.lifting.lifted import codes_of, lift_data

pytestmark = pytest.mark.usefixtures("stand_ins")

GLOROT = {"class_name": "GlorotUniform", "config": {"seed": None, "dtype": "float32"}}
ZEROS = {"class_name": "Zeros", "config": {"dtype": "float32"}}


def layer(class_name: str, name: str, *calls: Any, **config: Any) -> dict[str, Any]:
    return {
        "class_name": class_name,
        "config": {"name": name, **config},
        "name": name,
        "inbound_nodes": list(calls),
    }


def functional(layers: list[Any], inputs: list[str], outputs: list[Any], **more: Any) -> dict[str, Any]:
    config = {
        "name": "old",
        "layers": layers,
        "input_layers": [[name, 0, 0] for name in inputs],
        "output_layers": outputs,
    }
    return {"class_name": "Model", "config": config, "keras_version": "2.4.0", "backend": "tensorflow", **more}


def dense(name: str, *calls: Any, units: int = 3, **config: Any) -> dict[str, Any]:
    return layer(
        "Dense", name, *calls, trainable=True, dtype="float32", units=units, activation="relu", use_bias=True,
        kernel_initializer=GLOROT, bias_initializer=ZEROS, kernel_regularizer=None, bias_regularizer=None,
        activity_regularizer=None, kernel_constraint=None, bias_constraint=None, **config,
    )  # fmt: skip


def old_input(name: str, *shape: Any, dtype: str = "float32") -> dict[str, Any]:
    return layer("InputLayer", name, batch_input_shape=[None, *shape], dtype=dtype, sparse=False, ragged=False)


def call(source: str, index: int = 0, output: int = 0, **options: Any) -> list[Any]:
    return [source, index, output, options]


def lifted(data: Any, folder: Any) -> tuple[Any, list[str]]:
    """The spec without defaults, and what is said to be otherwise."""
    found = lift_data(data, folder)
    assert found.graph is not None, f"\n{found.report}"
    assert {each.code for each in found.report} <= {"SC152"}
    return yaml.safe_load(found.graph.to_spec()), [each.message for each in found.report]


def test_calls_that_are_lists_are_read(tmp_path):
    spec, said = lifted(
        functional(
            [
                old_input("a", 4),
                old_input("b", 4),
                dense("first", [call("a")]),
                layer("Concatenate", "both", [call("first"), call("b")], axis=-1, dtype="float32", trainable=True),
                dense("last", [call("both")], units=1),
            ],
            ["a", "b"],
            [["last", 0, 0]],
        ),
        tmp_path,
    )
    assert spec == {
        "spec": 1,
        "name": "old",
        "nodes": {
            "a": {"type": "Input", "shape": [4]},
            "b": {"type": "Input", "shape": [4]},
            "first": {"type": "Dense", "units": 3, "activation": "relu", "inputs": "a"},
            "both": {"type": "concatenate", "inputs": ["first", "b"]},
            "last": {"type": "Dense", "units": 1, "activation": "relu", "inputs": "both"},
        },
        "inputs": ["a", "b"],
        "outputs": ["last"],
    }
    assert sorted(said) == [
        "`batch_input_shape` of `InputLayer` is `batch_shape` (2 times)",
        "`dtype` of an initializer is left out: a weight has the dtype of its layer (4 times)",
        "calls that are lists are mappings (3 times)",
    ]


@pytest.mark.parametrize("has_name", [True, False])
def test_a_sequential_without_an_input_says_in_its_first_layer_what_it_takes(has_name, tmp_path):
    layers = [dense("one", batch_input_shape=[None, 5]), dense("two")]
    config = {"name": "chain", "layers": layers} if has_name else layers
    spec, said = lifted({"class_name": "Sequential", "config": config, "keras_version": "2.2.0"}, tmp_path)
    assert spec["name"] == ("chain" if has_name else "sequential")
    assert spec["nodes"] == {
        "one": {"type": "Dense", "units": 3, "activation": "relu", "inputs": "input_layer"},
        "two": {"type": "Dense", "units": 3, "activation": "relu", "inputs": "one"},
        "input_layer": {"type": "Input", "shape": [5]},
    } or set(spec["nodes"]) == {"one", "two", "input_layer"}
    assert "`batch_input_shape` of the first layer of a `Sequential` is an `Input`" in said


def test_what_has_no_meaning_any_more_is_left_out(tmp_path):
    loop = {"implementation": 2, "time_major": False, "unit_forget_bias": True, "recurrent_activation": "sigmoid"}
    spec, said = lifted(
        functional(
            [
                old_input("x", 7, dtype="int32"),
                layer("Embedding", "e", [call("x")], input_dim=9, output_dim=4, input_length=7, dtype="float32"),
                layer("BatchNormalization", "n", [call("e")], axis=[2], fused=True, virtual_batch_size=None),
                layer("CuDNNLSTM", "l", [call("n")], units=3, **loop),
                layer("LeakyReLU", "r", [call("l")], alpha=0.2),
            ],
            ["x"],
            [["r", 0, 0]],
        ),
        tmp_path,
    )
    assert spec["nodes"]["e"] == {"type": "Embedding", "input_dim": 9, "output_dim": 4, "inputs": "x"}
    assert spec["nodes"]["n"] == {"type": "BatchNormalization", "axis": 2, "inputs": "e"}
    assert spec["nodes"]["l"] == {"type": "LSTM", "units": 3, "inputs": "n"}
    assert spec["nodes"]["r"] == {"type": "LeakyReLU", "negative_slope": 0.2, "inputs": "l"}
    assert [sentence.partition(" (")[0] for sentence in said if "left out" in sentence or "`CuDNN" in sentence] == [
        "`input_length` of `Embedding` is left out, which says nothing in Keras 3",
        "`fused` of `BatchNormalization` is left out, which says nothing in Keras 3",
        "`virtual_batch_size` of `BatchNormalization` is left out, which says nothing in Keras 3",
        "`CuDNNLSTM` is `LSTM`",
        "`implementation` of `LSTM` is left out, which says nothing in Keras 3",
        "`time_major` of `LSTM` is left out, which says nothing in Keras 3",
    ]


def test_what_keras_3_does_not_do_is_refused(tmp_path):
    found = lift_data(
        functional(
            [old_input("x", 7, 2), layer("LSTM", "l", [call("x")], units=3, time_major=True)], ["x"], [["l", 0, 0]]
        ),
        tmp_path,
    )
    assert found.graph is None
    assert ("SC340", "/config/layers/1/config/time_major") in codes_of(found.report)


def test_a_function_that_is_another_one_now_is_said(tmp_path):
    _, said = lifted(
        functional(
            [old_input("x", 7, 2), layer("LSTM", "l", [call("x")], units=3, recurrent_activation="hard_sigmoid")],
            ["x"],
            [["l", 0, 0]],
        ),
        tmp_path,
    )
    assert "`recurrent_activation: hard_sigmoid` of `LSTM` is another function in Keras 3: it is steeper at 0" in said


@pytest.mark.parametrize("class_name", ["Model", "Functional", "Sequential"])
def test_the_calls_of_a_model_inside_are_counted_from_1(class_name, tmp_path):
    chain = [old_input("i", 4), dense("d", [call("i")], units=4)]
    config = {"name": "m", "layers": chain}
    if class_name != "Sequential":
        config |= {"input_layers": [["i", 0, 0]], "output_layers": [["d", 0, 0]]}
    inside = {
        "class_name": class_name,
        "config": config,
        "name": "m",
        "inbound_nodes": [[call("x")], [call("m", 1)]],
    }
    spec, _ = lifted(functional([old_input("x", 4), inside], ["x"], [["m", 2, 0]]), tmp_path)
    assert spec["nodes"]["m_1"] == {"use": "m", "inputs": "x"}
    assert spec["nodes"]["m_2"] == {"use": "m", "inputs": "m_1"}
    assert spec["outputs"] == {"m": {"from": "m_2"}}


def test_tensors_among_the_options_of_a_call_are_read(tmp_path):
    spec, _ = lifted(
        functional(
            [
                old_input("x", 7, 4),
                old_input("h", 3),
                old_input("c", 3),
                layer("LSTM", "l", [call("x"), call("h"), call("c")], units=3, return_sequences=True),
                layer(
                    "MultiHeadAttention", "a", [call("l", value=["x", 0, 0], training=None)], num_heads=2, key_dim=3,
                    query_shape=[None, 7, 3], key_shape=[None, 7, 4], value_shape=[None, 7, 4],
                ),
            ],
            ["x", "h", "c"],
            [["a", 0, 0]],
        ),
        tmp_path,
    )  # fmt: skip
    assert spec["nodes"]["l"]["inputs"] == {"sequences": "x", "initial_state": ["h", "c"]}
    assert spec["nodes"]["a"]["inputs"] == ["l", "x"]


def test_both_directions_are_those_of_one_layer(tmp_path):
    inner = {
        "class_name": "LSTM",
        "config": {"name": "lstm", "units": 3, "return_sequences": True, "implementation": 2},
    }
    spec, _ = lifted(
        functional(
            [old_input("x", 7, 4), layer("Bidirectional", "b", [call("x")], layer=inner, merge_mode="concat")],
            ["x"],
            [["b", 0, 0]],
        ),
        tmp_path,
    )
    assert spec["nodes"]["b"]["layer"] == {"type": "LSTM", "name": "lstm", "units": 3, "return_sequences": True}


def test_functions_of_tensorflow_are_ops(tmp_path):
    def function(name: str, what: str, *calls: Any, class_name: str = "TFOpLambda") -> dict[str, Any]:
        return layer(class_name, name, *calls, trainable=True, dtype="float32", function=what)

    spec, said = lifted(
        functional(
            [
                old_input("x", 4),
                function("tf.math.multiply", "math.multiply", call("x", y=2.0, name=None)),
                function("tf.math.reduce_mean", "math.reduce_mean", call("tf.math.multiply", axis=-1, keepdims=True)),
                function("tf.concat", "concat", [call("x", axis=-1), call("tf.math.reduce_mean", axis=-1)]),
                function(
                    "tf.__operators__.getitem",
                    "__operators__.getitem",
                    call(
                        "tf.concat",
                        slice_spec=[{"start": None, "stop": None, "step": None}, {"start": 1, "stop": 3, "step": None}],
                    ),
                    class_name="SlicingOpLambda",
                ),
                function(
                    "tf.math.subtract", "math.subtract", ["_CONSTANT_VALUE", -1, 1.0, {"y": ["x", 0, 0], "name": None}]
                ),
            ],
            ["x"],
            [["tf.__operators__.getitem", 0, 0], ["tf.math.subtract", 0, 0]],
        ),
        tmp_path,
    )
    nodes = {node["type"]: node.get("inputs") for node in spec["nodes"].values()}
    assert nodes == {
        "Input": None,
        "ops.multiply": ["x", 2.0],
        "ops.mean": "tf_math_multiply",
        "ops.concatenate": ["x", "tf_math_reduce_mean"],
        "ops.get_item": "tf_concat",
        "ops.subtract": [1.0, "x"],
    }
    assert spec["nodes"]["tf___operators___getitem"]["key"] == [":", "1:3"]
    assert "`tf.math.multiply` of TensorFlow is `ops.multiply`" in said


TRAINING = {
    "loss": {"class_name": "BinaryCrossentropy", "config": {"reduction": "auto", "name": "b", "from_logits": True}},
    "metrics": [
        [
            {
                "class_name": "MeanMetricWrapper",
                "config": {"name": "accuracy", "dtype": "float32", "fn": "binary_accuracy"},
            },
            {
                "class_name": "MeanMetricWrapper",
                "config": {"name": "far", "dtype": "float32", "fn": "mean_absolute_error"},
            },
            {"class_name": "AUC", "config": {"name": "auc", "dtype": "float32"}},
        ]
    ],
    "weighted_metrics": None,
    "loss_weights": None,
    "sample_weight_mode": None,
    "optimizer_config": {
        "class_name": "SGD",
        "config": {"name": "SGD", "lr": 0.10000000149011612, "decay": 0.5, "momentum": 0.0, "nesterov": False},
    },
}


def test_an_h5_file_has_the_training_beside_the_model(tmp_path):
    model = functional([old_input("x", 4), dense("y", [call("x")], units=1)], ["x"], [["y", 0, 0]])
    with h5py.File(tmp_path / "old.h5", "w") as file:
        file.attrs["keras_version"] = "2.4.0"
        file.attrs["model_config"] = json.dumps(model).encode()
        file.attrs["training_config"] = json.dumps(TRAINING)
    found = lift_model(tmp_path / "old.h5")
    assert found.graph is not None, f"\n{found.report}"
    spec = yaml.safe_load(found.graph.to_spec())
    assert spec["outputs"]["y"] == {
        "loss": {"type": "BinaryCrossentropy", "from_logits": True, "name": "b"},
        "metrics": ["accuracy", {"type": "MeanAbsoluteError", "name": "far"}, {"type": "AUC"}],
    }
    rate = {
        "type": "InverseTimeDecay",
        "initial_learning_rate": 0.10000000149011612,
        "decay_steps": 1,
        "decay_rate": 0.5,
    }
    assert spec["compile"]["optimizer"] == {"type": "SGD", "learning_rate": rate}


def test_keras_1_is_refused_by_name(tmp_path):
    found = lift_data({"class_name": "Sequential", "config": [], "keras_version": "1.2.2"}, tmp_path)
    assert [each.message for each in found.report] == [
        "it was written by Keras 1.2.2, whose layers and arguments were others"
    ]


def test_a_configuration_of_keras_3_stays_as_it_is(tmp_path):
    graph = sc.load_spec(
        {
            "spec": 1,
            "nodes": {"x": {"type": "Input", "shape": [3]}, "y": {"type": "Dense", "units": 2, "inputs": "x"}},
            "outputs": {"y": {"loss": "mse"}},
        }
    )
    (tmp_path / "model.json").write_text(graph.to_keras_json())
    assert not lift_model(tmp_path / "model.json").report.diagnostics
