"""Blocks, and the blocks that can be used in one document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from spec_compiler.catalog import registry
from spec_compiler.expanding.params import Param
from spec_compiler.language.spec import BlockForm
from spec_compiler.spans import Place


class FileDefaults(NamedTuple):
    """The defaults of a document, where they are written, and the names of its params, which its blocks do not see."""

    table: Mapping[str, Mapping[str, Any]]
    place: Place
    params: frozenset[str]


@dataclass(frozen=True)
class Block:
    """A block, and the blocks that it can use in turn: those of the document that it is written in."""

    name: str
    form: BlockForm
    params: Mapping[str, Param]
    place: Place
    visible: Library


@dataclass(frozen=True)
class Library:
    """The blocks that can be used in one document, by name."""

    blocks: dict[str, Block] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    """The names of blocks that have mistakes, which are reported: what uses them is unknown, silently."""
    missing: set[str] = field(default_factory=set)
    """Imports that cannot be read, which is reported: a type that does not exist may be a block of theirs."""
    file: FileDefaults = field(default_factory=lambda: FileDefaults({}, Place(()), frozenset()))
    """The defaults of the document, which are for the insides of its blocks too."""
    brought: dict[Place, frozenset[str]] = field(default_factory=dict)
    """The blocks that each import brings."""

    def is_broken(self, kind: str | None) -> bool:
        """Whether a type is that of a block of which nothing is known, because of mistakes that are reported."""
        if kind in self.broken:
            return True
        if not self.missing or kind is None or ">" in kind:
            return False
        return kind not in self.blocks and kind not in registry.FORBIDDEN and registry.operation(kind) is None
