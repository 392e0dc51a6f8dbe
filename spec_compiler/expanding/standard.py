"""Where the blocks are that ship with the compiler."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from spec_compiler.reading.source import Source

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

STANDARD = "std/"
"""Imports that begin so name the blocks that ship with the compiler."""

_APPLICATIONS = "applications"


def standard_imports() -> list[str]:
    """What a spec writes under `imports` for each file of blocks that ships with the compiler, sorted."""
    shipped = _shipped().iterdir()
    return sorted(f"{STANDARD}{each.name}" for each in shipped if each.name.endswith(".yaml"))


@cache
def application_imports() -> tuple[str, ...]:
    """What a spec writes under `imports` for each architecture of `keras.applications`, sorted."""
    shipped = _shipped().joinpath(_APPLICATIONS).iterdir()
    return tuple(sorted(f"{STANDARD}{_APPLICATIONS}/{each.name}" for each in shipped if each.name.endswith(".yaml")))


def application_import(name: str) -> str | None:
    """What a spec imports for an architecture, however its name is capitalized; None if there is none."""
    imported = f"{STANDARD}{_APPLICATIONS}/{name.lower()}.yaml"
    return imported if imported in application_imports() else None


def standard_source(imported: str) -> Source | None:
    """The source of a file of blocks that ships with the compiler; None if there is no such file."""
    if imported not in standard_imports() and imported not in application_imports():
        return None
    shipped = _shipped().joinpath(*imported.removeprefix(STANDARD).split("/"))
    # A package need not be a folder: where it is none, its files have no paths.
    return Source(imported, shipped if isinstance(shipped, Path) else shipped.read_bytes(), "yaml")


def _shipped() -> Traversable:
    """The folder of the blocks that ship with the compiler."""
    from importlib.resources import files  # few specs import these blocks, and the module imports many others

    return files("spec_compiler.std")
