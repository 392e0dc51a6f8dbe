"""HDF5 as a stranger's data: groups, attributes and arrays that stand in the file itself, and nothing else.

An HDF5 file can name other files (external links, external storage, virtual arrays) and other places of its own (soft
links). None of them is followed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from mmap import ACCESS_READ, mmap
from typing import IO, Any

from spec_compiler.weight_files.held import HeldWeight, UnreadableWeightsError

MOST_OBJECTS = 1_000_000
"""How many groups and arrays of one file are looked at."""

_MOST_NAMES = 1_000_000
_MOST_TEXT = 2**32
_NUMBERS = "biufV"
_HEAP = b"GCOL\x01\x00\x00\x00"
"""How a heap of texts begins (HDF5 File Format Specification, III.E)."""


@contextmanager
def opened(source: str | IO[bytes], shown: str) -> Iterator[Any]:
    """The root group of a file, open to be read.

    Raises:
        UnreadableWeightsError: It is no HDF5 file.
    """
    import h5py

    with reading(shown):
        file = h5py.File(source, "r")
    with file:
        yield file


@contextmanager
def reading(shown: str) -> Iterator[None]:
    """Read something of a file: what goes wrong inside is the file's fault.

    Raises:
        UnreadableWeightsError: The file is damaged.
    """
    try:
        yield
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise UnreadableWeightsError("format", f"`{shown}` is no HDF5 file, or it is damaged") from error


def child(group: Any, name: str) -> Any:
    """What stands under a name in a group; None if nothing does.

    Raises:
        UnreadableWeightsError: The name is a link, or its array is kept elsewhere.
    """
    import h5py

    link = group.get(name, getlink=True)
    if link is None:
        return None
    where = f"`{group.name.rstrip('/')}/{name}`"
    if not isinstance(link, h5py.HardLink):
        raise UnreadableWeightsError("link", f"{where} is a link, and links are not followed")
    found = group.get(name)
    if isinstance(found, h5py.Dataset) and (found.is_virtual or found.external):
        raise UnreadableWeightsError("link", f"the values of {where} are kept in another place, which is not read")
    return found


def children(group: Any) -> Iterator[tuple[str, Any]]:
    """Yields what stands in a group, by name, in the order of the file.

    Raises:
        UnreadableWeightsError: There is too much, or a link.
    """
    if len(group) > MOST_OBJECTS:
        raise UnreadableWeightsError(
            "size", f"`{group.name}` holds {len(group):,} things, and {MOST_OBJECTS:,} is most"
        )
    for name in group:
        yield name, child(group, name)


def values(file: Any, held: HeldWeight, shown: str) -> Any:
    """The values of an array of a file that is open.

    Raises:
        UnreadableWeightsError: The file is damaged.
    """
    with reading(shown):
        return file[held.location][()]


def is_group(item: Any) -> bool:
    """Whether something is a group."""
    import h5py

    return isinstance(item, h5py.Group)


def once(item: Any, seen: set[int]) -> Any:
    """A group, which is refused where it stands at two places: what is in it would count as often as one likes.

    Raises:
        UnreadableWeightsError: It has been seen, or there are too many.
    """
    import h5py

    address = h5py.h5o.get_info(item.id).addr
    if address in seen:
        raise UnreadableWeightsError("link", f"`{item.name}` stands at two places of the file")
    seen.add(address)
    if len(seen) > MOST_OBJECTS:
        raise UnreadableWeightsError("size", f"the file has more than {MOST_OBJECTS:,} groups")
    return item


def text(item: Any, attribute: str) -> str | None:
    """A text in the attributes of something; None if there is none, or several: each may be all of the file."""
    if attribute not in item.attrs or item.attrs.get_id(attribute).shape != ():
        return None
    found = item.attrs[attribute]
    return found if isinstance(found, str) else None


def array(item: Any, name: str) -> HeldWeight:
    """An array, described; its values are read later.

    Raises:
        UnreadableWeightsError: It is no array of numbers.
    """
    import h5py

    if not isinstance(item, h5py.Dataset) or item.shape is None or item.dtype.kind not in _NUMBERS:
        raise UnreadableWeightsError("format", f"`{name}` is no array of numbers")
    return HeldWeight(name, tuple(map(int, item.shape)), _dtype(item), item.name)


def _dtype(item: Any) -> str:
    """The dtype of an array: NumPy knows no bfloat16, which Keras writes as two bytes and says so."""
    if item.dtype.kind != "V":
        return str(item.dtype)
    if item.dtype.itemsize == 2 and item.dtype.names is None:
        return "bfloat16"
    raise UnreadableWeightsError("format", f"`{item.name}` is no array of numbers")


def names(group: Any, attribute: str) -> list[str] | None:
    """A list of names in the attributes of a group; None if there is none. Keras splits a long one into several.

    Raises:
        UnreadableWeightsError: It is no list of names, or too long.
    """
    if attribute in group.attrs:
        return _texts(group, attribute)
    if f"{attribute}0" not in group.attrs:
        return None
    found: list[str] = []
    number = 0
    while f"{attribute}{number}" in group.attrs:
        found += _texts(group, f"{attribute}{number}")
        number += 1
    return found


def _texts(group: Any, attribute: str) -> list[str]:
    """The texts of an attribute, whose size is known before it is read."""
    import h5py

    held = group.attrs.get_id(attribute)
    if len(held.shape) != 1 or held.shape[0] > _MOST_NAMES:
        raise UnreadableWeightsError("format", f"`{attribute}` of `{group.name}` is no list of names")
    varies = h5py.check_string_dtype(held.dtype)
    # Each name may be the same long text of the file.
    if varies is not None and varies.length is None and held.shape[0] * _longest_text(group.file) > _MOST_TEXT:
        raise UnreadableWeightsError("size", f"`{attribute}` of `{group.name}` may be longer than {_MOST_TEXT:,} bytes")
    found = [text.decode("utf-8", "replace") if isinstance(text, bytes) else text for text in group.attrs[attribute]]
    if not all(isinstance(text, str) for text in found):
        raise UnreadableWeightsError("format", f"`{attribute}` of `{group.name}` is no list of names")
    return found


def _longest_text(file: Any) -> int:
    """How long a text of a file can be that has no length of its own, in bytes."""
    size = int(file.id.get_filesize())
    if size <= _MOST_TEXT // _MOST_NAMES or file.driver == "fileobj":
        return size
    found = os.stat(file.filename)
    return min(size, _largest_heap(file.filename, found.st_mtime_ns, found.st_size))


@lru_cache(maxsize=1)
def _largest_heap(path: str, _time: int, _size: int) -> int:
    """The size of the largest of the heaps that a file keeps such texts in, as their heads say."""
    largest = 0
    with open(path, "rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as held:
        at = held.find(_HEAP)
        while at >= 0:
            start = at + len(_HEAP)
            largest = max(largest, int.from_bytes(held[start : start + 8], "little"))
            at = held.find(_HEAP, start)
    return largest
