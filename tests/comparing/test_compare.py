"""What is found to differ: each kind of change in a small spec, alone."""

from __future__ import annotations

import copy
from dataclasses import fields

import pytest

import spec_compiler as sc
from spec_compiler.comparing.compare import compare
from spec_compiler.comparing.comparison import Comparison, LayerWeights, Parameters
from tests.goldens import example_specs

pytestmark = pytest.mark.usefixtures("stand_ins")

BASE = {
    "spec": 1,
    "layers": {"twin": {"type": "Dense", "units": 4}},
    "nodes": {
        "x": {"type": "Input", "shape": [4]},
        "y": {"type": "Input", "shape": [4]},
        "a": {"use": "twin", "inputs": "x"},
        "b": {"use": "twin", "inputs": "y"},
        "both": {"type": "concatenate", "inputs": ["a", "b"]},
        "hidden": {"type": "Dense", "units": 3, "inputs": "both"},
        "scaled": {"type": "ops.multiply", "inputs": ["hidden", 0.5]},
        "out": {"type": "Dense", "units": 1, "inputs": "scaled"},
        "aux": {"type": "Dense", "units": 2, "inputs": "scaled"},
    },
    "outputs": {"out": {"loss": "mse"}, "aux": {"loss": "mae", "loss_weight": 0.5}},
    "compile": {"optimizer": {"type": "Adam", "learning_rate": 0.01}},
    "fit": {"epochs": 2},
}  # fmt: skip


def difference(change) -> Comparison:
    """What the base differs in from a changed copy."""
    data = copy.deepcopy(BASE)
    change(data)
    return compare(sc.load_spec(BASE), sc.load_spec(data))


def found(comparison: Comparison) -> dict:
    """The parts of a comparison that say that something differs."""
    parts = {field.name: getattr(comparison, field.name) for field in fields(comparison)}
    return {name: part for name, part in parts.items() if part and name not in ("parameters", "weights")}


def plain(part):
    """Named tuples as plain ones."""
    return [tuple(each) if isinstance(each, tuple) else each for each in part]


@pytest.mark.slow
@pytest.mark.parametrize("spec", example_specs(), ids=lambda spec: spec.name)
def test_a_spec_does_not_differ_from_itself(spec):
    graph = sc.load_spec(spec)
    comparison = compare(graph, sc.load_spec(spec))
    assert (comparison.same, found(comparison)) == (True, {})
    assert comparison.taken_over == (graph.whole or graph).parameter_count
    assert [layer.reason for layer in comparison.weights] == [None] * len(comparison.weights)


@pytest.mark.slow
@pytest.mark.parametrize("spec", example_specs(), ids=lambda spec: spec.name)
def test_a_spec_does_not_differ_from_itself_written_out(spec):
    graph = sc.load_spec(spec)
    comparison = compare(graph, sc.load_spec(sc.Source.text(graph.to_yaml(), form="yaml")))
    # Names below a copy become names of nodes, which keep the others as Keras's.
    assert found(comparison).keys() <= {"renamed", "renamed_layers", "changed"}
    assert {detail.path for changed in comparison.changed for detail in changed.arguments} <= {"name"}
    assert comparison.taken_over == (graph.whole or graph).parameter_count


def rename(data, old, new):
    data["nodes"] = {new if name == old else name: node for name, node in data["nodes"].items()}
    for node in data["nodes"].values():
        inputs = node.get("inputs")
        node["inputs"] = (
            [new if x == old else x for x in inputs] if isinstance(inputs, list) else new if inputs == old else inputs
        )
        if node["inputs"] is None:
            del node["inputs"]


def test_what_does_not_matter_is_no_difference():
    def change(data):
        data["name"] = "other"
        data["description"] = "Another text."
        data["nodes"] = dict(sorted(data["nodes"].items(), reverse=True))
        data["inputs"] = ["x", "y"]
        data["nodes"]["hidden"]["use_bias"] = True
        data["nodes"]["out"] = {"type": "Dense", "units": "${1}", "inputs": ["scaled"]}
        data["outputs"]["out"]["loss_weight"] = 1
        data["lint"] = {"ignore": ["SC601"]}

    assert difference(change).same


def test_a_node_under_another_name():
    comparison = difference(lambda data: rename(data, "hidden", "wide"))
    assert {key: plain(part) for key, part in found(comparison).items()} == {"renamed": [("hidden", "wide")]}
    assert LayerWeights("hidden", "wide", 27, 27, None) in comparison.weights
    assert comparison.taken_over == comparison.parameters.after


def test_a_node_under_another_name_beside_another_change():
    def change(data):
        rename(data, "hidden", "wide")
        data["nodes"]["x"]["shape"] = data["nodes"]["y"]["shape"] = [5]

    comparison = difference(change)
    assert plain(comparison.renamed) == [("hidden", "wide")]
    assert [(c.name, plain(c.arguments)) for c in comparison.changed] == [
        ("x", [("shape", [4], [5])]),
        ("y", [("shape", [4], [5])]),
    ]
    assert LayerWeights("hidden", "wide", 27, 27, None) in comparison.weights
    assert LayerWeights("twin", "twin", 20, 24, "its kernel was (4, 4) and is (5, 4)") in comparison.weights


def test_all_nodes_under_other_names_beside_another_change():
    def change(data):
        for name in list(data["nodes"]):
            rename(data, name, f"new_{name}")
        data["outputs"] = {f"new_{name}": output for name, output in data["outputs"].items()}
        data["nodes"]["new_scaled"]["inputs"] = ["new_hidden", 0.25]

    comparison = difference(change)
    assert {each.before: each.after for each in comparison.renamed} == {name: f"new_{name}" for name in BASE["nodes"]}
    assert [(c.name, plain(c.arguments)) for c in comparison.changed] == [("new_scaled", [("x2", 0.5, 0.25)])]
    assert found(comparison).keys() == {"renamed", "renamed_outputs", "changed"}
    assert comparison.taken_over == comparison.parameters.after


def test_names_that_changed_places():
    def change(data):
        rename(data, "hidden", "#")
        rename(data, "scaled", "hidden")
        rename(data, "#", "scaled")

    assert {key: plain(part) for key, part in found(difference(change)).items()} == {
        "renamed": [("hidden", "scaled"), ("scaled", "hidden")]
    }


def test_an_output_and_a_shared_layer_under_other_names():
    def change(data):
        rename(data, "out", "result")
        data["outputs"] = {"result": data["outputs"].pop("out"), **data["outputs"]}
        data["layers"] = {"tower": data["layers"]["twin"]}
        data["nodes"]["a"]["use"] = data["nodes"]["b"]["use"] = "tower"

    comparison = difference(change)
    assert {key: plain(part) for key, part in found(comparison).items()} == {
        "renamed": [("out", "result")],
        "renamed_layers": [("twin", "tower")],
        "renamed_outputs": [("out", "result")],
    }
    assert comparison.taken_over == comparison.parameters.after


def test_an_argument_and_what_follows_from_it():
    comparison = difference(lambda data: data["nodes"]["hidden"].update(units=6, activation="relu"))
    assert found(comparison).keys() == {"changed", "reshaped"}
    assert [(c.name, c.type, plain(c.arguments)) for c in comparison.changed] == [
        ("hidden", None, [("activation", None, "relu"), ("units", 3, 6)])
    ]
    assert plain(comparison.reshaped) == [
        ("hidden", ("(None, 3) float32",), ("(None, 6) float32",)),
        ("scaled", ("(None, 3) float32",), ("(None, 6) float32",)),
    ]
    assert comparison.parameters == Parameters(59, 95, 59, 95)
    assert plain(comparison.weights) == [
        ("twin", "twin", 20, 20, None),
        ("hidden", "hidden", 27, 54, "its kernel was (8, 3) and is (8, 6)"),
        ("out", "out", 4, 7, "its kernel was (3, 1) and is (6, 1)"),
        ("aux", "aux", 8, 14, "its kernel was (3, 2) and is (6, 2)"),
    ]
    assert comparison.taken_over == 20


def test_an_argument_of_an_argument():
    def change(data):
        data["nodes"]["hidden"]["kernel_initializer"] = {"type": "GlorotUniform", "seed": 3}
        data["nodes"]["out"]["kernel_initializer"] = "he_normal"

    hidden, out = difference(change).changed
    assert plain(hidden.arguments) == [("kernel_initializer.seed", None, 3)]
    ((path, before, after),) = out.arguments
    assert (path, before["type"], after["type"]) == ("kernel_initializer", "GlorotUniform", "HeNormal")


def test_an_option_of_a_call_and_a_number_that_flows_in():
    def change(data):
        data["nodes"]["scaled"]["inputs"] = ["hidden", 0.25]
        data["nodes"]["hidden"] = {"type": "Dropout", "rate": 0.5, "inputs": "both", "call": {"training": True}}

    comparison = difference(change)
    assert [(c.name, c.type and tuple(c.type), plain(c.arguments)) for c in comparison.changed] == [
        ("hidden", ("Dense", "Dropout"), [("call.training", None, True)]),
        ("scaled", None, [("x2", 0.5, 0.25)]),
    ]
    assert LayerWeights("hidden", None, 27, 0, "it is gone") in comparison.weights


def test_nodes_that_came_and_nodes_that_went():
    def change(data):
        data["nodes"]["drop"] = {"type": "Dropout", "rate": 0.5, "inputs": "hidden"}
        data["nodes"]["scaled"]["inputs"] = ["drop", 0.5]

    there = difference(change)
    data = copy.deepcopy(BASE)
    change(data)
    back = compare(sc.load_spec(data), sc.load_spec(BASE))
    assert plain(there.added) == plain(back.removed) == [("drop", "Dropout", 0)]
    assert plain(there.moved) == [("scaled", ("hidden",), ("drop",))]
    assert plain(there.edges_added) == plain(back.edges_removed) == [
        ("hidden", 0, "drop", "inputs", None), ("drop", 0, "scaled", "x1", None),
    ]  # fmt: skip
    assert plain(there.edges_removed) == plain(back.edges_added) == [("hidden", 0, "scaled", "x1", None)]
    assert found(there).keys() == {"added", "moved", "edges_added", "edges_removed"}
    assert found(back).keys() == {"removed", "moved", "edges_added", "edges_removed"}
    assert there.taken_over == there.parameters.after


def test_inputs_in_another_order():
    comparison = difference(lambda data: data["nodes"]["both"].update(inputs=["b", "a"]))
    assert {key: plain(part) for key, part in found(comparison).items()} == {
        "moved": [("both", ("a", "b"), ("b", "a"))],
        "edges_added": [("b", 0, "both", "inputs", 0), ("a", 0, "both", "inputs", 1)],
        "edges_removed": [("a", 0, "both", "inputs", 0), ("b", 0, "both", "inputs", 1)],
    }
    assert comparison.taken_over == comparison.parameters.after


def test_a_layer_that_is_no_longer_shared_and_one_that_is():
    def change(data):
        del data["layers"]
        for name in ("a", "b"):
            data["nodes"][name] = {"type": "Dense", "units": 4, "inputs": data["nodes"][name]["inputs"]}

    data = copy.deepcopy(BASE)
    change(data)
    there, back = difference(change), compare(sc.load_spec(data), sc.load_spec(BASE))
    assert {key: plain(part) for key, part in found(there).items()} == {"sharing": [("twin", ("a", "b"), False)]}
    assert {key: plain(part) for key, part in found(back).items()} == {"sharing": [("twin", ("a", "b"), True)]}
    assert [tuple(w)[:2] for w in there.weights if w.reason is None] == [
        ("twin", "a"), ("twin", "b"), ("hidden", "hidden"), ("out", "out"), ("aux", "aux"),
    ]  # fmt: skip
    assert plain(back.weights)[0] == ("a", "twin", 20, 20, None)
    assert plain(back.weights)[-1] == ("b", None, 20, 0, "it is gone")


def test_a_layer_that_is_called_and_stands_in_a_wrapper_too_is_no_difference():
    nodes = {
        "x": {"type": "Input", "shape": [3, 4]},
        "y": {"type": "Input", "shape": [4]},
        "a": {"type": "TimeDistributed", "layer": {"use": "twin"}, "inputs": "x"},
        "b": {"use": "twin", "inputs": "y"},
        "out": {"type": "Flatten", "inputs": "a"},
    }
    data = {"spec": 1, "layers": BASE["layers"], "nodes": nodes, "outputs": ["out", "b"]}
    assert compare(sc.load_spec(data), sc.load_spec(data)).same


def test_a_shared_layer_is_changed_once():
    (changed,) = difference(lambda data: data["layers"]["twin"].update(activation="tanh")).changed
    assert (changed.name, changed.is_layer, plain(changed.arguments)) == ("twin", True, [("activation", None, "tanh")])


TRAINING = {
    "a loss": (lambda data: data["outputs"]["out"].update(loss="mae"), [("outputs.out.loss", "mse", "mae")]),
    "a weight": (lambda data: data["outputs"]["aux"].update(loss_weight=0.2), [("outputs.aux.loss_weight", 0.5, 0.2)]),
    "a metric": (
        lambda data: data["outputs"]["out"].update(metrics=["mae"]),
        [("outputs.out.metrics", [], ["mae"])],
    ),
    "an argument of the optimizer": (
        lambda data: data["compile"]["optimizer"].update(learning_rate=0.1),
        [("compile.optimizer.learning_rate", 0.01, 0.1)],
    ),
    "training": (
        lambda data: data["fit"].update(epochs=3, batch_size=8),
        [("fit.epochs", 2, 3), ("fit.batch_size", None, 8)],
    ),
    "a seed": (lambda data: data.update(seed=3), [("seed", None, 3)]),
    "the order of inputs": (lambda data: data.update(inputs=["y", "x"]), [("inputs", ["x", "y"], ["y", "x"])]),
    "the source of an output": (
        lambda data: data["outputs"].update(more={"from": "hidden"}),
        [("outputs.more", None, {"from": "hidden"})],
    ),
}


@pytest.mark.parametrize(("change", "details"), list(TRAINING.values()), ids=list(TRAINING))
def test_the_model_around_the_nodes(change, details):
    comparison = difference(change)
    assert {key: plain(part) for key, part in found(comparison).items()} == {"model": details}
    assert comparison.taken_over == comparison.parameters.after


def test_the_order_of_outputs():
    comparison = difference(lambda data: data.update(outputs=dict(reversed(data["outputs"].items()))))
    assert {key: plain(part) for key, part in found(comparison).items()} == {
        "model": [("outputs", ["out", "aux"], ["aux", "out"])]
    }


def test_a_dtype_policy_is_one_difference_and_not_one_of_each_layer():
    comparison = difference(lambda data: data.update(dtype_policy="mixed_bfloat16"))
    assert plain(comparison.model) == [("dtype_policy", None, "mixed_bfloat16")]
    assert found(comparison).keys() == {"model", "reshaped"}


BLOCK = """
spec: 1
blocks:
  tower:
    inputs: [t]
    nodes:
      first: {type: Dense, units: 5, inputs: t}
      second: {type: Dense, units: UNITS, inputs: first}
    outputs: [second]
layers:
  tower: {type: tower}
nodes:
  x: {type: Input, shape: [4]}
  y: {type: Input, shape: [4]}
  a: {use: tower, inputs: x}
  b: {use: tower, inputs: y}
  both: {type: concatenate, inputs: [a, b]}
outputs: [both]
"""


def test_the_inside_of_a_block_that_is_shared():
    a, b = (sc.load_spec(sc.Source.text(BLOCK.replace("UNITS", units))) for units in ("2", "3"))
    comparison = compare(a, b)
    (changed,) = comparison.changed
    assert (changed.name, changed.is_layer, changed.type, changed.arguments) == ("tower", True, None, ())
    assert [(c.name, plain(c.arguments)) for c in changed.inside.changed] == [("second", [("units", 2, 3)])]
    assert plain(comparison.weights) == [
        ("tower/first", "tower/first", 25, 25, None),
        ("tower/second", "tower/second", 12, 18, "its kernel was (5, 2) and is (5, 3)"),
    ]


def test_specs_of_two_models_have_nothing_in_common():
    a, b = sc.load_spec(example_specs()[0].parent / "mlp.yaml"), sc.load_spec(BASE)
    comparison = compare(a, b)
    assert comparison.taken_over == 0
    assert not comparison.same
