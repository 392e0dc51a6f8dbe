"""Core layers against Keras."""

from __future__ import annotations

import inspect

import keras
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from spec_compiler.catalog.dtypes import FLOATS, TENSOR_DTYPES
from spec_compiler.catalog.families import ACTIVATIONS
from spec_compiler.catalog.layers import einsum_rules
from spec_compiler.catalog.registry import layers_of, operation
from spec_compiler.catalog.rules import RuleError
from spec_compiler.catalog.tensors import TensorType
from tests.catalog.keras_contract.calls import accepts, make
from tests.catalog.keras_contract.inference import check
from tests.catalog.keras_contract.layer_in_graph import assert_sparse_verdict, runs
from tests.catalog.keras_contract.refusals import refuses
from tests.catalog.keras_contract.signatures import check_calls, check_signature

pytestmark = pytest.mark.tensorflow

POLICIES = ("mixed_bfloat16", "mixed_float16", "bfloat16", "float64")
TABLE = {"input_dim": 9, "output_dim": 3}
LORA = {"lora_rank": 2, "lora_alpha": 4}


def einsum(equation, output_shape, bias_axes=None, **arguments):
    return {"equation": equation, "output_shape": output_shape, "bias_axes": bias_axes, **arguments}


ROWS = [
    ("Dense", {"units": 3}, (None, 5)),
    ("Dense", {"units": 3}, (2, 4, None, 5)),
    ("Dense", {"units": 3, "use_bias": False, "activation": "softmax"}, ("int32", None, 5)),
    ("Dense", {"units": 3, "trainable": False, **LORA}, (None, 5)),
    ("Dense", {"units": 4, "activation": "glu"}, (None, 5)),
    ("Dense", {"units": 3, "kernel_constraint": "non_neg", "bias_regularizer": "l2"}, ("complex64", None, 5)),
    ("EinsumDense", einsum("ab,bc->ac", 3), (None, 5)),
    ("EinsumDense", einsum("ab,bc->ac", [3], "c"), ("bool", None, 5)),
    ("EinsumDense", einsum("ab,bc->ac", 3, "a"), (4, 5)),
    ("EinsumDense", einsum("ab,bc->ac", 3, "ca"), (4, 5)),
    ("EinsumDense", einsum("ab,bc->ac", 3, "cc"), (None, 5)),
    ("EinsumDense", einsum("AB,Bc->Ac", 3), (None, 5)),
    ("EinsumDense", einsum("abc,cd->abd", [None, 6], "d"), (None, 4, 5)),
    ("EinsumDense", einsum("abc,cd->abd", [4, 6], "bd"), (None, 4, 5)),
    ("EinsumDense", einsum("abc,cd->abd", [None, 6]), (None, None, 5)),
    ("EinsumDense", einsum("abc,cd->adb", [6, 4]), (None, 4, 5)),
    ("EinsumDense", einsum("abc,cd->adb", [6, None], "d"), (None, 4, 5)),
    ("EinsumDense", einsum("abc,bcd->ad", 3, "d", trainable=False), (None, 4, 5)),
    ("EinsumDense", einsum("abc,cde->abde", [None, 2, 3], "de"), (None, 4, 5)),
    ("EinsumDense", einsum("abc,bd->acd", [None, 3]), (None, 4, None)),
    ("EinsumDense", einsum("abc,abd->acd", [None, 3]), (2, 4, 5)),
    ("EinsumDense", einsum("ab,b->a", []), (None, 5)),
    ("EinsumDense", einsum("ab,bcc->ac", 3), (None, 5)),
    ("EinsumDense", einsum("abb,bc->ac", 3), (None, 5, 5)),
    ("EinsumDense", einsum("ab,bc->cb", [5]), (3, 5)),
    ("EinsumDense", einsum("...x,xy->...y", 6, "y"), (None, 5)),
    ("EinsumDense", einsum("...x,xy->...y", 6, "y"), (None, 4, 5)),
    ("EinsumDense", einsum("...x,xy->...y", 6), (None, 2, 3, 4, 5)),
    ("EinsumDense", einsum("...x,x->...x", 5), (None, 4, 5)),
    ("EinsumDense", einsum("...x,y->...xy", [None, 3]), (None, 4, 5)),
    ("EinsumDense", einsum("...bc,cd->...bd", [None, 6], "d"), (None, 3, 4, 5)),
    ("EinsumDense", einsum("...bc,cd->...bd", [4, 6], "bd"), (None, 3, 4, 5)),
    ("EinsumDense", einsum("...bc,cd->...bd", [6], "d"), (None, 5)),
    ("EinsumDense", einsum("...x,x->...x", []), (5,)),
    ("EinsumDense", einsum("ab...,bc->ac...", 3), (None, 5)),
    ("EinsumDense", einsum("ab...,bc->ac...", 3, "c"), (None, 5, 7, None)),
    ("EinsumDense", einsum("abc...,cd->abd...", [None, 3], "d"), (None, 5, 6, 7)),
    ("EinsumDense", einsum("abc,cde->abde", [None, 2, 3], "de", **LORA), (None, 4, 5)),
    ("EinsumDense", einsum("ab,b->a", [], **LORA), (None, 5)),
    *((name, arguments | {"dtype": policy} | lora, shape)
      for name, arguments, shape in [
          ("Dense", {"units": 3, "activation": "relu"}, (None, 5)),
          ("EinsumDense", einsum("ab,bc->ac", 3, "c"), (None, 5)),
          ("Embedding", TABLE, ("int32", None, 4)),
          ("ReversibleEmbedding", TABLE, (None, 4)),
      ]
      for policy in ("float32", *POLICIES) for lora in ({}, LORA)),
    ("Embedding", TABLE, ()),
    ("Embedding", TABLE, ("int64", None, None)),
    ("Embedding", TABLE, TensorType((None, None), "int32", ragged=True)),
    ("Embedding", {**TABLE, "mask_zero": True, "trainable": False}, ("uint8", None, 4)),
    ("Embedding", {**TABLE, **LORA, "trainable": False}, (None, 4)),
    ("ReversibleEmbedding", {**TABLE, "tie_weights": False}, ("int32", None, 4)),
    ("ReversibleEmbedding", {**TABLE, "mask_zero": True, "embeddings_constraint": "unit_norm"}, ("int32", None, 4)),
    ("Masking", {}, (None, 4, 3)),
    ("Masking", {"mask_value": -1}, ("int32", None, None, 3)),
    ("Masking", {"dtype": "mixed_bfloat16"}, (None,)),
    ("Masking", {}, ("complex64", None, 3)),
    ("Identity", {}, (None, 4)),
    ("Identity", {}, ()),
    *(("Identity", {"dtype": policy}, (dtype, None, 4)) for policy in POLICIES for dtype in ("float32", "int32", "string")),
    ("Activation", {"activation": "relu"}, (None, 4)),
    ("Activation", {"activation": None}, ("string", None, 4)),
    ("Activation", {"activation": "tanh", "dtype": "float64"}, ("int32", None, 4)),
    ("Activation", {"activation": "softmax", "dtype": "mixed_bfloat16"}, (None, None)),
    *(("Activation", {"activation": name}, (None, 3, 4)) for name in ACTIVATIONS if name != "threshold"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "inputs"), ROWS)
def test_inferred_is_what_keras_computes(name, arguments, inputs):
    check(name, arguments, inputs)


@pytest.mark.parametrize(
    "arguments",
    [
        LORA,
        *(
            {"tie_weights": tied, **more}
            for tied in (True, False)
            for more in ({}, {"reverse_dtype": "float16"}, {"logit_soft_cap": 30}, {"dtype": "mixed_bfloat16"})
        ),
    ],
)
@pytest.mark.parametrize("shape", [(None, 4, 3), (None, None), (3,), ("int32", None, 3)])
def test_an_embedding_can_be_reversed(arguments, shape):
    check("ReversibleEmbedding", {**TABLE, **arguments}, shape, {"reverse": True})


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        ("Dense", {"units": 0}, (None, 5)),
        ("Dense", {"units": 3}, (None,)),
        ("Dense", {"units": 3}, (None, None)),
        ("Dense", {}, (None, 5)),
        ("Dense", {"units": 3, "lora_rank": 2, "kernel_constraint": "non_neg"}, (None, 5)),
        ("Dense", {"units": 3, "activation": "sigmoidal"}, (None, 5)),
        ("Dense", {"units": 3, "dtype": "int32"}, (None, 5)),
        ("EinsumDense", einsum("ab,bc->ac", 3, "a"), (None, 5)),
        ("EinsumDense", einsum("ab,bc->ac", 3, ""), (None, 5)),
        ("EinsumDense", einsum("ab,bc->ac", 3, "z"), (None, 5)),
        ("EinsumDense", einsum("ab,bc->ac", [None]), (None, 5)),
        ("EinsumDense", einsum("ab,bc->ac", []), (None, 5)),
        ("EinsumDense", einsum("ab,bc->ac", -1), (None, 5)),
        ("EinsumDense", einsum("ab,bc->ac", 3), (None,)),
        ("EinsumDense", einsum("ab,bc->ac", 3), (None, None)),
        ("EinsumDense", einsum("abc,cd->abd", [33, 6]), (None, 4, 5)),
        ("EinsumDense", einsum("abc,cd->abd", [4, 6]), (None, None, 5)),
        ("EinsumDense", einsum("abc,cd->abd", 6), (None, 4, 5)),
        ("EinsumDense", einsum("abc,cd->abd", [None, 6], "bd"), (None, 4, 5)),
        ("EinsumDense", einsum("abc,cd->abd", [None, 6]), (None, 5)),
        ("EinsumDense", einsum("abc,cd->bd", 6), (2, 4, 5)),
        ("EinsumDense", einsum("ab,abc->ac", 3), (None, 5)),
        ("EinsumDense", einsum("...x,xy->...y", [None, 6]), (None, 4, 5)),
        ("EinsumDense", einsum("...x,xy->...y", 6), ()),
        ("EinsumDense", einsum("...bc,cd->...bd", [None, 6]), (None, 5)),
        ("EinsumDense", einsum("a...,bc->ac...", 3), (None, 5)),
        ("EinsumDense", einsum("...ab,bc->ac", 3), (None, 4, 5)),
        ("EinsumDense", einsum("ab,cd->ad", 3), (None, 5)),
        ("EinsumDense", einsum("ab,bd->ac", 3), (None, 5)),
        ("EinsumDense", einsum("ab, bc->ac", 3), (None, 5)),
        ("EinsumDense", einsum("ab,bc,cd->ad", 3), (None, 5)),
        ("EinsumDense", einsum("ab,bc", 3), (None, 5)),
        ("EinsumDense", einsum("", 3), (None, 5)),
        ("EinsumDense", einsum("ab,bc->ac", 3, lora_rank=2, kernel_constraint="non_neg"), (None, 5)),
        ("Embedding", {"input_dim": 0, "output_dim": 3}, (None, 4)),
        ("Embedding", {"input_dim": 9, "output_dim": 0}, (None, 4)),
        ("Embedding", {**TABLE, "lora_rank": 2, "embeddings_constraint": "non_neg"}, (None, 4)),
        ("ReversibleEmbedding", {**TABLE, "lora_rank": 2, "embeddings_constraint": "non_neg"}, (None, 4)),
        ("ReversibleEmbedding", {**TABLE, "lora_rank": 2, "tie_weights": False}, (None, 4)),
        ("Activation", {"activation": "sigmoidal"}, (None, 5)),
        ("Activation", {}, (None, 5)),
    ],
)
def test_what_keras_refuses_is_refused(name, arguments, inputs):
    refuses(name, arguments, inputs)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        ("Dense", {"units": 3, "activation": "glu"}, (2, 5)),
        ("Dense", {"units": 3, "activation": "relu"}, ("complex64", 2, 5)),
        ("EinsumDense", einsum("ab,bc->ac", 3), (2, 5, 6)),
        ("EinsumDense", einsum("aab,bc->aac", [None, 3]), (2, 2, 5)),
        ("EinsumDense", einsum("abb,bc->ac", 3), (2, 4, 5)),
        ("EinsumDense", einsum("ab,bc->ac,", 3), (2, 5)),
        ("Masking", {}, ()),
        ("Activation", {"activation": "softmax"}, ()),
        ("Activation", {"activation": "threshold"}, (2, 4)),
        ("Activation", {"activation": "softmax"}, ("int32", 2, 4)),
    ],
)
def test_what_keras_builds_and_cannot_run_is_refused(name, arguments, inputs):
    refuses(name, arguments, inputs, keras_builds=True)
    assert not runs(name, arguments, inputs)


@pytest.mark.parametrize(
    ("equation", "output_shape", "shape"),
    [("ab,bc->ac", [3, 4], (None, 5)), ("ab...,bc->ac...", [3, 7], (None, 5, 7)), ("...x,xy->...y", 6, (2,))],
)
def test_stated_lengths_are_as_many_as_the_axes_of_the_output(equation, output_shape, shape):
    # Keras states a shape of another rank than its result has.
    refuses("EinsumDense", einsum(equation, output_shape), shape, keras_builds=True)


@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 1), (4,)])
def test_scores_need_vectors_as_long_as_those_of_the_table(shape):
    config = make("ReversibleEmbedding", {**TABLE, "tie_weights": False})
    with pytest.raises(RuleError):
        config.infer(TensorType(shape), reverse=True)
    layer = keras.layers.ReversibleEmbedding(**TABLE, tie_weights=False)
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever TensorFlow raises
        layer(tf.ones(shape), reverse=True)


EXAMPLES = [
    ("Dense", {"units": 3}, (2, 5)),
    ("EinsumDense", einsum("ab,bc->ac", 3), (2, 5)),
    ("Embedding", TABLE, (2, 5)),
    ("ReversibleEmbedding", TABLE, (2, 5)),
    ("Masking", {}, (2, 5)),
    ("Identity", {}, (2, 5)),
    ("Activation", {"activation": "tanh"}, (2, 5)),
    ("Activation", {"activation": "relu"}, (2, 5)),
]


@pytest.mark.parametrize(("name", "arguments", "shape"), EXAMPLES)
@pytest.mark.parametrize("dtype", TENSOR_DTYPES)
def test_exactly_the_dtypes_are_taken_that_keras_computes_with(name, arguments, shape, dtype):
    inputs = (dtype, *shape)
    assert accepts(name, arguments, inputs) == runs(name, arguments, inputs)


@pytest.mark.parametrize(("name", "arguments", "shape"), [*EXAMPLES, ("Dense", {"units": 3}, (2, 5, 5))])
def test_sparse_tensors_are_taken_where_keras_can_compute_with_them(name, arguments, shape):
    assert_sparse_verdict(name, arguments, shape)


@pytest.mark.parametrize("keras_class", [keras.layers.Dense, keras.layers.EinsumDense, keras.layers.Embedding])
def test_the_factors_of_a_low_rank_update_begin_as_in_keras(keras_class):
    parameters = inspect.signature(keras_class.enable_lora).parameters
    weights = make("Dense", {"units": 3, "lora_rank": 2}).infer(TensorType((None, 5))).weights
    names = {w.name: type(w.initializer).keras_name for w in weights if w.name.startswith("lora")}
    initializers = [parameters["a_initializer"].default, parameters["b_initializer"].default]
    assert list(names) == ["lora_kernel_a", "lora_kernel_b"]
    assert list(names.values()) == [type(keras.initializers.get(name)).__name__ for name in initializers]


EXCLUDED = {
    # Objects that quantize, and a size that only belongs to one way of quantizing.
    "Dense": ("quantization_config",),
    "EinsumDense": ("quantization_config", "gptq_unpacked_column_size"),
    # Arrays of weights are no part of a spec.
    "Embedding": ("weights", "quantization_config"),
}
INHERITED = {"ReversibleEmbedding": ("lora_rank", "lora_alpha")}


@pytest.mark.parametrize("name", [name for name in layers_of("core") if name != "Input"])
def test_arguments_and_defaults_are_those_of_keras(name):
    keras_class = getattr(keras.layers, name)
    check_signature(operation(name), keras_class, EXCLUDED.get(name, ()), INHERITED.get(name, ()))
    check_calls(operation(name), keras_class)


INPUTS = [
    {"shape": []},
    {"shape": [3]},
    {"shape": [None, 3]},
    {"shape": [3], "batch_size": 4},
    {"batch_shape": [4, None, 3]},
    {"batch_shape": [None]},
    {"shape": [3], "sparse": True},
    {"shape": [None, 3], "ragged": True},
    {"shape": [3], "optional": True},
    *({"shape": [3], "dtype": dtype} for dtype in TENSOR_DTYPES),
]


@pytest.mark.parametrize("arguments", INPUTS)
def test_an_input_is_what_keras_makes_of_it(arguments):
    (inferred,) = make("Input", arguments).infer().outputs
    x = keras.Input(**arguments)
    assert (inferred.shape, inferred.dtype, inferred.sparse, inferred.ragged) == (
        x.shape,
        x.dtype,
        bool(x.sparse),
        bool(x.ragged),
    )


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"shape": 3},
        {"shape": [-1]},
        {"shape": [2.5]},
        {"shape": [3], "batch_shape": [1, 3]},
        {"batch_shape": [1, 3], "batch_size": 1},
        {"shape": [3], "batch_size": -1},
        {"shape": [3], "dtype": "int4"},
        {"shape": [3], "sparse": True, "ragged": True},
    ],
)
def test_inputs_that_keras_refuses_are_refused(arguments):
    with pytest.raises(ValidationError):
        make("Input", arguments)
    with pytest.raises(ValueError):  # noqa: PT011 - whatever Keras says
        keras.Input(**arguments)


@pytest.mark.parametrize("arguments", [{"batch_shape": []}, {"shape": [], "ragged": True}, {"shape": [0]}])
def test_inputs_that_cannot_be_fed_are_refused(arguments):
    # Keras makes them. Nothing has no batch axis, a ragged tensor has two axes, and an empty axis has nothing to learn from.
    with pytest.raises(ValidationError):
        make("Input", arguments)
    keras.Input(**arguments)


def test_the_arguments_of_an_input_are_those_of_keras():
    theirs = inspect.signature(keras.Input).parameters
    fields = operation("Input").model_fields
    # A tensor that is there already is no part of a spec; the name is the node's.
    assert set(fields) == set(theirs) - {"tensor", "name"}
    for name, field in fields.items():
        # Keras says that None stands for false.
        default = theirs[name].default if name not in ("sparse", "ragged") else bool(theirs[name].default)
        assert field.default == default
        assert field.description
    layer = set(inspect.signature(keras.layers.InputLayer.__init__).parameters) - {
        "self",
        "kwargs",
        "name",
        "input_tensor",
    }
    assert layer == set(fields)


LENGTH = st.sampled_from((None, 1, 2, 3))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(LENGTH, max_size=4).map(tuple),
    st.integers(0, 3),
    st.booleans(),
    st.sampled_from((None, 1, 2)),
    st.sampled_from((None, "relu", "glu", "softmax")),
    st.sampled_from((*FLOATS, "int32", "bool", "string")),
)
def test_dense_layers_agree_with_keras(shape, units, use_bias, lora_rank, activation, dtype):
    arguments = {"units": units, "use_bias": use_bias, "lora_rank": lora_rank, "activation": activation}
    inputs = (dtype, *shape)
    if accepts("Dense", arguments, inputs):
        check("Dense", arguments, inputs)
    elif activation == "glu":
        # Keras states a shape twice as wide as what it computes, which `runs` does not let pass.
        assert units % 2 or not accepts("Dense", arguments | {"activation": None}, inputs)
    else:
        assert not runs("Dense", arguments, inputs, unknown=2)


LETTERS = st.text("abc", min_size=1, max_size=3)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.sampled_from(("{0},{1}->{2}", "...{0},{1}->...{2}", "{0}...,{1}->{2}...")),
    LETTERS,
    LETTERS,
    LETTERS,
    st.one_of(LENGTH, st.lists(LENGTH, max_size=3)),
    st.one_of(st.none(), st.text("abc", max_size=2)),
    st.lists(st.sampled_from((None, 2, 2, 3)), max_size=4).map(tuple),
    st.sampled_from((None, 2)),
)
def test_einsum_layers_agree_with_keras(form, inputs, kernel, output, output_shape, bias_axes, shape, lora_rank):
    equation = form.format(inputs, kernel, output)
    arguments = einsum(equation, output_shape, bias_axes, lora_rank=lora_rank)
    if accepts("EinsumDense", arguments, shape):
        check("EinsumDense", arguments, shape)
        return
    parsed = einsum_rules.parse(equation)
    stated = [output_shape] if isinstance(output_shape, int) else output_shape
    dots = max(len(shape) - len(inputs), 0) if "..." in equation else 0
    expected = len(output) - (not (dots and equation.startswith("...")))
    if parsed is None or stated is None or len(stated) == expected:
        assert not runs("EinsumDense", arguments, shape, unknown=2)
    # Otherwise see `test_stated_lengths_are_as_many_as_the_axes_of_the_output`.


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.permutations("abcd"),
    st.integers(1, 3),
    st.data(),
    st.sampled_from(("{0},{1}->{2}", "...{0},{1}->...{2}", "{0}...,{1}->{2}...")),
)
def test_sound_einsum_layers_agree_with_keras(letters, count, data, form):
    """Equations that are sound more often than not, with lengths that mostly fit."""
    lengths = dict(zip("abcd", (2, 3, 4, 5), strict=True))
    inputs = "".join(letters[:count])
    new = letters[count]
    summed = inputs[-1]
    output = inputs[:-1] + new
    kernel = data.draw(st.permutations(summed + new))
    output_shape = [data.draw(st.sampled_from((lengths[x], lengths[x], None))) for x in inputs[1:-1]] + [lengths[new]]
    dots = data.draw(st.integers(0, 2)) if "..." in form else 0
    extra = (7, 7)[:dots]
    shape = (*(data.draw(st.sampled_from((lengths[x], lengths[x], None))) for x in inputs[:-1]), lengths[summed])
    shape = (*extra, *shape) if form.startswith("...") else (*shape, *extra)
    bias_axes = data.draw(st.one_of(st.none(), st.lists(st.sampled_from(output), min_size=1).map("".join)))
    arguments = einsum(form.format(inputs, "".join(kernel), output), output_shape, bias_axes)
    if accepts("EinsumDense", arguments, shape):
        check("EinsumDense", arguments, shape)
        return
    ours = (form.startswith("...") and dots == 0) or len(output_shape) != len(output) - 1
    if not ours:
        assert not runs("EinsumDense", arguments, shape, unknown=2)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.sampled_from(("Embedding", "ReversibleEmbedding")),
    st.integers(0, 3),
    st.integers(0, 3),
    st.sampled_from((None, 1, 2)),
    st.sampled_from((None, "non_neg")),
    st.lists(LENGTH, max_size=3).map(tuple),
    st.sampled_from((*FLOATS, "int32", "uint8", "bool", "string")),
)
def test_embeddings_agree_with_keras(name, rows, width, lora_rank, constraint, shape, dtype):
    arguments = {"input_dim": rows, "output_dim": width, "lora_rank": lora_rank, "embeddings_constraint": constraint}
    if accepts(name, arguments, (dtype, *shape)):
        check(name, arguments, (dtype, *shape))
    else:
        assert not runs(name, arguments, (dtype, *shape), unknown=2)
