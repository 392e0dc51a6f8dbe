"""Samples of data in memory, held against what a model wants."""

from __future__ import annotations

import numpy as np
import pytest

import spec_compiler as sc
from tests.training.data import COUNT, INPUTS, LINES, SPEC, TARGETS, found, graph

pytestmark = pytest.mark.usefixtures("stand_ins")


def held(inputs=None, targets=None, text=SPEC):
    return sc.check_data(graph(text), INPUTS | (inputs or {}), TARGETS | (targets or {}))


def test_data_as_it_is_wanted_is_fine():
    report = held()
    assert report.ok
    assert not report.diagnostics


@pytest.mark.parametrize(
    "inputs",
    [
        {"age": INPUTS["age"].reshape(COUNT, 1)},
        {"age": INPUTS["age"].reshape(COUNT, 1, 1)},
        {"age": INPUTS["age"].tolist()},
        {"words": INPUTS["words"].astype("float64")},
        {"words": INPUTS["words"].astype("uint8")},
        {"image": INPUTS["image"][..., 0]},
        {"image": INPUTS["image"].astype("float16")},
        {"city": INPUTS["city"].astype(object)},
        {"city": [[name] for name in INPUTS["city"]]},
    ],
)
def test_so_is_data_that_keras_makes_it_of(inputs):
    assert not held(inputs).diagnostics


@pytest.mark.parametrize(
    "targets",
    [
        {"kind": TARGETS["kind"].reshape(COUNT, 1)},
        {"kind": TARGETS["kind"].astype("float32")},
        {"sort": TARGETS["sort"] * 0.9 + 0.1 / 3},
        {"alarm": TARGETS["alarm"].astype(bool)},
        {"alarm": TARGETS["alarm"] * 0.5},
    ],
)
def test_so_are_targets_that_the_losses_make_them_of(targets):
    assert not held(None, targets).diagnostics


def test_data_may_be_given_in_order():
    assert not sc.check_data(graph(), list(INPUTS.values()), tuple(TARGETS.values())).diagnostics
    missing = sc.check_data(graph(), list(INPUTS.values())[:3])
    assert [(each.code, each.span.start.line) for each in missing] == [("SC541", 7)]
    more = sc.check_data(graph(), [*INPUTS.values(), INPUTS["age"]])
    assert [each.code for each in more] == ["SC542"]


ONE = """
spec: 1
nodes:
  x: {type: Input, shape: [2]}
  y: {type: Dense, units: 1, inputs: x}
outputs: {y: {loss: mse}}
"""


@pytest.mark.parametrize("x", [[[1, 2], [3, 4]], [np.ones((2, 2))], np.ones((2, 2)), {"x": [[1, 2], [3, 4]]}])
def test_a_model_of_one_input_takes_it_alone(x):
    assert not sc.check_data(graph(ONE), x, [1, 2]).diagnostics


def test_without_targets_the_inputs_alone_are_looked_at():
    assert not sc.check_data(graph(), INPUTS).diagnostics


@pytest.mark.parametrize(
    ("inputs", "code", "where"),
    [
        ({"words": INPUTS["words"] + 5}, "SC545", "words[1,"),
        ({"words": INPUTS["words"] - 1}, "SC545", "words[0,"),
        ({"words": INPUTS["words"] + 0.5}, "SC544", "words[0,"),
        ({"words": INPUTS["words"][:, :3]}, "SC543", "words"),
        ({"words": INPUTS["city"]}, "SC544", "words[0]"),
        ({"words": [[1, 2, 3, 4]] * 5 + [[1]]}, "SC543", "words"),
        ({"image": np.zeros((COUNT, 3, 2, 1))}, "SC543", "image"),
        ({"image": np.zeros((COUNT, 6))}, "SC543", "image"),
        ({"image": np.full((COUNT, 2, 3, 1), np.inf)}, "SC546", "image[0,"),
        ({"age": [20, None, 22, 23, 24, 25]}, "SC546", "age[1]"),
        ({"age": [20, [21, 22], 22, 23, 24, 25]}, "SC543", "age"),
        ({"age": [20, object(), 22, 23, 24, 25]}, "SC544", "age"),
        ({"age": [20, np.nan, 22, 23, 24, 25]}, "SC546", "age[1]"),
        ({"age": np.arange(COUNT).astype("datetime64[D]")}, "SC544", "age"),
        ({"age": np.arange(COUNT) * 1j}, "SC544", "age"),
        ({"age": 5.0}, "SC543", "age"),
        ({"age": np.arange(5.0)}, "SC548", "age"),
        ({"city": np.arange(COUNT)}, "SC544", "city"),
        ({"city": ["bern", None, "rome"] * 2}, "SC546", "city[1]"),
        ({"city": None}, "SC541", "there"),
    ],
)
def test_an_input_that_does_not_fit_is_found_at_its_line(inputs, code, where):
    (name,) = inputs
    lines = {"words": 4, "image": 5, "age": 6, "city": 7}
    assert found(held(inputs)) == [(code, lines[name], where)]


@pytest.mark.parametrize(
    ("targets", "code", "where", "hint"),
    [
        ({"kind": TARGETS["kind"] + 1}, "SC545", "kind[2]", "the classes are counted from 1: subtract 1"),
        ({"kind": TARGETS["kind"] * 2}, "SC545", "kind[2]", "the highest is 4: "),
        ({"kind": TARGETS["kind"] - 1}, "SC545", "kind[0]", None),
        ({"kind": TARGETS["sort"]}, "SC547", "kind", "write `categorical_crossentropy`"),
        ({"kind": np.zeros((COUNT, 2))}, "SC543", "kind", None),
        ({"sort": TARGETS["kind"]}, "SC547", "sort", "write `sparse_categorical_crossentropy`"),
        ({"sort": TARGETS["kind"].reshape(COUNT, 1)}, "SC547", "sort", "write `sparse_categorical_crossentropy`"),
        ({"sort": np.ones((COUNT, 3))}, "SC547", "sort[0]", "where several classes can be true together"),
        ({"sort": np.full((COUNT, 3), 2)}, "SC545", "sort[0,", None),
        ({"alarm": TARGETS["alarm"] + 1}, "SC545", "alarm[1]", "yes and no are counted from 1"),
        ({"alarm": TARGETS["alarm"] * 2 - 1}, "SC545", "alarm[0]", "for -1 and 1 there is `hinge`"),
        ({"alarm": TARGETS["alarm"] * 255}, "SC545", "alarm[1]", "divide by 255"),
        ({"alarm": np.full(COUNT, np.nan)}, "SC546", "alarm[0]", "every loss becomes NaN"),
        ({"alarm": ["yes"] * COUNT}, "SC544", "alarm[0]", "a layer such as `StringLookup`"),
        ({"alarm": np.zeros((COUNT, 3))}, "SC543", "alarm", None),
        ({"alarm": TARGETS["alarm"][:4]}, "SC548", "alarm", None),
    ],
)
def test_targets_that_do_not_fit_are_found_at_the_line_of_the_loss(targets, code, where, hint):
    (name,) = targets
    report = held(None, targets)
    assert found(report) == [(code, LINES[name], where)]
    (diagnostic,) = report
    assert (diagnostic.hint or "").startswith(hint) if hint is not None else diagnostic.hint is None
    assert diagnostic.path == f"/outputs/{name}/loss"


def test_what_wants_the_numbers_of_an_input_is_named_too():
    (diagnostic,) = held({"words": INPUTS["words"] + 5})
    assert [(each.message, each.span.start.line) for each in diagnostic.related] == [("`table` takes them", 8)]


def test_a_name_that_is_misspelt_is_one_mistake():
    inputs = {"wrods" if name == "words" else name: value for name, value in INPUTS.items()}
    report = sc.check_data(graph(), inputs, TARGETS)
    assert found(report) == [("SC541", 4, "there")]
    assert report.diagnostics[0].hint == "is it `wrods`?"


def test_what_is_for_nothing_is_doubtful_as_input_and_refused_as_target():
    report = sc.check_data(graph(), INPUTS | {"row": np.arange(COUNT)}, TARGETS | {"weight": np.ones(COUNT)})
    assert {(each.code, each.severity) for each in report} == {("SC542", "warning"), ("SC549", "error")}


def test_several_mistakes_are_reported_together():
    report = held({"words": INPUTS["words"] + 5, "age": [np.nan] * COUNT}, {"kind": TARGETS["kind"] + 1})
    assert [each.code for each in report] == ["SC545", "SC546", "SC545"]


def test_an_optional_input_may_be_missing():
    text = ONE.replace("shape: [2]}", "shape: [2]}\n  more: {type: Input, shape: [2], optional: true}").replace(
        "inputs: x}", "inputs: sum}\n  sum: {type: add, inputs: [x, more]}"
    )
    assert not sc.check_data(graph(text), {"x": [[1, 2]]}, [1]).diagnostics


def test_rows_of_a_ragged_input_may_be_of_different_lengths():
    text = """
spec: 1
nodes:
  x: {type: Input, shape: [null], dtype: int32, ragged: true}
  y: {type: Embedding, input_dim: 5, output_dim: 2, inputs: x}
outputs: [y]
"""
    assert not sc.check_data(graph(text), [[1, 2], [3]]).diagnostics
    assert [each.code for each in sc.check_data(graph(text), [[1, 2], [3, 7]])] == ["SC545"]


def test_no_samples_are_no_data():
    assert [each.code for each in sc.check_data(graph(ONE), np.zeros((0, 2)), np.zeros(0))] == ["SC548"]


@pytest.mark.parametrize(
    ("loss", "targets", "codes"),
    [
        ("crossentropy", [0, 2], []),
        ("crossentropy", [[1, 0, 0], [0, 0, 1]], []),
        ("crossentropy", [0, 3], ["SC545"]),
        ("{type: SparseCategoricalCrossentropy, ignore_class: -1}", [0, -1], []),
        ("{type: SparseCategoricalCrossentropy, ignore_class: -1}", [0, -2], ["SC545"]),
        ("kl_divergence", [[0.5, 0.5, 0], [0.2, 0.2, 0.6]], []),
        ("kl_divergence", [[0.5, 0.5, 0.5], [0.2, 0.2, 0.6]], ["SC547"]),
        ("poisson", [[0, 1, 7], [3, 3, 3]], []),
        ("poisson", [[0, -1, 7], [3, 3, 3]], ["SC545"]),
        ("hinge", [[1, -1, 1], [1, 1, -1]], []),
        ("hinge", [[1, 0, 1], [1, 1, 0]], []),
        ("hinge", [[1, 0, -1], [1, 1, 0]], ["SC545"]),
        ("msle", [[-0.5, 0, 0], [1, 1, 1]], ["SC545"]),
        ("mse", [[-0.5, 0, 0], [1, 1, 1]], []),
        ("mse", [1, 2], ["SC543"]),
        ("binary_crossentropy", [[1, 0, 1], [1, 1, 1]], []),
        ("dice", [[1, 0, 1], [1, 1, 2]], ["SC545"]),
        ("circle", [4, 900], []),
    ],
)
def test_each_loss_takes_targets_of_its_own(loss, targets, codes):
    text = f"""
spec: 1
nodes:
  x: {{type: Input, shape: [2]}}
  y: {{type: Dense, units: 3, activation: softmax, inputs: x}}
outputs: {{y: {{loss: {loss}}}}}
"""
    report = sc.check_data(graph(text), [[1, 2], [3, 4]], targets)
    assert [each.code for each in report] == codes, f"\n{report}"


def test_an_output_with_metrics_alone_wants_what_the_first_takes():
    spec = {
        "spec": 1,
        "nodes": {"x": {"type": "Input", "shape": [2]}, "y": {"type": "Dense", "units": 1, "inputs": "x"}},
        "outputs": {"y": {"metrics": ["mae"]}},
    }
    assert [each.code for each in sc.check_data(sc.load_spec(spec), [[1, 2]], [["a"]])] == ["SC544"]


def test_the_data_of_a_dict_has_no_lines():
    spec = {
        "spec": 1,
        "nodes": {"x": {"type": "Input", "shape": [2]}, "y": {"type": "Dense", "units": 1, "inputs": "x"}},
        "outputs": {"y": {"loss": "mse"}},
    }
    (diagnostic,) = sc.check_data(sc.load_spec(spec), [[1, 2, 3]])
    assert (diagnostic.code, diagnostic.path, diagnostic.span) == ("SC543", "/nodes/x", None)


@pytest.mark.slow
def test_data_is_held_without_keras():
    from tests.processes import python

    program = """
import sys
import spec_compiler as sc
graph = sc.load_spec({"spec": 1, "nodes": {"x": {"type": "Input", "shape": [2]}}, "outputs": ["x"]})
assert sc.check_data(graph, [[1, 2]]).ok
print(sorted({"keras", "tensorflow", "pyarrow"} & set(sys.modules)))
"""
    assert python("-c", program).stdout.decode().strip() == "[]"
