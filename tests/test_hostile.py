"""Files of strangers: each ends soon and within bounds, with a diagnostic and exit code 1, and nothing printed raw."""

from __future__ import annotations

import copy
import json
import os
import re

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import spec_compiler as sc
from tests.goldens import example_specs
from tests.processes import compile_spec, python

pytestmark = pytest.mark.slow

GIGABYTES = 1.5
SECONDS = 30

NODES = "spec: 1\nnodes:\n  x: {type: Input, shape: [4]}\n"


def with_node(node):
    return f"{NODES}  y: {node}\noutputs: [y]\n"


def bomb(levels, width):
    lines = ["spec: 1", "x-a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"x-a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


def merge_bomb(levels):
    lines = ["spec: 1", "x-m0: &m0 {a: 1, b: 2}"]
    lines += [f"x-m{n}: &m{n} {{k{n}: {{<<: [*m{n - 1}, *m{n - 1}]}}, l{n}: *m{n - 1}}}" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


HOSTILE = {
    "a billion laughs": ("yaml", bomb(12, 9), {"SC705"}),
    "a bomb of merges": ("yaml", merge_bomb(60), {"SC705"}),
    "an alias in itself": ("yaml", "spec: 1\nx-a: &a [*a]\n", {"SC111"}),
    "an alias in itself by a merge": ("yaml", "spec: 1\nx-a: &a {<<: *a}\n", {"SC111"}),
    "a tag that runs code": ("yaml", "spec: 1\nname: !!python/object/apply:os.system ['touch PWNED']\n", {"SC106"}),
    "a tag that imports": ("yaml", "spec: 1\nname: !!python/name:os.system\n", {"SC106"}),
    "nesting of lists": ("yaml", "[" * 100_000, {"SC702"}),
    "nesting of mappings": ("yaml", "{a: " * 100_000, {"SC702"}),
    "nesting of items": ("yaml", "- " * 100_000, {"SC702"}),
    "nesting of keys": ("yaml", "? " * 100_000, {"SC702", "SC112"}),
    "nesting by indents": ("yaml", "".join(" " * n + "a:\n" for n in range(3000)), {"SC702"}),
    "nesting of lists in JSON": ("json", "[" * 100_000, {"SC702"}),
    "nesting of mappings in JSON": ("json", '{"a":' * 100_000 + "1" + "}" * 100_000, {"SC702"}),
    "a huge integer": ("yaml", with_node("{type: Dense, units: " + "9" * 100_000 + ", inputs: x}"), {"SC704"}),
    "a huge hexadecimal integer": ("yaml", f"x-a: 0x{'F' * 100_000}\n", {"SC704"}),
    "a huge octal integer": ("yaml", f"x-a: 0o{'7' * 100_000}\n", {"SC704"}),
    "a huge integer in JSON": ("json", '{"a": ' + "9" * 100_000 + "}", {"SC704"}),
    "a huge float": ("yaml", with_node("{type: Dropout, rate: 1e" + "9" * 1000 + ", inputs: x}"), {"SC203"}),
    "a huge float in JSON": ("json", '{"a": 1e999999}', {"SC204"}),
    "a huge key": ("yaml", "k" * 1_000_000 + ": 1\n", {"SC201", "SC202", "SC101"}),
    "a huge name": ("yaml", with_node(f"{{type: {'D' * 1_000_000}, inputs: x}}"), {"SC208"}),
    "a huge reference": ("yaml", with_node(f"{{type: Dense, units: 2, inputs: {'x' * 1_000_000}}}"), {"SC301"}),
    "a huge pattern": ("yaml", with_node('{type: concatenate, inputs: ["' + "*a" * 50_000 + '"]}'), {"SC312"}),
    "many patterns": (
        "yaml",
        NODES
        + "".join(f"  {'a' * 60}{n}: {{type: Dense, units: 1, inputs: x}}\n" for n in range(200))
        + f'  y: {{type: concatenate, inputs: ["{"a*" * 30}b"]}}\noutputs: [y]\n',
        {"SC312"},
    ),
    "a character NUL": ("yaml", "spec: 1\0\n", {"SC105"}),
    "an escape of a terminal": ("yaml", "spec: 1\nname: \x1b]0;title\x07\x1b[2J\n", {"SC105"}),
    "escaped escapes of a terminal": ("yaml", 'spec: 1\nname: "\\e[2J\\x9b31m\\a\\u202e"\n', {"SC206", "SC202"}),
    "escaped escapes in a key": ("yaml", 'spec: 1\n"\\e[2J\\u202e": 1\n', {"SC201", "SC202"}),
    "escaped escapes in a type": ("json", json.dumps({"spec": 1, "nodes": {"x": {"type": "\x1b[2J\x00\x9b"}}, "outputs": ["x"]}), {"SC208"}),
    "a carriage return in a name": ("json", json.dumps({"spec": 1, "nodes": {"x\r\n": {"type": "Input"}}, "outputs": ["x"]}), {"SC206", "SC301"}),
    "half of a pair": ("json", '{"spec": 1, "name": "\\ud800"}', {"SC105"}),
    "half of a pair in a key": ("json", '{"spec": 1, "\\udfff": 1}', {"SC105"}),
    "UTF-16": ("yaml", "spec: 1\n".encode("utf-16"), {"SC104"}),
    "UTF-16 without a mark": ("yaml", "spec: 1\n".encode("utf-16-le"), {"SC105"}),
    "Latin 1": ("yaml", "spec: 1 # é\n".encode("latin-1"), {"SC104"}),
    "bytes of a program": ("yaml", b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 10, {"SC105", "SC104"}),
    "nothing": ("yaml", "", {"SC113"}),
    "many documents": ("yaml", "---\n" * 1000, {"SC107"}),
    "a Lambda": ("yaml", with_node("{type: Lambda, function: 'lambda x: x', inputs: x}"), {"SC708"}),
    "a TFSMLayer": ("yaml", with_node("{type: TFSMLayer, filepath: /tmp, inputs: x}"), {"SC708"}),
    "a TorchModuleWrapper": ("yaml", with_node("{type: TorchModuleWrapper, module: os, inputs: x}"), {"SC708"}),
    "a JaxLayer": ("yaml", with_node("{type: JaxLayer, call_fn: os.system, inputs: x}"), {"SC708"}),
    "a FlaxLayer": ("yaml", with_node("{type: FlaxLayer, module: os, inputs: x}"), {"SC708"}),
    "a shared Lambda": ("yaml", with_node("{use: l, inputs: x}") + "layers: {l: {type: Lambda, function: f}}\n", {"SC708"}),
    "a nested Lambda": ("yaml", with_node("{type: TimeDistributed, layer: {type: Lambda, function: f}, inputs: x}"), {"SC708"}),
    "a class by its path": ("yaml", with_node("{type: os.system, inputs: x}"), {"SC208"}),
    "a custom layer": ("yaml", with_node("{type: 'builtins>eval', inputs: x}"), {"SC208"}),
    "a dunder of an op": ("yaml", with_node("{type: ops.__class__, inputs: x}"), {"SC208"}),
    "a vocabulary that is a path": (
        "yaml",
        NODES.replace("[4]}", "[4], dtype: string}") + "  y: {type: StringLookup, vocabulary: /etc/hostname, inputs: x}\noutputs: [y]\n",
        {"SC709"},
    ),
    "a callback that writes": ("yaml", with_node("{type: Dense, units: 2, inputs: x}") + "fit: {callbacks: [ModelCheckpoint]}\n", {"SC211"}),
    "a loss that is code": ("yaml", NODES + "  y: {type: Dense, units: 2, inputs: x}\noutputs: {y: {loss: 'lambda a, b: a'}}\n", {"SC211"}),
    "an activation that is code": ("yaml", with_node("{type: Dense, units: 2, activation: '__import__(\"os\")', inputs: x}"), {"SC211"}),
    "too many units": ("yaml", with_node(f"{{type: Dense, units: {10**13}, inputs: x}}"), {"SC706"}),
    "too large a shape": ("yaml", "spec: 1\nnodes:\n  x: {type: Input, shape: [9007199254740993]}\noutputs: [x]\n", {"SC704"}),
    "too many layers": ("yaml", with_node("{type: Dense, units: " + f"{2**53}" + ", inputs: x}"), {"SC706"}),
    "an axis beyond": ("yaml", with_node("{type: concatenate, axis: 9007199254740992, inputs: [x, x]}"), {"SC402", "SC401"}),
    "a repetition beyond": ("yaml", with_node("{type: RepeatVector, n: 9007199254740992, inputs: x}").replace("outputs: [y]", "  z: {type: Flatten, inputs: y}\n  w: {type: Dense, units: 9007199254740992, inputs: z}\noutputs: [w]"), {"SC706"}),
    "an expression that calls": ("yaml", with_node("{type: Dense, units: \"${__import__('os').system('touch PWNED')}\", inputs: x}"), None),
    "an expression of attributes": ("yaml", with_node('{type: Dense, units: "${().__class__.__bases__}", inputs: x}'), None),
    "an expression that grows": ("yaml", with_node('{type: Dense, units: "${9**9**9**9}", inputs: x}'), None),
    "an expression that is long": ("yaml", with_node('{type: Dense, units: "${' + "1+" * 100_000 + '1}", inputs: x}'), None),
    "an expression that is deep": ("yaml", with_node('{type: Dense, units: "${' + "(" * 100_000 + '}", inputs: x}'), None),
    "a text that grows": ("yaml", with_node("{type: Dense, units: \"${'a' * 10**12}\", inputs: x}"), None),
    "a list that grows": ("yaml", with_node('{type: Dense, units: "${range(10**12)}", inputs: x}'), None),
    "a repeat that grows": ("yaml", with_node("{type: Dense, units: 1, repeat: 1000000000000, inputs: x}"), None),
    "a for that grows": ("yaml", NODES + '  "y${i}${j}": {for: {i: 1000000, j: 1000000}, type: Dense, units: 1, inputs: x}\noutputs: [x]\n', None),
}  # fmt: skip
"""A form, a text, and the codes of the errors; none where there is only to be some."""

RAW = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]")
"""Bytes that move the cursor of a terminal or turn the direction of writing."""


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_a_diagnostic_within_bounds(name, tmp_path):
    form, text, codes = HOSTILE[name]
    raw = text if isinstance(text, bytes) else text.encode()
    (tmp_path / f"spec.{form}").write_bytes(raw)
    bounds = {"cwd": tmp_path, "memory": GIGABYTES, "seconds": SECONDS}
    as_text = compile_spec("check", f"spec.{form}", **bounds)
    assert (as_text.returncode, as_text.stderr) == (1, b"")
    assert RAW.search(as_text.stdout) is None
    assert len(as_text.stdout) < 20_000
    as_json = compile_spec("check", "--format", "json", f"spec.{form}", **bounds)
    assert (as_json.returncode, as_json.stderr) == (1, b"")
    found = {
        each["code"] for each in json.loads(as_json.stdout)["files"][0]["diagnostics"] if each["severity"] == "error"
    }
    assert found
    assert codes is None or found <= codes
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"spec.{form}"]


@pytest.mark.parametrize("command", [["check"], ["show"], []])
def test_a_file_that_is_no_file_is_a_diagnostic_within_bounds(command, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "large.yaml").touch()
    os.truncate(tmp_path / "large.yaml", 10**10)
    for name, code in (
        ("pipe", b"SC109"),
        *([("folder", b"SC109")] if command != ["check"] else []),  # `check` looks for specs in it
        ("/dev/zero", b"SC109"),
        ("none", b"SC109"),
        ("large.yaml", b"SC701"),
    ):
        done = compile_spec(*command, name, cwd=tmp_path, memory=GIGABYTES, seconds=SECONDS)
        assert done.returncode == 1
        assert code in done.stdout + done.stderr
        assert b"Traceback" not in done.stderr


def test_standard_input_is_bounded_too(tmp_path):
    done = compile_spec("check", "-", cwd=tmp_path, stdin=b"x" * (65 * 2**20), memory=GIGABYTES, seconds=SECONDS)
    assert (done.returncode, b"SC701" in done.stdout) == (1, True)


def test_a_model_that_does_not_fit_into_memory_is_not_built(tmp_path):
    (tmp_path / "spec.yaml").write_text(with_node("{type: Dense, units: 1000000000, inputs: x}"))
    done = compile_spec("--limit", "memory-bytes=1000000", "spec.yaml", cwd=tmp_path)
    assert (done.returncode, b"SC707" in done.stderr, list(tmp_path.glob("build"))) == (1, True, [])


# Whatever the spec is, there are diagnostics or a graph, and never another exception.


def examine(source):
    report = sc.check_spec(source)
    text = str(report)
    assert RAW.search(text.encode("utf-8")) is None
    assert report.ok == (not any(found.severity == "error" for found in report))
    if report.ok:
        assert sc.load_spec(source).summary()
    for found in report:
        assert found.message
        assert found.span is None or found.span.start <= found.span.end


KEYS = [
    "spec", "name", "description", "params", "imports", "blocks", "layers", "nodes", "edges", "inputs", "outputs", "compile",
    "fit", "seed", "dtype_policy", "lint", "type", "use", "call", "repeat", "for", "when", "from", "loss", "loss_weight",
    "metrics", "optimizer", "units", "shape", "layer", "activation", "x-a", "x", "y", "ignore", "<<", "default", "",
]  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 10)
    | st.integers(-(2**60), 2**60)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        [
            *KEYS,
            "Dense",
            "Input",
            "LSTM",
            "concatenate",
            "Bidirectional",
            "Sequential",
            "x.0",
            "x*",
            "a -> b",
            "${x}",
            "mse",
            "adam",
            "1",
            "float32",
        ]
    )
)
DATA = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5) | st.integers(-2, 9), inner, max_size=5)
    ),
    max_leaves=25,
)
PLENTY = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@PLENTY
@given(st.binary(max_size=200))
@example(b"\xef\xbb\xbf{}")
@example(b"? ? ? :\n- -")
def test_any_bytes_give_diagnostics_or_a_graph(raw):
    for form in ("yaml", "json", None):
        examine(sc.Source.text(raw, form=form))


@PLENTY
@given(st.text(st.sampled_from("{}[]:,-&*!|>'\"%@`#?<=~\n \tab1.0xyz\\$"), max_size=60))
def test_any_text_of_signs_gives_diagnostics_or_a_graph(text):
    for form in ("yaml", "json", None):
        examine(sc.Source.text("spec: 1\n" + text if form == "yaml" else text, form=form))


@PLENTY
@given(st.dictionaries(st.sampled_from(KEYS), DATA, max_size=6))
def test_any_data_gives_diagnostics_or_a_graph(data):
    examine(data)
    examine(sc.Source.text(json.dumps(data), form="yaml"))


@PLENTY
@given(DATA, DATA, DATA)
def test_any_nodes_and_outputs_give_diagnostics_or_a_graph(node, layer, output):
    nodes = {"x": {"type": "Input", "shape": [4]}, "y": {"type": "Dense", "units": 2, "inputs": "x"}, "z": node}
    examine({"spec": 1, "nodes": nodes, "layers": {"l": layer}, "outputs": {"y": output, "z": None}})
    examine({"spec": 1, "nodes": {"x": nodes["x"]}, "outputs": ["x"], "compile": layer, "fit": output, "lint": node})


EXAMPLES = [
    json.dumps(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)) for path in example_specs()
]


def places(value, path=()):
    """Every place in some data but the root."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


def at(data, path):
    for step in path:
        data = data[step]
    return data


@st.composite
def mutated(draw):
    """An example with some entries dropped, doubled, renamed, moved or replaced."""
    data = json.loads(draw(st.sampled_from(EXAMPLES)))
    for _ in range(draw(st.integers(1, 4))):
        known = list(places(data))
        if not known:
            break
        *above, key = draw(st.sampled_from(known))
        owner = at(data, above)
        change = draw(st.sampled_from(["drop", "replace", "copy", "rename", "double"]))
        if change == "drop":
            del owner[key]
        elif change == "replace":
            owner[key] = draw(DATA)
        elif change == "copy":
            owner[key] = copy.deepcopy(at(data, draw(st.sampled_from(known))))
        elif isinstance(owner, dict):
            new = draw(st.sampled_from([*KEYS, *map(str, owner)]) | st.text(max_size=4) | st.integers(0, 3))
            owner[new] = copy.deepcopy(owner[key])
            if change == "rename" and new != key:
                del owner[key]
        else:
            owner.append(copy.deepcopy(owner[key]))
    return data


@settings(PLENTY, max_examples=300)
@given(mutated())
def test_a_changed_example_gives_diagnostics_or_a_graph(data):
    examine(data)


@settings(PLENTY, max_examples=150)
@given(st.sampled_from(example_specs()), st.data())
def test_a_damaged_text_gives_diagnostics_or_a_graph(spec, data):
    text = spec.read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 30)))
    put = data.draw(
        st.sampled_from(
            ["", "x", ":", "{", "}", "[", "]", "'", '"', "\n", "\t", "&a ", "*a", "- ", "!", "%", "\0", "é"]
        )
    )
    examine(sc.Source.text(text[:start] + put + text[end:], form="json" if spec.suffix == ".json" else "yaml"))


@pytest.mark.slow
@pytest.mark.parametrize("character", ["\0", "\x01", "a", "\n"], ids=repr)
def test_megabytes_of_one_character_take_not_many_times_as_much_memory(tmp_path, character):
    (tmp_path / "much.yaml").write_text(character * (20 * 2**20))
    code = (
        "import re\nfrom pathlib import Path\nfrom spec_compiler.cli.main import main\nmain(['check', 'much.yaml'])\n"
        # Not `ru_maxrss`, which begins with what the process had that started this one.
        "print(int(re.search(r'VmHWM:\\s*(\\d+)', Path('/proc/self/status').read_text())[1]) // 1024)"
    )
    done = python("-c", code, cwd=tmp_path, SPEC_COMPILER_CACHE=str(tmp_path / "cache"))
    assert int(done.stdout.split()[-1]) < (350 if character == "\n" else 200)
