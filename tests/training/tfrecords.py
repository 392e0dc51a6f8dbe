"""Files of records, written without TensorFlow for the tests."""

from __future__ import annotations

import struct

import google_crc32c
import numpy as np

from spec_compiler.training.example_message import example_message


def record(features):
    """A record of features by name: floats, integers or bytes."""
    example = example_message()()
    for name, values in features.items():
        array = np.ravel(values)
        array = np.char.encode(array, "utf-8") if array.dtype.kind == "U" else array
        kind = {"f": "float_list", "i": "int64_list", "u": "int64_list", "S": "bytes_list"}[array.dtype.kind]
        getattr(example.features.feature[name], kind).value.extend(array.tolist())
    return example.SerializeToString()


def framed(data):
    """A record as it stands in a file."""
    length = struct.pack("<Q", len(data))
    return length + checksum(length) + data + checksum(data)


def checksum(data):
    value = google_crc32c.value(data)
    return struct.pack("<I", ((value >> 15 | value << 17 & 0xFFFFFFFF) + 0xA282EAD8) & 0xFFFFFFFF)


def tfrecord(path, arrays):
    """Write arrays, a record for each of their rows."""
    arrays = {name: np.asarray(array) for name, array in arrays.items()}
    rows = len(next(iter(arrays.values())))
    path.write_bytes(b"".join(framed(record({name: arrays[name][row] for name in arrays})) for row in range(rows)))
