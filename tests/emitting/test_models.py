"""From typed graphs to models: names, dtypes, seeds, policies, ops; and nothing of Keras's global state touched."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest

import spec_compiler as sc

pytestmark = pytest.mark.tensorflow


def model_of(text):
    return sc.compile_spec(sc.Source.text(text))


TWO_ENDS = """
spec: 1
layers: {encoder: {type: Dense, units: 3}}
nodes:
  a: {type: Input, shape: [4]}
  b: {type: Input, shape: [4]}
  left: {use: encoder, inputs: a}
  right: {use: encoder, inputs: b}
outputs:
  right: {loss: mse, loss_weight: 0.5, metrics: [mae]}
  left: {loss: mae}
"""


def test_two_outputs_of_one_shared_layer_have_the_names_of_the_spec(tmp_path):
    model = model_of(TWO_ENDS)
    assert model.output_names == ["right", "left"]
    assert [layer.name for layer in model.layers if layer.weights] == ["encoder"]
    x = {"a": np.ones((2, 4)), "b": np.zeros((2, 4))}
    y = {"left": np.ones((2, 3)), "right": np.ones((2, 3))}
    logs = model.train_on_batch(x, y, return_dict=True)
    assert set(logs) == {"loss", "right_loss", "left_loss", "right_mae"}
    assert logs["loss"] == pytest.approx(0.5 * logs["right_loss"] + logs["left_loss"], rel=1e-5)
    model.save(tmp_path / "model.keras")
    assert keras.models.load_model(tmp_path / "model.keras").output_names == ["right", "left"]


def test_the_models_inputs_are_in_the_order_that_the_spec_says():
    model = model_of(TWO_ENDS + "inputs: [b, a]\n")
    assert [tensor.name for tensor in model.inputs] == ["b", "a"]


def test_an_output_may_be_an_output_of_several_and_have_another_name():
    model = model_of("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4, 3]}
          h: {type: LSTM, units: 2, return_state: true, inputs: x}
        outputs:
          state: {from: h.state_c}
          last: {from: h.output}
          also: {from: h.0}
    """)
    assert model.output_names == ["state", "last", "also"]
    state, last, also = model.predict(np.ones((2, 4, 3)), verbose=0)
    np.testing.assert_array_equal(last, also)
    assert not np.array_equal(state, last)


@pytest.mark.parametrize("dtype", ["int32", "int8", "bool", "float16", "bfloat16", "float64", "uint8", "string"])
@pytest.mark.parametrize("policy", ["", "dtype_policy: mixed_float16\n", "dtype_policy: float64\n"])
def test_an_output_that_is_only_named_keeps_its_dtype(dtype, policy):
    model = model_of(
        f"{policy}spec: 1\nnodes:\n  x: {{type: Input, shape: [4], dtype: {dtype}}}\noutputs: {{y: {{from: x}}}}\n"
    )
    assert (model.output_names, model.outputs[0].dtype) == (["y"], dtype)
    if dtype not in ("bfloat16", "string"):
        assert model.predict(np.ones((2, 4), dtype), verbose=0).dtype == dtype


def test_a_spec_without_training_gives_a_model_that_is_not_compiled():
    text = "spec: 1\nnodes: {x: {type: Input, shape: [4]}, y: {type: Dense, units: 1, inputs: x}}\noutputs: [y]\n"
    assert not model_of(text).compiled
    assert model_of(text + "compile: {}\n").compiled
    assert model_of(text.replace("[y]", "{y: {metrics: [mae]}}")).compiled


def test_compile_has_the_options_of_the_spec():
    model = model_of("""
        spec: 1
        nodes: {x: {type: Input, shape: [4]}, y: {type: Dense, units: 1, inputs: x}}
        outputs: {y: {loss: {type: Huber, delta: 2.0}, weighted_metrics: [mse]}}
        compile:
          optimizer: {type: Adam, learning_rate: {type: CosineDecay, initial_learning_rate: 0.5, decay_steps: 10}, clipnorm: 1.0}
          steps_per_execution: 3
          run_eagerly: true
          jit_compile: false
    """)
    assert type(model.optimizer) is keras.optimizers.Adam
    assert isinstance(model.optimizer._learning_rate, keras.optimizers.schedules.CosineDecay)
    assert model.optimizer.clipnorm == 1.0
    assert (model.steps_per_execution, model.run_eagerly, model.jit_compile) == (3, True, False)


SEEDED = """
spec: 1
nodes:
  x: {type: Input, shape: [6, 4]}
  a: {type: Dense, units: 3, inputs: x}
  drop: {type: Dropout, rate: 0.5, inputs: a}
  b: {type: Bidirectional, layer: {type: LSTM, units: 2, return_sequences: true, dropout: 0.5}, inputs: drop}
  c: {type: MultiHeadAttention, num_heads: 2, key_dim: 3, inputs: [b, b]}
  d: {type: Dense, units: 3, kernel_initializer: {type: RandomNormal, stddev: 0.1}, inputs: c}
outputs: [d]
"""


def trained_output(model):
    return np.asarray(model(np.ones((2, 6, 4)), training=True))


def test_a_seed_gives_the_same_weights_and_the_same_dropout_each_time():
    one, other, third = (model_of(f"{SEEDED}seed: {seed}\n") for seed in (3, 3, 4))
    for mine, same, another in zip(one.weights, other.weights, third.weights, strict=True):
        np.testing.assert_array_equal(mine, same)
        if "kernel" in mine.path or "query" in mine.path:
            assert not np.array_equal(mine, another) or not np.any(mine)
    np.testing.assert_array_equal(trained_output(one), trained_output(other))
    assert not np.array_equal(trained_output(one), trained_output(third))


def test_with_a_seed_no_two_random_weights_are_alike():
    drawn = [np.asarray(weight) for weight in model_of(f"{SEEDED}seed: 3\n").weights if "bias" not in weight.path]
    drawn = [weight for weight in drawn if np.any(weight) and weight.dtype == "float32"]
    assert len(drawn) >= 9
    for index, one in enumerate(drawn):
        for other in drawn[:index]:
            assert not np.array_equal(one.ravel()[:4], other.ravel()[:4])


def test_a_seed_of_one_layer_is_its_own():
    spec = SEEDED.replace("{type: RandomNormal, stddev: 0.1}", "{type: RandomNormal, stddev: 0.1, seed: 7}")
    one, other = (model_of(f"{spec}seed: {seed}\n") for seed in (3, 4))
    np.testing.assert_array_equal(one.get_layer("d").kernel, other.get_layer("d").kernel)


def test_the_weights_of_a_layer_do_not_depend_on_the_rest_of_the_spec():
    spec = (
        "spec: 1\nseed: 3\nnodes: {x: {type: Input, shape: [4]}, y: {type: Dense, units: 2, inputs: x}}\noutputs: [y]\n"
    )
    more = spec.replace("nodes: {", "nodes: {a: {type: Dense, units: 9, inputs: x}, ").replace("[y]", "[y, a]")
    np.testing.assert_array_equal(model_of(spec).get_layer("y").kernel, model_of(more).get_layer("y").kernel)


@pytest.mark.parametrize("seed", ["", "seed: 3\n"])
def test_no_global_state_is_read_or_changed(seed):
    keras.utils.set_random_seed(1)
    first = model_of(f"{SEEDED}{seed}dtype_policy: mixed_float16\n")

    def counter():
        return int(keras.layers.Dense(1).name.removeprefix("dense").strip("_") or 0)

    number = counter()
    before = random.getstate(), keras.config.dtype_policy().name, keras.config.floatx()
    numpys = np.random.get_state()
    second = model_of(f"{SEEDED}{seed}dtype_policy: mixed_float16\n")
    after = random.getstate(), keras.config.dtype_policy().name, keras.config.floatx()
    # Without a seed, Keras draws its seeds from Python's `random`, as it does when a model is written by hand.
    assert after[0 if seed else 1 :] == before[0 if seed else 1 :]
    np.testing.assert_equal(np.random.get_state(), numpys)
    assert counter() == number + 1
    assert [layer.name for layer in first.layers] == [layer.name for layer in second.layers]


def test_global_settings_of_the_caller_have_no_say():
    policy = keras.config.dtype_policy()
    floatx, data_format = keras.config.floatx(), keras.config.image_data_format()
    spec = """
        spec: 1
        nodes:
          x: {type: Input, shape: [8, 8, 3]}
          c: {type: Conv2D, filters: 2, kernel_size: 3, inputs: x}
          p: {type: GlobalAveragePooling2D, inputs: c}
          y: {type: Dense, units: 1, inputs: p}
        outputs: {y: {loss: mse, metrics: [mae]}}
    """
    plain = model_of(spec)
    try:
        keras.config.set_dtype_policy("mixed_bfloat16")
        keras.config.set_floatx("float64")
        keras.config.set_image_data_format("channels_first")
        odd = model_of(spec)
    finally:
        keras.config.set_dtype_policy(policy)
        keras.config.set_floatx(floatx)
        keras.config.set_image_data_format(data_format)
    # The learning rate is rounded to `floatx`, which Keras has no argument for.
    configurations = [json.loads(model.to_json()) for model in (plain, odd)]
    rates = [each["compile_config"]["optimizer"]["config"].pop("learning_rate") for each in configurations]
    assert rates == pytest.approx([0.001, 0.001])
    assert configurations[0] == configurations[1]
    assert [(weight.shape, weight.dtype) for weight in odd.weights] == [
        (weight.shape, weight.dtype) for weight in plain.weights
    ]


MIXED = """
spec: 1
dtype_policy: POLICY
nodes:
  x: {type: Input, shape: [4]}
  h: {type: Dense, units: 3, inputs: x}
  y: {type: Dense, units: 1, dtype: float32, inputs: h}
outputs: {y: {loss: mse}}
compile: {optimizer: adam}
"""


def test_mixed_float16_scales_the_loss_and_is_saved_and_loaded(tmp_path):
    model = model_of(MIXED.replace("POLICY", "mixed_float16"))
    assert type(model.optimizer) is keras.optimizers.LossScaleOptimizer
    assert type(model.optimizer.inner_optimizer) is keras.optimizers.Adam
    assert [(layer.compute_dtype, layer.variable_dtype) for layer in model.layers[1:]] == [
        ("float16", "float32"),
        ("float32", "float32"),
    ]
    x, y = np.ones((8, 4), "float32"), np.ones((8, 1), "float32")
    model.fit(x, y, epochs=2, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert type(loaded.optimizer) is keras.optimizers.LossScaleOptimizer
    assert type(loaded.optimizer.inner_optimizer) is keras.optimizers.Adam
    np.testing.assert_array_equal(model.predict(x, verbose=0), loaded.predict(x, verbose=0))
    loaded.fit(x, y, epochs=2, verbose=0)


def test_other_policies_and_a_wish_leave_the_loss_unscaled():
    assert type(model_of(MIXED.replace("POLICY", "mixed_bfloat16")).optimizer) is keras.optimizers.Adam
    spec = MIXED.replace("POLICY", "mixed_float16").replace(
        "optimizer: adam", "optimizer: adam, auto_scale_loss: false"
    )
    assert type(model_of(spec).optimizer) is keras.optimizers.Adam


def test_an_optimizer_that_scales_the_loss_itself_is_not_wrapped_again():
    spec = MIXED.replace("POLICY", "mixed_float16").replace(
        "optimizer: adam", "optimizer: {type: LossScaleOptimizer, inner_optimizer: sgd}"
    )
    optimizer = model_of(spec).optimizer
    assert type(optimizer) is keras.optimizers.LossScaleOptimizer
    assert type(optimizer.inner_optimizer) is keras.optimizers.SGD


def test_models_are_compiled_in_several_threads_at_once():
    specs = [f"{SEEDED}name: model_{index % 4}\nseed: {index % 4}\n" for index in range(8)]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(model_of, specs))
    for spec, model in zip(specs, together, strict=True):
        alone = model_of(spec)
        assert model.to_json() == alone.to_json()
        for one, other in zip(model.weights, alone.weights, strict=True):
            assert one.path == other.path
            np.testing.assert_array_equal(one, other)


def test_reports_and_graphs_are_made_in_several_threads_at_once(specs):
    with ThreadPoolExecutor(4) as threads:
        summaries = list(threads.map(lambda _: sc.load_spec(specs / "news.yaml").summary(), range(16)))
    assert set(summaries) == {sc.load_spec(specs / "news.yaml").summary()}


def test_ops_are_operations_of_the_graph_under_their_nodes_names():
    model = model_of("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          y: {type: Input, shape: [4]}
          twice: {type: ops.multiply, inputs: [x, 2.0]}
          total: {type: ops.add, inputs: [twice, y]}
          root: {type: ops.sqrt, inputs: total}
        outputs: [root]
    """)
    assert model.output_names == ["root"]
    assert {operation.name for operation in model.operations} == {"x", "y", "twice", "total", "root"}
    result = model.predict({"x": np.full((2, 4), 4.0), "y": np.full((2, 4), 1.0)}, verbose=0)
    np.testing.assert_allclose(result, np.full((2, 4), 3.0))


def test_operations_that_keras_adds_for_masks_take_no_name_of_a_node():
    model = model_of("""
        spec: 1
        nodes:
          x: {type: Input, shape: [5], dtype: int32}
          not_equal: {type: Embedding, input_dim: 9, output_dim: 3, mask_zero: true, inputs: x}
          any: {type: LSTM, units: 2, inputs: not_equal}
        outputs: [any]
    """)
    names = [operation.name for operation in model.operations]
    assert len(names) == len(set(names))
    assert {"x", "not_equal", "any"} <= set(names)


def test_call_options_and_nested_layers_reach_keras():
    model = model_of("""
        spec: 1
        layers: {frame: {type: Dense, units: 2}}
        nodes:
          x: {type: Input, shape: [5, 3]}
          drop: {type: Dropout, rate: 0.5, call: {training: true}, inputs: x}
          both: {type: Bidirectional, merge_mode: sum, layer: {type: GRU, units: 2, return_sequences: true}, inputs: drop}
          each: {type: TimeDistributed, layer: {use: frame}, inputs: both}
          head: {type: Sequential, layers: [{type: Dense, units: 8, activation: relu}, {type: Dense, units: 1}], inputs: each}
        outputs: [head]
    """)
    assert model.get_layer("both").forward_layer.name.startswith("forward_")
    assert model.get_layer("each").layer.name == "frame"
    assert [layer.name for layer in model.get_layer("head").layers] == ["head.layers.0", "head.layers.1"]
    x = np.ones((1, 5, 3))
    assert not np.array_equal(np.asarray(model(x)), np.asarray(model(x)))


def test_progress_is_told_for_each_node(specs):
    steps: list[tuple[int, int]] = []
    sc.compile_spec(specs / "mlp.yaml", progress=lambda done, total: steps.append((done, total)))
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_spec_with_errors_raises_and_says_which():
    with pytest.raises(sc.SpecError) as error:
        model_of("spec: 1\nnodes: {x: {type: Inptu}}\noutputs: [x]\n")
    assert [found.code for found in error.value.report] == ["SC208"]
    assert "did you mean `Input`?" in str(error.value)


def test_a_model_that_would_not_fit_into_memory_is_not_built():
    spec = "spec: 1\nnodes: {x: {type: Input, shape: [1000]}, y: {type: Dense, units: 1000, inputs: x}}\noutputs: [y]\n"
    with pytest.raises(sc.SpecError) as error:
        sc.compile_spec(sc.Source.text(spec), limits=sc.Limits(memory_bytes=4_003_999))
    assert [found.code for found in error.value.report] == ["SC707"]
    assert sc.compile_spec(sc.Source.text(spec), limits=sc.Limits(memory_bytes=4_004_000)).count_params() == 1_001_000


@pytest.mark.parametrize(("a", "b"), [("[8, 4]", "[9, 4]"), ("[8, 4]", "[null, 4]"), ("[8, 4]", "[8, 4]")])
def test_a_shared_sequential_is_built_for_all_its_calls(a, b, tmp_path):
    model = model_of(f"""
        spec: 1
        layers:
          chain: {{type: Sequential, layers: [{{type: Dense, units: 3}}, {{type: LSTM, units: 2}}]}}
        nodes:
          a: {{type: Input, shape: {a}}}
          b: {{type: Input, shape: {b}}}
          of_a: {{use: chain, inputs: a}}
          of_b: {{use: chain, inputs: b}}
        outputs: [of_a, of_b]
    """)
    assert [variable.path for variable in model.weights] == [
        "chain/chain.layers.0/kernel",
        "chain/chain.layers.0/bias",
        "chain/chain.layers.1/lstm_cell/kernel",
        "chain/chain.layers.1/lstm_cell/recurrent_kernel",
        "chain/chain.layers.1/lstm_cell/bias",
    ]
    x = [np.random.default_rng(1).random([2, *(length or 7 for length in each.shape[1:])]) for each in model.inputs]
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    for one, other in zip(model(x), loaded(x), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_an_output_under_another_name_has_the_dtype_that_its_tensor_has_when_it_runs(dtype):
    """Keras states the dtype of the wrapper, and gives that of the weights inside."""
    nodes = {
        "x": {"type": "Input", "shape": [3, 2]},
        "y": {"type": "TimeDistributed", "layer": {"type": "Dense", "units": 2}, "dtype": dtype, "inputs": "x"},
    }
    spec = {"spec": 1, "nodes": nodes, "outputs": {"result": {"from": "y"}}}
    graph = sc.load_spec(spec)
    model = sc.compile_spec(spec)
    assert model.output_names == ["result"]
    (given,) = keras.tree.flatten(model(np.ones((2, 3, 2), "float32")))
    assert given.dtype.name == graph.type_of(graph.ends["result"]).dtype == "float32"
