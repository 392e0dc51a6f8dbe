"""What variables begin with: each initializer's distribution, streams by name, and the same numbers for a seed."""

from __future__ import annotations

import statistics

import numpy as np
import pytest

import spec_compiler as sc
from spec_compiler.catalog import families
from spec_compiler.catalog.tensors import Weight
from spec_compiler.emitting.keras_file.initial_values import InitialValues, fans, in_dtype
from spec_compiler.emitting.keras_file.states import DRAWN, UnitForgetBiasState, Variable, variables_of
from spec_compiler.emitting.keras_file.trace import trace

pytestmark = pytest.mark.slow

SHAPE = (3, 3, 64, 128)
IN, OUT = 3 * 3 * 64, 3 * 3 * 128
CUT = 0.87962566103423978


def variable(initializer, shape=SHAPE, dtype="float32", name="kernel"):
    return Variable(("layer", name), Weight(name, shape, dtype, initializer), initializer)


def drawn(initializer, shape=SHAPE, dtype="float32", name="kernel", seed=1):
    return InitialValues(seed).of(variable(initializer, shape, dtype, name))


def make(name, **arguments):
    return families.initializers().get(name)(**arguments)


SCALED = [
    ("GlorotUniform", {}, 2 / (IN + OUT), "uniform"),
    ("GlorotNormal", {}, 2 / (IN + OUT), "truncated"),
    ("HeUniform", {}, 2 / IN, "uniform"),
    ("HeNormal", {}, 2 / IN, "truncated"),
    ("LecunUniform", {}, 1 / IN, "uniform"),
    ("LecunNormal", {}, 1 / IN, "truncated"),
    ("VarianceScaling", {}, 1 / IN, "truncated"),
    ("VarianceScaling", {"scale": 3.0, "mode": "fan_out", "distribution": "uniform"}, 3 / OUT, "uniform"),
    ("VarianceScaling", {"mode": "fan_avg", "distribution": "untruncated_normal"}, 2 / (IN + OUT), "normal"),
    ("VarianceScaling", {"distribution": "normal"}, 1 / IN, "truncated"),
    ("RandomUniform", {"minval": -0.3, "maxval": 0.3}, 0.03, "uniform"),
    ("RandomNormal", {"stddev": 0.2}, 0.04, "normal"),
    ("TruncatedNormal", {"stddev": 0.2}, 0.04 * CUT**2, "truncated"),
]


@pytest.mark.parametrize(("name", "arguments", "variance", "form"), SCALED)
def test_numbers_follow_the_distribution_of_the_initializer(name, arguments, variance, form):
    values = drawn(make(name, **arguments)).astype(np.float64).ravel()
    deviation = np.sqrt(variance)
    # Means of 73,728 numbers: the standard error of the mean is 0.0037 deviations, of the deviation about 0.003.
    assert abs(values.mean()) < 0.02 * deviation
    assert values.std() == pytest.approx(deviation, rel=0.02)
    widest = {"uniform": np.sqrt(3), "truncated": 2 / CUT}.get(form)
    if widest is None:
        assert 3.5 < np.abs(values).max() / deviation < 6
    else:
        assert np.abs(values).max() / deviation == pytest.approx(widest, rel=0.005)
    # The share within one deviation tells the three forms apart.
    share = {"uniform": 1 / np.sqrt(3), "normal": 0.6827, "truncated": _share(1 / CUT)}[form]
    assert (np.abs(values) < deviation).mean() == pytest.approx(share, abs=0.01)


def _share(bound):
    """How much of a normal distribution that is cut off at two lies within a bound of deviations before that."""
    normal = statistics.NormalDist()
    return (normal.cdf(bound * CUT**2) - normal.cdf(-bound * CUT**2)) / (normal.cdf(2) - normal.cdf(-2))


@pytest.mark.parametrize(
    ("shape", "arguments", "expected"),
    [
        ((), {}, (1, 1)),
        ((7,), {}, (7, 7)),
        ((7, 5), {}, (7, 5)),
        ((3, 7, 5), {}, (21, 15)),
        ((3, 2, 7, 5), {}, (42, 30)),
        ((7, 4, 5), {"input_axes": (0,), "output_axes": (1, 2)}, (7, 20)),
        ((4, 5, 7), {"input_axes": (0, 1), "output_axes": (-1,)}, (20, 7)),
    ],
)
def test_units_are_counted_as_keras_counts_them(shape, arguments, expected):
    assert fans(shape, make("GlorotUniform", **arguments)) == expected


@pytest.mark.parametrize("shape", [(40, 10), (10, 40), (3, 4, 10), (2, 3, 40)])
def test_an_orthogonal_weight_has_orthogonal_rows_or_columns(shape):
    matrix = drawn(make("Orthogonal", gain=2.0), shape).reshape(-1, shape[-1])
    product = matrix.T @ matrix if matrix.shape[0] >= matrix.shape[1] else matrix @ matrix.T
    np.testing.assert_allclose(product, 4 * np.eye(len(product)), atol=1e-5)


def test_numbers_that_are_not_random_are_what_the_initializer_says():
    np.testing.assert_array_equal(drawn(make("Zeros"), (2, 3)), np.zeros((2, 3)))
    np.testing.assert_array_equal(drawn(make("Ones"), (2, 3)), np.ones((2, 3)))
    np.testing.assert_array_equal(drawn(make("Constant", value=2.5), (2,)), [2.5, 2.5])
    np.testing.assert_array_equal(drawn(make("Constant", value=((1.0, 2.0),)), (1, 2)), [[1, 2]])
    np.testing.assert_array_equal(drawn(make("Identity", gain=3.0), (2, 3)), [[3, 0, 0], [0, 3, 0]])


def test_the_forget_gate_begins_with_ones_and_the_others_as_the_initializer_says():
    found = InitialValues(1).of(variable(UnitForgetBiasState(make("RandomNormal")), (40,)))
    assert found[10:20].tolist() == [1.0] * 10
    assert np.count_nonzero(np.concatenate((found[:10], found[20:])) == 1) == 0
    np.testing.assert_array_equal(
        InitialValues(1).of(variable(UnitForgetBiasState(make("Zeros")), (8,))), [0, 0, 1, 1, 0, 0, 0, 0]
    )


def test_every_initializer_that_is_written_without_keras_is_drawn_here():
    assert {name for name, *_ in SCALED} | {"Constant", "Identity", "Ones", "Orthogonal", "STFT", "Zeros"} == DRAWN


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_numbers_come_in_the_dtype_of_the_weight(dtype):
    assert drawn(make("GlorotUniform"), (4, 5), dtype).dtype == np.dtype(dtype)


def test_numbers_of_half_the_bits_are_the_nearest_ones():
    bits = in_dtype(np.array([1.0, -2.0, 1.00390625, 1.01171875, 3.0e38, 0.1], np.float32), "bfloat16").view("<u2")
    # The third and the fourth lie in the middle between two: the even one is taken.
    assert [hex(each) for each in bits] == ["0x3f80", "0xc000", "0x3f80", "0x3f82", "0x7f62", "0x3dcd"]


def test_a_seed_gives_the_same_numbers_on_every_machine():
    # Written down once: a change of these numbers changes the weights of every spec with a seed.
    uniform = drawn(make("RandomUniform", minval=0.0, maxval=1.0), (4,), seed=7)
    normal = drawn(make("RandomNormal", stddev=1.0), (4,), seed=7)
    assert [f"{each:.7f}" for each in uniform] == ["0.6475784", "0.7063526", "0.9799014", "0.0398391"]
    assert [f"{each:.6f}" for each in normal] == ["-0.985487", "2.223520", "0.846434", "-0.128464"]


def test_streams_are_told_apart_by_names_and_seeds_alone():
    first = drawn(make("GlorotUniform"))
    np.testing.assert_array_equal(first, drawn(make("GlorotUniform")))
    for other in (drawn(make("GlorotUniform"), name="other"), drawn(make("GlorotUniform"), seed=2)):
        assert (first != other).mean() > 0.99


def test_an_initializer_with_a_seed_of_its_own_gives_the_same_numbers_wherever_it_stands():
    one, other = (drawn(make("GlorotUniform", seed=5), name=name, seed=seed) for name, seed in (("a", 1), ("b", None)))
    np.testing.assert_array_equal(one, other)


def test_without_a_seed_the_numbers_are_others_each_time_and_the_same_within_one_run():
    values = InitialValues(None)
    kernel = variable(make("GlorotUniform"))
    np.testing.assert_array_equal(values.of(kernel), values.of(kernel))
    assert (values.of(kernel) != InitialValues(None).of(kernel)).mean() > 0.99


def test_no_two_weights_of_a_model_begin_alike():
    nodes = {
        "x": {"type": "Input", "shape": [5, 8]},
        "a": {"type": "MultiHeadAttention", "num_heads": 2, "key_dim": 4, "inputs": {"query": "x", "value": "x"}},
        "b": {"type": "Bidirectional", "layer": {"type": "LSTM", "units": 4}, "inputs": "a"},
    }
    graph = sc.load_spec({"spec": 1, "seed": 3, "nodes": nodes, "outputs": ["b"]})
    values = InitialValues(3)
    kernels = [values.of(each) for each in variables_of(trace(graph).state) if each.weight.name.endswith("kernel")]
    assert len({kernel.ravel()[:8].tobytes() for kernel in kernels}) == len(kernels) == 8
