"""Specs that are written out, folded: blocks for what repeats, defaults for what all have, and the same model."""

from __future__ import annotations

import itertools

import pytest
import yaml

import spec_compiler as sc
from spec_compiler.comparing.same_model import same_model
from spec_compiler.emitting.spec.text import folded_spec_text
from spec_compiler.fold_spec import readable_spec
from tests.emitting.keras_file.corpus import ROOT, SPECS, one_of

LINES = {"resnet50.yaml": 120, "efficientnet_b0.yaml": 150, "densenet121.yaml": 120, "mobilenet_v2.yaml": 100}
"""How many lines a spec has at most, once it is written out and folded."""


NOT_FOLDED = ("perceiver.yaml",)
"""Specs that would not be the same model once they are folded, and so are not."""


def folded(spec):
    graph = sc.load_spec(spec)
    text = folded_spec_text(graph)
    assert same_model(graph, sc.load_spec(sc.Source.text(text))), f"\n{text}"
    return text


@pytest.mark.end_to_end
@one_of(SPECS)
def test_a_folded_spec_gives_the_same_model(name):
    if name in NOT_FOLDED:
        graph = sc.load_spec(ROOT / "specs" / name)
        assert readable_spec(graph) == graph.to_spec()
        return
    text = folded(ROOT / "specs" / name)
    assert len(text.splitlines()) <= LINES.get(name, len(text.splitlines()))
    graph = sc.load_spec(ROOT / "specs" / name)
    assert readable_spec(graph) == text


def step(number, x, units):
    return {
        f"s{number}_dense": {"type": "Dense", "units": units, "activation": "relu", "inputs": x},
        f"s{number}_norm": {"type": "BatchNormalization", "epsilon": 0.01, "inputs": f"s{number}_dense"},
        f"s{number}_drop": {"type": "Dropout", "rate": 0.5, "inputs": f"s{number}_norm"},
        f"s{number}_sum": {"type": "concatenate", "inputs": [f"s{number}_drop", x]},
    }


def steps(*widths):
    nodes = {"x": {"type": "Input", "shape": [4]}}
    before = "x"
    for number, width in enumerate(widths):
        nodes |= step(number, before, width)
        before = f"s{number}_sum"
    return {
        "spec": 1,
        "name": "m",
        "nodes": nodes | {"y": {"type": "Dense", "units": 1, "inputs": before}},
        "outputs": ["y"],
    }


STEP = {
    "dense": {"type": "Dense", "name": "${prefix}_dense", "units": "${units}", "activation": "relu", "inputs": "x"},
    "norm": {"type": "BatchNormalization", "name": "${prefix}_norm", "epsilon": 0.01, "inputs": "dense"},
    "drop": {"type": "Dropout", "name": "${prefix}_drop", "rate": 0.5, "inputs": "norm"},
    "sum": {"type": "concatenate", "name": "${prefix}_sum", "inputs": ["drop", "x"]},
}


def test_what_repeats_is_a_block_with_what_differs_as_its_params():
    spec = yaml.safe_load(folded(steps(8, 8, 16, 32)))
    block = {"params": ["prefix", "units"], "inputs": ["x"], "nodes": STEP, "outputs": ["sum"]}
    assert spec["blocks"] == {"s_block": block}
    copies = {"type": "s_block", "prefix": "s${index}", "units": "${[8, 8, 16, 32][index]}", "repeat": 4, "inputs": "x"}
    assert spec["nodes"] == {
        "x": {"type": "Input", "shape": [4]},
        "s": copies,
        "y": {"type": "Dense", "units": 1, "inputs": "s"},
    }


def test_what_is_doubled_from_copy_to_copy_is_a_power():
    assert yaml.safe_load(folded(steps(8, 16, 32)))["nodes"]["s"]["units"] == "${8 * 2 ** index}"


def of_nodes(**nodes):
    x = {"x": {"type": "Input", "shape": [8, 8, 3]}}
    return {"spec": 1, "name": "m", "nodes": {**x, **nodes}, "outputs": [list(nodes)[-1]]}


def test_nodes_that_follow_each_other_are_one_with_repeat():
    names = ["x", *(f"conv{number}" for number in range(1, 5))]
    convolutions = {
        after: {"type": "Conv2D", "filters": 4, "kernel_size": 3, "padding": "same", "inputs": before}
        for before, after in itertools.pairwise(names)
    }
    nodes = yaml.safe_load(folded(of_nodes(**convolutions, y={"type": "Flatten", "inputs": "conv4"})))["nodes"]
    assert nodes["conv"] == {
        "type": "Conv2D",
        "name": "conv${index + 1}",
        "filters": 4,
        "kernel_size": [3, 3],
        "padding": "same",
        "repeat": 4,
        "inputs": "x",
    }
    assert nodes["y"]["inputs"] == "conv"


def test_nodes_that_vary_with_a_number_in_their_names_are_one_with_for():
    branches = {
        f"branch_{number}": {"type": "Conv2D", "filters": 4 * number, "kernel_size": 3, "inputs": "x"}
        for number in (1, 3, 5)
    }
    means = {f"mean_{n}": {"type": "GlobalAveragePooling2D", "inputs": f"branch_{n}"} for n in (1, 3, 5)}
    spec = of_nodes(**branches, **means, y={"type": "concatenate", "inputs": list(means)})
    nodes = yaml.safe_load(folded(spec))["nodes"]
    assert list(nodes) == ["x", "branch_${i}", "mean_${i}", "y"]
    assert nodes["branch_${i}"] == {
        "for": {"i": [1, 3, 5]},
        "type": "Conv2D",
        "filters": "${4 * i}",
        "kernel_size": [3, 3],
        "inputs": "x",
    }
    assert nodes["mean_${i}"]["inputs"] == "branch_${i}"


def test_what_goes_with_a_word_in_the_name_is_another_variable():
    fields = {"user": 16, "item": 8, "shop": 4}
    inputs = {f"{field}_id": {"type": "Input", "shape": [], "dtype": "int32"} for field in fields}
    tables = {
        f"{field}_table": {"type": "Embedding", "input_dim": 100, "output_dim": width, "inputs": f"{field}_id"}
        for field, width in fields.items()
    }
    spec = of_nodes(**inputs, **tables, y={"type": "concatenate", "inputs": list(tables)})
    spec["nodes"].pop("x")
    nodes = yaml.safe_load(folded(spec))["nodes"]
    assert nodes["${part}_table"] == {
        "for": {"part, output_dim": [["user", 16], ["item", 8], ["shop", 4]]},
        "type": "Embedding",
        "input_dim": 100,
        "output_dim": "${output_dim}",
        "inputs": "${part}_id",
    }


def test_numbers_in_names_that_keras_has_counted_are_one_param():
    nodes, before = {}, "x"
    for number in range(1, 7):
        width = 2 + number % 3
        nodes[f"conv2d_{number}"] = {
            "type": "Conv2D",
            "filters": width,
            "kernel_size": 3,
            "padding": "same",
            "inputs": before,
        }
        nodes[f"batch_normalization_{number}"] = {"type": "BatchNormalization", "inputs": f"conv2d_{number}"}
        nodes[f"activation_{number + 1}"] = {"type": "ReLU", "inputs": f"batch_normalization_{number}"}
        before = f"activation_{number + 1}"
    spec = yaml.safe_load(folded(of_nodes(**nodes, y={"type": "Flatten", "inputs": before})))
    (block,) = spec["blocks"].values()
    assert [node["name"] for node in block["nodes"].values()] == [
        "conv2d_${number}",
        "batch_normalization_${number}",
        "activation_${number + 1}",
    ]
    assert spec["nodes"]["activation"]["number"] == "${index + 1}"


def test_what_stands_twice_only_stays_where_a_block_would_save_nothing():
    assert "blocks" not in yaml.safe_load(folded(steps(8, 16)))


def test_an_output_inside_keeps_its_node():
    spec = steps(8, 8, 8, 8, 8)
    spec["outputs"] = ["y", "s2_norm"]
    nodes = yaml.safe_load(folded(spec))["nodes"]
    assert "s2_norm" in nodes
    assert nodes["s"] == {"type": "s_block", "prefix": "s${index}", "repeat": 2, "inputs": "x"}


def test_names_that_follow_no_rule_are_kept_as_they_are():
    spec = steps(8, 8, 8, 8)
    for key, node in spec["nodes"].items():
        if key != "x":
            node["name"] = f"{hash(key) & 0xFFFF}_{key[::-1]}"
    spec["outputs"] = {"y": {"from": "y"}}
    assert "blocks" not in yaml.safe_load(folded(spec))


def test_copies_that_are_named_as_those_of_a_block_need_no_names():
    spec = sc.load_spec(
        {
            "spec": 1,
            "name": "m",
            "blocks": {
                "b": {
                    "inputs": ["x"],
                    "nodes": {
                        "d": {"type": "Dense", "units": 4, "inputs": "x"},
                        "n": {"type": "BatchNormalization", "inputs": "d"},
                        "a": {"type": "ReLU", "inputs": "n"},
                        "s": {"type": "add", "inputs": ["a", "x"]},
                    },
                    "outputs": ["s"],
                }
            },
            "nodes": {
                "x": {"type": "Input", "shape": [4]},
                **{f"c{n}": {"type": "b", "inputs": f"c{n - 1}" if n else "x"} for n in range(4)},
                "y": {"type": "Dense", "units": 1, "inputs": "c3"},
            },
            "outputs": ["y"],
        }
    )
    again = yaml.safe_load(folded_spec_text(spec))
    assert again["nodes"]["c3"] == {"type": "c_block", "inputs": "c2"}
    assert "name" not in again["blocks"]["c_block"]["nodes"]["d"]


def chain_of_steps(step, inside, after):
    return {
        "spec": 1,
        "name": "m",
        "blocks": {"step": {"params": ["units"], "inputs": ["x"], "nodes": inside, "outputs": [list(inside)[-1]]}},
        "nodes": {"x": {"type": "Input", "shape": [4]}, "h": {"type": "step", **step, "inputs": "x"}, "y": after},
        "outputs": ["y"],
    }


INSIDE = {
    "dense": {"type": "Dense", "units": "${units}", "activation": "relu", "inputs": "x"},
    "norm": {"type": "BatchNormalization", "inputs": "dense"},
    "drop": {"type": "Dropout", "rate": 0.5, "inputs": "norm"},
    "sum": {"type": "concatenate", "inputs": ["drop", "x"]},
}


def test_copies_of_a_chain_that_are_named_by_themselves_need_no_names():
    after = {"type": "Dense", "units": 1, "inputs": "h"}
    spec = yaml.safe_load(folded(chain_of_steps({"units": "${8 * 2 ** index}", "repeat": 4}, INSIDE, after)))
    assert spec["blocks"] == {
        "h_block": {"params": ["units"], "inputs": ["x"], "nodes": INSIDE, "outputs": ["sum"]},
    }
    assert spec["nodes"]["h"] == {"type": "h_block", "units": "${8 * 2 ** index}", "repeat": 4, "inputs": "x"}


def test_copies_keep_their_names_where_one_of_them_is_named_otherwise():
    spec = chain_of_steps({"units": 8, "repeat": 4}, INSIDE, {"type": "Dense", "units": 1, "inputs": "last"})
    spec["blocks"]["step"] |= {"params": ["units", "begin"]}
    spec["blocks"]["step"]["nodes"] = {key: {**node, "name": f"${{begin}}.{key}"} for key, node in INSIDE.items()}
    spec["nodes"]["h"]["begin"] = "h.${index + 1}"
    spec["nodes"]["last"] = {"type": "step", "units": 8, "begin": "other.last", "inputs": "h"}
    again = yaml.safe_load(folded(spec))
    (block,) = again["blocks"].values()
    assert block["params"] == ["prefix"]
    assert block["nodes"]["dense"]["name"] == "${prefix}.dense"
    assert [node["prefix"] for node in again["nodes"].values() if "prefix" in node] == ["h.${index + 1}", "other.last"]
