"""The nodes of a graph as the spec has them: in the blocks that they come of, which may stand in others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from spec_compiler.graph.graph import Node
from spec_compiler.graph.scopes import Scope
from spec_compiler.graph.typed import TypedGraph


@dataclass(frozen=True, slots=True)
class Item:
    """A node, or a block with what is in it.

    Where several that are the same follow one another or stand side by side, one item stands for all of them: each item
    inside then stands for its likes in all.

    Attributes:
        names: The nodes, or the copies of a block, that it stands for.
        block: What the block is called; None for a node.
        times: How many of those beside it it stands for.
        side_by_side: Whether these do not follow one another.
        items: What is in the block, in topological order.
    """

    names: tuple[str, ...]
    block: str | None = None
    times: int = 1
    items: tuple[Item, ...] = ()
    side_by_side: bool = False

    @property
    def name(self) -> str:
        """The name of the first that it stands for."""
        return self.names[0]

    @property
    def is_node(self) -> bool:
        """Whether it is a node and no block."""
        return self.block is None

    def leaves(self) -> Iterator[Item]:
        """The nodes in it, or itself."""
        if self.is_node:
            yield self
        for item in self.items:
            yield from item.leaves()


def items_of(graph: TypedGraph) -> tuple[Item, ...]:
    """The nodes of a graph in the blocks that they come of."""
    root = _Open("")
    opened: dict[int, _Open] = {}
    for node in graph.nodes.values():
        _home(node, root, opened).members.append(node.name)
    return rebuilt(root.item().items, _without_wrappings)


def _without_wrappings(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The items, with one block in the place of two of which one has nothing but the other in it."""
    return tuple(
        replace(item, block=f"{item.block} › {item.items[0].block}", items=item.items[0].items)
        if len(item.items) == 1 and item.items[0].items
        else item
        for item in items
    )


def joined(items: Sequence[Item]) -> Item:
    """Several items of one form as one that stands for all of them."""
    first = items[0]
    return replace(
        first,
        names=tuple(name for item in items for name in item.names),
        items=tuple(map(joined, zip(*(item.items for item in items), strict=True))),
    )


def rebuilt(items: Sequence[Item], change: Callable[[tuple[Item, ...]], tuple[Item, ...]]) -> tuple[Item, ...]:
    """The items with a change made to what stands side by side, the innermost first."""
    return change(tuple(replace(item, items=rebuilt(item.items, change)) if item.items else item for item in items))


@dataclass(slots=True)
class _Open:
    """A block that nodes are put into: their names, and the blocks inside."""

    name: str
    block: str = ""
    members: list[str | _Open] = field(default_factory=list)

    def item(self) -> Item:
        members = (member.item() if isinstance(member, _Open) else Item((member,)) for member in self.members)
        return Item((self.name,), self.block, items=tuple(members))


def _home(node: Node, root: _Open, opened: dict[int, _Open]) -> _Open:
    """The block that a node stands in, which is made with the first of its nodes."""
    home = root
    for scope in _blocks(node.scope):
        found = opened.get(id(scope))
        if found is None:
            found = opened[id(scope)] = _Open(scope.name, scope.block or "")
            home.members.append(found)
        home = found
    return home


def _blocks(scope: Scope) -> Iterator[Scope]:
    """The copies of blocks around, the outermost first, as far as they are part of one graph."""
    path = scope.path()
    inside = max((at + 1 for at, each in enumerate(path) if each.kind == "shared"), default=0)
    return (each for each in path[inside:] if each.kind == "block")
