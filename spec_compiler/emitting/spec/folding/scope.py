"""The nodes of a spec or of a block while they are folded, and where what was written of each has come to stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from spec_compiler.catalog.registry import type_names
from spec_compiler.catalog.spec_values import SpecData
from spec_compiler.emitting.spec.folding.references import node_in, references, under

ScopePath = tuple[str, ...]


@dataclass
class FoldingScope:
    """Nodes that see each other.

    Attributes:
        path: Where they stand in the spec.
        nodes: The nodes.
        kept: Those whose names must stay, as something outside of the nodes refers to them.
        outputs: What a block gives; its nodes may get other names.
        is_closed: Whether its nodes are as they are to be: the names of their layers are those of the nodes.
    """

    path: ScopePath
    nodes: SpecData
    kept: frozenset[str] = frozenset()
    outputs: list[str] = field(default_factory=list)
    is_closed: bool = False

    def takers(self) -> dict[str, list[str | None]]:
        """The nodes that take from each node, once for each reference; None for an output of the block."""
        takers: dict[str, list[str | None]] = {}
        for key, node in self.nodes.items():
            for reference in references(node.get("inputs")):
                takers.setdefault(node_in(reference), []).append(key)
        for reference in self.outputs:
            takers.setdefault(node_in(reference), []).append(None)
        return takers

    def picked(self) -> set[str]:
        """The nodes of which an output of several is picked."""
        every = [*(reference for node in self.nodes.values() for reference in references(node.get("inputs")))]
        return {node_in(reference) for reference in (*every, *self.outputs) if "." in reference}

    def put(self, nodes: SpecData, names: Mapping[str, str]) -> None:
        """Put other nodes in the place of those that are there, some under other names."""
        self.nodes = {
            key: {**node, "inputs": under(node["inputs"], names)} if "inputs" in node else node
            for key, node in nodes.items()
        }
        self.outputs = [under(output, names) for output in self.outputs]


class Homes:
    """Where each node that was written stands now."""

    def __init__(self, nodes: SpecData, path: ScopePath) -> None:
        self._found: dict[str, ScopePath] = {key: (*path, key) for key in nodes}

    def move(self, moves: Mapping[ScopePath, ScopePath]) -> None:
        """Note that nodes have come to stand elsewhere, all at once."""
        self._found = {key: moves.get(path, path) for key, path in self._found.items()}

    def __iter__(self) -> Iterator[tuple[str, ScopePath]]:
        """Yields the nodes that were written, each with the path of the node that it is in now."""
        yield from self._found.items()


def is_known(kind: str, named: Mapping[str, bool]) -> bool:
    """Whether it is known what the layers of a node are called: it is one, or of a block that names its own."""
    return named[kind] if kind in named else ">" in kind or kind in _types()


@cache
def _types() -> frozenset[str]:
    return frozenset(type_names())
