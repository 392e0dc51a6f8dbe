"""Files that are damaged, or that ask for what is never done."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import h5py
import numpy as np
import pytest

from spec_compiler.weight_files.hdf5 import values
from spec_compiler.weight_files.held import UnreadableWeightsError
from spec_compiler.weight_files.read import weight_file


def refused(path: Path, most_bytes: int | None = None) -> tuple[str, str]:
    with pytest.raises(UnreadableWeightsError) as caught, weight_file(path, most_bytes):
        pass
    return caught.value.kind, str(caught.value)


def keras_3(path: Path) -> h5py.File:
    file = h5py.File(path, "w")
    file.create_group("layers/dense/vars").attrs["name"] = "dense"
    return file


def test_text_is_no_hdf5_file(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    path.write_text("spec: 1")
    assert refused(path) == ("format", "`a.h5` is no HDF5 file, or it is damaged")


def test_a_truncated_file_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with keras_3(path) as file:
        file["layers/dense/vars/0"] = np.zeros(1000)
    path.write_bytes(path.read_bytes()[:2000])
    assert refused(path) == ("format", "`a.h5` is no HDF5 file, or it is damaged")


def test_an_archive_without_weights_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.keras"
    with ZipFile(path, "w") as archive:
        archive.writestr("../model.weights.h5", "")
    assert refused(path) == ("format", "`a.keras` is an archive without `model.weights.h5`, or it is damaged")


def test_an_archive_is_unpacked_up_to_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "a.keras"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("model.weights.h5", bytes(2**24))
    assert path.stat().st_size < 2**16
    assert refused(path, 2**20) == ("size", "the weights in `a.keras` unpack to more than 1,048,576 bytes")


def test_where_an_archive_finds_no_room_is_named_and_not_the_archive(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "a.keras"
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["layers/dense/vars/0"] = np.zeros(10_000)
    with ZipFile(path, "w") as archive:
        archive.write(tmp_path / "a.h5", "model.weights.h5")
    unpacked = f"`{path}` is an archive, and cannot be unpacked in"
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    message = f"{unpacked} `{tmp_path}/gone`, the folder for temporary files: no such file or directory"
    assert refused(path) == ("format", message)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(tempfile, "TemporaryFile", partial(open, "/dev/full", "wb"))
    message = f"{unpacked} `{tmp_path}`, the folder for temporary files: no space left on device"
    assert refused(path) == ("format", message)


def test_what_goes_wrong_while_a_file_is_open_is_not_its_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with keras_3(path) as file:
        file["layers/dense/vars/0"] = np.zeros(3)
    with ZipFile(tmp_path / "a.keras", "w") as archive:
        archive.write(path, "model.weights.h5")
    for name in ("a.h5", "a.keras"):
        for error in (OSError(28, "of another file"), ValueError("of something else"), KeyError("a")):
            with pytest.raises(type(error)) as caught, weight_file(tmp_path / name, None):
                raise error
            assert caught.value is error


def test_values_that_are_damaged_are_told_when_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with keras_3(path) as file:
        made = file["layers/dense/vars"].create_dataset("0", data=np.arange(9.0), compression="gzip", fletcher32=True)
        stored = made.id.get_chunk_info(0)
    with open(path, "rb+") as raw:
        raw.seek(stored.byte_offset)
        raw.write(bytes(stored.size))
    with weight_file(path, None) as (held, file):
        (weight,) = held.all_weights()
        with pytest.raises(UnreadableWeightsError, match="`shown` is no HDF5 file, or it is damaged"):
            values(file, weight, "shown")


@pytest.mark.parametrize("link", [h5py.SoftLink("/other"), h5py.ExternalLink("b.h5", "/secret")])
def test_links_are_not_followed(tmp_path: Path, link: object) -> None:
    with h5py.File(tmp_path / "b.h5", "w") as other:
        other["secret"] = np.ones(3)
    path = tmp_path / "a.h5"
    with keras_3(path) as file:
        file["other"] = np.ones(3)
        file["layers/dense/vars/0"] = link
    assert refused(path) == ("link", "`/layers/dense/vars/0` is a link, and links are not followed")


def test_values_in_other_files_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(bytes(24))
    path = tmp_path / "a.h5"
    with keras_3(path) as file:
        file["layers/dense/vars"].create_dataset("0", (3,), "f8", external=[(str(tmp_path / "secret"), 0, 24)])
    where = "`/layers/dense/vars/0`"
    assert refused(path) == ("link", f"the values of {where} are kept in another place, which is not read")


def test_a_virtual_array_is_not_read(tmp_path: Path) -> None:
    layout = h5py.VirtualLayout((3,), "f8")
    layout[:] = h5py.VirtualSource("b.h5", "secret", (3,))
    path = tmp_path / "a.h5"
    with keras_3(path) as file:
        file["layers/dense/vars"].create_virtual_dataset("0", layout)
    where = "`/layers/dense/vars/0`"
    assert refused(path) == ("link", f"the values of {where} are kept in another place, which is not read")


def test_a_file_of_an_older_keras_says_why_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["layers/dense/vars/0"] = np.zeros(1)
    message = "`/layers/dense` has no name: an older Keras wrote the file, and counted the layers alone"
    assert refused(path) == ("format", message)


def test_a_group_that_contains_itself_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with keras_3(path) as file:
        file["layers/dense/layers"] = file["layers"]
    assert refused(path) == ("link", "`/layers/dense/layers/dense` stands at two places of the file")
