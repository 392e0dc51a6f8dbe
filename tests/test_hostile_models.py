"""Models of strangers: each ends soon and within bounds, with a diagnostic and exit code 1, and nothing outside is read."""

from __future__ import annotations

import struct
import zipfile

import h5py
import numpy as np
import pytest

import spec_compiler as sc
from tests.processes import compile_spec

pytestmark = pytest.mark.slow

BOUNDS = {"memory": 1.5, "seconds": 30}

SPEC = "spec: 1\nnodes:\n  x: {type: Input, shape: [4]}\n  y: {type: Dense, units: 2, inputs: x}\noutputs: [y]\n"
CONFIG = sc.load_spec(sc.Source.text(SPEC)).to_keras_json()
MANY = 3_000
LONG = 2_000_000


def archive(path, config, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in {"config.json": config, **members}.items():
            file.writestr(name, text)


def with_unpacked_size(path, size):
    """Let an archive say that what is first in it unpacks to another size."""
    raw = bytearray(path.read_bytes())
    for mark, place in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        at = raw.index(mark) + place
        raw[at : at + 4] = struct.pack("<I", size)
    path.write_bytes(raw)


def many_of_one(path, group, attribute):
    """Give a group an attribute of many texts, each of which is the same long one of the file."""
    with h5py.File(path, "a") as file:
        texts = np.array([b"x" * LONG, *[b"y"] * (MANY - 1)], dtype=object)
        file.require_group(group).attrs.create(attribute, texts, dtype=h5py.string_dtype())
    raw = path.read_bytes()
    at = raw.index(struct.pack("<I", LONG))
    (length, where, number), width = struct.unpack_from("<IQI", raw, at), 16
    assert struct.unpack_from("<I", raw, at + width) == (1,)
    assert (length, number > 0, 0 < where < len(raw)) == (LONG, True, True)
    path.write_bytes(raw[:at] + raw[at : at + width] * MANY + raw[at + width * MANY :])


def a_bomb(path):
    archive(path, '{"a": "' + "0" * 300_000_000 + '"}')


def a_bomb_that_says_it_is_small(path):
    a_bomb(path)
    with_unpacked_size(path, 100)


def a_text_that_says_it_is_huge(path):
    archive(path, "{}")
    with_unpacked_size(path, 2**32 - 2)


def nested_lists(path):
    archive(path, "[" * 1_000_000)


def nested_mappings(path):
    archive(path, '{"a":' * 1_000_000 + "1" + "}" * 1_000_000)


def nested_metadata(path):
    archive(path, "{}", **{"metadata.json": "[" * 10_000_000})


def nested_models(path):
    head = '{"class_name": "Functional", "name": "m", "config": {"name": "m", "layers": ['
    archive(path, head * 80 + "]}}" * 80)


def a_million_layers(path):
    layer = '{"class_name": "Dense", "name": "d", "config": {"units": 1}, "inbound_nodes": []}'
    archive(path, '{"class_name": "Functional", "config": {"layers": [' + ",".join([layer] * 400_000) + "]}}")


def a_huge_number(path):
    archive(path, '{"class_name": "Functional", "config": ' + "9" * 1_000_000 + "}")


def a_huge_layer(path):
    assert CONFIG.count('"units": 2') == 1
    archive(path, CONFIG.replace('"units": 2', '"units": 4000000000000'))


def names_out_of_the_archive(path):
    archive(path, "{}", **{"/etc/passwd": "x", "../../x": "x", "C:\\x": "x", "a/../../config.json": CONFIG})


def two_of_a_name(path):
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("config.json", CONFIG)
        with pytest.warns(UserWarning, match="Duplicate name"):
            file.writestr("config.json", "{}")


def something_before_the_archive(path):
    archive(path, "{}")
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + path.read_bytes())


def a_large_text_in_an_attribute(path):
    with h5py.File(path, "w", libver="latest") as file:
        file.attrs["model_config"] = np.bytes_(b'{"a": "' + b"0" * 100_000_000 + b'"}')


def many_texts_that_are_one(path):
    many_of_one(path, "/", "model_config")


def an_array_for_a_text(path):
    with h5py.File(path, "w", libver="latest") as file:
        file.attrs.create("model_config", np.zeros(50_000_000, "u1"))


def a_reference_for_a_text(path):
    with h5py.File(path, "w") as file:
        file.attrs.create("model_config", file.ref, dtype=h5py.ref_dtype)


MODELS = {
    a_bomb: "SC730",
    a_bomb_that_says_it_is_small: "SC150",
    a_text_that_says_it_is_huge: "SC151",
    nested_lists: "SC702",
    nested_mappings: "SC702",
    nested_metadata: "SC151",
    nested_models: "SC702",
    a_million_layers: "SC716",
    a_huge_number: "SC704",
    a_huge_layer: "SC706",
    names_out_of_the_archive: "SC151",
    two_of_a_name: "SC151",
    something_before_the_archive: "SC151",
    a_large_text_in_an_attribute: "SC730",
    many_texts_that_are_one: "SC150",
    an_array_for_a_text: "SC150",
    a_reference_for_a_text: "SC150",
}
"""What makes a file, and the code of the error."""


@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
def test_a_hostile_model_is_a_diagnostic_within_bounds(make, tmp_path):
    (tmp_path / "in").mkdir()
    make(tmp_path / "in/model.keras")
    done = compile_spec("lift", "in/model.keras", "-o", "model.yaml", cwd=tmp_path, **BOUNDS)
    assert (done.returncode, b"Traceback" in done.stderr) == (1, False), done.stderr[-2000:]
    assert f"error[{MODELS[make]}]".encode() in done.stderr
    assert len(done.stderr) < 20_000
    assert [path.name for path in tmp_path.rglob("*")] == ["in", "model.keras"]


def layer(path, **dataset):
    """A file of weights with the one layer of the spec, whose kernel is given."""
    with h5py.File(path, "w") as file:
        own = file.create_group("layers/dense/vars")
        own.attrs["name"] = "y"
        own.create_dataset("0", **dataset)
        own["1"] = np.zeros(2, "f4")


def a_kernel_that_says_it_is_huge(path):
    layer(path, shape=(10**6, 10**9), dtype="f4", chunks=(1000, 1000))


def a_kernel_that_is_packed(path):
    layer(path, shape=(20_000, 40_000), dtype="f4", chunks=(2000, 4000), compression="gzip", fillvalue=1.0)


def names_that_are_one(path):
    with h5py.File(path, "w"):
        pass
    many_of_one(path, "/", "layer_names")


def names_for_a_name(path):
    layer(path, data=np.zeros((4, 2), "f4"))
    with h5py.File(path, "a") as file:
        del file["layers/dense/vars"].attrs["name"]
    many_of_one(path, "layers/dense/vars", "name")


def an_archive_of_weights_that_unpacks(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file, file.open("model.weights.h5", "w") as member:
        for _ in range(2_000):
            member.write(bytes(2**20))


WEIGHTS = [
    a_kernel_that_says_it_is_huge,
    a_kernel_that_is_packed,
    names_that_are_one,
    names_for_a_name,
    an_archive_of_weights_that_unpacks,
]


@pytest.mark.parametrize("make", WEIGHTS, ids=lambda make: make.__name__)
def test_hostile_weights_are_a_diagnostic_within_bounds(make, tmp_path):
    (tmp_path / "spec.yaml").write_text(SPEC)
    make(tmp_path / "given.weights.h5")
    limit = ("--limit", "memory_bytes=100000000")
    done = compile_spec("spec.yaml", "--weights", "given.weights.h5", "-o", "x.keras", *limit, cwd=tmp_path, **BOUNDS)
    assert (done.returncode, b"Traceback" in done.stderr) == (1, False), done.stderr[-2000:]
    assert b"error[SC" in done.stderr
    assert len(done.stderr) < 20_000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["given.weights.h5", "spec.yaml"]
