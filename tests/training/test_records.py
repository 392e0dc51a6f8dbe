"""TensorFlow's files of records: read without TensorFlow, and refused where they are damaged."""

from __future__ import annotations

import numpy as np
import pytest

import spec_compiler as sc
from spec_compiler.training import records
from spec_compiler.training.check_data import check_data_file
from spec_compiler.training.data_sets import data_set
from tests.training.data import found, graph
from tests.training.tfrecords import checksum, framed, record, tfrecord

pytestmark = pytest.mark.usefixtures("stand_ins")

SPEC = """\
spec: 1
nodes:
  size: {type: Input, shape: [2, 2]}
  flat: {type: Flatten, inputs: size}
  kind: {type: Dense, units: 3, activation: softmax, inputs: flat}
outputs: {kind: {loss: sparse_categorical_crossentropy}}
"""
COUNT = 10
DATA = {
    "size": np.arange(4.0 * COUNT, dtype="float32").reshape(COUNT, 2, 2),
    "kind": np.arange(COUNT) % 3,
}


@pytest.fixture
def path(tmp_path):
    tfrecord(tmp_path / "data.tfrecord", DATA)
    return tmp_path / "data.tfrecord"


def wanted():
    contract = graph(SPEC).data_contract
    return (*contract.inputs, *contract.targets)


def read(path):
    stretches = [
        {name: column.read() for name, column in each.columns.items()}
        for each in data_set(str(path)).stretches(wanted())
    ]
    return {name: np.concatenate([each[name] for each in stretches]) for name in stretches[0]}, len(stretches)


@pytest.mark.parametrize(("size", "stretches"), [(2**20, 1), (1, COUNT)])
def test_features_are_arrays_in_the_shapes_that_are_wanted(path, size, stretches, monkeypatch):
    monkeypatch.setattr(records, "_STRETCH_BYTES", size)
    arrays, count = read(path)
    assert count == stretches
    assert {name: array.dtype for name, array in arrays.items()} == {"size": "float32", "kind": "int64"}
    np.testing.assert_array_equal(arrays["size"], DATA["size"])
    np.testing.assert_array_equal(arrays["kind"].ravel(), DATA["kind"])
    assert data_set(str(path)).count(wanted()) == COUNT


def test_a_stretch_is_bounded_where_records_grow(path, monkeypatch):
    small, large = (record({"size": np.zeros(4, "float32"), "kind": [0], "more": [b"." * size]}) for size in (1, 1000))
    path.write_bytes(framed(small) + 9 * framed(large))
    monkeypatch.setattr(records, "_STRETCH_BYTES", 2000)
    assert [len(each.columns["kind"].read()) for each in data_set(str(path)).stretches(wanted())] == [3, 2, 2, 2, 1]


def report(path):
    return check_data_file(graph(SPEC), path)


def test_a_mistake_names_the_file_and_the_row(path):
    assert report(path).ok
    tfrecord(path, DATA | {"kind": DATA["kind"] + 1})
    assert found(report(path)) == [("SC545", 6, "kind[2]")]
    tfrecord(path, DATA | {"size": DATA["size"][:, :1]})
    assert [each[0] for each in found(report(path))] == ["SC543"]
    tfrecord(path, DATA | {"place": DATA["kind"]})
    assert "`place` of `data.tfrecord` is no input or target" in str(report(path))


def test_records_that_are_not_alike_are_said(path):
    first = {"size": np.zeros(4, "float32"), "kind": [0]}
    path.write_bytes(framed(record(first)) + framed(record(first | {"kind": np.zeros(1, "float32")})))
    assert "`kind` of record 1 of `data.tfrecord` is floats, and integers of record 0" in str(report(path))
    path.write_bytes(framed(record(first)) + framed(record({"kind": [0]})))
    assert "row 0 has 4 values, and row 1 has 0" in str(report(path))
    path.write_bytes(framed(record(first)) + framed(b"\xff\xff"))
    assert "record 1 of `data.tfrecord` is no `tf.train.Example`" in str(report(path))
    path.write_bytes(b"")
    assert [each[0] for each in found(report(path))] == ["SC541", "SC541"]


@pytest.mark.parametrize("place", [0, 3, 8, 12, 40, -1])
def test_a_damaged_byte_is_noticed(path, place):
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    assert "`data.tfrecord` is no file of TFRecords, or it is damaged" in str(report(path))


@pytest.mark.parametrize("left", [1, 11, 12, 30, -1, -5])
def test_a_file_that_ends_early_is_noticed(path, left):
    path.write_bytes(path.read_bytes()[:left])
    assert [each.code for each in report(path)] == ["SC540"]
    with pytest.raises(sc.SpecError, match="or it is damaged"):
        sc.fit(sc.Source.text(SPEC), path, stream=True)


def test_a_length_that_lies_reserves_no_memory(path):
    head = (2**60).to_bytes(8, "little")
    path.write_bytes(head + checksum(head) + bytes(100))
    assert [each.code for each in report(path)] == ["SC540"]
