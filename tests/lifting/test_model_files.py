"""Files from strangers: what cannot be read is said with its code, nothing is executed, and nothing outside is read."""

from __future__ import annotations

import json
import sys
import zipfile
from typing import Any

import h5py
import pytest

import spec_compiler as sc
from spec_compiler.cli.main import main
from spec_compiler.lift_model import lift_model
from tests.lifting.lifted import codes_of, lift_data

pytestmark = pytest.mark.usefixtures("stand_ins")

SPEC = {
    "spec": 1,
    "nodes": {
        "x": {"type": "Input", "shape": [4]},
        "h": {"type": "Dense", "units": 3, "inputs": "x"},
        "y": {"type": "Dense", "units": 2, "inputs": "h"},
    },
    "outputs": {"y": {"loss": "mse"}},
}


@pytest.fixture
def data():
    return json.loads(sc.load_spec(SPEC).to_keras_json())


def archive(path, config, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        if config is not None:
            file.writestr("config.json", config if isinstance(config, (str, bytes)) else json.dumps(config))
        for name, text in members.items():
            file.writestr(name, text)
    return path


def codes(path, **limits):
    return codes_of(lift_model(path, limits=sc.Limits(**limits)).report)


def test_a_file_that_is_not_there_is_said(tmp_path):
    assert codes(tmp_path / "model.keras") == [("SC150", "")]


def test_a_folder_is_no_file(tmp_path):
    assert codes(tmp_path) == [("SC150", "")]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("spec: 1\nnodes: {}\n", "this is the way from a model to a spec; a spec is compiled"),
        ("# one of ours\nspec: 1\n", "this is the way from a model to a spec; a spec is compiled"),
        ("<svg/>", None),
    ],
)
def test_a_text_that_is_not_even_json_is_no_model(tmp_path, text, hint):
    path = tmp_path / "model"
    path.write_text(text)
    (found,) = lift_model(path).report
    assert (found.code, found.hint) == ("SC150", hint)


def test_an_archive_of_something_else_is_no_model(tmp_path):
    assert codes(archive(tmp_path / "model.keras", None, other="x")) == [("SC150", "")]


def test_a_damaged_archive_is_said(tmp_path, data):
    path = archive(tmp_path / "model.keras", data)
    raw = bytearray(path.read_bytes())
    raw[60:100] = b"\0" * 40
    path.write_bytes(raw)
    assert codes(path) == [("SC150", "")]


def test_the_start_of_an_archive_is_a_damaged_one(tmp_path, data):
    path = archive(tmp_path / "model.keras", data)
    path.write_bytes(path.read_bytes()[:-30])
    assert codes(path) == [("SC150", "")]


def test_a_configuration_that_is_null_is_none(tmp_path):
    (tmp_path / "model.json").write_text("null")
    assert codes(tmp_path / "model.json") == [("SC151", "")]
    assert codes(archive(tmp_path / "model.keras", "null")) == [("SC151", "")]


def test_a_model_that_is_compiled_for_null_is_not_compiled(tmp_path, data):
    with h5py.File(tmp_path / "model.h5", "w") as file:
        file.attrs["model_config"] = json.dumps(data)
        file.attrs["training_config"] = "null"
    assert codes(tmp_path / "model.h5") == []


def test_a_truncated_hdf5_file_is_said(tmp_path, data):
    path = tmp_path / "model.h5"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(data)
    path.write_bytes(path.read_bytes()[:900])
    assert codes(path) == [("SC150", "")]


def test_weights_alone_are_no_model(tmp_path):
    with h5py.File(tmp_path / "some.weights.h5", "w") as file:
        file.create_group("layers")
    assert codes(tmp_path / "some.weights.h5") == [("SC150", "")]


def test_a_bomb_is_not_unpacked(tmp_path):
    path = archive(tmp_path / "model.keras", b'{"a": "' + b"0" * 2_000_000 + b'"}')
    assert path.stat().st_size < 5_000
    assert codes(path, text_bytes=1_000_000) == [("SC730", "")]


def test_a_bomb_beside_the_configuration_is_not_unpacked_either(tmp_path, data):
    path = archive(tmp_path / "model.keras", data, **{"metadata.json": b"0" * 2_000_000})
    assert codes(path, text_bytes=1_000_000) == [("SC730", "")]


def test_members_with_paths_out_of_the_archive_are_not_touched(tmp_path, data):
    path = archive(tmp_path / "model.keras", data, **{"../../outside.txt": "x", "/etc/other": "x"})
    assert codes(path) == []
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.keras"]


def test_a_text_that_is_too_large_is_not_read(tmp_path, data):
    with h5py.File(tmp_path / "model.h5", "w") as file:
        file.attrs["model_config"] = json.dumps(data)
    assert codes(tmp_path / "model.h5", text_bytes=1000) == [("SC701", "")]


def test_an_attribute_of_another_kind_is_no_text(tmp_path):
    with h5py.File(tmp_path / "model.h5", "w") as file:
        file.attrs["model_config"] = 3
    assert codes(tmp_path / "model.h5") == [("SC150", "")]


def test_links_out_of_an_hdf5_file_are_not_followed(tmp_path, data):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file.create_dataset("secret", data=[1.0])
    with h5py.File(tmp_path / "model.h5", "w") as file:
        file.attrs["model_config"] = json.dumps(data)
        file["model_weights"] = h5py.ExternalLink("other.h5", "/")
    arguments = [
        "lift",
        str(tmp_path / "model.h5"),
        "-o",
        str(tmp_path / "m.yaml"),
        "--weights",
        str(tmp_path / "o.weights.h5"),
    ]
    assert main(arguments) == 1
    assert not (tmp_path / "m.yaml").exists()


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def test_values_that_are_nested_deep_are_refused(tmp_path, data):
    data["config"]["layers"][1]["config"]["units"] = nested(300)
    assert [code for code, _ in codes_of(lift_data(data, tmp_path).report)] == ["SC702"]


def test_models_in_models_end_somewhere(tmp_path, data):
    inside = data
    for level in range(30):
        inside = {
            **data,
            "config": {
                **data["config"],
                "name": f"m{level}",
                "layers": [
                    data["config"]["layers"][0],
                    {**inside, "name": "inner", "inbound_nodes": data["config"]["layers"][1]["inbound_nodes"]},
                ],
                "output_layers": [["inner", 1, 0]],
            },
        }
    lifted = lift_data(inside, tmp_path)
    assert lifted.graph is not None or lifted.report.errors


def test_more_layers_than_the_limit_are_refused(tmp_path, data):
    layers = data["config"]["layers"]
    layers += [{**layers[1], "name": f"l{number}"} for number in range(5_000)]
    (tmp_path / "many.json").write_text(json.dumps(data))
    assert [code for code, _ in codes(tmp_path / "many.json", values=10_000)] == ["SC716"]


@pytest.mark.slow
def test_a_million_layers_are_refused_before_anything_is_made_of_them(tmp_path):
    layer = '{"class_name":"A","config":{"name":"a"}}'
    text = '{"class_name":"Functional","config":{"name":"m","layers":[' + ",".join([layer] * 1_000_000) + "]}}"
    (tmp_path / "many.json").write_text(text)
    assert [code for code, _ in codes(tmp_path / "many.json")] == ["SC716"]


def test_a_shape_that_no_machine_can_hold_is_refused(tmp_path, data):
    data["config"]["layers"][1]["config"]["units"] = 10**13
    lifted = lift_data(data, tmp_path)
    assert lifted.graph is None
    assert {code for code, _ in codes_of(lifted.report)} <= {"SC706", "SC402", "SC340"}


@pytest.mark.parametrize(
    "changes",
    [
        {"module": "os", "class_name": "system"},
        {"module": "keras.layers", "class_name": "__class__"},
        {"module": "builtins", "class_name": "function", "config": "print"},
        {"module": "keras.src.utils.file_utils", "class_name": "get_file", "config": {"fname": "x"}},
        {"module": "this", "class_name": "Zen", "registered_name": "this>Zen"},
    ],
)
def test_a_module_may_name_anything_and_nothing_is_imported(changes, tmp_path, data):
    data["config"]["layers"][1] |= changes
    before = set(sys.modules)
    lifted = lift_data(data, tmp_path)
    assert lifted.graph is None
    assert all(code in ("SC340", "SC151") for code, _ in codes_of(lifted.report))
    assert not {"this", "keras", "tensorflow"} & (set(sys.modules) - before)


def test_a_lambda_is_refused_and_its_code_is_not_run(tmp_path, data):
    code = "4wEAAAAAAAAAAAAAAAEAAAADAAAA//////////8="
    data["config"]["layers"][1] |= {
        "class_name": "Lambda",
        "config": {"name": "h", "function": {"class_name": "__lambda__", "config": {"code": code}}},
    }
    assert codes_of(lift_data(data, tmp_path).report) == [("SC708", "/config/layers/1")]


def test_what_is_wrong_is_shown_where_it_stands(tmp_path, data):
    (tmp_path / "model.json").write_text(json.dumps(data, indent=2).replace('"units": 3', '"units": -3'))
    (found,) = lift_model(tmp_path / "model.json").report
    assert (found.code, found.path) == ("SC340", "/config/layers/1/config/units")
    line = (tmp_path / "model.json").read_text().splitlines()[found.span.start.line - 1]
    assert line.strip().startswith('"units": -3')


def test_what_the_front_end_refuses_is_told_with_its_place_in_the_configuration(tmp_path, data):
    del data["config"]["layers"][1]["config"]["units"]
    data["config"]["layers"][1] |= {"class_name": "Conv2D"}
    data["config"]["layers"][1]["config"] |= {"filters": 3, "kernel_size": 2}
    del data["config"]["layers"][1]["config"]["quantization_config"]
    (found,) = lift_data(data, tmp_path).report
    assert (found.code, found.path) == ("SC401", "/config/layers/1/inbound_nodes/0")


def without_a_tensor(data):
    data["config"]["layers"][2]["inbound_nodes"][0]["args"][0]["config"]["keras_history"] = ["nobody", 0, 0]


def with_a_loop(data):
    data["config"]["layers"][1]["inbound_nodes"][0]["args"][0]["config"]["keras_history"] = ["y", 0, 0]


def with_two_of_a_name(data):
    data["config"]["layers"][2]["name"] = "h"


def with_an_input_that_is_none(data):
    data["config"]["input_layers"] = [["h", 0, 0]]


def with_options_that_are_a_tensor(data):
    node = data["config"]["layers"][2]["inbound_nodes"][0]
    node["kwargs"] = node["args"][0]


def with_an_identity_of_nothing(data):
    layer = data["config"]["layers"][2]
    layer |= {"class_name": "Identity", "config": {"name": "y"}, "inbound_nodes": [{"args": [], "kwargs": {}}]}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (with_options_that_are_a_tensor, ["SC340"]),
        (with_an_identity_of_nothing, ["SC308"]),
        (without_a_tensor, ["SC151"]),
        (with_a_loop, ["SC302"]),
        (with_two_of_a_name, ["SC151"]),
        (with_an_input_that_is_none, ["SC151"]),
    ],
)
def test_a_graph_that_is_none_is_refused(change, found, tmp_path, data):
    change(data)
    assert [code for code, _ in codes_of(lift_data(data, tmp_path).report)] == found
