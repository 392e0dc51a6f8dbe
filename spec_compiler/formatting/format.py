"""A spec's text in the one form that all specs can have; what it says, and its comments, stay as they are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.diagnostics.report import Report, make_report
from spec_compiler.language.validate import validate
from spec_compiler.limits import DEFAULT_LIMITS, Limits
from spec_compiler.reading.document import Document
from spec_compiler.reading.file_id import FileId
from spec_compiler.reading.imports import imports_not_read
from spec_compiler.reading.read import read, read_raw, read_text
from spec_compiler.reading.source import Source
from spec_compiler.spans import Place


class AlteredError(Exception):
    """The formatted text would not say what the text says: a bug of ours, so that nothing may be written."""


@dataclass(frozen=True)
class FormattedSpec:
    """A spec's text before and after; after only if it can be read.

    Attributes:
        report: What keeps the text from being read. Whether it is a good spec is not asked.
        before: The bytes as they are.
        after: The text as it should be.
        document: What was read.
        limits: How much may be read.
    """

    report: Report
    before: bytes
    after: str | None
    document: Document
    limits: Limits = DEFAULT_LIMITS

    @property
    def changed(self) -> bool:
        """Whether formatting changes the text."""
        return self.after is not None and self.after.encode() != self.before

    @property
    def file_ids(self) -> frozenset[FileId]:
        """Which files the spec is written in, with those that it imports, which are read for that."""
        files = (self.document, *imports_not_read({"": self.document}, self.limits))
        return frozenset(file.file_id for file in files if file.file_id is not None)


def format_spec(source: Source, limits: Limits = DEFAULT_LIMITS) -> FormattedSpec:
    """Format the text of a spec.

    Raises:
        AlteredError: The formatted text has other data or other comments than the text: a bug.
    """
    try:
        return _formatted(source, limits)
    except MemoryError:
        findings = Findings()
        findings.add(codes.TOO_MUCH_MEMORY, "to format the spec takes more memory than there is", Place(()))
        return FormattedSpec(make_report(source.name, findings, {}), b"", None, Document(source.name, None))


def _formatted(source: Source, limits: Limits) -> FormattedSpec:
    findings = Findings()
    raw = read_raw(source, findings, limits)
    if raw is None:
        return FormattedSpec(make_report(source.name, findings, {}), b"", None, Document(source.name, None))
    document = read_text(raw, source, findings, limits)
    if not findings.errors and not isinstance(document.data, dict):
        validate(document.data, findings)
    after = None
    if not findings.errors:
        try:
            after = _format(document)
            if source.form is None:
                after = _settled(after, document, limits)
            _refuse_changes(document, after, limits)
        except RecursionError:
            findings.add(codes.TOO_DEEP, "values are nested too deep to be formatted", Place(()))
            after = None
    return FormattedSpec(make_report(source.name, findings, {"": document}), raw.data, after, document, limits)


def _format(document: Document) -> str:
    assert document.text is not None
    if document.is_json:
        from spec_compiler.formatting.json_text import json_text

        return json_text(document.text)
    from spec_compiler.formatting.layout import layout
    from spec_compiler.formatting.lines import text_of
    from spec_compiler.formatting.parse import parse

    # YAML takes each of the three for the same, also inside of scalars.
    return text_of(layout(parse(document.text.replace("\r\n", "\n").replace("\r", "\n"))))


def _settled(formatted: str, document: Document, limits: Limits) -> str:
    """A text of which nobody says what it is, so that it is the same when it is formatted again.

    A mapping of YAML in brackets may have become JSON, by double quotes for single ones.
    """
    again = read(Source.text(formatted), Findings(), limits)
    return _format(again) if again.is_json and not document.is_json else formatted


def _refuse_changes(document: Document, formatted: str, limits: Limits) -> None:
    findings = Findings()
    again = read(Source.text(formatted, form="json" if document.is_json else "yaml"), findings, limits)
    # As text, 1, 1.0 and true differ, and so do two orders of keys.
    if findings.errors or repr(again.data) != repr(document.data):
        raise AlteredError("formatting would change what the spec says")
    if document.is_json:
        return
    from spec_compiler.formatting.parse import comments_of

    assert document.text is not None
    if Counter(comments_of(document.text)) != Counter(comments_of(formatted)):
        raise AlteredError("formatting would change the comments")
