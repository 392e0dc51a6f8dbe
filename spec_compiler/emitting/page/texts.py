"""The texts of a spec, and which lines of them belong to what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from spec_compiler.emitting.json_object import JsonObject
from spec_compiler.emitting.origin import Origin
from spec_compiler.spans import Place


class Texts:
    """The documents of a spec that have a text, counted from `first`."""

    def __init__(self, origin: Origin | None, first: int = 0) -> None:
        documents = origin.documents if origin is not None else {}
        self._documents = {file: document for file, document in documents.items() if document.text is not None}
        self._numbers = {file: first + number for number, file in enumerate(self._documents)}
        self._by_name = {document.name: self._numbers[file] for file, document in self._documents.items()}
        self._extent = lru_cache(maxsize=None)(self._lines_at)

    def data(self) -> list[JsonObject]:
        """The name and the lines of each."""
        return [
            {"name": document.name, "lines": (document.text or "").splitlines()}
            for document in self._documents.values()
        ]

    def number_of(self, name: str) -> int | None:
        """The number of a document that diagnostics call so; None if it has no text."""
        return self._by_name.get(name)

    def places_of(self, written: Iterable[tuple[Place, str]]) -> Iterator[list[Any]]:
        """Which text, from which line to which, and what is there; each place once."""
        seen: set[tuple[int, int, int]] = set()
        for place, what in written:
            found = self._extent(place.file, place.path)
            if found is not None and found not in seen:
                seen.add(found)
                yield [*found, what]

    def _lines_at(self, file: str, path: tuple[str | int, ...]) -> tuple[int, int, int] | None:
        document = self._documents.get(file)
        extent = document.extent(Place(path, file=file)) if document is not None else None
        return (self._numbers[file], *extent) if extent is not None else None
