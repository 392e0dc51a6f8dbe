"""What is wrong with data and options is said before any framework is imported."""

from __future__ import annotations

import numpy as np
import pytest

import spec_compiler as sc
from tests.training.data import found
from tests.training.tfrecords import tfrecord

pytestmark = pytest.mark.usefixtures("stand_ins")

SPEC = """\
spec: 1
nodes:
  size: {type: Input, shape: [2]}
  kind: {type: Dense, units: 3, activation: softmax, inputs: size}
outputs:
  kind: {loss: sparse_categorical_crossentropy}
"""
DATA = {"size": np.zeros((6, 2)), "kind": np.arange(6) % 3}
IMAGES = """\
spec: 1
nodes:
  image: {type: Input, shape: [4, 4, 3]}
  flat: {type: Flatten, inputs: image}
  kind: {type: Dense, units: 3, activation: softmax, inputs: flat}
outputs:
  kind: {loss: sparse_categorical_crossentropy}
"""


@pytest.fixture(autouse=True)
def _no_framework(monkeypatch):
    """Building a model is a failure here."""

    def refused(*_, **__):
        raise AssertionError("a model is built")

    monkeypatch.setattr("spec_compiler.training.fit.build_model", refused)
    monkeypatch.setattr("spec_compiler.training.trained.build_model", refused)


def refused(data, text=SPEC, use=sc.fit, **options):
    with pytest.raises(sc.SpecError) as raised:
        use(sc.Source.text(text, name="spec.yaml"), data, **options)
    return found(raised.value.report)


def test_data_in_memory_and_in_files_is_held_against_the_model(tmp_path):
    wrong = {**DATA, "kind": DATA["kind"] + 1}
    np.savez(tmp_path / "data.npz", **wrong)
    expected = [("SC545", 6, "kind[2]")]
    assert refused(wrong) == expected
    assert refused(tmp_path / "data.npz") == expected
    assert refused(DATA, validation=wrong) == expected
    assert refused(DATA["size"], targets=wrong["kind"]) == expected
    assert refused(wrong, use=sc.evaluate) == expected
    assert refused({"size": np.full((6, 2), np.nan)}, use=sc.predict) == [("SC546", 3, "size[0,")]
    assert refused(DATA["size"]) == [("SC541", 6, "there")]


def test_every_shard_is_looked_at(tmp_path):
    np.savez(tmp_path / "a.npz", **DATA)
    np.savez(tmp_path / "b.npz", **{**DATA, "size": DATA["size"][:, :1]})
    np.savez(tmp_path / "c.npz", **{**DATA, "kind": DATA["kind"][:4]})
    for options in ({}, {"stream": True}):
        assert refused(tmp_path, **options) == [("SC543", 3, "size"), ("SC548", 6, "kind")]
    with pytest.raises(sc.SpecError, match=r"`size` of `b\.npz`"):
        sc.fit(sc.Source.text(SPEC), tmp_path)


@pytest.mark.parametrize("name", ["none.npz", "none-*.npz", "empty", "mixed", "data.xyz"])
def test_data_that_is_not_there_is_said(tmp_path, name):
    (tmp_path / "empty").mkdir()
    (tmp_path / "mixed").mkdir()
    np.savez(tmp_path / "mixed" / "a.npz", **DATA)
    (tmp_path / "mixed" / "b.csv").write_text("size.0,size.1,kind\n1,2,0\n")
    assert [code for code, *_ in _codes(tmp_path / name)] == ["SC540"]


def _codes(path):
    with pytest.raises(sc.SpecError) as raised:
        sc.fit(sc.Source.text(SPEC), str(path))
    return [(each.code,) for each in raised.value.report]


def test_options_are_held_against_the_data(tmp_path):
    np.savez(tmp_path / "data.npz", **DATA)
    split = SPEC + "fit:\n  validation_split: 0.5\n"
    assert refused(tmp_path / "data.npz", split, stream=True) == [("SC552", 8, "validation_split")]
    stopping = SPEC + "fit: {callbacks: [{type: EarlyStopping, mode: min}]}\n"
    assert refused(DATA, stopping) == [("SC541", 7, "there")]
    assert refused(DATA, SPEC.replace("{loss: sparse_categorical_crossentropy}", "{}")) == [("SC550", 5, "model")]


def test_layers_that_cannot_be_adapted_are_said():
    text = SPEC.replace("[2]}", "[1, 2]}").replace(
        "inputs: size}", "inputs: flat}\n  flat: {type: Flatten, inputs: scaled}\n"
        "  scaled: {type: TimeDistributed, layer: {type: Normalization}, inputs: size}"
    )  # fmt: skip
    assert [each[:2] for each in refused({**DATA, "size": DATA["size"][:, None]}, text)] == [("SC551", 6)]


TEXT = """\
spec: 1
nodes:
  word: {type: Input, shape: [1], dtype: string}
  known: {type: StringLookup, vocabulary: [a, b], output_mode: one_hot, inputs: word}
  kind: {type: Dense, units: 3, inputs: known}
outputs:
  kind: {loss: mse}
"""


def test_what_needs_tensorflow_is_said_where_keras_runs_on_something_else(monkeypatch):
    monkeypatch.setattr("spec_compiler.training.backend_check.backend", lambda: "jax")
    data = {"word": ["a", "b"], "kind": np.zeros((2, 3))}
    for use in (sc.fit, sc.evaluate, sc.predict):
        assert refused(data, TEXT, use) == [("SC556", 3, "word")]
    hashed = TEXT.replace("string", "int32").replace("StringLookup, vocabulary: [a, b]", "Hashing, num_bins: 4")
    assert refused({**data, "word": [1, 2]}, hashed) == [("SC556", 4, "known")]
    with pytest.raises(AssertionError, match="a model is built"):
        sc.predict(sc.Source.text(hashed), {"word": [1, 2]})


def test_folders_of_images_have_as_many_classes_as_the_model(tmp_path):
    from PIL import Image

    for name in ("a", "b"):
        (tmp_path / "two" / name).mkdir(parents=True)
        Image.new("RGB", (4, 4)).save(tmp_path / "two" / name / "1.png")
    report = _report(tmp_path / "two", IMAGES)
    assert [(each.code, each.span.start.line) for each in report] == [("SC545", 7)]
    assert "has 2 folders of classes (`a`, `b`); wanted by `kind`: 3" in str(report)
    (tmp_path / "two" / "c").mkdir()
    (tmp_path / "two" / "c" / "broken.png").write_bytes(b"\x89PNG and nothing")
    assert "`broken.png` is no image" in str(_report(tmp_path / "two", IMAGES))
    assert [each.code for each in _report(tmp_path / "two", SPEC)] == ["SC543"]


def _report(path, text):
    with pytest.raises(sc.SpecError) as raised:
        sc.fit(sc.Source.text(text, name="spec.yaml"), path)
    return raised.value.report


def test_a_data_frame_is_held_without_keras():
    import pyarrow

    table = pyarrow.table({"size.0": [1.0, 2.0], "size.1": [1.0, None], "kind": [0, 1]})
    assert refused(table) == [("SC546", 3, "size[1,")]
    inputs = table.select(["size.0", "size.1"])
    for kind in ([0, 1], np.array([0, 1]), table["kind"], table.select(["kind"]), {"kind": table["kind"]}):
        assert refused(inputs, targets=kind) == [("SC546", 3, "size[1,")]
    assert refused(inputs.slice(0, 1), targets=table["kind"]) == [("SC548", 6, "kind")]
    assert refused(inputs.slice(0, 1), targets=[3]) == [("SC545", 6, "kind[0]")]
    assert refused(inputs.slice(0, 0), targets=[]) == [("SC548", 3, "size")]
    with pytest.raises(sc.SpecError, match="name it `size`; there are `a`, `b`"):
        sc.fit(sc.Source.text(SPEC), pyarrow.table({"a": [1.0], "b": [2.0]}), [0])


def test_targets_beside_data_that_has_its_own_are_refused(tmp_path):
    np.savez(tmp_path / "data.npz", **DATA)
    for data in (tmp_path / "data.npz", iter(())):
        with pytest.raises(TypeError, match="targets go with arrays and data frames"):
            sc.fit(sc.Source.text(SPEC), data, DATA["kind"])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["data.npz", "data.tfrecord"])
def test_no_framework_is_imported_for_bad_data(tmp_path, name):
    from tests.processes import python

    wrong = {**DATA, "kind": DATA["kind"] + 1}
    np.savez(tmp_path / "data.npz", **wrong)
    tfrecord(tmp_path / "data.tfrecord", wrong)
    (tmp_path / "spec.yaml").write_text(SPEC)
    program = (
        "import sys\nfrom spec_compiler.cli.main import main\n"
        "assert main(sys.argv[1:]) == 1\nassert not {'keras', 'tensorflow'} & set(sys.modules)\n"
    )
    done = python("-c", program, "fit", "spec.yaml", "--data", name, "-o", "out.keras", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "out.keras").exists()
