"""What is written without Keras is what Keras writes: the configuration, the tree of weights, the vocabularies."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import h5py
import pytest

import spec_compiler as sc
from spec_compiler.emitting.keras_file.only_keras import OnlyKerasCanError
from spec_compiler.emitting.keras_file.planned import KerasFiles
from spec_compiler.emitting.keras_model.files import FilesOfModel
from tests.emitting.keras_file.corpus import (
    LAYER_NAMES,
    ONLY_KERAS,
    OP_NAMES,
    ROOT,
    SPECS,
    constants,
    corners,
    example_of,
    losses_and_metrics,
    optimizers,
)
from tests.smaller import SMALLER

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]

LARGE = ("vgg16.yaml",)
"""Specs whose weights are held against Keras's by their shapes alone: they take a gigabyte."""

DRAWN_SEEDS = ("RandomCrop",)
"""Layers that draw a seed if they have none, and save it."""


class Written:
    """A `.keras` archive: its configuration as data, the groups and datasets of its weights, its other files."""

    def __init__(self, path: Path) -> None:
        with ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        self.configuration = plain(json.loads(files.pop("config.json")))
        self.metadata = set(json.loads(files.pop("metadata.json")))
        with h5py.File(io.BytesIO(files.pop("model.weights.h5"))) as weights:
            self.weights = dict(tree(weights))
        self.others = files


def plain(data: Any) -> Any:
    """A configuration without the memory addresses of shared objects."""
    if isinstance(data, dict):
        return {key: plain(value) for key, value in data.items() if key != "shared_object_id"}
    return [plain(item) for item in data] if isinstance(data, list) else data


def tree(group: Any) -> Iterator[tuple[str, Any]]:
    """All groups and datasets by their paths, with attributes, shapes and dtypes."""
    for item in group.values():
        shape = (item.shape, str(item.dtype)) if isinstance(item, h5py.Dataset) else None
        yield item.name, (shape, dict(item.attrs))
        if shape is None:
            yield from tree(item)


def assert_same_file(name: str, source: Any, folder: Path, **params: Any) -> None:
    graph = sc.load_spec(source, params=params)
    if name in ONLY_KERAS:
        with pytest.raises(OnlyKerasCanError, match=ONLY_KERAS[name]):
            KerasFiles(graph)
        return
    KerasFiles(graph).write_keras(folder / "ours.keras")
    FilesOfModel(sc.compile_spec(source, params=params)).write_keras(folder / "theirs.keras")
    ours, theirs = Written(folder / "ours.keras"), Written(folder / "theirs.keras")
    if name in DRAWN_SEEDS:
        for written in (ours, theirs):
            written.configuration["config"]["layers"][1]["config"].pop("seed")
    assert ours.configuration == theirs.configuration
    assert ours.weights == theirs.weights
    assert (ours.others, ours.metadata) == (theirs.others, theirs.metadata)


def test_a_file_of_weights_is_that_of_keras(tmp_path):
    source = ROOT / "specs/masked_bilstm.yaml"
    KerasFiles(sc.load_spec(source)).write_weights(tmp_path / "ours.weights.h5")
    FilesOfModel(sc.compile_spec(source)).write_weights(tmp_path / "theirs.weights.h5")
    with h5py.File(tmp_path / "ours.weights.h5") as ours, h5py.File(tmp_path / "theirs.weights.h5") as theirs:
        assert dict(tree(ours)) == dict(tree(theirs))


def test_the_architecture_as_json_is_that_of_keras():
    source = ROOT / "specs/masked_bilstm.yaml"
    theirs = FilesOfModel(sc.compile_spec(source)).json()
    assert plain(json.loads(KerasFiles(sc.load_spec(source)).json())) == plain(json.loads(theirs))


@pytest.mark.parametrize("name", LAYER_NAMES)
def test_the_file_of_a_layer_is_that_of_keras(name, tmp_path):
    assert_same_file(name, example_of(name), tmp_path)


@pytest.mark.parametrize("name", OP_NAMES)
def test_the_file_of_an_op_is_that_of_keras(name, tmp_path):
    assert_same_file(name, example_of(name), tmp_path)


@pytest.mark.parametrize(("name", "spec"), constants().items())
def test_the_file_of_an_op_of_a_constant_is_that_of_keras(name, spec, tmp_path):
    assert_same_file(name, spec, tmp_path)


@pytest.mark.parametrize("name", [name for name in SPECS if name not in LARGE])
def test_the_file_of_a_spec_is_that_of_keras(name, tmp_path):
    assert_same_file(name, ROOT / "specs" / name, tmp_path, **SMALLER.get(Path(name).stem, {}))


@pytest.mark.parametrize(("name", "source"), corners().items())
def test_the_file_of_a_corner_of_the_language_is_that_of_keras(name, source, tmp_path):
    assert_same_file(name, source, tmp_path)


@pytest.mark.parametrize(("name", "spec"), optimizers().items())
def test_the_file_of_a_model_with_an_optimizer_is_that_of_keras(name, spec, tmp_path):
    assert_same_file(name, spec, tmp_path)


@pytest.mark.parametrize(("name", "spec"), losses_and_metrics().items())
def test_the_file_of_a_model_with_a_loss_or_a_metric_is_that_of_keras(name, spec, tmp_path):
    assert_same_file(name, spec, tmp_path)
