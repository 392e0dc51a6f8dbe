"""Weights that are taken from files and models, against the weights of the model that Keras saved, bit for bit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spec_compiler import Limits, Source, SpecError, compile_spec, load_spec
from spec_compiler.cli.main import main
from spec_compiler.weight_files.match import match, wanted_by
from spec_compiler.weight_files.parts import wanted_by_part
from spec_compiler.weight_files.read import weight_file

pytestmark = pytest.mark.tensorflow

SPEC = Source.text("""
spec: 1
blocks:
  backbone:
    inputs: [x]
    nodes:
      conv: {type: Conv2D, filters: 4, kernel_size: 3, inputs: x}
      bn: {type: BatchNormalization, inputs: conv}
      pool: {type: GlobalAveragePooling2D, inputs: bn}
    outputs: [pool]
layers:
  features: {type: backbone}
nodes:
  x: {type: Input, shape: [8, 8, 3]}
  first: {use: features, inputs: x}
  head: {type: Dense, units: 2, inputs: first}
outputs: [head]
""")


@pytest.fixture(scope="module")
def published() -> Any:
    import keras

    x = keras.Input((8, 8, 3))
    y = keras.layers.BatchNormalization(name="bn")(keras.layers.Conv2D(4, 3, name="conv")(x))
    y = keras.layers.Dense(9, name="predictions")(keras.layers.GlobalAveragePooling2D()(y))
    return drawn(keras.Model(x, y))


def drawn(model: Any) -> Any:
    draw = np.random.default_rng(0)
    for weight in model.weights:
        weight.assign(draw.normal(size=weight.shape))
    return model


@contextmanager
def saved(model: Any, path: Path) -> Iterator[Any]:
    (model.save_weights if path.name.endswith(".weights.h5") else model.save)(path)
    with weight_file(path, None) as opened:
        yield opened


FILES = pytest.mark.parametrize("name", ["m.keras", "m.weights.h5", "m.h5"])


@FILES
def test_a_backbone_takes_its_weights_from_a_file(published: Any, tmp_path: Path, name: str) -> None:
    from spec_compiler.emitting.keras_model.weights import assign

    graph, model = load_spec(SPEC), compile_spec(SPEC)
    head = model.get_layer("head").get_weights()
    with saved(published, tmp_path / name) as (root, file):
        found = match(wanted_by_part(graph, "features") or {}, root.layers)
        assign(model, graph, found.taken, {each.held.location: file[each.held.location][()] for each in found.taken})
    assert (found.mismatches, found.missing, found.beyond) == ([], [], ["predictions"])
    check_taken(published, model)
    assert all(map(np.array_equal, head, model.get_layer("head").get_weights()))


@FILES
def test_a_nested_model_of_the_file_goes_into_that_of_the_spec(tmp_path: Path, name: str) -> None:
    from spec_compiler.emitting.keras_model.weights import assign

    graph, model, other = load_spec(SPEC), compile_spec(SPEC), drawn(compile_spec(SPEC))
    with saved(other, tmp_path / name) as (root, file):
        found = match(wanted_by(graph), root.layers)
        assign(model, graph, found.taken, {each.held.location: file[each.held.location][()] for each in found.taken})
    assert (found.mismatches, found.missing, found.beyond) == ([], [], [])
    assert all(map(np.array_equal, other.get_weights(), model.get_weights()))


def test_a_backbone_takes_its_weights_from_a_model(published: Any) -> None:
    from spec_compiler.emitting.keras_model.weights import assign, held_by, values_of

    graph, model = load_spec(SPEC), compile_spec(SPEC)
    found = match(wanted_by_part(graph, "features") or {}, held_by(published).layers or {})
    assign(model, graph, found.taken, values_of(published, found.taken))
    check_taken(published, model)


def check_taken(published: Any, model: Any) -> None:
    features = model.get_layer("features")
    for name in ("conv", "bn"):
        wanted, taken = published.get_layer(name).get_weights(), features.get_layer(name).get_weights()
        assert len(wanted) == len(taken)
        assert all(map(np.array_equal, wanted, taken))


BLOCK = Source.text("""
spec: 1
blocks:
  backbone:
    inputs: [x]
    nodes:
      conv: {type: Conv2D, filters: 4, kernel_size: 3, inputs: x}
      bn: {type: BatchNormalization, inputs: conv}
      pool: {type: GlobalAveragePooling2D, inputs: bn}
    outputs: [pool]
nodes:
  x: {type: Input, shape: [8, 8, 3]}
  features: {type: backbone, inputs: x}
  predictions: {type: Dense, units: 2, inputs: features}
outputs: [predictions]
""")


@pytest.mark.parametrize("name", ["m.keras", "m.weights.h5", "m.h5", "model"])
def test_a_copy_of_a_block_takes_weights_while_a_spec_is_compiled(published: Any, tmp_path: Path, name: str) -> None:
    if name != "model":
        (published.save_weights if name.endswith(".weights.h5") else published.save)(tmp_path / name)
    source = published if name == "model" else tmp_path / name
    reports: list[Any] = []
    model = compile_spec(BLOCK, weights={"features": source}, report_weights=reports.append)
    for layer in ("conv", "bn"):
        wanted, taken = published.get_layer(layer).get_weights(), model.get_layer(f"features.{layer}").get_weights()
        assert all(map(np.array_equal, wanted, taken))
    (report,) = reports
    assert (set(report.taken), report.missing, report.mismatched) == ({"conv", "bn"}, (), ())
    assert report.beyond == ("predictions",)


def codes(weights: Any, **options: Any) -> list[str]:
    with pytest.raises(SpecError) as caught:
        compile_spec(BLOCK, weights=weights, **options)
    return [found.code for found in caught.value.report.diagnostics]


def test_what_does_not_fit_is_refused_unless_it_may_be_partial(published: Any, tmp_path: Path) -> None:
    published.save(tmp_path / "m.keras")
    file = tmp_path / "m.keras"
    assert codes(file) == ["SC512", "SC512", "SC513"]
    assert codes({"predictions": file}) == ["SC513"]
    assert codes({"feature": file}) == ["SC511"]
    assert codes(tmp_path / "nothing.keras") == ["SC510"]
    assert codes({"features": file}, limits=Limits(memory_bytes=2000)) == ["SC720"]
    reports: list[Any] = []
    compile_spec(BLOCK, weights=file, partial_weights=True, report_weights=reports.append)
    (report,) = reports
    assert report.missing == ("features.conv", "features.bn")
    assert [name for name, _ in report.mismatched] == ["predictions"]


def test_the_command_takes_weights_and_never_replaces_their_file(
    published: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import keras

    monkeypatch.chdir(tmp_path)
    published.save("m.keras")
    Path("spec.yaml").write_text(str(BLOCK.content), encoding="utf-8")
    assert main(["spec.yaml", "--weights", "features=m.keras", "-o", "out.keras"]) == 0
    assert "m.keras into `features`: took the weights of 2 layers" in capsys.readouterr().err
    loaded = keras.models.load_model("out.keras")
    assert np.array_equal(
        loaded.get_layer("features.conv").get_weights()[0], published.get_layer("conv").get_weights()[0]
    )
    before = Path("m.keras").read_bytes()
    assert main(["spec.yaml", "--weights", "features=m.keras", "-o", "m.keras"]) == 2
    assert Path("m.keras").read_bytes() == before
    assert main(["spec.yaml", "--weights", "features=m.keras", "-o", "out.yaml"]) == 2
    assert main(["spec.yaml", "--partial-weights"]) == 2
    assert main(["spec.yaml", "--weights", "a=m.keras", "--weights", "a=m.keras"]) == 2


def test_published_weights_of_keras_2_are_read_by_name(tmp_path: Path) -> None:
    """As the files are that Keras publishes: names of layers and weights in attributes, and no model around them."""
    import h5py

    draw = np.random.default_rng(1)
    arrays = {
        "conv": {"conv/kernel:0": draw.random((3, 3, 3, 4)), "conv/bias:0": draw.random(4)},
        "bn": {f"bn/{name}:0": draw.random(4) for name in ("gamma", "beta", "moving_mean", "moving_variance")},
        "fc1000": {"fc1000/kernel:0": draw.random((4, 1000)), "fc1000/bias:0": draw.random(1000)},
    }
    with h5py.File(tmp_path / "published.h5", "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in arrays]
        for name, weights in arrays.items():
            group = file.create_group(name)
            group.attrs["weight_names"] = [weight.encode() for weight in weights]
            for weight, value in weights.items():
                group[weight] = value.astype("float32")
    model = compile_spec(BLOCK, weights={"features": tmp_path / "published.h5"})
    for name in ("conv", "bn"):
        taken = model.get_layer(f"features.{name}").get_weights()
        assert all(map(np.array_equal, (value.astype("float32") for value in arrays[name].values()), taken))


def test_a_part_takes_its_weights_from_a_file_that_has_the_same_part(tmp_path: Path) -> None:
    first = drawn(compile_spec(BLOCK))
    first.save(tmp_path / "first.keras")
    model = compile_spec(BLOCK, weights={"features": tmp_path / "first.keras"})
    for name in ("features.conv", "features.bn"):
        assert all(map(np.array_equal, first.get_layer(name).get_weights(), model.get_layer(name).get_weights()))
