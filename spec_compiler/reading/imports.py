"""Which of the documents of a spec an import brings in."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.limits import DEFAULT_LIMITS, Limits
from spec_compiler.reading.document import Document
from spec_compiler.reading.folder import OutsideError
from spec_compiler.reading.read import read
from spec_compiler.reading.source import Source
from spec_compiler.spans import Place

MOST_AT_IMPORT = 20
"""So many mistakes of a file are told where it is imported too."""


def import_key(file: str, document: Document, target: Any, documents: Mapping[str, Document]) -> str | None:
    """The `file` that an import of a document is known by; None if it was not read."""
    if not isinstance(target, str):
        return None
    if target in documents:
        return target
    name = file or document.name
    key = os.path.normpath(os.path.join(os.path.dirname(name), target))
    return key if key in documents else None


def import_of(file: str, documents: Mapping[str, Document]) -> Place | None:
    """The import of a spec that brings a file in, by itself or through another; None if there is none."""
    for index, first in enumerate(_imported("", documents)):
        waiting = [first]
        seen: set[str] = set()
        while waiting:
            key = waiting.pop()
            if key is None or key in seen:
                continue
            if key == file:
                return Place(("imports", index))
            seen.add(key)
            waiting += _imported(key, documents)
    return None


def imports_not_read(documents: Mapping[str, Document], limits: Limits = DEFAULT_LIMITS) -> Iterator[Document]:
    """The files that documents import and that are not among them, and what those import in turn.

    A spec that is wrong may name files that nobody has read, and one that is only formatted does. What lies outside of
    its folder is not read here either.
    """
    folder = Path(os.path.dirname(documents[""].name))
    seen = set(documents)
    waiting = [(file or document.name, document) for file, document in documents.items()]
    while waiting:
        name, document = waiting.pop()
        for target in _targets(document):
            key = os.path.normpath(os.path.join(os.path.dirname(name), target)) if isinstance(target, str) else ""
            if not isinstance(target, str) or target in seen or key in seen:
                continue
            seen.add(key)
            with suppress(OutsideError):
                imported = read(replace(Source.of(key), root=folder), Findings(), limits)
                if imported.text is not None:
                    yield imported
                    waiting.append((key, imported))


def _imported(file: str, documents: Mapping[str, Document]) -> Iterator[str | None]:
    """What each import of a document brings in."""
    document = documents[file]
    for target in _targets(document):
        yield import_key(file, document, target, documents)


def _targets(document: Document) -> list[Any]:
    """What a document says that it imports, which nobody may have looked at."""
    imports = document.data.get("imports") if isinstance(document.data, dict) else None
    return imports if isinstance(imports, list) else []
