"""Source → Document: the text is decoded and parsed, and nothing is believed of it yet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.limits import DEFAULT_LIMITS, Limits
from spec_compiler.reading.data_reader import read_data
from spec_compiler.reading.document import Document
from spec_compiler.reading.json_reader import json_marks, read_json
from spec_compiler.reading.source import Source, TooLargeError, UnreadableError
from spec_compiler.reading.yaml_reader import UnusableError, read_yaml
from spec_compiler.spans import Place

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]|\ufeff")
_FOREIGN_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_LOOKS_LIKE_JSON = re.compile(r'\s*\{\s*(?:"(?:[^"\\\n]|\\.)*+"\s*:|\})')


def read(source: Source, findings: Findings, limits: Limits = DEFAULT_LIMITS) -> Document:
    """The document of a source. If it cannot be read, its data is ``None`` and the findings say why."""
    if isinstance(source.content, Mapping):
        try:
            return Document(source.name, read_data(source.content, limits, findings))
        except UnusableError:
            return Document(source.name, None)
    raw = read_bytes(source, findings, limits)
    return Document(source.name, None) if raw is None else read_text(raw, source, findings, limits)


def read_bytes(source: Source, findings: Findings, limits: Limits = DEFAULT_LIMITS) -> bytes | None:
    """The bytes of a source that has a text; none if they cannot be had, and the findings say why."""
    try:
        return source.read_bytes(limits.text_bytes)
    except UnreadableError as error:
        findings.add(codes.UNREADABLE, f"`{source.name}` cannot be read: {error}", Place(()))
    except TooLargeError:
        findings.add(codes.TEXT_TOO_LARGE, f"the text is larger than {limits.text_bytes} bytes", Place(()))
    return None


def read_text(raw: bytes, source: Source, findings: Findings, limits: Limits = DEFAULT_LIMITS) -> Document:
    """The document of a source whose bytes have been read; without data if it is malformed."""
    text, sound = _decode(raw, findings)
    if not sound:
        return Document(source.name, None, text)
    try:
        if _is_json(text, source):
            data: Any = read_json(text, limits, findings)
            return Document(source.name, data, text, lambda: json_marks(text), is_json=True)
        data, marks = read_yaml(text, limits, findings)
        return Document(source.name, data, text, lambda: marks)
    except UnusableError:
        return Document(source.name, None, text)


def _is_json(text: str, source: Source) -> bool:
    """A file is what its suffix says; other text is JSON if it begins as only JSON is wont to."""
    return source.form == "json" if source.form else _LOOKS_LIKE_JSON.match(text) is not None


def _decode(raw: bytes, findings: Findings) -> tuple[str, bool]:
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
