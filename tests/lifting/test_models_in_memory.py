"""Models that Keras has built, read into specs and built again: the same configurations, and the same predictions."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest
import yaml
from keras import layers, ops

import spec_compiler as sc
from spec_compiler.lift_model import lift_model
from tests.lifting.lifted import codes_of, without_numbers

pytestmark = pytest.mark.tensorflow


@pytest.fixture(autouse=True)
def _names_begin_anew():
    """The names that Keras counts are those of a new process, whatever other tests have built."""
    keras.utils.clear_session()


def normal(data):
    """A configuration without what a spec does not say: one tensor or a list of one."""
    config = data["config"]
    for key in ("input_layers", "output_layers"):
        ends = config[key]
        config[key] = [ends] if isinstance(ends, list) and isinstance(ends[0], str) else ends
    return without_numbers(data)


def rebuilt(model):
    """The spec of a model, and the model that is compiled of it, with the same weights."""
    graph = sc.from_keras(model)
    spec = graph.to_spec()
    again = sc.compile_spec(sc.Source.text(spec))
    again.set_weights(model.get_weights())
    return yaml.safe_load(spec), again


def assert_same(model, *data):
    spec, again = rebuilt(model)
    assert normal(json.loads(again.to_json())) == normal(json.loads(model.to_json()))
    for ours, theirs in zip(
        keras.tree.flatten(again.predict([*data], verbose=0)),
        keras.tree.flatten(model.predict([*data], verbose=0)),
        strict=True,
    ):
        np.testing.assert_array_equal(ours, theirs)
    return spec


def drawn(*shape):
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def test_masks_that_keras_made_explicit_are_turned_back():
    x = keras.Input((6,), dtype="int32", name="x")
    e = layers.Embedding(10, 8, mask_zero=True, name="e")(x)
    b = layers.Bidirectional(layers.LSTM(4, return_sequences=True, name="lstm"), name="b")(e)
    c = layers.Concatenate(name="c")([b, e])
    g = layers.GRU(4, name="g")(c)
    spec = assert_same(keras.Model(x, g, name="masked"), np.array([[1, 2, 3, 0, 0, 0]]))
    assert list(spec["nodes"]) == ["x", "e", "b", "c", "g"]


def test_a_mask_that_is_another_one_stays():
    x = keras.Input((6,), dtype="int32", name="x")
    e = layers.Embedding(10, 8, mask_zero=True, name="e")(x)
    g = layers.GRU(4, name="g")(e, mask=ops.greater(x, 2))
    spec = assert_same(keras.Model(x, g, name="masked"), np.array([[1, 2, 3, 4, 0, 0]]))
    assert spec["nodes"]["g"]["inputs"] == {"sequences": "e", "mask": "greater"}


def test_constants_keep_their_dtype():
    x = keras.Input((3,), name="x")
    y = ops.add(x, np.array([1.0, 2.0, 3.0], "float32"))
    z = ops.multiply(y, np.array([2.0, 1.0, 1.0]))
    spec = assert_same(keras.Model(x, z, name="constants"), drawn(2, 3))
    assert spec["nodes"]["add"]["inputs"] == ["x", [1.0, 2.0, 3.0]]
    assert spec["nodes"]["multiply_constant"]["dtype"] == "float64"


def test_a_model_of_models_is_read_with_its_structures():
    p, q = keras.Input((4,), name="p"), keras.Input((3,), name="q")
    h = layers.Concatenate(name="join")([layers.Dense(3, name="d")(p), q])
    inner = keras.Model({"p": p, "q": q}, [h, layers.Dense(2, name="two")(h)], name="inner")
    a, b = keras.Input((4,), name="a"), keras.Input((3,), name="b")
    first, second = inner({"q": b, "p": a}, training=False)
    chain = keras.Sequential([layers.Dense(4, name="k"), layers.Dropout(0.5, name="o")], name="chain")
    out = layers.Dense(1, name="out")(chain(first))
    model = keras.Model([a, b], {"late": out, "early": second}, name="whole")
    model.compile("adam", loss={"late": "mse"}, metrics={"late": ["mae"], "early": ["mse"]})
    spec, again = rebuilt(model)
    assert spec["blocks"]["inner_block"]["inputs"] == ["p", "q"]
    assert spec["nodes"]["inner"] == {"use": "inner", "inputs": ["a", "b"], "call": {"training": False}}
    assert spec["outputs"] == {
        "inner": {"from": "inner.two", "metrics": ["mse"]},
        "out": {"loss": "mse", "metrics": ["mae"]},
    }
    ours = again.predict([drawn(2, 4), drawn(2, 3)], verbose=0)
    theirs = model.predict([drawn(2, 4), drawn(2, 3)], verbose=0)
    np.testing.assert_array_equal(ours[0], theirs["early"])
    np.testing.assert_array_equal(ours[1], theirs["late"])


def test_two_outputs_of_one_layer_are_told_apart_and_it_is_said():
    x = keras.Input((5, 4), name="x")
    _, h, c = layers.LSTM(3, return_state=True, name="l")(x)
    lifted = lift_model(keras.Model(x, [h, c], name="states"))
    assert codes_of(lifted.report) == [("SC152", "/config/layers/1")]
    assert list(yaml.safe_load(lifted.graph.to_spec())["outputs"]) == ["l", "l_2"]


def test_a_sequential_becomes_a_functional_model_of_its_name():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="a"), layers.Dense(2, name="b")], name="chain")
    model.compile("sgd", loss="mse", metrics=["mae", keras.metrics.MeanSquaredError(name="m")])
    spec, again = rebuilt(model)
    assert spec["name"] == "chain"
    assert spec["outputs"]["b"] == {"loss": "mse", "metrics": ["mae", {"type": "MeanSquaredError", "name": "m"}]}
    np.testing.assert_array_equal(again.predict(drawn(2, 4), verbose=0), model.predict(drawn(2, 4), verbose=0))


def test_a_chain_with_a_model_in_it_is_read():
    x = keras.Input((4,), name="x")
    base = keras.Model(x, layers.Dense(3, name="a")(x), name="base")
    base.trainable = False
    model = keras.Sequential([base, layers.Dense(2, name="b")], name="chain")
    model.build((None, 4))
    spec, again = rebuilt(model)
    assert spec["layers"] == {"base": {"type": "base_block", "trainable": False}}
    assert len(again.trainable_weights) == 2
    np.testing.assert_array_equal(again.predict(drawn(2, 4), verbose=0), model.predict(drawn(2, 4), verbose=0))


def test_all_that_runs_code_is_named_in_one_run_with_what_to_write():
    x = keras.Input((4,), name="x")
    a = layers.Lambda(lambda t: t * 2, name="doubled")(x)
    b = layers.Lambda(lambda t: ops.mean(t, axis=-1, keepdims=True), name="some")(a)
    c = keras.Sequential([layers.Lambda(lambda t: t + 0.5, name="moved")], name="chain")(b)
    lifted = lift_model(keras.Model(x, c, name="coded"))
    assert [(each.code, each.hint) for each in lifted.report] == [
        ("SC708", "it looks like `{type: ops.multiply, inputs: [x, 2]}`; what a `Lambda` computes is written as ops"),
        ("SC708", "it looks like `ops.mean`; what a `Lambda` computes is written as ops"),
        ("SC708", "it looks like `{type: ops.add, inputs: [x, 0.5]}`; what a `Lambda` computes is written as ops"),
    ]


class Subclassed(keras.Model):
    def __init__(self, **options):
        super().__init__(**options)
        self.dense = layers.Dense(2)

    def call(self, x):
        return self.dense(x)


def test_a_subclassed_model_is_refused():
    with pytest.raises(sc.SpecError, match="`Subclassed` is a model of a class of its own"):
        sc.from_keras(Subclassed(name="own"))


def test_a_chain_that_was_never_built_is_refused():
    with pytest.raises(sc.SpecError, match="does not say what it takes"):
        sc.from_keras(keras.Sequential([layers.Dense(2)]))


def test_what_is_no_model_is_refused():
    with pytest.raises(TypeError, match=r"a model is a keras\.Model or a file of one, not Dense"):
        sc.from_keras(layers.Dense(2))


@keras.saving.register_keras_serializable("lifting")
class Shifted(layers.Layer):
    def __init__(self, by=1.0, **options):
        super().__init__(**options)
        self.by = by

    def call(self, inputs):
        return inputs + self.by

    def get_config(self):
        return {**super().get_config(), "by": self.by}


def test_a_layer_of_the_program_is_known_once_it_is_registered():
    x = keras.Input((4,), name="x")
    model = keras.Model(x, Shifted(2.0, name="s")(x), name="own")
    sc.register_layer(Shifted)
    assert assert_same(model, drawn(2, 4))["nodes"]["s"] == {"type": "lifting>Shifted", "by": 2.0, "inputs": "x"}


def test_a_layer_of_the_program_is_refused_until_it_is_registered():
    class Unknown(layers.Layer):
        def call(self, inputs):
            return inputs

    x = keras.Input((4,), name="x")
    lifted = lift_model(keras.Model(x, Unknown(name="u")(x), name="own"))
    assert codes_of(lifted.report) == [("SC340", "/config/layers/1")]
    assert "sc.register_layer" in lifted.report.diagnostics[0].hint


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_file_is_read_as_the_model_is(suffix, tmp_path):
    x = keras.Input((4,), name="x")
    h = layers.Dense(3, name="h", kernel_regularizer="l2")(x)
    model = keras.Model(x, layers.Dense(2, name="y", activation="softmax")(h + 1), name="m")
    schedule = keras.optimizers.schedules.CosineDecay(0.1, 100)
    model.compile(keras.optimizers.Adam(schedule), loss="categorical_crossentropy", metrics=["accuracy"])
    spec = sc.from_keras(model).to_yaml()
    model.save(tmp_path / f"model{suffix}")
    assert sc.from_keras(tmp_path / f"model{suffix}").to_yaml() == spec


def test_what_lookups_have_learnt_is_in_the_spec_of_a_model_in_memory_and_in_its_file(tmp_path):
    words = layers.TextVectorization(output_sequence_length=3)
    words.adapt(["the cat", "the dog"])
    places = layers.StringLookup()
    places.adapt(["anna", "bo"])
    inner = keras.Sequential([keras.Input((), dtype="string"), words, layers.Embedding(5, 2)])
    text, name = keras.Input((), dtype="string"), keras.Input((1,), dtype="string")
    model = keras.Model([text, name], [inner(text), places(name)])
    model.save(tmp_path / "model.keras")
    given = [np.array(["a dog the cat"], object), np.array([["bo"]], object)]
    expected = [np.asarray(each) for each in model([keras.ops.convert_to_tensor(each) for each in given])]
    for source in (model, tmp_path / "model.keras"):
        graph = sc.from_keras(source)
        assert not graph.data_contract.needs
        again = sc.compile_spec(sc.Source.text(graph.to_spec()), weights=tmp_path / "model.keras")
        result = again([keras.ops.convert_to_tensor(each) for each in given])
        for value, wanted in zip(result, expected, strict=True):
            assert np.array_equal(np.asarray(value), wanted)


def test_what_operators_of_python_and_other_names_of_ops_make_is_read():
    x, i = keras.Input((4,), name="x"), keras.Input((4,), dtype="int32", name="i")
    results = [x / 3, 1 / (1 + x * x), ops.abs(x), -x // 2, x % 2, ops.conj(x), i / 2]
    whole = [ops.bitwise_not(i), ops.left_shift(i, 1), ops.right_shift(i, 1)]
    model = keras.Model([x, i], results + whole, name="operators")
    spec, again = rebuilt(model)
    assert {node["type"] for key, node in spec["nodes"].items() if key.startswith("true_divide")} == {"ops.divide"}
    data = [drawn(2, 4), np.array([[1, 2, 3, 4], [-5, 6, 7, 0]])]
    for ours, theirs in zip(again.predict(data, verbose=0), model.predict(data, verbose=0), strict=True):
        np.testing.assert_array_equal(ours, theirs)
