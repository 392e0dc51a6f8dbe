"""Source → Document: the text is decoded and parsed, and nothing is believed of it yet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.limits import DEFAULT_LIMITS, Limits
from spec_compiler.reading.data_reader import read_data
from spec_compiler.reading.document import Document
from spec_compiler.reading.source import RawText, Source, TooLargeError, UnreadableError, is_spec_text
from spec_compiler.reading.yaml_reader import UnusableError, YamlRanges, read_yaml
from spec_compiler.spans import Place

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]|\ufeff")
_FOREIGN_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_NO_TEXTS = {b"PK\x03\x04": "an archive", b"\x89HDF\r\n\x1a\n": "an HDF5 file"}
_LOOKS_LIKE_JSON = re.compile(r'\s*\{\s*(?:"(?:[^"\\\n]|\\.)*+"\s*:|\})')


class Reading(NamedTuple):
    """A source that has been read: its document, and what is wrong with the text."""

    document: Document
    findings: Findings


def read(source: Source, findings: Findings, limits: Limits = DEFAULT_LIMITS) -> Document:
    """The document of a source. If it cannot be read, its data is ``None`` and the findings say why."""
    if isinstance(source.content, Mapping):
        try:
            return Document(source.name, read_data(source.content, limits, findings))
        except UnusableError:
            return Document(source.name, None)
    raw = read_raw(source, findings, limits)
    return Document(source.name, None) if raw is None else read_text(raw, source, findings, limits)


def read_raw(source: Source, findings: Findings, limits: Limits = DEFAULT_LIMITS) -> RawText | None:
    """The bytes of a source that has a text; None if they cannot be had, and the findings say why."""
    try:
        return source.read(limits.text_bytes)
    except UnreadableError as error:
        hint = None
        if isinstance(source.content, Path) and is_spec_text(str(source.content)):
            hint = "this is taken for a path; the text of a spec is wrapped as `Source.text(…)`"
        findings.add(codes.UNREADABLE, f"`{source.name}` cannot be read: {error}", Place(()), hint=hint)
    except TooLargeError:
        findings.add(codes.TEXT_TOO_LARGE, f"the text is larger than {limits.text_bytes} bytes", Place(()))
    return None


def read_text(raw: RawText, source: Source, findings: Findings, limits: Limits = DEFAULT_LIMITS) -> Document:
    """The document of a source whose bytes have been read; without data if it is malformed."""
    text, sound = _decode(raw.data, findings)
    bare = Document(source.name, None, text, file_id=raw.file_id)
    if not sound:
        return bare
    try:
        if source.form == "json":
            return _json(bare, text, limits, findings)
        if source.form is None and _LOOKS_LIKE_JSON.match(text):
            return _json_or_yaml(bare, text, limits, findings)
        return _yaml(bare, text, limits, findings)
    except UnusableError:
        return bare


def _json(bare: Document, text: str, limits: Limits, findings: Findings) -> Document:
    from spec_compiler.reading.json_reader import json_ranges, read_json  # most specs are YAML

    data = read_json(text, limits, findings)
    return replace(bare, data=data, make_ranges=partial(json_ranges, text), is_json=True)


def _yaml(bare: Document, text: str, limits: Limits, findings: Findings) -> Document:
    data, ranges = read_yaml(text, limits, findings)
    return replace(bare, data=data, make_ranges=YamlRanges(text, limits, ranges))


def _json_or_yaml(bare: Document, text: str, limits: Limits, findings: Findings) -> Document:
    """A text of which nobody says what it is, and that begins as JSON does: a mapping of YAML may begin so too.

    What is neither was most likely meant to be JSON, and its mistakes are told as those of JSON.
    """
    from spec_compiler.reading.json_reader import NotJsonError

    found = Findings()
    try:
        return _json(bare, text, limits, found)
    except NotJsonError:
        with suppress(UnusableError):
            instead = Findings()
            document = _yaml(bare, text, limits, instead)
            found = instead
            return document
        raise
    finally:
        findings.add_all(found, "")


def _decode(raw: bytes, findings: Findings) -> tuple[str, bool]:
    form = next((form for start, form in _NO_TEXTS.items() if raw.startswith(start)), None)
    if form is not None:
        hint = "of a model that Keras has saved, `compile-spec lift FILE` makes a spec"
        findings.add(codes.ENCODING, f"this is {form}, and no text", Place(()), hint=hint)
        return "", False
    if raw.startswith(_FOREIGN_MARKS):
        findings.add(
            codes.ENCODING, "the text is UTF-16 or UTF-32, and specs are UTF-8", Place(()), hint="save it as UTF-8"
        )
        return "", False
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        findings.add(
            codes.ENCODING,
            f"the byte {raw[error.start]:#04x} is not UTF-8",
            Place((), at=(len(before), len(before) + 1)),
            hint="save the file as UTF-8",
        )
        return before + "\ufffd" + raw[error.start + 1 :].decode("utf-8", "replace"), False
    control = _CONTROL.search(text)
    if control is not None:
        findings.add(
            codes.CONTROL_CHARACTER,
            f"the character U+{ord(control[0]):04X} cannot stand in a spec",
            Place((), at=control.span()),
            hint="inside double quotes it may be written as an escape",
        )
        return text, False
    return text, True
