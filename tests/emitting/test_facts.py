"""What `show` says of tensors besides their types, and of one node."""

from __future__ import annotations

import json

import pytest

import spec_compiler as sc
from spec_compiler.cli.main import main
from spec_compiler.emitting.facts import fact_data, gradient_text, mask_text, range_text
from tests.goldens import example_specs

pytestmark = pytest.mark.usefixtures("stand_ins")

TEXT = """\
spec: 1
name: facts
layers:
  score: {type: Dense, units: 1, activation: sigmoid}
nodes:
  words:  {type: Input, shape: [6], dtype: int32}
  table:  {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true, inputs: words}
  read:   {type: LSTM, units: 5, return_sequences: true, inputs: table}
  cut:    {type: ops.multiply, inputs: [read, 1.0]}
  mean:   {type: GlobalAveragePooling1D, inputs: cut}
  best:   {type: ops.argmax, axis: -1, inputs: mean}
  number: {type: ops.cast, dtype: float32, inputs: best}
  wide:   {type: ops.expand_dims, axis: -1, inputs: number}
  held:   {type: Dense, units: 5, trainable: false, inputs: mean}
  a:      {use: score, inputs: held}
  b:      {use: score, inputs: spare}
  spare:  {type: Dense, units: 5, activation: tanh, inputs: mean}
  c:      {type: Dense, units: 1, inputs: wide}
outputs:
  a: {loss: binary_crossentropy}
  b:
  c: {loss: mse}
"""


@pytest.fixture
def graph():
    return sc.load_spec(sc.Source.text(TEXT, name="facts.yaml"))


def said(graph, text):
    return {name: text(graph, name) for name in graph.nodes if text(graph, name)}


def test_masks_are_followed_from_where_they_are_made_to_where_they_are_lost(graph):
    assert said(graph, mask_text) == {"table": "made here", "read": "of table", "cut": "lost here, of table"}


def test_ranges_are_said_where_they_say_more_than_the_dtype(graph):
    found = said(graph, range_text)
    assert found["read"] == found["cut"] == found["mean"] == found["spare"] == "(-1, 1)"
    assert found["a"] == found["b"] == "(0, 1)"
    assert not {"words", "table", "held", "c"} & found.keys()


def test_gradients_are_followed_from_the_losses_to_where_they_stop(graph):
    found = said(graph, gradient_text)
    assert {name: found[name] for name in ("words", "table", "read", "held", "a", "b", "spare", "best", "c")} == {
        "words": "stopped by table",
        "table": "ends here",
        "read": "comes",
        "held": "comes",
        "a": "comes",
        "b": "none",
        "spare": "none",
        "best": "stopped by number",
        "c": "comes",
    }


def test_the_facts_are_columns_of_the_table(graph):
    titles = graph.summary(masks=True, ranges=True, gradients=True).splitlines()[2]
    assert titles.split() == [
        "node", "type", "inputs", "output", "shape", "dtype", "parameters", "mask", "range", "gradient",
    ]  # fmt: skip
    assert "mask" not in graph.summary().splitlines()[2]


def test_the_facts_are_data_too(graph):
    data = {name: fact_data(graph, name, ("masks", "ranges", "gradients")) for name in graph.nodes}
    assert data["cut"]["mask"] == {"made": "table", "lost": "cut"}
    assert data["a"]["range"] == [{"low": 0.0, "high": 1.0, "low_open": True, "high_open": True}]
    assert data["words"]["gradient"] == {"losses": [], "stopped_by": ["table"], "goes_on": True}


def test_a_node_is_told_whole(graph):
    text = graph.node_report("a").text(80)
    assert text.splitlines()[0] == "a: Dense, the shared layer `score` (a dense layer: weighted sums over the last"
    for line in (
        "  facts.yaml:15: the node",
        "  facts.yaml:4: the shared layer `score`",
        "  units       1        given",
        "  inputs  held  (None, 5) float32  any",
        "  a       (None, 1) float32  (0, 1)  whatever it takes through `sigmoid`",
        "  of the loss of `a`",
        "  `score` is also called by `b`: they have the same weights",
        "  `words`",
        "  taken by no node",
        "  outputs: `a`",
    ):
        assert line in text.splitlines(), text


def test_a_node_that_uses_a_mask_says_whose(graph):
    assert "made by `table`, and used here" in graph.node_report("read").text()
    assert "made by `table`, lost here" in graph.node_report("cut").text()
    assert "it leaves out what a mask marks, and gets none" in graph.node_report("mean").text()


def test_a_node_is_data_too(graph):
    data = json.loads(graph.node_report("read").json())
    assert data["arguments"]["units"] == 5
    assert data["arguments"]["activation"] == "tanh"
    assert data["places"] == [{"file": "facts.yaml", "line": 8, "what": "the node"}]
    assert (data["depends_on"], data["used_by"], data["leads_to"]) == (["words"], ["cut"], ["a", "b", "c"])
    assert data["mask_used"] is True
    assert [weight["name"] for weight in data["weights"]] == [
        "lstm_cell/kernel", "lstm_cell/recurrent_kernel", "lstm_cell/bias",
    ]  # fmt: skip


def test_a_node_that_does_not_exist_is_a_key_error(graph):
    with pytest.raises(KeyError):
        graph.node_report("nothing")


@pytest.mark.slow
@pytest.mark.parametrize("path", example_specs(), ids=lambda path: path.stem)
def test_every_node_of_every_example_is_told_in_the_width_of_a_terminal(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    graph = sc.load_spec(path.name)
    cost = graph.cost()
    shown = graph.summary(cost, width=80, masks=True, ranges=True, gradients=True).splitlines()
    assert max(map(len, shown)) <= 80
    for name in graph.nodes:
        report = graph.node_report(name, cost)
        assert max(map(len, report.text(80).splitlines())) <= 80
        assert json.loads(report.json())["name"] == name


# The command


@pytest.fixture
def spec(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "facts.yaml").write_text(TEXT)
    return "facts.yaml"


def test_show_lists_what_data_is_wanted_and_what_is_logged(spec, capsys):
    assert main(["show", spec]) == 0
    out = capsys.readouterr().out
    assert "  words  (None, 6) int32: whole numbers 0 … 8, 6 a sample, for `table`" in out
    assert "  a_loss, c_loss, loss; with validation data also with `val_` before each" in out


def test_show_as_json_has_all_of_it(spec, capsys):
    assert main(["show", spec, "--format", "json", "--masks", "--cost"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [log["name"] for log in data["logs"]["values"]][:3] == ["a_loss", "c_loss", "loss"]
    assert data["data"]["inputs"][0]["meaning"] == "whole numbers 0 … 8, 6 a sample"
    assert {node["name"]: node["mask"] for node in data["nodes"]}["read"] == {"made": "table", "lost": None}
    assert all("weight_bytes" in node["cost"] for node in data["nodes"])


@pytest.mark.parametrize("form", ["text", "json"])
def test_show_tells_one_node(spec, capsys, form):
    assert main(["show", spec, "--node", "read", "--format", form]) == 0
    assert "lstm_cell/kernel" in capsys.readouterr().out


def test_a_node_that_is_misspelt_is_asked_about(spec, capsys):
    assert main(["show", spec, "--node", "raed"]) == 2
    assert "no node is named `raed`; did you mean `read`?" in capsys.readouterr().err


def test_a_node_that_is_repeated_is_one_of_its_copies(specs, capsys):
    assert main(["show", str(specs / "news.yaml"), "--node", "dense"]) == 2
    assert "`dense` stands for dense.1, dense.2, dense.3: name one of these" in capsys.readouterr().err


def test_data_without_a_file_says_what_is_wanted(spec, capsys):
    assert main(["data", spec]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        "inputs:",
        "  words  (None, 6) int32: whole numbers 0 … 8, 6 a sample, for `table`",
    ]
    assert main(["data", spec, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["data"]["targets"][0]["meaning"] == "0 or 1, one a sample"


def test_data_with_a_file_holds_it(spec, capsys, tmp_path):
    import numpy as np

    np.savez(tmp_path / "data.npz", words=np.full((3, 6), 9), a=np.zeros(3), c=np.zeros(3))
    assert main(["data", spec, "data.npz"]) == 1
    assert "error[SC545]: `words[0, 0]` of `data.npz` is 9" in capsys.readouterr().out
    assert main(["data", spec, "data.npz", "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["files"][0]["diagnostics"][0]["code"] == "SC545"
    np.savez(tmp_path / "data.npz", words=np.full((3, 6), 8))
    assert main(["data", spec, "data.npz", "--no-targets"]) == 0
    assert capsys.readouterr().out == "data.npz: as `facts` wants it\n"
    assert main(["data", spec, "--no-targets"]) == 2


def test_of_many_losses_the_first_are_named():
    nodes = {f"y{i}": {"type": "Dense", "units": 1, "inputs": "h"} for i in range(30)}
    nodes |= {f"s{i}": {"type": "ops.stop_gradient", "inputs": "k"} for i in range(30)}
    graph = sc.load_spec({
        "spec": 1,
        "nodes": {
            "x": {"type": "Input", "shape": [4]},
            "h": {"type": "Dense", "units": 4, "inputs": "x"},
            "k": {"type": "Dense", "units": 4, "inputs": "x"},
            **nodes,
        },
        "outputs": {name: {"loss": "mse"} for name in nodes},
    })  # fmt: skip
    found = {name: fact_data(graph, name, ("gradients",)) for name in graph.nodes}
    first = [f"y{i}" for i in range(20)]
    assert found["h"]["gradient"] == {"losses": first, "stopped_by": [], "goes_on": True, "has_more": True}
    stopped = found["k"]["gradient"]["stopped_by"]
    assert (len(stopped), set(stopped) <= {f"s{i}" for i in range(30)}, found["k"]["gradient"]["losses"]) == (
        20,
        True,
        [],
    )
    assert "stopped by s29 and more" in graph.summary(gradients=True)
