"""The limits: each is stated for those who take specs from strangers, and exceeding it is a diagnostic of its own."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

import spec_compiler as sc
from spec_compiler.limits import DEFAULT_LIMITS
from tests.processes import ROOT

pytestmark = pytest.mark.usefixtures("stand_ins")


def test_every_limit_is_stated_with_its_default():
    page = (ROOT / "docs/how-to/strangers-files.md").read_text(encoding="utf-8")
    stated = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", page, re.MULTILINE))
    defaults = {field.name: getattr(DEFAULT_LIMITS, field.name) for field in fields(DEFAULT_LIMITS)}
    assert stated == {
        name: "what the machine has" if default is None else f"{default:,}" for name, default in defaults.items()
    }


def spec(nodes, **more):
    return {"spec": 1, "nodes": {"x": {"type": "Input", "shape": [4]}, **nodes}, "outputs": ["y"], **more}


def dense(**more):
    return {"type": "Dense", "units": 4, "inputs": "x", **more}


DOUBLING = {
    "b0": {"inputs": ["x"], "nodes": {"y": dense()}, "outputs": ["y"]},
    **{
        f"b{n}": {
            "inputs": ["x"],
            "nodes": {"a": {"type": f"b{n - 1}", "inputs": "x"}, "y": {"type": f"b{n - 1}", "inputs": "a"}},
            "outputs": ["y"],
        }
        for n in range(1, 31)
    },
}
SHARED = {
    "b0": {"inputs": ["x"], "nodes": {"y": dense()}, "outputs": ["y"]},
    **{
        f"b{n}": {
            "inputs": ["x"],
            "layers": {"s": {"type": f"b{n - 1}"}},
            "nodes": {"a": {"use": "s", "inputs": "x"}, "y": {"use": "s", "inputs": "a"}},
            "outputs": ["y"],
        }
        for n in range(1, 41)
    },
}
EXCEEDING = {
    "blocks that double": (spec({"y": {"type": "b30", "inputs": "x"}}, blocks=DOUBLING), "SC703"),
    "shared blocks that call one another twice": (
        spec({"y": {"use": "s", "inputs": "x"}}, blocks=SHARED, layers={"s": {"type": "b40"}}),
        "SC703",
    ),
    "shared chains that hold one another twice": (
        spec(
            {"y": {"use": "s40", "inputs": "x"}},
            layers={
                "s0": {"type": "Dense", "units": 4},
                **{f"s{n}": {"type": "Sequential", "layers": [{"use": f"s{n - 1}"}] * 2} for n in range(1, 41)},
            },
        ),
        "SC703",
    ),
    "copies of copies": (spec({"n_${i}_${j}": dense(**{"for": {"i": 1000, "j": 1000}}), "y": dense()}), "SC703"),
    "arrows of all to all": (
        spec(
            {"y": dense(), **{f"n{i}": {"type": "add"} for i in range(1500)}},
            edges=[", ".join(f"n{i}" for i in range(1500)) + " -> " + ", ".join(f"n{i}" for i in range(1500))],
        ),
        "SC712",
    ),
    "patterns of all in each": (
        spec({"n_${i}": {"for": {"i": 2000}, "type": "add", "inputs": ["*"]}, "y": dense()}),
        "SC712",
    ),
    "lists in each of many copies": (
        spec({"n_${i}": dense(**{"for": {"i": 2000}, "units": "${range(10000)}"}), "y": dense()}),
        "SC713",
    ),
    "sums in each of many copies": (
        spec({"n_${i}": dense(**{"for": {"i": 20000}, "units": "${sum(range(5000))}"}), "y": dense()}),
        "SC713",
    ),
    "a text that doubles": (
        spec(
            {"y": dense(name="${p40}")},
            params={"p0": "ab", **{f"p{n}": f"${{p{n - 1}}}${{p{n - 1}}}" for n in range(1, 41)}},
        ),
        "SC710",
    ),
    "a list that doubles": (
        spec(
            {"y": dense(units="${1 if p40 == p40 else 2}")},
            params={"p0": [1], **{f"p{n}": f"${{[p{n - 1}, p{n - 1}]}}" for n in range(1, 41)}},
        ),
        "SC710",
    ),
    "models that hold nearly all nodes each": (
        spec(
            {"n0": dense(), **{f"n{i}": dense(inputs=f"n{i - 1}") for i in range(1, 1000)}, "y": dense(inputs="n999")},
            models={f"m{i}": {"inputs": ["x"], "outputs": [f"n{999 - i}"]} for i in range(300)},
        ),
        "SC703",
    ),
    "a name without an end": (spec({"y": dense(), "n" * 300: dense()}), "SC714"),
    "a tensor of a hundred axes": (
        {"spec": 1, "nodes": {"y": {"type": "Input", "shape": [1] * 100}}, "outputs": ["y"]},
        "SC715",
    ),
    "a tensor without an end": (spec({"y": {"type": "RepeatVector", "n": 10**12, "inputs": "x"}}), "SC718"),
    "an input without an end": (
        {"spec": 1, "nodes": {"y": {"type": "Input", "shape": [10**7, 10**6]}}, "outputs": ["y"]},
        "SC718",
    ),
    "an axis without an end": (spec({"y": {"type": "RepeatVector", "n": 2**31, "inputs": "x"}}), "SC719"),
    "an input whose axis has no end": (
        {"spec": 1, "nodes": {"y": {"type": "Input", "shape": [2**31]}}, "outputs": ["y"]},
        "SC719",
    ),
    "a constant without an end": (
        spec(
            {
                "zeros": {"type": "ops.zeros", "shape": [10**7, 10**6]},
                "y": {"type": "ops.add", "inputs": ["x", "zeros"]},
            }
        ),
        "SC717",
    ),
    "a constant in each of many copies": (
        spec(
            {
                "ones": {"type": "ops.ones", "shape": [5000, 4]},
                "many": {"type": "ops.add", "repeat": 1000, "inputs": ["x", "ones"]},
                "y": dense(inputs="many"),
            }
        ),
        "SC717",
    ),
    "millions of values": (spec({"y": dense()}, **{"x-a": [1] * 2_000_001}), "SC716"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("source", "code"), EXCEEDING.values(), ids=EXCEEDING)
def test_what_is_beyond_a_limit_is_refused_before_it_is_made(source, code):
    assert code in {diagnostic.code for diagnostic in sc.check_spec(source)}


def test_a_report_counts_what_it_leaves_out():
    nodes = {f"n{i}": dense(units=-1, inputs="y") for i in range(10)}
    outputs = [f"n{i}" for i in range(10)]
    report = sc.check_spec({**spec({"y": dense(), **nodes}), "outputs": outputs}, limits=sc.Limits(findings=4))
    assert (len(report.diagnostics), report.errors, report.ok) == (4, 10, False)
    assert str(report).endswith("10 errors (6 of them not shown; `--limit findings=NUMBER` shows more)")


def test_a_mistake_in_each_copy_of_a_node_is_one_finding():
    report = sc.check_spec(spec({"n_${i}": dense(**{"for": {"i": 1000}, "inputs": "typo_${i}"}), "y": dense()}))
    assert [(d.code, d.message) for d in report] == [
        ("SC301", "no node is named `typo_0` (and in 999 copies more)"),
    ]


def test_nodes_on_many_cycles_are_one_finding_with_a_short_cycle():
    report = sc.check_spec(spec({"n_${i}": {"for": {"i": 100}, "type": "add", "inputs": ["*"]}, "y": dense()}))
    assert [(d.code, d.message) for d in report] == [("SC302", "the nodes form a cycle: n_0 -> n_1 -> n_0")]
