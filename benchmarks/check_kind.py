"""Checks a spec of a kind that is hard on a checker: ``check_kind.py "one long cycle" 20000``."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from fresh import tell

import spec_compiler as sc

INPUT = {"x": {"type": "Input", "shape": [8]}, "image": {"type": "Input", "shape": [8, 8, 3]}}
END = {"y": {"type": "Dense", "units": 1, "inputs": "x"}, "z": {"type": "Flatten", "inputs": "image"}}


def dense(**more: Any) -> dict[str, Any]:
    return {"type": "Dense", "units": 8, "inputs": "x", **more}


def nodes(kind: str, size: int) -> dict[str, Any]:
    copies = {"for": {"i": size}}
    return {
        "copies of a misspelt reference": {"n_${i}": dense(**copies, inputs="m_${i}")},
        "copies of an unknown type": {"n_${i}": dense(**copies, type="ops.reluu")},
        "copies with one name": {"n_${i}": dense(**copies, name="same")},
        "misspelt keys": {"n": dense(**{f"unit_{i}": 1 for i in range(size)})},
        "misspelt types": {f"node_{i}": dense(type=f"block_{i}_") for i in range(size)},
        "misspelt call arguments": {
            f"node_{i}": {"type": "Dropout", "rate": 0.5, "call": {f"trainin_{i}": True}, "inputs": "x"}
            for i in range(size)
        },
        "misspelt references": {f"node_{i}": dense(inputs=f"nod_{i}") for i in range(size)},
        "unknown params": {f"node_{i}": dense(units=f"${{parm_{i}}}") for i in range(size)},
        "edges to nowhere": {f"node_{i}": {"type": "Dense", "units": 8} for i in range(size)},
        "copies that do not fit": {
            "n_${i}": {"type": "Conv2D", "filters": 1, "kernel_size": 3, "inputs": "x", **copies}
        },
        "cycles of two": {
            "a_${i}": dense(**copies, inputs="b_${i}"),
            "b_${i}": dense(**copies, inputs="a_${i}"),
        },
        "a cycle of all with all": {"n_${i}": {"type": "add", "inputs": ["n_*"], "for": {"i": round(size**0.5)}}},
        "one long cycle": {"n_${i}": {"type": "add", "inputs": ["x", f"n_${{(i + 1) % {size}}}"], **copies}},
        "errors in one line of JSON": {f"n{i}": dense(units=-1) for i in range(size)},
        "lists in copies": {"n_${i}": dense(**copies, activation="${range(100)}")},
        "texts in copies": {"n_${i}": dense(**copies, name="${'a'}" * 100 + "_${i}")},
        "steps of expressions": {"n_${i}": dense(**copies, units="${sum(range(10)) - 40}")},
        "patterns": {"n_${i}": dense(**copies), "all": {"type": "add", "inputs": ["n_*", "*_1*"]}},
        "edges of many to many": {f"n{i}": {"type": "add"} for i in range(round(size**0.5))},
        "a shared layer in many": {"n_${i}": {"use": "s", "inputs": "x", **copies}},
        "params of params": {"n": dense(units="${p_0}")},
        "copies of a block": {"n": {"type": "b", "inputs": "x", "repeat": size}},
    }[kind]


kind, size = sys.argv[1], int(sys.argv[2])
data: dict[str, Any] = {"spec": 1, "nodes": INPUT | nodes(kind, size) | END, "outputs": ["y", "z"]}
if kind == "unknown params":
    data["params"] = {f"param_{i}": 1 for i in range(size)}
if kind == "misspelt types":
    data["blocks"] = {
        f"block_{i}": {"inputs": ["i"], "nodes": {"d": dense(inputs="i")}, "outputs": ["d"]} for i in range(size)
    }
if kind == "edges of many to many":
    names = ", ".join(sorted(data["nodes"].keys() - INPUT.keys() - END.keys()))
    data["edges"] = [f"x -> {names}", f"{names} -> {names}"]
if kind == "a shared layer in many":
    data["layers"] = {
        "s": {"type": "Sequential", "layers": [{"type": "Dense", "units": 8}, {"type": "Dropout", "rate": 0.5}]}
    }
if kind == "params of params":
    data["params"] = {f"p_{i}": f"${{p_{i + 1} + 1}}" for i in range(size)} | {f"p_{size}": 1}
if kind == "edges to nowhere":
    data["edges"] = [f"x -> nod_{i}" for i in range(size)]
if kind == "copies of a block":
    inside = {
        "a": dense(),
        "b": {"type": "BatchNormalization", "inputs": "a"},
        "c": {"type": "add", "inputs": ["x", "b"]},
    }
    data["blocks"] = {"b": {"inputs": ["x"], "nodes": inside, "outputs": ["c"]}}
    data["outputs"] = ["n"]
    del data["nodes"]["y"]
source = sc.Source.text(json.dumps(data), form="json")
begin = time.perf_counter()
text = str(sc.check_spec(source))
took = time.perf_counter() - begin
assert len(text) < 2**20, len(text)
tell(took)
