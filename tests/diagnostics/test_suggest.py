"""A misspelt name is taken for the one that was meant, and another word for none."""

from __future__ import annotations

import pytest

from spec_compiler.catalog import families, registry
from spec_compiler.diagnostics.suggest import did_you_mean, suggest

TYPES = registry.type_names()
LOSSES = families.losses().names
METRICS = families.metrics().names
KEYS = (
    "inputs",
    "use",
    "kernel_size",
    "go_backwards",
    "weight_decay",
    "units",
    "loss",
    "loss_weight",
    "metrics",
    "name",
)


@pytest.mark.parametrize(
    ("name", "candidates", "meant"),
    [
        ("Dence", TYPES, "Dense"),
        ("LTSM", TYPES, "LSTM"),
        ("lstm", TYPES, "LSTM"),
        ("keras.layers.Dense", TYPES, "Dense"),
        ("BatchNormalisation", TYPES, "BatchNormalization"),
        ("MaxPoolig2D", TYPES, "MaxPooling2D"),
        ("Conv2DTrasnpose", TYPES, "Conv2DTranspose"),
        ("ops.matmull", TYPES, "ops.matmul"),
        ("unts", KEYS, "units"),
        ("untis", KEYS, "units"),
        ("nputs", KEYS, "inputs"),
        ("input", KEYS, "inputs"),
        ("kernelsize", KEYS, "kernel_size"),
        ("kernel-size", KEYS, "kernel_size"),
        ("kernle_siez", KEYS, "kernel_size"),
        ("los", KEYS, "loss"),
        ("rleu", families.ACTIVATIONS, "relu"),
        ("acuracy", METRICS, "accuracy"),
        ("binary_crossentrop", LOSSES, "binary_crossentropy"),
        ("sdg", families.optimizers().names, "sgd"),
        ("mixed_float61", ("float16", "mixed_float16"), "mixed_float16"),
        ("xx", ("x", "y"), "x"),
        ("encodr", ("decoder", "encoder"), "encoder"),
    ],
)
def test_a_slip_of_the_fingers_is_mended(name, candidates, meant):
    assert suggest(name, candidates) == meant


@pytest.mark.parametrize(
    ("name", "candidates"),
    [
        ("Deconvolution2D", TYPES),
        ("BiLSTM", TYPES),
        ("InstanceNormalization", TYPES),
        ("ops.reduce_sum", TYPES),
        ("Conv4D", TYPES),
        ("Conv1D", ("Conv2D", "Conv3D")),
        ("rmse", METRICS),
        ("square", families.ACTIVATIONS),
        ("prelu", families.ACTIVATIONS),
        ("map", ("mae", "mse")),
        ("input_shape", KEYS),
        ("fused", KEYS),
        ("decay", KEYS),
        ("class_weight", KEYS),
        ("max_value", ("min_value",)),
        ("decoder", ("encoder",)),
        ("dense_1", ("dense_2", "dense_3")),
        ("tweet_c", ("tweet_a", "tweet_b")),
        ("l1", ("l2",)),
        ("b", ("a", "ab")),
        ("q" * 1000, TYPES),
    ],
)
def test_another_word_is_taken_for_nothing(name, candidates):
    assert suggest(name, candidates) is None


@pytest.mark.parametrize(
    ("name", "candidates", "proposed"),
    [
        ("lstm", ("lstm_out", "dense_out"), ("did you mean `lstm_out`?", None)),
        ("dense", ("dense_1", "dense_2"), (None, None)),
        ("square", families.ACTIVATIONS, (None, None)),
        ("unts", KEYS, ("did you mean `units`?", "units")),
    ],
)
def test_a_name_that_only_begins_as_another_is_not_mended(name, candidates, proposed):
    assert did_you_mean(name, candidates) == proposed


@pytest.mark.parametrize(
    ("name", "op"),
    [("matmul", "ops.matmul"), ("tf.matmul", "ops.matmul"), ("np.einsum", "ops.einsum"), ("keras.ops.sum", "ops.sum")],
)
def test_a_function_is_the_op_of_its_name(name, op):
    assert did_you_mean(name, TYPES, "type") == (f"did you mean `{op}`?", op)
