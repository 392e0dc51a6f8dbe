"""What is written in the form of another language, or at another place: one finding, with what to write."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stages.through import check


def findings(node: dict[str, Any], **sections: Any) -> list[tuple[str, str | None, Any]]:
    spec = {
        "spec": 1,
        "nodes": {"x": {"type": "Input", "shape": [8]}, "y": node},
        "outputs": {"y": {"loss": "mse"}},
        **sections,
    }
    return [(found.code, found.hint, found.fix) for found in check(spec)]


def dense(**arguments: Any) -> dict[str, Any]:
    return {"type": "Dense", "units": 3, "inputs": "x", **arguments}


@pytest.mark.parametrize(
    ("node", "code", "hint"),
    [
        (dense(kernel_regularizer={"l2": 0.01}), "SC202", "write `{type: l2, l2: 0.01}`"),
        (
            dense(kernel_regularizer={"class_name": "L2", "config": {"l2": 0.01}}),
            "SC202",
            "write `{type: L2, …}`, with the arguments beside `type`",
        ),
        (dense(kernel_initializer={"Constant": {"value": 2}}), "SC202", "write `{type: Constant, value: 2}`"),
        (dense(kernel_initializer={"zeros": None}), "SC202", "write `{type: zeros}`"),
        (dense(kernel_initializer={"value": 2}), "SC202", None),
        (dense(units="3.0"), "SC203", "write `3`"),
        (dense(units="params.width"), "SC203", 'to have the value of a param, write `"${width}"`'),
        ({"type": "Dense(3)", "inputs": "x"}, "SC208", "arguments stand beside `type`: `{type: Dense, …}`"),
        ({"type": "Dropout", "rate": 50, "inputs": "x"}, "SC204", "it is a share: 50 percent are `0.5`"),
        ({"type": "Dropout", "rate": -1, "inputs": "x"}, "SC204", None),
        ({"type": "Dropout", "rate": 101, "inputs": "x"}, "SC204", None),
        (dense(inputs="x[0]"), "SC214", "to pick an output, write its number after a dot: `x.0`"),
        (dense(inputs="x:0"), "SC214", "to pick an output, write its number after a dot: `x.0`"),
        (dense(inputs="x, x.1"), "SC214", "several references stand in a list: `[x, x.1]`"),
        (dense(inputs="$x"), "SC214", "a reference is a name alone: write `x`"),
        (dense(inputs="x -> y"), "SC214", "arrows stand under `edges`, and wire nodes that have no `inputs`"),
        (
            {"type": "add", "inputs": "x + x.0"},
            "SC214",
            "what joins tensors is a node of its own: `{type: add, inputs: [x, x.0]}`",
        ),
        (
            {"type": "add", "inputs": ["x.*.skip"]},
            "SC214",
            "a pattern stands for names of nodes, and may pick one output of each: `step_*`, `step_*.skip`; "
            "of the copies that `repeat` makes, only the last can be referred to",
        ),
        (
            dense(inputs={"type": "Dense", "units": 2, "inputs": "x"}),
            "SC203",
            "a node stands under `nodes`, by a name of its own: write it there, and that name here",
        ),
        (
            {"type": "add", "inputs": [{"type": "Dense", "units": 2, "inputs": "x"}, "x"]},
            "SC203",
            "a node stands under `nodes`, by a name of its own: write it there, and that name here",
        ),
        (
            {"Dense": {"units": 2}, "inputs": "x"},
            "SC213",
            "`Dense` is a type, and its arguments stand beside it: `{type: Dense, …}`",
        ),
        ({"relu": {}, "inputs": "x"}, "SC213", "`type` makes a layer of its own, `use` calls a shared one"),
        (dense(**{"for": ["a", "b"]}), "SC203", "a variable stands before its values: `for: {name: [a, b]}`"),
        (dense(when="yes"), "SC222", "in YAML 1.2 truth values are `true` and `false`: write `true`"),
        (dense(repeat=2.0), "SC221", "write `2`; in an expression, `//` divides to a whole number"),
        ({"type": "Dropout", "rate": "12.5%", "inputs": "x"}, "SC203", "a share is a number: write `0.125`"),
        (
            {"class_name": "Dense", "config": {"units": 3}, "inputs": "x"},
            "SC213",
            "what a node calls is its `type`, and the arguments of `config` stand beside it",
        ),
        (
            {"type": "Dense", "kwargs": {"units": 3}, "inputs": "x"},
            "SC209",
            "arguments stand beside `type`, each under its own name: `{type: Dense, units: …}`",
        ),
        ({"type": "Dense", "units": 3, "parents": "x"}, "SC209", "what flows in stands under `inputs`"),
        (
            {"type": "Dropout", "keep_prob": 0.8, "inputs": "x"},
            "SC209",
            "`rate` is the share that is dropped, one less what is kept: `rate: 0.2` for `keep_prob: 0.8`",
        ),
        (
            dense(activation="lambda a: a"),
            "SC211",
            "a spec cannot hold code: write a node of an op, or register a function from the calling program",
        ),
    ],
)
def test_what_is_written_in_another_form_is_one_finding_that_says_how_it_is_written_here(node, code, hint):
    assert [found[:2] for found in findings(node)] == [(code, hint)]


def test_numbers_with_a_cross_between_them_are_a_list():
    node = {"type": "Reshape", "target_shape": "2x4", "inputs": "x"}
    assert findings(node) == [("SC203", "several numbers are a list: write `[2, 4]`", "[2, 4]")]


def test_an_object_that_is_a_key_of_a_mapping_is_told_how_it_is_written():
    (found,) = findings(dense(), compile={"optimizer": {"adam": {"learning_rate": 0.1}}})
    assert found == ("SC202", "write `{type: adam, learning_rate: 0.1}`", None)


def test_a_tensor_that_a_call_needs_is_told_beside_those_that_it_has():
    node = {"type": "MultiHeadAttention", "num_heads": 1, "key_dim": 2, "inputs": {"query": "x", "key": "x"}}
    assert findings(node)[0][1] == "write `inputs: {query: …, value: …, key: …}`"


def test_tensors_and_options_of_a_call_are_told_where_they_stand_and_what_flows_into_them_counts_as_used():
    spec = {
        "spec": 1,
        "layers": {"shared": {"type": "GRU", "units": 3}},
        "nodes": {
            "x": {"type": "Input", "shape": [4, 3]},
            "state": {"type": "Input", "shape": [3]},
            "y": {"type": "GRU", "units": 3, "initial_state": "state", "inputs": "x"},
            "z": {"use": "shared", "initial_state": "state", "units": 4, "inputs": "x"},
            "a": {
                "type": "MultiHeadAttention",
                "num_heads": 1,
                "key_dim": 2,
                "use_causal_mask": True,
                "inputs": ["x", "x"],
            },
        },
        "outputs": ["y", "z", "a"],
    }
    flows = "it flows in, and stands under `inputs`: `inputs: {sequences: …, initial_state: …}`"
    assert [(found.code, found.hint) for found in check(spec)] == [
        ("SC209", flows),
        ("SC209", flows),
        ("SC209", "write it in `layers`, at `shared`"),
        ("SC209", "it belongs to the call: `call: {use_causal_mask: true}`, beside the arguments"),
    ]


def test_a_block_is_told_how_its_inside_and_its_outside_see_each_other():
    spec = {
        "spec": 1,
        "blocks": {
            "step": {
                "inputs": ["x"],
                "nodes": {"hidden": dense(inputs="image"), "sum": {"type": "add", "inputs": ["x", "x"]}},
                "outputs": ["sum"],
            }
        },
        "nodes": {
            "image": {"type": "Input", "shape": [3]},
            "a": {"type": "step", "inputs": "image"},
            "b": dense(inputs="a.hidden"),
        },
        "outputs": ["b"],
    }
    assert [(found.code, found.hint) for found in check(spec)] == [
        (
            "SC301",
            "a block sees its own nodes and inputs, and nothing of the spec's: name what flows in under `inputs` of `step`",
        ),
        ("SC306", "it is a node inside: what is outside sees it only if the block names it under `outputs`"),
    ]


@pytest.mark.parametrize(
    ("compiling", "hint"),
    [
        ({"optimizer": "sgd", "lr": 0.1}, "`optimizer: {type: sgd, learning_rate: 0.1}`"),
        (
            {"optimizer": "AdamW", "learning_rate": {"type": "CosineDecay"}},
            "`optimizer: {type: AdamW, learning_rate: …}`",
        ),
        ({"learning_rate": 0.1}, "`optimizer: {type: Adam, learning_rate: …}`"),
        ({"optimizer": {"type": "SGD"}, "lr": 0.1}, "`optimizer: {type: SGD, learning_rate: 0.1}`"),
    ],
)
def test_a_learning_rate_beside_the_optimizer_is_written_into_it(compiling, hint):
    (found,) = findings(dense(), compile=compiling)
    assert found == ("SC201", f"it belongs to the optimizer: {hint}", None)
