"""Lists of numbers as operands, and ops of constants alone: what they are, and where they cannot stand."""

from __future__ import annotations

from textwrap import dedent

import pytest

import spec_compiler as sc


def loaded(nodes, **more):
    return sc.load_spec({"spec": 1, "nodes": {"x": {"type": "Input", "shape": [2]}, **nodes}, "outputs": ["y"], **more})


def findings(nodes, outputs=("y",), **more):
    spec = {"spec": 1, "nodes": {"x": {"type": "Input", "shape": [2]}, **nodes}, "outputs": list(outputs), **more}
    return [(d.code, d.message, d.path) for d in sc.check_spec(spec).diagnostics]


def add(*inputs):
    return {"type": "ops.add", "inputs": list(inputs)}


@pytest.mark.parametrize(
    ("constant", "stated"),
    [
        ([1.0, 2.0], ((2,), "float32")),
        ([1, 2.5], ((2,), "float32")),
        ([1, 2], ((2,), "int32")),
        ([[1], [2]], ((2, 1), "int32")),
        ([[[1.0, 2.0]]], ((1, 1, 2), "float32")),
    ],
)
def test_a_list_of_numbers_is_a_tensor(constant, stated):
    graph = loaded({"y": add("x", constant)})
    operand = graph.calls["y"]["x2"]
    assert (operand.shape, operand.dtype) == stated
    assert repr(operand) == str(constant).replace("1, 2.5", "1.0, 2.5")


def test_a_list_of_truth_values_is_a_tensor_of_them():
    graph = loaded({"y": {"type": "ops.where", "inputs": [[True, False], "x", 0.0]}})
    assert graph.calls["y"]["condition"].dtype == "bool"


def test_a_list_of_numbers_alone_is_one_constant():
    graph = loaded({"c": {"type": "ops.sum", "inputs": [1, 2, 3]}, "y": add("x", "c")})
    assert graph.results["c"].outputs[0].shape == ()
    assert graph.graph.constants == {"c"}


def test_ops_of_constants_are_constants_in_any_order_of_writing():
    nodes = {
        "y": add("x", "b"),
        "b": {"type": "ops.multiply", "inputs": ["a", 2]},
        "a": {"type": "ops.arange", "start": 2, "dtype": "float32"},
    }
    graph = loaded(nodes)
    assert graph.graph.constants == {"a", "b"}
    assert str(graph.results["b"].outputs[0]) == "(2,) float32"


def test_ops_whose_operands_stand_among_the_arguments_are_constants():
    spaced = {"type": "ops.linspace", "start": 0, "stop": 1, "num": 2}
    assert loaded({"spaced": spaced, "y": add("x", "spaced")}).graph.constants == {"spaced"}


@pytest.mark.parametrize(
    ("constant", "message"),
    [
        ([[1, 2], [3]], "the lists of a constant differ in length: there is no such tensor"),
        ([[1, 2], 3], "the lists of a constant differ in length: there is no such tensor"),
        ([1, True], "a constant holds numbers or truth values, and not both"),
        ([2**31], "2147483648 is larger than int32 can be, which a constant of whole numbers is"),
        ([1e39], "1e+39 is no number that float32 has, which a constant of floats is"),
        ([[1], [[2]]], "the lists of a constant are nested to different depths: there is no such tensor"),
    ],
)
def test_what_is_no_tensor_is_refused(constant, message):
    assert findings({"y": add("x", constant)}) == [("SC321", message, "/nodes/y/inputs/1")]


def test_a_layer_takes_no_constant():
    assert findings({"y": {"type": "Dense", "units": 2, "inputs": [[1.0, 2.0]]}, "z": add("x", 1)}, ["y", "z"]) == [
        ("SC321", "`Dense` takes tensors that depend on an input, not a list of numbers", "/nodes/y/inputs")
    ]
    nodes = {"c": {"type": "ops.zeros", "shape": [2]}, "y": {"type": "add", "inputs": ["x", "c"]}}
    assert findings(nodes) == [
        ("SC321", "`add` takes tensors that depend on an input, not the constant `c`", "/nodes/y/inputs/1")
    ]


def test_a_nested_model_takes_no_constant():
    block = {"inputs": ["a"], "nodes": {"b": {"type": "Dense", "units": 2, "inputs": "a"}}, "outputs": ["b"]}
    nodes = {"c": {"type": "ops.zeros", "shape": [1, 2]}, "s": {"use": "shared", "inputs": "c"}, "y": add("x", "s")}
    found = findings(nodes, blocks={"block": block}, layers={"shared": {"type": "block"}})
    assert [code for code, _, _ in found] == ["SC321"]


def test_an_output_is_no_constant():
    nodes = {"y": add("x", 1), "z": {"type": "ops.ones", "shape": [2]}}
    assert findings(nodes, ["y", "z"]) == [
        ("SC321", "the output `z` is a constant: no input leads to it", "/outputs/1")
    ]


def test_the_shape_of_a_constant_does_not_depend_on_its_values():
    nodes = {"c": {"type": "ops.unique", "inputs": [1, 1, 2]}, "y": add("x", "c")}
    assert [code for code, _, _ in findings(nodes)] == ["SC321"]


def test_numbers_stand_flat_where_an_op_takes_no_tensor():
    graph = loaded({"c": {"type": "ops.linspace", "start": 0, "stop": [1, 2], "num": 4}, "y": add("x", "c")})
    assert str(graph.results["c"].outputs[0]) == "(4, 2) float32"


@pytest.mark.parametrize(
    ("node", "hint"),
    [
        (
            {"type": "ops.linspace", "inputs": [0, 1.5], "num": 5},
            "a list of numbers is one tensor; write `inputs: {start: 0.0, stop: 1.5}`",
        ),
        (
            {"type": "ops.subtract", "inputs": [0, 1]},
            "a list of numbers is one tensor; write `inputs: {x1: 0, x2: 1}`",
        ),
        ({"type": "ops.linspace", "inputs": [0, 1, 5]}, "write `inputs: {start: …, stop: …}`"),
        ({"type": "ops.linspace", "inputs": "x"}, "write `inputs: {start: …, stop: …}`"),
        ({"type": "ops.arange", "start": 5, "inputs": 5}, "numbers stand among the arguments, and without `inputs`"),
        ({"type": "ops.zeros", "shape": [5], "inputs": [5]}, "numbers stand among the arguments, and without `inputs`"),
        ({"type": "ops.zeros", "shape": [5], "inputs": "x"}, None),
    ],
)
def test_numbers_that_flow_where_they_should_stand_flat_are_told_so(node, hint):
    spec = {"spec": 1, "nodes": {"x": {"type": "Input", "shape": [5]}, "c": node, "y": add("x", "c")}, "outputs": ["y"]}
    assert [(each.code, each.hint) for each in sc.check_spec(spec)] == [("SC308", hint)]


def test_a_reference_does_not_stand_flat():
    wrong = {"c": {"type": "ops.linspace", "start": "x", "stop": 1}, "y": add("x", "c")}
    assert findings(wrong) == [("SC203", "`start` takes a number or a list of numbers here, not `x`", "/nodes/c/start")]
    both = {"c": {"type": "ops.linspace", "stop": 1, "inputs": "x"}, "y": add("x", "c")}
    message = "`stop` stands among the arguments only where nothing flows in, and `c` has `inputs`"
    assert findings(both) == [("SC209", message, "/nodes/c/stop")]


def test_large_constants_are_refused_each_and_together():
    large = {"c": {"type": "ops.zeros", "shape": [1001, 1000]}, "y": add("x", "c")}
    assert [code for code, _, _ in findings(large)] == ["SC717"]
    nodes = {f"n{i}": add("x" if i == 0 else f"n{i - 1}", "c") for i in range(60)}
    many = {"c": {"type": "ops.zeros", "shape": [50000, 2]}, **nodes, "y": add("n59", 1)}
    assert [code for code, _, _ in findings(many)] == ["SC717"]


def test_a_table_shows_small_constants_and_the_shapes_of_large_ones():
    text = """
        spec: 1
        nodes:
          x: {type: Input, shape: [6]}
          a: {type: ops.add, inputs: [x, [0.5]]}
          y: {type: ops.multiply, inputs: [a, [1, 2, 3, 4, 5, 6]]}
        outputs: [y]
        """
    summary = sc.load_spec(sc.Source.text(dedent(text))).summary()
    assert "x, [0.5]" in summary
    assert "a, constant (6,)" in summary
