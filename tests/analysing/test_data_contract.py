"""What a model wants of its data, and whether Keras takes it."""

from __future__ import annotations

import numpy as np
import pytest

import spec_compiler as sc
from spec_compiler.catalog import families
from spec_compiler.catalog.data_forms import DataKind
from spec_compiler.pipeline import build_model

pytestmark = pytest.mark.usefixtures("stand_ins")

ADAPTED = """
spec: 1
nodes:
  x:       {type: Input, shape: [3]}
  text:    {type: Input, shape: [1], dtype: string}
  scaled:  {type: Normalization, inputs: x}
  ids:     {type: TextVectorization, max_tokens: 50, output_sequence_length: 4, inputs: text}
  vectors: {type: Embedding, input_dim: 50, output_dim: 4, inputs: ids}
  mean:    {type: GlobalAveragePooling1D, inputs: vectors}
  both:    {type: concatenate, inputs: [scaled, mean]}
  y:       {type: Dense, units: 1, inputs: both}
outputs: {y: {loss: mse}}
fit: {callbacks: [{type: EarlyStopping, patience: 3}]}
"""


def contract(text):
    return sc.load_spec(sc.Source.text(text)).data_contract


def with_loss(loss, units=10, shape="", activation="softmax"):
    return contract(f"""
spec: 1
nodes:
  x: {{type: Input, shape: [{shape}8]}}
  y: {{type: Dense, units: {units}, activation: {activation}, inputs: x}}
outputs: {{y: {{loss: {loss}}}}}
""")["y"]


@pytest.mark.parametrize(
    ("loss", "units", "shape", "meaning"),
    [
        ("sparse_categorical_crossentropy", 10, "", "whole numbers 0 … 9, one a sample"),
        ("sparse_categorical_crossentropy", 3, "32, 16, ", "whole numbers 0 … 2, 32 × 16 a sample"),
        ("sparse_categorical_crossentropy", 3, "null, ", "whole numbers 0 … 2, any number a sample"),
        ("categorical_crossentropy", 10, "", "one-hot of 10"),
        ("categorical_crossentropy", 4, "7, ", "one-hot of 4, 7 a sample"),
        ("binary_crossentropy", 1, "", "0 or 1, one a sample"),
        ("binary_crossentropy", 5, "", "0 or 1, 5 a sample"),
        ("crossentropy", 1, "", "0 or 1, one a sample"),
        ("crossentropy", 4, "", "whole numbers 0 … 3, one a sample or one-hot of 4"),
        ("mse", 1, "", "numbers, one a sample"),
        ("mse", 2, "5, ", "numbers, 5 × 2 a sample"),
        ("msle", 1, "", "numbers from 0, one a sample"),
        ("poisson", 1, "", "numbers from 0, one a sample"),
        ("hinge", 1, "", "-1 or 1, one a sample"),
        ("kld", 3, "", "shares that sum to 1, 3 a sample"),
        ("circle", 8, "", "whole numbers, one a sample"),
        ("ctc", 8, "9, ", "whole numbers 0 … 7, any number a sample"),
        ("{type: SparseCategoricalCrossentropy, axis: 1}", 3, "4, ", "whole numbers 0 … 3, 3 a sample"),
    ],
)
def test_targets_are_said_in_words(loss, units, shape, meaning):
    assert with_loss(loss, units, shape).meaning == meaning


def test_an_input_says_what_its_numbers_are_for():
    found = contract("""
spec: 1
layers:
  table: {type: Embedding, input_dim: 100, output_dim: 4}
blocks:
  look: {inputs: [ids], nodes: {out: {type: Embedding, input_dim: 30, output_dim: 2, inputs: ids}}, outputs: [out]}
nodes:
  a: {type: Input, shape: [3], dtype: int32}
  b: {type: Input, shape: [3], dtype: int32}
  c: {type: Input, shape: [], dtype: int32}
  d: {type: Input, shape: [2, 2], dtype: bool}
  e: {type: Input, shape: [4], dtype: int32}
  both: {type: concatenate, axis: 1, inputs: [a, b]}
  small: {type: CategoryEncoding, num_tokens: 20, inputs: b}
  table: {use: table, inputs: both}
  hot: {type: ops.one_hot, num_classes: 5, inputs: c}
  in_block: {type: look, inputs: e}
outputs: [table, small, hot, in_block, d]
""")
    said = {each.name: (each.meaning, each.because) for each in found.inputs}
    assert said == {
        "a": ("whole numbers 0 … 99, 3 a sample", "table"),
        "b": ("whole numbers 0 … 19, 3 a sample", "small"),
        "c": ("whole numbers 0 … 4, one a sample", "hot"),
        "d": ("true or false, 2 × 2 a sample", None),
        "e": ("whole numbers 0 … 29, 4 a sample", "in_block.out"),
    }
    assert found.targets == ()


def test_what_is_needed_besides_is_said():
    found = contract(ADAPTED)
    assert [str(need) for need in found.needs] == [
        "adapt `scaled` (Normalization) to data before training",
        "adapt `ids` (TextVectorization) to data before training",
        "give `fit` validation data: `EarlyStopping` watches `val_loss`",
    ]
    assert [need.place.path[:2] for need in found.needs] == [
        ("nodes", "scaled"), ("nodes", "ids"), ("fit", "callbacks"),
    ]  # fmt: skip


def test_validation_data_that_is_split_off_is_not_needed():
    assert [need.kind for need in contract(ADAPTED.replace("fit: {", "fit: {validation_split: 0.2, ")).needs] == [
        "adapt",
        "adapt",
    ]


def test_layers_inside_others_are_adapted_too():
    found = contract("""
spec: 1
nodes:
  x: {type: Input, shape: [3]}
  y: {type: Sequential, layers: [{type: Normalization}, {type: Dense, units: 1}], inputs: x}
outputs: [y]
""")
    assert [(need.kind, need.name) for need in found.needs] == [("adapt", "y.layers.0")]


def test_the_contract_is_a_value():
    first, second = contract(ADAPTED), contract(ADAPTED)
    assert first == second
    assert hash(first) == hash(second)
    with pytest.raises(KeyError):
        first["nothing"]


def test_a_part_has_a_contract_of_its_own():
    graph = sc.load_spec(
        sc.Source.text("""
spec: 1
nodes:
  image: {type: Input, shape: [6]}
  code: {type: Dense, units: 2, inputs: image}
  picture: {type: Dense, units: 6, inputs: code}
outputs: {picture: {loss: mse}}
models:
  decoder: {inputs: [code], outputs: {drawn: {from: picture, loss: mae}}}
"""),
        model="decoder",
    )
    assert [(each.name, each.meaning) for each in (*graph.data_contract.inputs, *graph.data_contract.targets)] == [
        ("code", "numbers, 2 a sample"),
        ("drawn", "numbers, 6 a sample"),
    ]


# Keras


def samples(form, count, random):
    """Data of a form."""
    lengths = [count, *(3 if length is None else length for length in form.shape[1:])]
    if form.kind is DataKind.ONE_HOT:
        return np.eye(lengths[-1])[random.integers(0, lengths[-1], lengths[:-1])]
    if form.kind is DataKind.WHOLE_NUMBERS:
        high = int(form.interval.high) if np.isfinite(form.interval.high) else 5
        return random.integers(1 if high > 1 else 0, high + 1, lengths)
    if form.kind is DataKind.SHARES:
        found = random.random(lengths) + 0.1
        return found / found.sum(axis=form.axis, keepdims=True)
    if form.kind is DataKind.SIGNS:
        return random.integers(0, 2, lengths) * 2 - 1
    if form.kind is DataKind.ZERO_OR_ONE:
        return random.integers(0, 2, lengths)
    return random.random(lengths)


LOSSES = [
    (name, units)
    for name in families.losses().classes
    for units in ((2, 3) if "Categorical" in name or name == "CTC" else (1, 3))
]


@pytest.mark.tensorflow
@pytest.mark.parametrize(("name", "units"), LOSSES)
def test_every_loss_takes_what_is_said_in_every_shape(name, units):
    steps = [5] if name == "CTC" else []
    graph = sc.load_spec(
        sc.Source.text(f"""
spec: 1
nodes:
  x: {{type: Input, shape: {[*steps, 8]}}}
  y: {{type: Dense, units: {units}, activation: sigmoid, inputs: x}}
outputs: {{y: {{loss: {{type: {name}}}}}}}
compile: {{run_eagerly: true}}
""")
    )
    random = np.random.default_rng(3)
    x = random.random((4, *steps, 8)).astype("float32")
    for form in graph.data_contract["y"].forms:
        for shape in form.shapes():
            y = samples(form, 4, random)
            y = y.reshape([length or given for length, given in zip(shape, [*y.shape, 1], strict=False)])
            assert not sc.check_data(graph, x, y).diagnostics, shape
            assert np.isfinite(build_model(graph).train_on_batch(x, y)).all(), shape


@pytest.mark.tensorflow
def test_what_the_program_registers_is_needed_too():
    import keras

    @sc.register
    @keras.saving.register_keras_serializable(package="contract")
    def error(y_true, y_pred):
        return keras.ops.mean(keras.ops.abs(y_true - y_pred), axis=-1)

    @sc.register
    @keras.saving.register_keras_serializable(package="contract")
    def bend(x):
        return keras.ops.maximum(x, 0.1 * x)

    @sc.register
    @keras.saving.register_keras_serializable(package="contract")
    class Doubled(keras.layers.Layer):
        def call(self, x):
            return 2 * x

    graph = sc.load_spec(
        sc.Source.text("""
spec: 1
blocks:
  step:
    inputs: [x]
    nodes: {out: {type: Dense, units: 4, activation: contract>bend, inputs: x}}
    outputs: [out]
layers:
  shared: {type: step}
nodes:
  x: {type: Input, shape: [4]}
  a: {use: shared, inputs: x}
  b: {type: Sequential, layers: [{type: contract>Doubled}], inputs: a}
  y: {type: Dense, units: 1, inputs: b}
outputs: {y: {loss: contract>error}}
""")
    )
    assert [(need.kind, need.name) for need in graph.data_contract.needs] == [
        ("register", "contract>bend"),
        ("register", "contract>Doubled"),
        ("register", "contract>error"),
    ]
    assert graph.data_contract["y"].kind is DataKind.ANYTHING
    assert not sc.check_data(graph, [[1, 2, 3, 4]], [["whatever"]]).diagnostics
    assert not graph.logs.complete


def test_what_the_model_is_not_made_of_asks_for_nothing():
    graph = sc.load_spec(
        sc.Source.text("""
            spec: 1
            blocks:
              words: {inputs: [t], nodes: {v: {type: TextVectorization, inputs: t}}, outputs: [v]}
            layers:
              unused_block: {type: words}
              unused: {type: Sequential, layers: [{type: Normalization}, {use: unused_block}]}
            nodes:
              x: {type: Input, shape: [3]}
              dead: {type: Normalization, inputs: x}
              y: {type: Dense, units: 1, inputs: x}
            outputs: [y]
        """)
    )
    assert graph.data_contract.needs == ()
    assert set(graph.graph.layers_in_use()) == {"x", "y"}
