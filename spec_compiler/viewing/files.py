"""Which files a spec is made of, and whether one of them has changed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from spec_compiler.expanding.standard import STANDARD
from spec_compiler.reading.document import Document

Stamp = tuple[int, int, int] | None
"""What tells a version of a file from others: when it was changed, its size and its number; None of one that is not."""


def files_of(spec: Path, documents: Mapping[str, Document]) -> frozenset[Path]:
    """The files that a spec was read from, and those that it imports, also if they are not there."""
    found = {spec}
    for file, document in documents.items():
        if not file.startswith(STANDARD):
            folder = (Path(file) if file else spec).parent
            found.update(folder / target for target in _imports(document.data))
    return frozenset(found)


def _imports(data: object) -> Iterator[str]:
    imports = data.get("imports") if isinstance(data, Mapping) else None
    for target in imports if isinstance(imports, list) else ():
        if isinstance(target, str) and target and not target.startswith(STANDARD):
            yield target


def stamps(files: frozenset[Path]) -> dict[Path, Stamp]:
    """The versions of some files."""
    return {file: _stamp(file) for file in files}


def _stamp(file: Path) -> Stamp:
    try:
        status = os.stat(file)
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
