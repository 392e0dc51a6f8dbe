"""A file of weights → what it holds. Keras 3's `.keras` and `.weights.h5`, Keras 2's `.h5`."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile, is_zipfile
from zlib import error as ZlibError

from spec_compiler.weight_files.hdf5 import array, child, children, is_group, names, once, opened, reading, text
from spec_compiler.weight_files.held import HeldLayer, HeldWeight, UnreadableWeightsError

_WEIGHTS = "model.weights.h5"
_DEEPEST = 64
_PIECE = 2**20


@contextmanager
def weight_file(path: Path, most_bytes: int | None) -> Iterator[tuple[HeldLayer, Any]]:
    """Open a file: the model that it holds, and the HDF5 file that has the values at their locations.

    Raises:
        UnreadableWeightsError: It cannot be read.
    """
    with ExitStack() as stack:
        file = stack.enter_context(opened(_hdf5(path, most_bytes, stack), path.name))
        with reading(path.name):
            held = _model(file, path.name)
        yield held, file


def _model(file: Any, shown: str) -> HeldLayer:
    """The model that an HDF5 file holds."""
    if "layer_names" in file.attrs or "layer_names0" in file.attrs:
        return _keras_2(file)
    found = child(file, "model_weights")
    return _keras_2(found) if found is not None else _keras_3(file, shown)


def _hdf5(path: Path, most_bytes: int | None, stack: ExitStack) -> str | IO[bytes]:
    """The HDF5 file: the file itself, or a copy of the member of the archive, which is open until the end."""
    with _reading(path):
        if not path.is_file():
            raise UnreadableWeightsError("format", f"there is no file `{path}`")
        if not is_zipfile(path):
            return os.fspath(path)
    with _unpacking(path):
        copy = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 (closed with the stack)
    with _reading(path):
        _copy_member(path, copy, most_bytes)
    return copy


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Read a file: what the system refuses then is about the file."""
    try:
        yield
    except OSError as error:
        raise UnreadableWeightsError("format", f"`{path}` cannot be read: {_reason(error)}") from error


@contextmanager
def _unpacking(path: Path) -> Iterator[None]:
    """Write what an archive holds elsewhere: what the system refuses then is about that place."""
    try:
        yield
    except OSError as error:
        place = f"`{tempfile.tempdir}`, the folder" if tempfile.tempdir is not None else "a folder"
        message = f"`{path}` is an archive, and cannot be unpacked in {place} for temporary files: {_reason(error)}"
        raise UnreadableWeightsError("format", message) from error


def _reason(error: OSError) -> str:
    return os.strerror(error.errno).lower() if error.errno else "the system refused"


def _copy_member(path: Path, copy: IO[bytes], most_bytes: int | None) -> None:
    """Copy the weights out of a `.keras` archive: no path of the archive is used, and no more than the limit."""
    try:
        with ZipFile(path) as archive, archive.open(_WEIGHTS) as member:
            size = 0
            while piece := member.read(_PIECE):
                size += len(piece)
                if most_bytes is not None and size > most_bytes:
                    raise UnreadableWeightsError(
                        "size", f"the weights in `{path.name}` unpack to more than {most_bytes:,} bytes"
                    )
                with _unpacking(path):
                    copy.write(piece)
    except (BadZipFile, KeyError, NotImplementedError, EOFError, RuntimeError, ZlibError) as error:
        message = f"`{path.name}` is an archive without `{_WEIGHTS}`, or it is damaged"
        raise UnreadableWeightsError("format", message) from error
    with _unpacking(path):
        copy.seek(0)


def _keras_2(group: Any) -> HeldLayer:
    """Keras 2's layout: a group for each layer, which lists the arrays of all that is in it by their paths."""
    found: dict[str, HeldLayer] = {}
    seen: set[int] = set()
    for name in names(group, "layer_names") or []:
        layer = child(group, name)
        if layer is None or not is_group(layer):
            raise UnreadableWeightsError("format", f"the layer `{name}` is listed, and has no group")
        weights = tuple(_listed(layer, path) for path in names(once(layer, seen), "weight_names") or [])
        inside: dict[str, list[HeldWeight]] = {}
        for weight in weights:
            inside.setdefault(_layer_inside(weight.name, name), []).append(weight)
        found[name] = HeldLayer(weights, {inner: HeldLayer(tuple(each)) for inner, each in inside.items()})
    return HeldLayer((), found)


def _layer_inside(path: str, model: str) -> str:
    """The layer of a nested model that an array is of: Keras 2 begins its path with it, Keras 3 with the model."""
    return path.removeprefix(f"{model}/").partition("/")[0]


def _listed(layer: Any, path: str) -> HeldWeight:
    """An array of a layer, which is named by a path from its group."""
    item = layer
    for step in path.split("/"):
        item = child(item, step) if is_group(item) and step not in ("", ".", "..") else None
    if item is None:
        raise UnreadableWeightsError("format", f"the weight `{path}` is listed, and is not there")
    held = array(item, path)
    return HeldWeight(re.sub(r":\d+$", "", path), held.shape, held.dtype, held.location)


def _keras_3(file: Any, shown: str) -> HeldLayer:
    """Keras 3's layout: groups are counted by class; the group of each one's variables knows its name."""
    layers = child(file, "layers")
    if layers is None or not is_group(layers):
        raise UnreadableWeightsError("format", f"`{shown}` holds no layers as Keras writes them")
    return HeldLayer((), _named(layers, 0, set()))


def _named(group: Any, depth: int, seen: set[int]) -> dict[str, HeldLayer]:
    if depth > _DEEPEST:
        raise UnreadableWeightsError("size", f"layers are nested deeper than {_DEEPEST}")
    found: dict[str, HeldLayer] = {}
    for place, item in children(group):
        if not is_group(item):
            continue
        name = _name(once(item, seen))
        inner = child(item, "layers")
        own = tuple(_arrays(item, "", 0, seen))
        if name is None:
            if not own and inner is None:
                continue
            raise UnreadableWeightsError(
                "format", f"`{item.name}` has no name: an older Keras wrote the file, and counted the layers alone"
            )
        if name in found:
            raise UnreadableWeightsError("format", f"two layers of `{group.name}` are named `{name}`: `{place}` is one")
        found[name] = HeldLayer(own, _named(inner, depth + 1, seen) if inner is not None and is_group(inner) else None)
    return found


def _name(item: Any) -> str | None:
    """The name of the layer that a group is of."""
    own = child(item, "vars")
    return text(own, "name") if own is not None else None


def _arrays(item: Any, prefix: str, depth: int, seen: set[int]) -> Iterator[HeldWeight]:
    """The arrays of a layer and of what is part of it: named by the names of the parts, and counted."""
    if depth > _DEEPEST:
        raise UnreadableWeightsError("size", f"parts of a layer are nested deeper than {_DEEPEST}")
    own = child(item, "vars")
    if own is not None and is_group(own):
        found: Mapping[str, Any] = dict(children(own))
        for number in sorted(found, key=lambda text: (len(text), text)):
            yield array(found[number], f"{prefix}{number}")
    for place, part in children(item):
        # The layers of a layer are read as such; those of a part of it, as of a model inside a wrapper, are parts too.
        if place not in ("vars", "seed_generator", *(() if depth else ("layers",))) and is_group(part):
            # A list of parts, as of stacked cells, has no variables of its own, and Keras's names know nothing of it.
            step = f"{_name(part) or place}/" if child(part, "vars") is not None else ""
            yield from _arrays(once(part, seen), f"{prefix}{step}", depth + 1, seen)
