"""Nodes that are alike and follow each other, each the only one to take what the one before gives → `repeat`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spec_compiler.catalog.spec_values import SpecData
from spec_compiler.emitting.spec.folding.names import common_beginning
from spec_compiler.emitting.spec.folding.references import free
from spec_compiler.emitting.spec.folding.scope import FoldingScope, Homes, is_known
from spec_compiler.emitting.spec.folding.series import NoSeriesError, is_list, series
from spec_compiler.language.names import NAME, node_name_of

_LEFT = ("repeat", "for", "when", "use", "layer", "layers", "cell", "cells", "backward_layer")
"""The keys of nodes that are left as they are."""

_FEW = 3
"""Of fewer copies than these nothing is a list."""

_PATIENCE = 8
"""So many links are left off at the end of a chain before its first is left as it is."""


@dataclass
class Chains:
    """What writes the chains among some nodes as one node each.

    Attributes:
        scope: The nodes.
        homes: Where each node has come to stand.
        named: Of each block, whether it names its layers by its params.
        most_lists: So many arguments are lists with a value for each copy at most.
    """

    scope: FoldingScope
    homes: Homes
    named: Mapping[str, bool]
    most_lists: int = 3
    _takers: dict[str, list[str | None]] = field(default_factory=dict)
    _picked: set[str] = field(default_factory=set)

    def fold(self) -> None:
        """Fold all chains."""
        if self.scope.is_closed:
            return
        self._takers, self._picked = self.scope.takers(), self.scope.picked()
        before = {key: self._before(key) for key in self.scope.nodes}
        after = {source: key for key, source in before.items() if source is not None}
        folded: dict[str, tuple[Sequence[str], str, SpecData]] = {}
        for first in [key for key in self.scope.nodes if before[key] is None and key in after]:
            chain = [first]
            while chain[-1] in after:
                chain.append(after[chain[-1]])
            for links, key, node in self._segments(chain):
                folded[links[0]] = links, key, node
        if folded:
            self._replace(folded)

    def _before(self, key: str) -> str | None:
        """The node that a node goes on from, if the two may be copies of one."""
        node = self.scope.nodes[key]
        first, others = _flowing_in(node)
        source = self.scope.nodes.get(first) if first is not None else None
        if source is None or first is None or first in self.scope.kept or first in self._picked:
            return None
        if self._takers.get(first) != [key] or any(name in each for each in (node, source) for name in _LEFT):
            return None
        of_source = _flowing_in(source)
        is_alike = _form(node) == _form(source) and of_source[0] is not None and of_source[1] == others
        return first if is_alike and "type" in node and is_known(node["type"], self.named) else None

    def _segments(self, chain: Sequence[str]) -> list[tuple[Sequence[str], str, SpecData]]:
        """The parts of a chain that can be folded: each as long as it can be."""
        found: list[tuple[Sequence[str], str, SpecData]] = []
        start = 0
        while start < len(chain) - 1:
            ends = [len(chain), *range(min(len(chain) - 1, start + _PATIENCE), start + 1, -1)]
            for end in ends:
                folded = self._folded(chain[start:end])
                if folded is not None:
                    found.append((chain[start:end], *folded))
                    start = end - 1
                    break
            start += 1
        return found

    def _folded(self, links: Sequence[str]) -> tuple[str, SpecData] | None:
        """The node that a chain is, and its name; None if it is better left as it is."""
        nodes = [self.scope.nodes[key] for key in links]
        counts = range(len(links))
        names = [str(node.get("name", key)) for node, key in zip(nodes, links, strict=True)]
        is_layer = nodes[0]["type"] not in self.named
        own = self._own_name(names, links) if is_layer else None
        written: SpecData = {"type": nodes[0]["type"]}
        try:
            if is_layer and own is None:
                written["name"] = series(names, "index", counts)
            for argument in nodes[0]:
                if argument not in ("type", "name", "inputs", "call"):
                    written[argument] = series([node[argument] for node in nodes], "index", counts)
        except NoSeriesError:
            return None
        lists = sum(map(is_list, written.values()))
        if is_list(written.get("name")) or is_list(written.get("prefix")):
            return None
        if lists > (self.most_lists if len(links) >= _FEW else 0):
            return None
        written["repeat"] = len(links)
        if "call" in nodes[0]:
            written["call"] = nodes[0]["call"]
        if len(repr(written)) > sum(len(repr(node)) for node in nodes):
            return None
        return own or self._key(links), {**written, "inputs": nodes[0]["inputs"]}

    def _own_name(self, names: Sequence[str], links: Sequence[str]) -> str | None:
        """The name of the node, if the copies are named after it by themselves."""
        stem, dot, number = names[0].rpartition(".")
        if not dot or number != "1" or not NAME.fullmatch(stem) or (stem in self.scope.nodes and stem not in links):
            return None
        if links[-1] in self.scope.kept:
            return None
        return stem if list(names) == [f"{stem}.{count + 1}" for count in range(len(names))] else None

    def _key(self, links: Sequence[str]) -> str:
        """A name for the node: that of the last link, if it must stay, or else what all have in common."""
        if links[-1] in self.scope.kept:
            return links[-1]
        stem = common_beginning(links).rstrip("0123456789_-.")
        return node_name_of(stem) if stem else links[0]

    def _replace(self, folded: Mapping[str, tuple[Sequence[str], str, SpecData]]) -> None:
        """Put the nodes that chains are in the place of their first links."""
        gone = {link for links, _, _ in folded.values() for link in links}
        taken = set(self.scope.nodes) - gone | self.scope.kept
        nodes: SpecData = {}
        names: dict[str, str] = {}
        moves: dict[tuple[str, ...], tuple[str, ...]] = {}
        for name, each in self.scope.nodes.items():
            if name in folded:
                links, wanted, node = folded[name]
                key = links[-1] if links[-1] in self.scope.kept or wanted in taken else wanted
                key = key if key in self.scope.kept else free(key, taken)
                taken.add(key)
                nodes[key] = node
                names[links[-1]] = key
                moves |= {(*self.scope.path, link): (*self.scope.path, key) for link in links}
            elif name not in gone:
                nodes[name] = each
        self.homes.move(moves)
        self.scope.put(nodes, names)


def _form(node: SpecData) -> Any:
    """What two copies have in common, besides what flows in."""
    return node.get("type"), sorted(set(node) - {"name"}), node.get("call")


def _flowing_in(node: SpecData) -> tuple[str | None, list[Any]]:
    """The first reference, and the rest of what flows in."""
    inputs = node.get("inputs")
    if isinstance(inputs, str):
        return inputs, []
    if isinstance(inputs, list) and inputs and isinstance(inputs[0], str):
        return inputs[0], inputs[1:]
    return None, []
