"""Where the blocks are that ship with the compiler."""

from __future__ import annotations

from importlib.resources import files

from spec_compiler.reading.source import Source

STANDARD = "std/"
"""Imports that begin so name the blocks that ship with the compiler."""


def standard_imports() -> list[str]:
    """What a spec writes under `imports` for each file of blocks that ships with the compiler, sorted."""
    shipped = files("spec_compiler.std").iterdir()
    return sorted(f"{STANDARD}{each.name}" for each in shipped if each.name.endswith(".yaml"))


def standard_source(imported: str) -> Source | None:
    """The source of a file of blocks that ships with the compiler; none if there is no such file."""
    if imported not in standard_imports():
        return None
    shipped = files("spec_compiler.std").joinpath(imported.removeprefix(STANDARD))
    return Source.text(shipped.read_bytes(), name=imported, form="yaml")
