"""Which of the documents of a spec an import brings in."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from spec_compiler.reading.document import Document
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


def _imported(file: str, documents: Mapping[str, Document]) -> Iterator[str | None]:
    """What each import of a document brings in."""
    document = documents[file]
    imports = document.data.get("imports") if isinstance(document.data, dict) else None
    for target in imports if isinstance(imports, list) else ():
        yield import_key(file, document, target, documents)
