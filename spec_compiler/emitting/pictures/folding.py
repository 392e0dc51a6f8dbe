"""Which blocks of a picture are open: by level, by name, and as far as there is room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.emitting.pictures.errors import UnknownBlockError
from spec_compiler.emitting.pictures.items import Item
from spec_compiler.emitting.pictures.options import PictureOptions

ROOM = 40
"""So many boxes are shown where no depth is asked for: about as many as are legible on a page."""


class Folding:
    """Which blocks are open.

    Args:
        graphs: The items of each graph that the picture shows, by what the names in it begin with.
        options: What is asked for.

    Raises:
        UnknownBlockError: A block is to be folded or unfolded that is not there.
    """

    def __init__(self, graphs: Sequence[tuple[str, tuple[Item, ...]]], options: PictureOptions) -> None:
        self._graphs = graphs
        self._folded = frozenset(path[-1] for path in self._named(options.fold))
        self._unfolded = frozenset(block for path in self._named(options.unfold) for block in path)
        self._depth = options.depth or self._deepest_with_room()

    def is_open(self, item: Item, level: int) -> bool:
        """Whether a block that stands on a level, the first being 1, is open."""
        return self._is_open(item, level, self._depth)

    def _is_open(self, item: Item, level: int, depth: int) -> bool:
        if id(item) in self._folded:
            return False
        return level < depth or id(item) in self._unfolded

    def _deepest_with_room(self) -> int:
        depth = 1
        deepest = max((_levels(items) for _, items in self._graphs), default=1)
        while depth < deepest and self._boxes(depth + 1) <= ROOM:
            depth += 1
        return depth

    def _boxes(self, depth: int) -> int:
        """How many boxes there are that have none inside."""
        return sum(self._boxes_of(items, 1, depth) for _, items in self._graphs)

    def _boxes_of(self, items: Iterable[Item], level: int, depth: int) -> int:
        return sum(
            self._boxes_of(item.items, level + 1, depth) if item.items and self._is_open(item, level, depth) else 1
            for item in items
        )

    def _named(self, names: Iterable[str]) -> Iterator[list[int]]:
        """The blocks of some names, each after those around it, by their identities."""
        for name in names:
            matches = [path for path in self._paths() if name in _names(*path[-1])]
            if not matches:
                raise UnknownBlockError(self._unknown(name))
            yield from ([id(item) for _, item in path] for path in matches)

    def _unknown(self, name: str) -> str:
        known = sorted({each for path in self._paths() for each in _names(*path[-1])})
        hint, _ = did_you_mean(name, known)
        return f"no block is named `{name}`" + (f": {hint}" if hint else "")

    def _paths(self) -> Iterator[list[tuple[str, Item]]]:
        for prefix, items in self._graphs:
            yield from _paths(prefix, items, [])


def _paths(prefix: str, items: Iterable[Item], around: list[tuple[str, Item]]) -> Iterator[list[tuple[str, Item]]]:
    """Each block, as the blocks from the outermost to it."""
    for item in items:
        if not item.is_node:
            path = [*around, (prefix, item)]
            yield path
            yield from _paths(prefix, item.items, path)


def _names(prefix: str, item: Item) -> set[str]:
    """What a block can be named by: each of its copies, what they are copies of, and the block."""
    names = {f"{prefix}{name}" for name in item.names}
    if item.times > 1:
        names |= {stem for name in names for stem, _, number in [name.rpartition(".")] if stem and number.isdecimal()}
    return names | set((item.block or "").split(" › ")) - {""}


def _levels(items: Iterable[Item]) -> int:
    return 1 + max((_levels(item.items) for item in items if item.items), default=0)
