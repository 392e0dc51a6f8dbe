"""What is written for other runtimes gives, in the runtime itself and under the spec's names, what Keras gives."""

from __future__ import annotations

import keras
import numpy as np
import onnxruntime
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from safetensors.numpy import load_file

from spec_compiler.cli.main import main

pytestmark = pytest.mark.tensorflow

SIGNATURE = "serving_default"

NAMES = """
spec: 1
nodes:
  first-one: {type: Input, shape: [4, 4, 3], name: in-2.x}
  second: {type: Input, shape: [5], dtype: int32}
  flat: {type: Flatten, inputs: first-one}
  few: {type: Embedding, input_dim: 9, output_dim: 2, inputs: second}
  means: {type: GlobalAveragePooling1D, inputs: few}
  both: {type: concatenate, inputs: [flat, means]}
  scores: {type: Dense, units: 3, activation: softmax, inputs: both}
  certain: {type: Dense, units: 1, activation: gelu, inputs: both}
outputs: {label: {from: scores, loss: categorical_crossentropy}, certain-ty: {from: certain, loss: mse}}
"""
RECURRENT = """
spec: 1
nodes:
  x: {type: Input, BATCH, dtype: int32}
  words: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true, inputs: x}
  read: {type: KIND, inputs: words}
  y: {type: Dense, units: 2, inputs: read}
outputs: [y]
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def drawn(model, batch=2):
    random = np.random.default_rng(3)
    return {
        x.name: random.integers(0, 8, [batch, *(length or 6 for length in x.shape[1:])]).astype(x.dtype)
        for x in model.inputs
    }


def in_keras(model, data):
    results = model([data[x.name] for x in model.inputs], training=False)
    return dict(zip(model.output_names, results if isinstance(results, list) else [results], strict=True))


def in_onnx(data):
    session = onnxruntime.InferenceSession("m.onnx")
    assert {each.name for each in session.get_inputs()} == set(data)
    names = [each.name for each in session.get_outputs()]
    return dict(zip(names, session.run(names, data), strict=True))


def in_litert(data):
    return Interpreter("m.tflite").get_signature_runner(SIGNATURE)(**data)


def in_tensorflow(data):
    loaded = tf.saved_model.load("m")
    (signature,) = loaded.signatures.values()
    # In Python a keyword is what is left of a name; the signature of the file has it to the letter.
    words = {name.replace("-", "_").replace(".", "_"): value for name, value in data.items()}
    return signature(**{name: tf.constant(value) for name, value in words.items()})


def assert_same(got, wanted):
    assert got.keys() == wanted.keys()
    for name, value in wanted.items():
        np.testing.assert_allclose(np.asarray(got[name]), np.asarray(value), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("spec", ["mlp.yaml", "transformer_classifier.yaml", "toy_resnet.yaml"])
def test_every_runtime_gives_what_keras_gives(spec, specs, folder, capsys):
    outputs = ["m.keras", "m.onnx", "m.tflite", "m/", "m.safetensors"]
    assert main([str(specs / spec), *(word for output in outputs for word in ("-o", output))]) == 0
    model = keras.models.load_model("m.keras")
    data = drawn(model)
    wanted = in_keras(model, data)
    for runtime in (in_onnx, in_litert, in_tensorflow):
        assert_same(runtime(data), wanted)
    weights = load_file("m.safetensors")
    assert weights.keys() == {weight.path for weight in model.weights}
    for weight in model.weights:
        np.testing.assert_array_equal(weights[weight.path], weight.numpy())
    assert "wrote m/\n" in capsys.readouterr().out


def test_the_names_are_those_of_the_spec_to_the_letter(folder):
    (folder / "spec.yaml").write_text(NAMES)
    assert main(["spec.yaml", "-o", "m.onnx", "-o", "m.tflite", "-o", "m/", "-o", "m.keras"]) == 0
    model = keras.models.load_model("m.keras")
    data = drawn(model)
    wanted = in_keras(model, data)
    assert (sorted(data), sorted(wanted)) == (["in-2.x", "second"], ["certain-ty", "label"])
    for runtime in (in_onnx, in_litert, in_tensorflow):
        assert_same(runtime(data), wanted)
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    (graph,) = SavedModel.FromString((folder / "m" / "saved_model.pb").read_bytes()).meta_graphs
    signature = graph.signature_def[SIGNATURE]
    assert (sorted(signature.inputs), sorted(signature.outputs)) == (sorted(data), sorted(wanted))


def test_recurrent_layers_in_onnx(folder):
    (folder / "spec.yaml").write_text(RECURRENT.replace("BATCH", "shape: [null]").replace("KIND", "LSTM, units: 3"))
    assert main(["spec.yaml", "-o", "m.onnx", "-o", "m.keras"]) == 0
    model = keras.models.load_model("m.keras")
    data = drawn(model)
    assert_same(in_onnx(data), in_keras(model, data))


@pytest.mark.parametrize(
    ("batch", "kind", "size"),
    [
        ("shape: [6]", "LSTM, units: 3, unroll: true", 2),
        ("batch_shape: [1, 6]", "LSTM, units: 3", 1),
        ("batch_shape: [1, null]", "GRU, units: 3", 1),
    ],
)
def test_recurrent_layers_in_litert_as_the_help_says(folder, batch, kind, size):
    (folder / "spec.yaml").write_text(RECURRENT.replace("BATCH", batch).replace("KIND", kind))
    assert main(["spec.yaml", "-o", "m.tflite", "-o", "m.keras"]) == 0
    model = keras.models.load_model("m.keras")
    data = drawn(model, size)
    assert_same(in_litert(data), in_keras(model, data))


def test_weights_from_outside_are_those_that_are_written(folder):
    (folder / "spec.yaml").write_text(NAMES)
    assert main(["spec.yaml", "-o", "first.keras"]) == 0
    model = keras.models.load_model("first.keras")
    for weight in model.weights:
        weight.assign(np.full(weight.shape, 0.01))
    model.save("first.keras")
    assert main(["spec.yaml", "--weights", "first.keras", "-o", "m.onnx", "-o", "m.safetensors"]) == 0
    data = drawn(model)
    assert_same(in_onnx(data), in_keras(model, data))
    assert {float(value) for values in load_file("m.safetensors").values() for value in values.ravel()} == {
        float(np.float32(0.01))
    }


UNSUPPORTED = [
    ("m.tflite", RECURRENT.replace("BATCH", "shape: [6]").replace("KIND", "LSTM, units: 3"), ["read"], "TensorList"),
    (
        "m.tflite",
        RECURRENT.replace("BATCH", "shape: [6]").replace(
            "KIND", "Bidirectional, layer: {type: GRU, units: 3}, name: to.read-1"
        ),
        ["to.read-1"],
        "TensorList",
    ),
    (
        "m.onnx",
        """
spec: 1
nodes:
  word: {type: Input, shape: [1], dtype: string}
  id: {type: StringLookup, vocabulary: [a, b], inputs: word}
  y: {type: Embedding, input_dim: 3, output_dim: 2, inputs: id}
outputs: [y]
""",
        ["id"],
        "LookupTableFindV2",
    ),
    (
        "m.onnx",
        """
spec: 1
nodes:
  x: {type: Input, shape: [4]}
  scores: {type: Dense, units: 3, inputs: x}
  best: {type: ops.argmax, axis: -1, inputs: scores}
outputs: [scores, best]
""",
        ["best"],
        "Bitcast",
    ),
]


@pytest.mark.parametrize(("output", "spec", "names", "operation"), UNSUPPORTED)
def test_what_a_runtime_cannot_do_is_said_at_the_node(folder, capfd, output, spec, names, operation):
    (folder / "spec.yaml").write_text(spec)
    assert main(["spec.yaml", "-o", output, "-o", "m.keras"]) == 1
    error = capfd.readouterr().err
    found = [line for line in error.splitlines() if "SC801" in line]
    assert len(found) == len(names)
    assert all(f"cannot do `{name}`" in line and operation in line for name, line in zip(names, found, strict=True))
    assert "Traceback" not in error
    assert sorted(path.name for path in folder.iterdir()) == ["spec.yaml"]


def test_the_part_behind_a_lookup_leaves_as_the_help_says(folder, capfd):
    part = "models:\n  part: {inputs: [id], outputs: [y]}\n"
    (lookup,) = (spec for _, spec, *_ in UNSUPPORTED if "StringLookup" in spec)
    (folder / "spec.yaml").write_text(lookup + part)
    assert main(["spec.yaml", "-o", "m.onnx"]) == 1
    assert "name the part behind the lookups under `models`, write it with `--model NAME`" in capfd.readouterr().err
    assert main(["spec.yaml", "--model", "part", "-o", "m.onnx"]) == 0


@pytest.mark.parametrize(
    ("output", "module", "extra"),
    [("m.onnx", "tf2onnx", "onnx"), ("m.onnx", "onnx", "onnx"), ("m.safetensors", "safetensors", "safetensors")],
)
def test_what_is_not_installed_is_named_with_its_extra(folder, capsys, monkeypatch, output, module, extra):
    (folder / "spec.yaml").write_text(NAMES)
    monkeypatch.setitem(__import__("sys").modules, module, None)
    assert main(["spec.yaml", "-o", output]) == 1
    error = capsys.readouterr().err
    assert f"`{module}`" in error
    assert f"pip install 'spec-compiler[{extra}]'" in error
    assert [path.name for path in folder.iterdir()] == ["spec.yaml"]


def test_safetensors_need_no_keras_and_hold_the_weights_of_the_other_files(folder, capsys):
    (folder / "spec.yaml").write_text("spec: 1\nseed: 1\n" + NAMES.removeprefix("\nspec: 1\n"))
    assert main(["spec.yaml", "-o", "a.safetensors", "-o", "a.keras"]) == 0
    weights = load_file("a.safetensors")
    model = keras.models.load_model("a.keras")
    assert {weight.path: weight.numpy().tolist() for weight in model.weights} == {
        name: value.tolist() for name, value in weights.items()
    }
    assert "note:" not in capsys.readouterr().err


def test_half_precision_goes_into_safetensors_bit_by_bit(folder):
    spec = "spec: 1\nnodes: {x: {type: Input, shape: [3]}, y: {type: Dense, units: 2, dtype: bfloat16, inputs: x}}\noutputs: [y]\n"
    (folder / "spec.yaml").write_text(spec)
    assert main(["spec.yaml", "-o", "a.safetensors", "-o", "a.keras"]) == 0
    from safetensors import safe_open

    model = keras.models.load_model("a.keras")
    with safe_open("a.safetensors", "np") as file:
        assert [file.get_slice(name).get_dtype() for name in file.keys()] == ["BF16", "BF16"]  # noqa: SIM118
    assert model.weights[0].numpy().tobytes() in (folder / "a.safetensors").read_bytes()
