"""What is said of a document, and of what it imports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lsprotocol import types

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Diagnostic, Related
from spec_compiler.language_server.call_target import operation
from spec_compiler.language_server.snapshot import Snapshot, value_at
from spec_compiler.language_server.text import DocumentText
from spec_compiler.language_server.workspace import Workspace
from spec_compiler.reading.document import Document
from spec_compiler.reading.imports import MOST_AT_IMPORT, import_of
from spec_compiler.spans import Position, Span

SOURCE = "compile-spec"
_PAGES = "https://github.com/spec-compiler/spec-compiler/blob/main/spec_compiler/diagnostics/pages"
_SEVERITIES = {"error": types.DiagnosticSeverity.Error, "warning": types.DiagnosticSeverity.Warning}
_OF_ONE_LINE = ("SC1", "SC2")
"""Families of what is wrong with what is written, whatever stands elsewhere."""
_OF_THE_WHOLE = frozenset((codes.MISSING_KEY.code, codes.EMPTY.code))
_UNNECESSARY = frozenset(
    code.code for code in codes.CODES.values() if code.name.startswith(("unused-", "dead-")) or "unused" in code.name
)


def diagnostics(workspace: Workspace, snapshot: Snapshot) -> dict[str, list[types.Diagnostic]]:
    """What is said of a document, and of files that it imports, by URI; the document itself is always there."""
    found: dict[str, list[types.Diagnostic]] = {snapshot.uri: []}
    own = found[snapshot.uri]
    at_imports: dict[str, int] = {}
    for said in snapshot.syntax:
        own.append(_protocol(workspace, snapshot, _where_it_is_typed(snapshot, said), snapshot.text))
    for said in snapshot.analysis.report:
        file = _file_of(snapshot, said)
        if not file:
            if _holds(snapshot, said):
                own.append(_protocol(workspace, snapshot, said, snapshot.text))
            continue
        uri = snapshot.uris[file]
        text = _text_of(workspace, snapshot, file)
        found.setdefault(uri, []).append(_protocol(workspace, snapshot, said, text))
        at_imports[file] = at_imports.get(file, 0) + 1
        if at_imports[file] <= MOST_AT_IMPORT:
            own += _at_import(snapshot, said, file, text)
    for file, uri in snapshot.uris.items():
        for said in workspace.syntax_of(uri) if file else ():
            own += _at_import(snapshot, said, file, _text_of(workspace, snapshot, file))
    return found


def _file_of(snapshot: Snapshot, said: Diagnostic) -> str:
    """The `file` of the document that a diagnostic is about."""
    if said.span is None or said.span.file == snapshot.document.name:
        return ""
    documents = snapshot.analysis.documents.items()
    return next((file for file, document in documents if document.name == said.span.file), "")


def _where_it_is_typed(snapshot: Snapshot, said: Diagnostic) -> Diagnostic:
    """What keeps a text from being read, at the line that is half typed: it is often noticed only at the next one."""
    if said.span is None or not snapshot.changed or said.span.start.line in snapshot.changed:
        return said
    begins = [each.span.start for each in said.related if each.span is not None]
    known = next((start for start in begins if start.line in snapshot.changed), None)
    line = (
        known.line
        if known is not None
        else max((each for each in snapshot.changed if each < said.span.start.line), default=min(snapshot.changed))
    )
    written = snapshot.text.line(line).rstrip()
    start = known if known is not None else Position(line, len(written) - len(written.lstrip()) + 1)
    span = Span(said.span.file, start, Position(line, len(written) + 1))
    return replace(said, span=span, related=(*said.related, Related("it is noticed here", "", said.span)))


def _holds(snapshot: Snapshot, said: Diagnostic) -> bool:
    """Whether a diagnostic is true of the text as it is, and not only of the nearest that can be read.

    Of what is left out of the text nobody knows what it leads to, so that nothing new is said of the rest but what is
    wrong with a line by itself, and that only if the line was typed in as well.
    """
    if snapshot.holds_blocks_alone and not said.path.startswith(("/blocks", "/imports", "/defaults")):
        return bool(said.path) and said.code.startswith(_OF_ONE_LINE)
    if not snapshot.changed:
        return not snapshot.syntax
    lines = range(said.span.start.line, said.span.end.line + 1) if said.span is not None else ()
    if snapshot.changed.intersection(lines):
        return False
    if (said.code, said.message) in snapshot.known:
        return True
    if snapshot.typed is not None and not snapshot.typed.intersection(lines):
        return False
    return said.code.startswith(_OF_ONE_LINE) and said.code not in _OF_THE_WHOLE and not _is_of_others(snapshot, said)


def _is_of_others(snapshot: Snapshot, said: Diagnostic) -> bool:
    """Whether a mistake may come of what another line says: what a param is, or what a block takes."""
    if said.span is None or said.path.startswith("/search"):
        return True
    is_of_catalogue = said.fix is not None and operation(said.fix) is not None
    if said.code == codes.UNKNOWN_TYPE.code and not is_of_catalogue:
        return True
    blocks = snapshot.block_names()
    return any(
        (isinstance(value, str) and "${" in value) or (isinstance(value, dict) and value.get("type") in blocks)
        for value in _values_along(snapshot.data, said.path)
    )


def _values_along(value: Any, pointer: str) -> Iterator[Any]:
    """The keys and values that a JSON pointer leads through."""
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        value = value_at(value, (int(key) if isinstance(value, list) and key.isdecimal() else key,))
        yield from (key, value)


def _text_of(workspace: Workspace, snapshot: Snapshot, file: str) -> DocumentText:
    text = workspace.text_of(snapshot.uris[file])
    if text is not None:
        return text
    document: Document = snapshot.analysis.documents[file]
    return DocumentText(document.text or "", workspace.encoding)


def _protocol(workspace: Workspace, snapshot: Snapshot, said: Diagnostic, text: DocumentText) -> types.Diagnostic:
    related = [
        types.DiagnosticRelatedInformation(location, each.message)
        for each in said.related
        for location in _location(workspace, snapshot, each.span)
    ]
    return types.Diagnostic(
        range=text.range_of(said.span),
        message=said.message if said.hint is None else f"{said.message}\n{said.hint}",
        severity=_SEVERITIES[said.severity],
        code=said.code,
        code_description=types.CodeDescription(f"{_PAGES}/{said.code}.md"),
        source=SOURCE,
        tags=[types.DiagnosticTag.Unnecessary] if said.code in _UNNECESSARY else None,
        related_information=related or None,
        data={"name": said.name},
    )


def _location(workspace: Workspace, snapshot: Snapshot, span: Span | None) -> Iterator[types.Location]:
    if span is None:
        return
    for file, document in snapshot.analysis.documents.items():
        if document.name == span.file:
            text = snapshot.text if not file else _text_of(workspace, snapshot, file)
            yield types.Location(snapshot.uris[file], text.range_of(span))
            return


def _at_import(snapshot: Snapshot, said: Diagnostic, file: str, text: DocumentText) -> list[types.Diagnostic]:
    """The same mistake at the import that brings it in."""
    place = import_of(file, snapshot.analysis.documents)
    where = snapshot.range_of(place) if place is not None else None
    if where is None:
        return []
    there = types.Location(snapshot.uris[file], text.range_of(said.span))
    return [
        types.Diagnostic(
            range=where,
            message=f"this import has a mistake: {said.message}",
            severity=_SEVERITIES[said.severity],
            code=said.code,
            code_description=types.CodeDescription(f"{_PAGES}/{said.code}.md"),
            source=SOURCE,
            related_information=[types.DiagnosticRelatedInformation(there, "it is here")],
        )
    ]
