"""`compile-spec lift`: the spec, the weights, what is said, and how it ends."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile

import h5py
import numpy as np
import pytest
import yaml

import spec_compiler as sc
from spec_compiler.cli.main import main
from spec_compiler.comparing.compare import compare
from tests.processes import ROOT

pytestmark = pytest.mark.usefixtures("stand_ins")


@pytest.fixture
def saved(tmp_path, capsys):
    def save(name: str, suffix: str = ".keras"):
        path = tmp_path / f"saved{suffix}"
        assert main([str(ROOT / "specs" / name), "-o", str(path)]) == 0
        capsys.readouterr()
        return path

    return save


def test_the_spec_goes_to_standard_output_by_default(saved, capsys):
    assert main(["lift", str(saved("mlp.yaml", ".json"))]) == 0
    spec = yaml.safe_load(capsys.readouterr().out)
    assert spec["name"] == "mlp"
    assert list(spec["nodes"]) == ["pixels", "hidden", "digit"]


def test_the_spec_is_written_to_a_file(saved, tmp_path, capsys):
    assert main(["lift", str(saved("mlp.yaml")), "-o", str(tmp_path / "mlp.yaml")]) == 0
    assert capsys.readouterr().out == f"wrote {tmp_path / 'mlp.yaml'}\n"
    assert main(["check", str(tmp_path / "mlp.yaml")]) == 0


@pytest.mark.parametrize("plain", [(), ("--plain",)])
@pytest.mark.parametrize(
    "name", ["resnet18.yaml", "gpt.yaml", "inception.yaml", "efficientnet_b0.yaml", "siamese.yaml"]
)
@pytest.mark.slow
def test_renamed_it_is_the_same_model_but_for_names(saved, tmp_path, capsys, name, plain):
    path = saved(name, ".json")
    kept, renamed = tmp_path / "kept.yaml", tmp_path / "renamed.yaml"
    assert main(["lift", str(path), "-o", str(kept), *plain]) == 0
    assert main(["lift", str(path), "-o", str(renamed), "--rename", *plain]) == 0
    data = yaml.safe_load(renamed.read_text())
    bodies = [data, *data.get("blocks", {}).values()]
    assert not [key for body in bodies for key, node in body["nodes"].items() if "name" in node or "prefix" in node]
    before, after = sc.load_spec(kept), sc.load_spec(renamed)
    assert compare(before, after).same_but_names
    assert [each.name for each in after.outputs] == [each.name for each in before.outputs]


def test_another_model_is_not_the_same_but_for_names():
    text = "spec: 1\nnodes:\n  x: {type: Input, shape: [4]}\n  y: {type: Dense, units: 2, inputs: x}\noutputs: [y]\n"
    one = sc.load_spec(sc.Source.text(text))
    named = sc.load_spec(sc.Source.text(text.replace("units: 2", "units: 2, name: other")))
    assert compare(one, named).same_but_names
    assert not compare(one, sc.load_spec(sc.Source.text(text.replace("units: 2", "units: 3")))).same_but_names


def test_weights_go_with_the_names_of_the_model(saved, tmp_path, capsys):
    path = saved("mlp.yaml", ".json")
    assert main(["lift", str(path), "--rename", "--weights", str(tmp_path / "out.weights.h5")]) == 2
    assert "leave out --rename" in capsys.readouterr().err


def test_the_plain_form_has_every_argument(saved, capsys):
    assert main(["lift", "--plain", str(saved("mlp.yaml", ".json"))]) == 0
    spec = yaml.safe_load(capsys.readouterr().out)
    assert spec["nodes"]["digit"]["bias_initializer"] == {"type": "Zeros"}


def tree(file):
    found = {}
    file.visititems(lambda name, item: found.update({name: item[()]} if isinstance(item, h5py.Dataset) else {}))
    return found


@pytest.mark.parametrize(
    "name",
    ["shared_vision.yaml"]
    + [pytest.param(name, marks=pytest.mark.slow) for name in ("news.yaml", "tweets.json", "masked_bilstm.yaml")],
)
def test_the_weights_go_along(name, saved, tmp_path):
    path = saved(name)
    spec, weights = str(tmp_path / "it.yaml"), str(tmp_path / "it.weights.h5")
    assert main(["lift", str(path), "-o", spec, "--weights", weights]) == 0
    with zipfile.ZipFile(path) as archive:
        before = tree(h5py.File(io.BytesIO(archive.read("model.weights.h5"))))
    after = tree(h5py.File(weights))
    assert before.keys() == after.keys()
    assert all(np.array_equal(before[each], after[each]) for each in before)


def test_a_model_without_weights_gives_none(saved, tmp_path, capsys):
    arguments = [
        "lift",
        str(saved("mlp.yaml", ".json")),
        "-o",
        str(tmp_path / "a.yaml"),
        "--weights",
        str(tmp_path / "a.weights.h5"),
    ]
    assert main(arguments) == 1
    assert "error[SC510]" in capsys.readouterr().err
    assert not (tmp_path / "a.yaml").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["-o", "it.json"], "a spec is written to a file ending in .yaml or .yml"),
        (["-o", "it.yaml", "--weights", "it.keras"], "weights are written to a file ending in .weights.h5"),
        (["-o", "it.yaml", "--weights", "../it.yaml"], "weights are written"),
    ],
)
def test_what_is_written_is_called_by_its_suffix(options, message, saved, capsys):
    assert main(["lift", str(saved("mlp.yaml", ".json")), *options]) == 2
    assert message in capsys.readouterr().err


def test_the_model_itself_is_not_replaced(saved, tmp_path, capsys):
    path = saved("mlp.yaml", ".json")
    path = path.rename(tmp_path / "mlp.yaml")
    assert main(["lift", str(path), "-o", str(path)]) == 2
    assert "is a source of this run, and is not replaced" in capsys.readouterr().err


def test_what_cannot_be_said_ends_with_1_and_writes_nothing(saved, tmp_path, capsys):
    path = saved("mlp.yaml", ".json")
    data = json.loads(path.read_text())
    data["config"]["layers"][1]["class_name"] = "Lambda"
    path.write_text(json.dumps(data))
    assert main(["lift", str(path), "-o", str(tmp_path / "it.yaml")]) == 1
    assert "error[SC708]: `hidden.1`: no spec can have a `Lambda`: it runs code" in capsys.readouterr().err
    assert not (tmp_path / "it.yaml").exists()


@pytest.mark.slow
def test_neither_keras_nor_tensorflow_is_imported(saved, tmp_path):
    program = (
        "import sys; from spec_compiler.cli.main import main; "
        f"code = main(['lift', {str(saved('news.yaml'))!r}, '-o', {str(tmp_path / 'n.yaml')!r}, "
        f"'--weights', {str(tmp_path / 'n.weights.h5')!r}]); "
        "assert code == 0; assert not {'keras', 'tensorflow'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT, timeout=120)
