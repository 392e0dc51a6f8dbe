"""`models`: the parts of a graph that are models of their own."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from spec_compiler.cli.main import main

pytestmark = pytest.mark.usefixtures("stand_ins")

AUTOENCODER = {
    "spec": 1,
    "name": "autoencoder",
    "nodes": {
        "image": {"type": "Input", "shape": [8]},
        "hidden": {"type": "Dense", "units": 6, "activation": "relu", "inputs": "image"},
        "code": {"type": "Dense", "units": 2, "inputs": "hidden"},
        "grow": {"type": "Dense", "units": 6, "activation": "relu", "inputs": "code"},
        "decoded": {"type": "Dense", "units": 8, "inputs": "grow"},
    },
    "outputs": {"decoded": {"loss": "mse"}},
}
ENCODER = {"inputs": ["image"], "outputs": ["code"]}
DECODER = {"inputs": ["code"], "outputs": {"picture": "decoded"}}
BOTH = {**AUTOENCODER, "models": {"encoder": ENCODER, "decoder": DECODER}}


def with_models(**models):
    return {**AUTOENCODER, "models": models}


def findings(spec):
    return [(d.code, d.message, d.path) for d in sc.check_spec(spec).diagnostics]


def test_a_part_takes_an_inner_tensor_as_an_input():
    decoder = sc.load_spec(BOTH, model="decoder")
    assert decoder.name == "decoder"
    assert decoder.inputs == ("code",)
    assert list(decoder.nodes) == ["code", "grow", "decoded"]
    assert decoder.layers["code"].kind == "Input"
    assert str(decoder.results["code"].outputs[0]) == "(None, 2) float32"
    assert decoder.parameter_count == (2 * 6 + 6) + (6 * 8 + 8)
    assert [output.name for output in decoder.outputs] == ["picture"]
    assert decoder.graph.compile is None


@pytest.mark.parametrize(("reference", "name"), [("grow", "grow"), ("grow.wide", "grow_wide")])
def test_the_output_of_a_block_is_an_input_under_its_reference_also_when_it_is_written_out(reference, name):
    blocks = {
        "grow": {
            "inputs": ["x"],
            "nodes": {"dense": {"type": "Dense", "units": 6, "inputs": "x"}},
            "outputs": {"wide": "dense"},
        }
    }
    nodes = {**AUTOENCODER["nodes"], "grow": {"type": "grow", "inputs": "code"}}
    models = {"tail": {"inputs": [reference], "outputs": ["decoded"]}}
    spec = {**AUTOENCODER, "blocks": blocks, "nodes": nodes, "models": models}
    assert sc.load_spec(spec, model="tail").inputs == (name,)
    written_out = sc.Source.text(sc.load_spec(spec).to_yaml())
    assert sc.load_spec(written_out, model="tail").inputs == (name,)


def test_the_main_model_is_that_of_the_outputs():
    assert list(sc.load_spec(BOTH).nodes) == list(AUTOENCODER["nodes"])
    assert sc.load_spec(BOTH, model="autoencoder").inputs == ("image",)


def test_what_only_a_part_needs_is_not_dead_and_no_part_of_the_main_model():
    nodes = {
        **AUTOENCODER["nodes"],
        "mood": {"type": "Input", "shape": [2]},
        "moved": {"type": "add", "inputs": ["code", "mood"]},
    }
    spec = {**AUTOENCODER, "nodes": nodes, "models": {"moody": {"inputs": ["image", "mood"], "outputs": ["moved"]}}}
    assert findings(spec) == []
    assert "mood" not in sc.load_spec(spec).nodes
    assert sc.load_spec(spec).inputs == ("image",)
    assert sc.load_spec(spec, model="moody").inputs == ("image", "mood")


def test_outputs_of_nodes_with_several_are_named_with_an_underscore_for_the_dot():
    nodes = {
        "x": {"type": "Input", "shape": [3, 4]},
        "read": {"type": "LSTM", "units": 2, "return_state": True, "inputs": "x"},
        "y": {"type": "Dense", "units": 1, "inputs": "read.state_h"},
    }
    models = {"reader": {"inputs": ["x"], "outputs": ["read.1"]}, "end": {"inputs": ["read.1"], "outputs": ["y"]}}
    spec = {"spec": 1, "nodes": nodes, "outputs": ["y"], "models": models}
    assert findings(spec) == []
    assert [output.name for output in sc.load_spec(spec, model="reader").outputs] == ["read_1"]
    end = sc.load_spec(spec, model="end")
    assert end.inputs == ("read_1",)
    assert end.calls["y"]["inputs"].node == "read_1"


def test_a_part_is_trained_by_its_own_losses():
    judge = {
        "inputs": ["image"],
        "outputs": {"code": {"loss": "mae", "metrics": ["mse"]}},
        "compile": {"optimizer": "sgd"},
    }
    graph = sc.load_spec(with_models(judge=judge), model="judge")
    assert graph.graph.compile.optimizer.keras_name == "SGD"
    assert graph.outputs[0].settings.loss.name == "mae"
    assert sc.load_spec(with_models(judge=judge)).graph.compile.optimizer.keras_name != "SGD"


def test_expressions_stand_in_models():
    spec = with_models(part={"inputs": ["${which}"], "outputs": {"picture": "${'decoded'}"}})
    spec["params"] = {"which": "code"}
    assert findings(spec) == []
    assert sc.load_spec(spec, model="part").inputs == ("code",)


def test_a_part_may_be_named_as_a_shared_block_and_the_block_knows_nothing_of_parts():
    judge = {
        "inputs": ["x"],
        "nodes": {
            "score": {"type": "Dense", "units": 1, "inputs": "x"},
            "value": {"type": "Dense", "units": 1, "inputs": "x"},
        },
        "outputs": ["score"],
    }
    nodes = {**AUTOENCODER["nodes"], "value": {"use": "critic", "inputs": "code"}}
    spec = {
        **AUTOENCODER,
        "blocks": {"judge": judge},
        "layers": {"critic": {"type": "judge"}},
        "nodes": nodes,
        "models": {"critic": {"inputs": ["code"], "outputs": ["value"]}},
    }
    assert findings(spec) == []
    critic = sc.load_spec(spec, model="critic")
    assert list(critic.nodes) == ["code", "value"]
    assert list(critic.layers["critic"].config.graph.nodes) == ["x", "score"]


@pytest.mark.parametrize(
    ("models", "finding"),
    [
        (
            {
                "decoder": {"inputs": ["image"], "outputs": ["decoded"]},
                "tail": {"inputs": ["grow"], "outputs": ["code"]},
            },
            (
                "SC324",
                "the output `code` of `tail` needs `image`, which is no input of that part",
                "/models/tail/outputs/0",
            ),
        ),
        (
            {"part": {"inputs": ["image", "code"], "outputs": ["decoded"]}},
            ("SC303", "no output of `part` needs its input `image`", "/models/part/inputs/0"),
        ),
        (
            {"part": {"inputs": ["code", "code"], "outputs": ["decoded"]}},
            ("SC314", "the input `code` is listed twice", "/models/part/inputs/1"),
        ),
        (
            {"autoencoder": ENCODER},
            ("SC310", "a part is named `autoencoder`, as the main model is", "/models/autoencoder"),
        ),
        (
            {"part": {"inputs": ["imag"], "outputs": ["code"]}},
            ("SC301", "no node is named `imag`", "/models/part/inputs/0"),
        ),
        ({"part": {"inputs": ["image"]}}, ("SC202", "a model needs the key `outputs`", "/models/part")),
        (
            {"part": {"inputs": ["image"], "outputs": ["code"], "fit": {}}},
            ("SC201", "a model has no key `fit`", "/models/part/fit"),
        ),
        (
            {"part": {"inputs": ["image"], "outputs": {"hidden": "code"}}},
            (
                "SC501",
                "the output `hidden` of `part` is named as a layer of it that does not make it",
                "/models/part/outputs/hidden",
            ),
        ),
    ],
)
def test_a_part_with_a_mistake_is_refused(models, finding):
    assert findings(with_models(**models)) == [finding]


def test_a_model_that_does_not_exist_is_refused():
    with pytest.raises(sc.SpecError) as caught:
        sc.load_spec(BOTH, model="decodr")
    (found,) = caught.value.report.diagnostics
    assert (found.code, found.message, found.hint) == (
        "SC325", "the spec has no model `decodr`", "did you mean `decoder`?"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("models", "hint"),
    [
        ({}, "it has the main model alone, `spec`: parts stand under `models`"),
        ({"low": {"inputs": ["x"], "outputs": ["x2"]}}, "it has `spec`, `low`"),
    ],
)
def test_a_model_of_a_name_like_no_other_is_told_which_there_are(models, hint):
    nodes = {
        "x": {"type": "Input", "shape": [3]},
        "x2": {"type": "Dense", "units": 2, "inputs": "x"},
        "y": {"type": "Dense", "units": 1, "inputs": "x2"},
    }
    spec = {"spec": 1, "name": "spec", "nodes": nodes, "outputs": ["y"], **({"models": models} if models else {})}
    with pytest.raises(sc.SpecError) as caught:
        sc.load_spec(spec, model="quite_different")
    assert [found.hint for found in caught.value.report.diagnostics] == [hint]


def test_the_text_of_the_whole_has_its_models_and_that_of_a_part_is_a_spec_of_its_own():
    rendered = sc.load_spec(BOTH).to_yaml()
    again = sc.load_spec(sc.Source.text(rendered))
    assert again.to_yaml() == rendered
    assert sc.load_spec(sc.Source.text(rendered), model="decoder").inputs == ("code",)
    part = sc.load_spec(sc.Source.text(sc.load_spec(BOTH, model="decoder").to_yaml()))
    assert (part.name, part.inputs, part.parameter_count) == ("decoder", ("code",), 74)


def test_the_command_shows_one_of_the_models(tmp_path, capsys):
    path = tmp_path / "spec.yaml"
    path.write_text(sc.load_spec(BOTH).to_yaml(), encoding="utf-8")
    assert main(["show", str(path)]) == 0
    assert "models:\n  encoder: image -> code\n  decoder: code -> decoded\n" in capsys.readouterr().out
    assert main(["show", str(path), "--model", "encoder"]) == 0
    assert capsys.readouterr().out.startswith("model encoder\n")
    assert main(["show", str(path), "--model", "nothing"]) == 1
    assert "SC325" in capsys.readouterr().err


def test_the_graph_of_many_parts_takes_time_in_proportion():
    nodes = {"x": {"type": "Input", "shape": [4]}}
    nodes |= {f"n{i}": {"type": "Dense", "units": 4, "inputs": f"n{i - 1}" if i else "x"} for i in range(300)}
    models = {f"m{i}": {"inputs": [f"n{i}"], "outputs": [f"n{i + 1}"]} for i in range(299)}
    graph = sc.load_spec({"spec": 1, "nodes": nodes, "outputs": ["n299"], "models": models})
    assert len(graph.whole.parts) == 299


def test_a_difference_tells_of_models(tmp_path, capsys):
    for name, spec in {
        "a.yaml": BOTH,
        "b.yaml": with_models(encoder={"inputs": ["image"], "outputs": ["hidden"]}),
    }.items():
        (tmp_path / name).write_text(sc.load_spec(spec).to_yaml(), encoding="utf-8")
    assert main(["diff", str(tmp_path / "a.yaml"), str(tmp_path / "a.yaml")]) == 0
    capsys.readouterr()
    assert main(["diff", str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")]) == 1
    told = capsys.readouterr().out
    assert "models.encoder.outputs" in told
    assert "models.decoder" in told


def test_code_of_a_part_is_written_out():
    whole, part = sc.load_spec(BOTH), sc.load_spec(BOTH, model="decoder")
    assert part.to_python() == part.to_python(flat=True)
    assert sc.load_spec(BOTH, model=whole.name).to_python() == whole.to_python()
