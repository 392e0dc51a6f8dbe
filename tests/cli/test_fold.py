"""`compile-spec fold`: what it writes, prints, and ends with; that comments stay, and the model."""

from __future__ import annotations

import io
import json
import sys

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import spec_compiler as sc
from spec_compiler import pipeline
from spec_compiler.cli.main import main
from spec_compiler.comparing.same_model import same_model
from spec_compiler.fold_spec import fold_spec
from spec_compiler.formatting.parse import comments_of
from spec_compiler.views import main_view
from tests.cli.test_commands import run
from tests.goldens import example_specs

pytestmark = pytest.mark.end_to_end

TOWER = """\
# A tower, written out.
spec: 1
name: tower
params: {units: 32}
nodes:
  x: {type: Input, shape: [8]}   # what comes in
  # the first step
  dense_1: {type: Dense, units: "${units}", activation: relu, inputs: x}  # wide
  norm_1: {type: BatchNormalization, inputs: dense_1}
  drop_1: {type: Dropout, rate: 0.1, inputs: norm_1}
  # the second step
  dense_2: {type: Dense, units: "${units}", activation: relu, inputs: drop_1}
  norm_2: {type: BatchNormalization, inputs: dense_2}
  drop_2: {type: Dropout, rate: 0.2, inputs: norm_2}
  dense_3: {type: Dense, units: "${units}", activation: relu, inputs: drop_2}
  norm_3: {type: BatchNormalization, inputs: dense_3}  # normal
  drop_3: {type: Dropout, rate: 0.3, inputs: norm_3}
  dense_4: {type: Dense, units: "${units}", activation: relu, inputs: drop_3}
  norm_4: {type: BatchNormalization, inputs: dense_4}
  drop_4: {type: Dropout, rate: 0.4, inputs: norm_4}
  # the answer
  y:
    # of two
    type: Dense
    units: 2
    inputs: drop_4
outputs: [y]
# the end
"""

FOLDED = """\
# A tower, written out.
spec: 1
name: tower
params: {units: 32}

blocks:
  drop_block:
    params: [number, units, rate]
    inputs: [x]
    nodes:
      # the first step
      # wide
      dense: {type: Dense, name: "dense_${number}", units: "${units}", activation: relu, inputs: x}
      norm: {type: BatchNormalization, name: "norm_${number}", inputs: dense}
      drop: {type: Dropout, name: "drop_${number}", rate: "${rate}", inputs: norm}
    outputs: [drop]

nodes:
  x: {type: Input, shape: [8]}  # what comes in
  # the second step
  # normal
  drop:
    type: drop_block
    number: "${index + 1}"
    units: "${units}"
    rate: "${[0.1, 0.2, 0.3, 0.4][index]}"
    repeat: 4
    inputs: x
  # the answer
  y:
    # of two
    type: Dense
    units: 2
    inputs: drop

outputs: [y]
# the end
"""


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tower.yaml").write_text(TOWER)
    return tmp_path


def test_a_spec_is_folded_where_it_lies_and_keeps_its_comments(files, capsys):
    assert run(capsys, "fold", "tower.yaml") == (0, "tower.yaml: folded\n", "")
    assert (files / "tower.yaml").read_text() == FOLDED
    assert run(capsys, "fold", "tower.yaml") == (0, "tower.yaml: no change\n", "")
    assert run(capsys, "fmt", "--check", "tower.yaml") == (0, "", "")
    for params in ({}, {"units": 3}):
        before, after = (sc.load_spec(sc.Source.text(text), params=params) for text in (TOWER, FOLDED))
        assert same_model(before, after)


def test_another_file_is_written_if_one_is_named(files, capsys):
    assert run(capsys, "fold", "tower.yaml", "-o", "short.yaml") == (0, "wrote short.yaml\n", "")
    assert (files / "tower.yaml").read_text() == TOWER
    assert (files / "short.yaml").read_text() == FOLDED
    assert run(capsys, "fold", "tower.yaml", "-o", "-") == (0, FOLDED, "")


def test_standard_input_is_folded_to_standard_output(files, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TOWER.encode())))
    assert run(capsys, "fold", "-") == (0, FOLDED, "")


def test_check_and_diff_write_nothing(files, capsys):
    assert run(capsys, "fold", "--check", "tower.yaml") == (1, "tower.yaml: would be folded\n", "")
    code, out, _ = run(capsys, "fold", "--diff", "tower.yaml")
    assert code == 1
    assert "-  dense_2: " in out
    assert "+    repeat: 4" in out
    assert (files / "tower.yaml").read_text() == TOWER


def test_a_spec_with_errors_is_left_as_it_is(files, capsys):
    (files / "tower.yaml").write_text(TOWER.replace("inputs: dense_2}", "inputs: dense_9}"))
    code, out, err = run(capsys, "fold", "tower.yaml")
    assert (code, "SC301" in out + err) == (1, True)
    assert "repeat" not in (files / "tower.yaml").read_text()
    assert run(capsys, "fold", "tower.yaml", "-o", "other.yaml")[0] == 1
    assert not (files / "other.yaml").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("tower.yaml", "other.yaml", "-o", "short.yaml"),
        ("tower.yaml", "--check", "-o", "short.yaml"),
        ("tower.yaml", "-o", "short.json"),
        ("tower.yaml", "-o", "short.txt"),
        ("tower.yaml", "-o", "tower.yaml/short.yaml"),
    ],
)
def test_what_cannot_be_written_is_said_before_anything_is_done(arguments, files):
    assert main(["fold", *arguments]) == 2


def test_nothing_is_written_that_would_be_another_model(files, capsys, monkeypatch):
    monkeypatch.setattr("spec_compiler.comparing.same_model.same_model", lambda before, after: False)
    assert run(capsys, "fold", "tower.yaml") == (0, "tower.yaml: no change\n", "")
    assert (files / "tower.yaml").read_text() == TOWER


def test_a_spec_in_json_stays_json(files, capsys):
    (files / "tower.json").write_text(json.dumps(yaml.safe_load(TOWER)))
    assert run(capsys, "fold", "tower.json") == (0, "tower.json: folded\n", "")
    assert json.loads((files / "tower.json").read_text()) == yaml.safe_load(FOLDED)


def test_edges_become_inputs_where_something_is_folded(files):
    data = yaml.safe_load(TOWER)
    before = fold_spec(data).after
    for node in data["nodes"].values():
        node.pop("inputs", None)
    chain = [name for name in data["nodes"] if name != "y"]
    assert fold_spec({**data, "edges": [" -> ".join([*chain, "y"])]}).after == before


def test_what_is_written_as_by_default_is_left_out_of_a_spec_that_is_written_out():
    graph = sc.load_spec(sc.Source.text(TOWER))
    again = fold_spec(sc.Source.text(graph.to_yaml(), form="yaml")).after
    assert again is not None
    assert "momentum" not in again
    assert same_model(graph, sc.load_spec(sc.Source.text(again)))


def test_anchors_and_aliases_are_written_out_where_something_is_folded():
    text = TOWER.replace("activation: relu", "activation: &act relu", 1).replace("activation: relu", "activation: *act")
    again = fold_spec(sc.Source.text(text)).after
    assert again is not None
    assert same_model(sc.load_spec(sc.Source.text(text)), sc.load_spec(sc.Source.text(again)))
    assert set(comments_of(again)) == set(comments_of(TOWER))


@pytest.mark.slow
@pytest.mark.parametrize("path", example_specs(), ids=lambda path: path.name)
def test_an_example_is_the_same_model_once_it_is_folded_and_is_folded_once(path):
    found = fold_spec(path)
    assert found.after is not None
    if not found.changed:
        return
    again = pipeline.analyse(
        sc.Source.text(found.after, form="json" if path.suffix == ".json" else "yaml"), directory=path.parent
    )
    graph = main_view(again)
    assert graph is not None, f"\n{again.report}"
    assert same_model(sc.load_spec(path), graph)
    if path.suffix != ".json":
        assert set(comments_of(found.after)) == set(comments_of(path.read_text(encoding="utf-8")))


LAYERS = st.sampled_from(
    [
        {"type": "Dense", "units": 4},
        {"type": "Dense", "units": 4, "activation": "relu"},
        {"type": "Dense", "units": 8},
        {"type": "Dropout", "rate": 0.1},
        {"type": "BatchNormalization"},
    ]
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    period=st.lists(LAYERS, min_size=1, max_size=4),
    times=st.integers(2, 5),
    rest=st.lists(LAYERS, max_size=3),
    start=st.integers(0, 9),
    residual=st.booleans(),
)
def test_drawn_towers_are_the_same_models_with_all_their_comments(period, times, rest, start, residual):
    lines, before = ["  x: {type: Input, shape: [4]}"], "x"
    for copy in range(times):
        first = before
        for place, layer in enumerate(period):
            name = f"s{start + copy}_{layer['type'].lower()}{place}"
            lines += [f"  # {name}", f"  {name}: {json.dumps({**layer, 'inputs': before})}"]
            before = name
        if residual:
            name = f"s{start + copy}_joined"
            lines.append(f"  {name}: {{type: concatenate, inputs: [{before}, {first}]}}")
            before = name
    for place, layer in enumerate(rest):
        lines.append(f"  rest_{place}: {json.dumps({**layer, 'inputs': before})}")
        before = f"rest_{place}"
    text = "spec: 1\nname: m\nnodes:\n" + "\n".join(lines) + f"\noutputs: [{before}]\n"
    found = fold_spec(sc.Source.text(text, form="yaml"))
    assert found.after is not None
    assert same_model(sc.load_spec(sc.Source.text(text)), sc.load_spec(sc.Source.text(found.after)))
    assert set(comments_of(found.after)) == set(comments_of(text))
