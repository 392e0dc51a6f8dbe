"""What lookups have learnt stands beside the configuration of a model, and is in its spec."""

from __future__ import annotations

import json
import zipfile

import pytest

import spec_compiler as sc
from spec_compiler.lift_model import lift_model
from spec_compiler.training.trained import trained

pytestmark = pytest.mark.usefixtures("stand_ins")

NODES = {
    "text": {"type": "Input", "shape": [], "dtype": "string"},
    "words": {"type": "TextVectorization", "output_sequence_length": 4, "inputs": "text"},
    "name": {"type": "Input", "shape": [1], "dtype": "string"},
    "place": {"type": "StringLookup", "mask_token": "-", "inputs": "name"},
    "number": {"type": "Input", "shape": [1], "dtype": "int64"},
    "row": {"type": "IntegerLookup", "inputs": "number"},
    "second": {"type": "StringLookup", "num_oov_indices": 0, "inputs": "name"},
}
FILES = {
    "text_vectorization": "\n[UNK]\nthe\ncat",
    "string_lookup": "-\n[UNK]\nanna\nbo",
    "integer_lookup": "-1\n7\n5",
    "string_lookup_1": "bo\nanna",
}


def saved(tmp_path, files, nodes=NODES):
    """A file as Keras saves a model whose lookups have been adapted."""
    ends = [name for name, node in nodes.items() if node["type"] != "Input"]
    config = sc.load_spec({"spec": 1, "nodes": nodes, "outputs": ends}).to_keras_json()
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", config)
        for name, text in files.items():
            archive.writestr(f"assets/layers/{name}/vocabulary.txt", text)
    return path


def vocabularies(graph):
    return {layer.keras_name: getattr(layer.config, "vocabulary", None) for layer in graph.layers.values()}


def test_each_lookup_has_what_it_has_learnt_without_the_special_tokens(tmp_path):
    lifted = lift_model(saved(tmp_path, FILES))
    assert not lifted.report.diagnostics
    assert {name: tokens for name, tokens in vocabularies(lifted.graph).items() if tokens} == {
        "words": ("the", "cat"),
        "place": ("anna", "bo"),
        "row": (7, 5),
        "second": ("bo", "anna"),
    }
    assert not lifted.graph.data_contract.needs


def test_bins_have_the_boundaries_that_they_have_learnt(tmp_path):
    nodes = {"x": {"type": "Input", "shape": [1]}, "bins": {"type": "Discretization", "num_bins": 3, "inputs": "x"}}
    config = json.loads(sc.load_spec({"spec": 1, "nodes": nodes, "outputs": ["bins"]}).to_keras_json())
    config["config"]["layers"][1]["config"]["bin_boundaries"] = [1.5, 2.5]
    with zipfile.ZipFile(tmp_path / "model.keras", "w") as archive:
        archive.writestr("config.json", json.dumps(config))
    lifted = lift_model(tmp_path / "model.keras")
    assert not lifted.report.diagnostics
    assert lifted.graph.layers["bins"].config.bin_boundaries == (1.5, 2.5)
    assert not lifted.graph.data_contract.needs


def test_a_lookup_in_a_model_inside_another_is_found_at_its_place(tmp_path):
    inner = json.loads(
        sc.load_spec(
            {"spec": 1, "nodes": {"name": NODES["name"], "place": NODES["place"]}, "outputs": ["place"]}
        ).to_keras_json()
    )
    node = {
        "args": [
            {
                "class_name": "__keras_tensor__",
                "config": {"shape": [None, 1], "dtype": "string", "keras_history": ["outer", 0, 0]},
            }
        ],
        "kwargs": {},
    }
    inner["config"]["name"] = "inner"
    outer_input = json.loads(json.dumps(inner["config"]["layers"][0]).replace('"name": "name"', '"name": "outer"'))
    config = {
        **inner,
        "config": {
            "name": "model",
            "trainable": True,
            "layers": [outer_input, {**inner, "name": "inner", "inbound_nodes": [node]}],
            "input_layers": [["outer", 0, 0]],
            "output_layers": [["inner", 1, 0]],
        },
    }
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("assets/layers/functional/layers/string_lookup/vocabulary.txt", "-\n[UNK]\nanna")
    lifted = lift_model(path)
    assert lifted.graph is not None, lifted.report
    assert "vocabulary: [anna]" in lifted.graph.to_spec()


def test_what_has_learnt_nothing_is_still_to_be_adapted(tmp_path):
    lifted = lift_model(saved(tmp_path, {"text_vectorization": "\n[UNK]"}))
    assert not lifted.report.diagnostics
    assert vocabularies(lifted.graph)["words"] is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("nodes", "files", "name"),
    [
        ({"output_mode": "tf_idf", "output_sequence_length": None}, {"text_vectorization": "[UNK]\nthe"}, "words"),
        ({}, {"text_vectorization": "\n[UNK]\nthe\nthe"}, "words"),
    ],
)
def test_a_vocabulary_that_a_spec_cannot_have_is_said_to_stay_behind(tmp_path, nodes, files, name):
    words = {key: value for key, value in {**NODES["words"], **nodes}.items() if value is not None}
    lifted = lift_model(saved(tmp_path, files, {"text": NODES["text"], "words": words}))
    assert [(found.code, found.message) for found in lifted.report] == [
        ("SC152", f"the vocabulary that `{name}` (TextVectorization) has learnt stays behind")
    ]
    assert vocabularies(lifted.graph)["words"] is None


def test_no_more_of_a_vocabulary_is_unpacked_than_a_text_may_have(tmp_path):
    path = saved(tmp_path, {"text_vectorization": "\n[UNK]\n" + "a" * 60_000})
    lifted = lift_model(path, limits=sc.Limits(text_bytes=50_000))
    assert [found.code for found in lifted.report] == ["SC730"]


def test_a_file_without_its_vocabulary_is_not_used_to_predict(tmp_path):
    with pytest.raises(sc.SpecError) as refused:
        trained(saved(tmp_path, {"text_vectorization": "\n[UNK]\nthe"}))
    assert [(found.code, found.message) for found in refused.value.report] == [
        (
            "SC551",
            f"`{name}` is adapted to data by training, and has no vocabulary or boundaries, which weights do not hold",
        )
        for name in ("place", "row", "second")
    ]


def test_what_a_spec_cannot_have_is_left_to_keras(tmp_path):
    words = {"type": "TextVectorization", "output_mode": "tf_idf", "inputs": "text"}
    path = saved(tmp_path, {"text_vectorization": "[UNK]\nthe"}, {"text": NODES["text"], "words": words})
    assert trained(path).model == path


def test_weights_bring_numbers_and_no_vocabulary():
    nodes = {
        "size": {"type": "Input", "shape": [3]},
        "scaled": {"type": "Normalization", "inputs": "size"},
        "name": NODES["name"],
        "place": NODES["place"],
    }
    spec = {"spec": 1, "nodes": nodes, "outputs": ["scaled", "place"]}
    with pytest.raises(sc.SpecError) as refused:
        trained(spec, weights="model.weights.h5")
    assert [found.path for found in refused.value.report] == ["/nodes/place"]
