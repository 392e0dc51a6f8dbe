"""A file of Keras → the configuration of its model: `.keras`, the JSON of an architecture, `.h5`. All is data.

Files come from strangers. Of an archive the configuration and vocabularies are unpacked, up to a limit and to nowhere;
of an HDF5 file two texts are read, and no link is followed. The configuration is read as a spec is, within the
same limits.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile, is_zipfile
from zlib import error as ZlibError

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.lifting.vocabularies import LearningLayer, write_vocabularies
from spec_compiler.limits import Limits
from spec_compiler.reading.document import Document
from spec_compiler.reading.file_id import FileId
from spec_compiler.reading.read import read
from spec_compiler.reading.source import Source
from spec_compiler.spans import Place
from spec_compiler.weight_files.hdf5 import opened, reading
from spec_compiler.weight_files.held import UnreadableWeightsError

_CONFIG = "config.json"
_METADATA = "metadata.json"
_HDF5 = b"\x89HDF\r\n\x1a\n"
_HEAD = 4096
_OTHER_TEXT = re.compile(rb"\s*(?!null\b)[!-z|}~]")
"""How a text begins that is no mapping in JSON; what begins otherwise is for the reader of JSON to judge."""
_SPEC = re.compile(rb"^spec:", re.MULTILINE)
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class ModelFile:
    """What a file says of its model.

    Attributes:
        document: The configuration, with positions where it is a text file of its own.
        training: What it is compiled with, where that stands apart; it has no positions.
        keras_version: The version of Keras that wrote it; None if it does not say.
    """

    document: Document
    training: Any = None
    keras_version: str | None = None


class _RefusedError(Exception):
    """A file that cannot be read, and a finding says why."""


def read_model_file(path: Path, findings: Findings, limits: Limits) -> ModelFile | None:
    """What a file says of its model; None if it cannot be read, and the findings say why."""
    try:
        if not path.is_file():
            raise _refused(findings, "it is a folder, not a file" if path.is_dir() else "there is no such file", path)
        if is_zipfile(path):
            return _of_archive(path, findings, limits)
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if head.startswith(_HDF5):
            return _of_hdf5(path, findings, limits)
        if head.startswith(_ZIP):
            raise _refused(findings, "it is damaged", path)
        if _OTHER_TEXT.match(head):
            what = "neither a `.keras` nor an `.h5` file, nor the JSON of an architecture"
            hint = "this is the way from a model to a spec; a spec is compiled" if _SPEC.search(head) else None
            raise _refused(findings, f"it is {what}", path, hint)
        return _of_json(path, findings, limits)
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else "the system refused"
        _refused(findings, reason, path)
    except _RefusedError:
        pass
    return None


def _refused(findings: Findings, reason: str, path: Path, hint: str | None = None) -> _RefusedError:
    findings.add(codes.UNREADABLE_MODEL, f"`{path}` cannot be read: {reason}", Place(()), hint=hint)
    return _RefusedError()


def _of_json(path: Path, findings: Findings, limits: Limits) -> ModelFile:
    return _versioned(ModelFile(_read(Source(str(path), path, "json"), findings, limits)))


def _read(source: Source, findings: Findings, limits: Limits) -> Document:
    """A text of JSON, of which null is one."""
    errors = findings.errors
    document = read(source, findings, limits)
    if findings.errors > errors:
        raise _RefusedError
    return document


def _versioned(found: ModelFile) -> ModelFile:
    """The file with the version that its configuration states."""
    data = found.document.data
    version = data.get("keras_version") if isinstance(data, dict) else None
    return ModelFile(found.document, found.training, version if isinstance(version, str) else found.keras_version)


def _of_archive(path: Path, findings: Findings, limits: Limits) -> ModelFile:
    try:
        with ZipFile(path) as archive:
            if _CONFIG not in archive.NameToInfo:
                raise _refused(findings, f"it is an archive without `{_CONFIG}`, and so no `.keras` file", path)
            config = _member(archive, _CONFIG, path, findings, limits)
            has_metadata = _METADATA in archive.NameToInfo
            metadata = _member(archive, _METADATA, path, findings, limits) if has_metadata else b"{}"
            document = _document(config, path, findings, limits)

            def learnt(layer: LearningLayer) -> list[str] | None:
                name = f"assets/{layer.place}vocabulary.txt"
                if name not in archive.NameToInfo:
                    return None
                return _lines(_member(archive, name, path, findings, limits).decode("utf-8", "replace"))

            write_vocabularies(document.data, learnt, findings)
    except (BadZipFile, NotImplementedError, EOFError, RuntimeError, ZlibError, ValueError) as error:
        raise _refused(findings, "it is damaged", path) from error
    return _versioned(ModelFile(document, keras_version=_version(metadata)))


def _lines(text: str) -> list[str]:
    """The tokens of a vocabulary, as Keras reads them."""
    lines = text.splitlines()
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _member(archive: ZipFile, name: str, path: Path, findings: Findings, limits: Limits) -> bytes:
    """The bytes of a member, of which no more are unpacked than a text may have."""
    member: IO[bytes]
    with archive.open(name) as member:
        data = member.read(limits.text_bytes + 1)
    if len(data) > limits.text_bytes:
        raise _too_large(f"`{name}` in `{path}` unpacks to more than {limits.text_bytes:,} bytes", findings)
    return data


def _too_large(message: str, findings: Findings) -> _RefusedError:
    hint = "raise the limit with `--limit text_bytes=NUMBER` if it is meant"
    findings.add(codes.MODEL_TOO_LARGE, message, Place(()), hint=hint)
    return _RefusedError()


def _version(metadata: bytes) -> str | None:
    try:
        found = json.loads(metadata)
    except (ValueError, RecursionError):
        return None
    version = found.get("keras_version") if isinstance(found, dict) else None
    return version if isinstance(version, str) else None


def _document(text: str | bytes, path: Path, findings: Findings, limits: Limits) -> Document:
    """The configuration in a file that is no text: it has places, and no lines."""
    document = _read(Source.text(text, name=str(path), form="json"), findings, limits)
    return Document(str(path), document.data, file_id=FileId.of(path.stat()))


def _of_hdf5(path: Path, findings: Findings, limits: Limits) -> ModelFile:
    try:
        with opened(os.fspath(path), path.name) as file, reading(path.name):
            config = _text(file, "model_config", path, findings, limits)
            training = _text(file, "training_config", path, findings, limits)
            version = _text(file, "keras_version", path, findings, limits)
    except UnreadableWeightsError as error:
        raise _refused(findings, "it is damaged", path) from error
    if config is None:
        hint = "the architecture is in the `.keras` or `.h5` file of the whole model, or in its JSON"
        raise _refused(findings, "it holds weights, and no model", path, hint)
    document = _document(config, path, findings, limits)
    trained = None if training is None else _document(training, path, findings, limits).data
    return _versioned(ModelFile(document, trained, version))


def _text(file: Any, name: str, path: Path, findings: Findings, limits: Limits) -> str | None:
    """A text among the attributes of a file, whose size is looked at before it is read; None if there is none."""
    if name not in file.attrs:
        return None
    held = file.attrs.get_id(name)
    if held.shape != ():  # many texts in one may be one text of the file, read as often as there are
        raise _refused(findings, f"`{name}` is no text", path)
    if held.get_storage_size() > limits.text_bytes:
        raise _too_large(f"`{name}` in `{path}` is larger than {limits.text_bytes:,} bytes", findings)
    value = file.attrs[name]
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    if not isinstance(text, str):
        raise _refused(findings, f"`{name}` is no text", path)
    return text
