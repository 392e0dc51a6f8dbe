"""The documents that an editor has open, and what is known of each: asked for when it is needed, and kept until
something that it depends on changes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from spec_compiler.analysis import Analysis
from spec_compiler.checking.discover import begins_as_spec, specs_below
from spec_compiler.diagnostics.diagnostic import Diagnostic, Findings
from spec_compiler.diagnostics.report import make_report
from spec_compiler.expanding.standard import STANDARD, standard_source
from spec_compiler.expanding.trace import ExpansionTrace
from spec_compiler.language_server.recovery import recover
from spec_compiler.language_server.snapshot import Snapshot
from spec_compiler.language_server.text import DocumentText, PositionEncoding
from spec_compiler.language_server.uris import path_of, uri_of
from spec_compiler.limits import DEFAULT_LIMITS, Limits
from spec_compiler.memory import relaxed_gc
from spec_compiler.pipeline import analyse
from spec_compiler.reading.read import Reading, read_raw, read_text
from spec_compiler.reading.source import Source, TooLargeError, UnreadableError
from spec_compiler.viewing.params import with_known_params

_MOST_FILES = 2_000
"""So many files of a folder are looked through for what imports a block."""
_MOST_EDITED = 50
"""Where more lines than this were typed in at once, none of them is likelier to be the half-typed one than others."""


class NearestText(NamedTuple):
    """The text nearest to that of a document that can be read; its own, if it can or none is found.

    Attributes:
        text: The text.
        reading: What reading it has given; None if there is more of it than is read.
        syntax: What keeps the document's own from being read.
        changed: The lines (from 1) that are otherwise in it.
    """

    text: str
    reading: Reading | None
    syntax: tuple[Diagnostic, ...] = ()
    changed: frozenset[int] = frozenset()


class ReadText(NamedTuple):
    """A text that could be read, and what was said of it: the codes and messages."""

    text: DocumentText
    said: frozenset[tuple[str, str]]


@dataclass
class OpenDocument:
    """A document as the editor has it.

    Attributes:
        uri: What the editor calls it.
        text: Its text.
        version: The editor's number for this text.
        edited: The lines (from 1) that are otherwise than in the text before.
        last_read: The text when it could last be read; None if it never could.
        begun: What was known of the document before the line was begun that is being typed; None if that is not known.
    """

    uri: str
    text: DocumentText
    version: int | None = None
    edited: frozenset[int] = frozenset()
    last_read: ReadText | None = None
    begun: Snapshot | None = None
    _nearest: NearestText | None = None

    @property
    def path(self) -> Path | None:
        """The file that it is; None if it was never saved."""
        return path_of(self.uri)

    def source(self, text: str) -> Source:
        """A source with this text in the place of that of the document."""
        path = self.path
        if path is None:
            return Source.text(text, name=self.uri)
        return replace(Source.of(path), unsaved=text)

    def nearest(self, limits: Limits) -> NearestText:
        """The text nearest to its own that can be read."""
        if self._nearest is None:
            with relaxed_gc():
                self._nearest = self._find_nearest(limits)
        return self._nearest

    def _find_nearest(self, limits: Limits) -> NearestText:
        text, source = self.text.text, self.source(self.text.text)
        findings = Findings()
        raw = read_raw(source, findings, limits)
        if raw is None:
            return NearestText(text, None)
        reading = Reading(read_text(raw, source, findings, limits), findings)
        if reading.document.data is not None or not text.strip():
            return NearestText(text, reading)
        syntax = make_report(source.name, findings, {"": reading.document}).diagnostics
        recovered = recover(text, self.edited, limits, findings if source.form == "yaml" else None)
        if recovered is None:
            return NearestText(text, reading, syntax)
        document = replace(recovered.reading.document, name=source.name)
        return NearestText(recovered.text, recovered.reading._replace(document=document), syntax, recovered.changed)


class Workspace:
    """The open documents, and the folders that the editor works in.

    Args:
        encoding: What columns of the protocol count.
        limits: How much a spec may ask for.
    """

    def __init__(self, encoding: PositionEncoding = "utf-16", limits: Limits = DEFAULT_LIMITS) -> None:
        self.encoding = encoding
        self.limits = limits
        self.folders: list[Path] = []
        self._open: dict[str, OpenDocument] = {}
        self._snapshots: dict[str, Snapshot] = {}
        self._params: Mapping[str, Any] = {}

    # What the editor says

    def open(self, uri: str, text: str, version: int | None = None) -> None:
        """Take a document over from the editor, or a new text of it."""
        before = self._open.get(uri)
        now = DocumentText(text, self.encoding)
        last_read = before.last_read if before is not None else None
        if before is not None and before.text.text == text:
            before.version = version
            return
        edited = _edited(before.text, now) if before is not None else frozenset()
        likely = edited if len(edited) <= _MOST_EDITED else frozenset()
        begun = self._begun(before, now) if before is not None else None
        self._open[uri] = OpenDocument(uri, now, version, likely, last_read, begun)
        self._forget(uri)

    change = open

    def close(self, uri: str) -> None:
        """Let go of a document: what is saved counts again."""
        self._open.pop(uri, None)
        self._forget(uri)
        self._snapshots.pop(uri, None)

    def set_params(self, params: Mapping[str, Any]) -> bool:
        """Take values for params, for the specs that have them; whether they are others than before."""
        if params == self._params:
            return False
        self._params = dict(params)
        self._snapshots.clear()
        for each in self._open.values():
            each.begun = None
        return True

    def changed_on_disk(self, uri: str) -> None:
        """Note that a file was written, renamed or deleted."""
        self._forget(uri)

    def _forget(self, uri: str) -> None:
        self._snapshots.pop(uri, None)
        for other in self.dependents(uri):
            self._snapshots.pop(other, None)
            self._open[other].begun = None

    def _begun(self, before: OpenDocument, now: DocumentText) -> Snapshot | None:
        """What was known of a document before the line was begun that is otherwise now."""
        for each in (before.begun, self._snapshots.get(before.uri)):
            if each is not None and _differs_in_a_line(each.text, now):
                return each if each.before is None else replace(each, before=None, typing=frozenset())
        return None

    # What is known

    @property
    def open_uris(self) -> tuple[str, ...]:
        """The open documents."""
        return tuple(self._open)

    def is_open(self, uri: str) -> bool:
        """Whether a document is open."""
        return uri in self._open

    def version(self, uri: str) -> int | None:
        """The editor's number for the text of an open document."""
        found = self._open.get(uri)
        return found.version if found is not None else None

    def dependents(self, uri: str) -> list[str]:
        """The open documents that import a file, also through others, as far as they are known; not itself."""
        path = path_of(uri)
        real = os.path.realpath(path) if path is not None else uri
        return [
            other
            for other, snapshot in self._snapshots.items()
            if other != uri and any(_real(file, snapshot.uri) == real for file in self._wanted(snapshot))
        ]

    def _wanted(self, snapshot: Snapshot) -> Iterator[str]:
        """The files that a spec imports or would import, if they could be read."""
        yield from snapshot.analysis.documents
        for file, document in snapshot.analysis.documents.items():
            imports = document.data.get("imports") if isinstance(document.data, dict) else None
            for target in imports if isinstance(imports, list) else ():
                if isinstance(target, str):
                    yield os.path.normpath(os.path.join(os.path.dirname(file or document.name), target))

    def snapshot(self, uri: str) -> Snapshot:
        """What is known of a document, which need not be open.

        Raises:
            KeyError: It is not open, and no file that can be read.
        """
        found = self._snapshots.get(uri)
        if found is None:
            opened = self._open.get(uri)
            found = self.analyse(opened or self._from_disk(uri))
            if opened is not None and opened.begun is not None:
                if _is_half_typed(opened.begun, found):
                    found = replace(found, before=opened.begun, typing=_edited(opened.begun.text, found.text))
                else:
                    opened.begun = None
            self._snapshots[uri] = found
            if opened is not None and not found.changed and not found.syntax:
                said = frozenset((each.code, each.message) for each in found.analysis.report)
                opened.last_read = ReadText(opened.text, said)
            if not self.is_open(uri):
                self._snapshots.pop(uri)
        return found

    def _from_disk(self, uri: str) -> OpenDocument:
        path = path_of(uri)
        if path is None:
            raise KeyError(uri)
        try:
            raw = Source.of(path).read(self.limits.text_bytes).data
            return OpenDocument(uri, DocumentText(raw.removeprefix(b"\xef\xbb\xbf").decode(), self.encoding))
        except (UnreadableError, TooLargeError, ValueError) as error:
            raise KeyError(uri) from error

    def analyse(self, document: OpenDocument, texts: Mapping[str, str] | None = None) -> Snapshot:
        """Take a document through the front end, with the texts of the others as the editor has them.

        Args:
            document: The document.
            texts: Texts to take instead of those that the editor has, by URI.
        """
        nearest = document.nearest(self.limits)
        source = document.source(nearest.text)
        unsaved = self._unsaved(texts or {})
        traces: list[ExpansionTrace] = []

        def analysis_with(params: Mapping[str, Any]) -> Analysis:
            traces.append(ExpansionTrace())
            return analyse(
                source, params=params, limits=self.limits, unsaved=unsaved, trace=traces[-1], reading=nearest.reading
            )

        analysis, trace = with_known_params(analysis_with, self._params), traces[-1]
        uris = {file: self.uri_of_file(file, document.uri) for file in analysis.documents}
        said = document.last_read.said if document.last_read is not None else frozenset()
        typed = _edited(document.last_read.text, document.text) if document.last_read is not None else None
        return Snapshot(
            document.uri, document.text, analysis, trace, nearest.syntax, nearest.changed, said, typed, uris
        )

    def analyse_text(self, uri: str, text: str, texts: Mapping[str, str] | None = None) -> Snapshot:
        """What would be known of a document with another text."""
        return self.analyse(OpenDocument(uri, DocumentText(text, self.encoding)), texts)

    def _unsaved(self, texts: Mapping[str, str]) -> dict[Path, str]:
        found: dict[Path, str] = {}
        for document in self._open.values():
            if document.path is not None:
                found[Path(os.path.realpath(document.path))] = document.nearest(self.limits).text
        for uri, text in texts.items():
            path = path_of(uri)
            if path is not None:
                found[Path(os.path.realpath(path))] = text
        return found

    def text_of(self, uri: str) -> DocumentText | None:
        """The text of a document as the editor has it, or of a file; None if there is none."""
        if uri in self._open:
            return self._open[uri].text
        try:
            return self._from_disk(uri).text
        except KeyError:
            return None

    def syntax_of(self, uri: str) -> tuple[Diagnostic, ...]:
        """What keeps the text of an open document from being read."""
        document = self._open.get(uri)
        return document.nearest(self.limits).syntax if document is not None else ()

    # Files

    def uri_of_file(self, file: str, of: str) -> str:
        """What the editor calls the file of a place, in a document."""
        if not file:
            return of
        path: Path | None = Path(file)
        if file.startswith(STANDARD):
            source = standard_source(file)
            path = source.content if source is not None and isinstance(source.content, Path) else None
        if path is None:
            return file
        real = os.path.realpath(path)
        for uri, document in self._open.items():
            if document.path is not None and os.path.realpath(document.path) == real:
                return uri
        return uri_of(path)

    def specs(self) -> list[str]:
        """The URIs of all specs that are open or lie in the folders of the editor."""
        found = dict.fromkeys(self._open)
        real = {os.path.realpath(each.path) for each in self._open.values() if each.path is not None}
        for folder in self.folders:
            for path in specs_below(str(folder))[:_MOST_FILES]:
                if os.path.realpath(path) not in real:
                    found[uri_of(Path(path))] = None
        return list(found)

    def is_spec(self, uri: str) -> bool:
        """Whether a file is a spec, and not some other YAML or JSON."""
        path = path_of(uri)
        return uri in self._open or (path is not None and begins_as_spec(str(path)))


def _real(file: str, of: str) -> str:
    """The real path of the file of a place, or what it is called instead."""
    if not file:
        path = path_of(of)
        return os.path.realpath(path) if path is not None else of
    return file if file.startswith(STANDARD) else os.path.realpath(file)


def _differs_in_a_line(before: DocumentText, now: DocumentText) -> bool:
    return len(before.all_lines) == len(now.all_lines) and len(_edited(before, now)) == 1


def _is_half_typed(begun: Snapshot, now: Snapshot) -> bool:
    """Whether something is wrong with a text that was not before a line was begun."""
    return bool(now.syntax) or not _errors(now) <= _errors(begun)


def _errors(snapshot: Snapshot) -> frozenset[tuple[str, str]]:
    report = snapshot.analysis.report
    return frozenset((each.code, each.message) for each in report if each.severity == "error")


def _edited(before: DocumentText, now: DocumentText) -> frozenset[int]:
    """The lines (from 1) of a text that are otherwise than before: those between the first and the last."""
    old, new = before.all_lines, now.all_lines
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return frozenset(range(start + 1, max(len(new) - end, start + 1) + 1))
