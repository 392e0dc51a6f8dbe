"""What the spec said of what became of it: the tree of scopes.

Expansion writes out copies. A scope is what one of them came of: the whole spec, a copy of a block, one of `repeat` or
of `for`, or a block that is a shared layer. Each knows the one that it stands in, so that every later stage can tell
where a node comes from, and names, prefixes and remarks are derived instead of being kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from spec_compiler.catalog.fields import show
from spec_compiler.spans import Place

ScopeKind = Literal["spec", "for", "repeat", "block", "shared"]

_NOTHING: Mapping[str, Any] = {}  # a mapping proxy could not be pickled


class Definition(NamedTuple):
    """The node or shared layer of the spec that something comes from: its name, and where it is written."""

    name: str
    place: Place


class Maker(NamedTuple):
    """What asked for a copy: the name of the copy, where it is asked for, and in words the arguments that it got."""

    name: str
    place: Place
    arguments: str


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """One of the scopes of a spec.

    Attributes:
        kind: What it is: the `spec` itself, a copy that `for` or `repeat` made, a copy of a `block`, or the inside of
            a block that is a `shared` layer.
        name: The full name of the copy, as in `stage.2`; empty for the spec itself.
        parent: The scope that it stands in; None for the spec itself.
        key: The node (or the shared layer) that asked for it, as its scope names it.
        place: Where that is written.
        block: The block that it is a copy of; None if it is none.
        arguments: The arguments that the block got.
        variables: What an expression in it sees besides params: `index`, or the values of `for`.
        freezes: Whether its node says `trainable: false` for all that is in it.
        training: What its node says of `training` for the calls in it; None if it says nothing.
    """

    kind: ScopeKind
    name: str
    parent: Scope | None
    key: str
    place: Place
    block: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    variables: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    freezes: bool = False
    training: bool | None = None

    def path(self) -> tuple[Scope, ...]:
        """The scopes from the spec itself down to this one."""
        found: list[Scope] = []
        scope: Scope | None = self
        while scope is not None:
            found.append(scope)
            scope = scope.parent
        return tuple(reversed(found))

    @property
    def frozen_by(self) -> Scope | None:
        """The outermost scope around that is not trained; None if there is none."""
        return next((scope for scope in self.path() if scope.freezes), None)

    def with_training(self) -> tuple[Scope, ...]:
        """The scopes around that say something of `training` for its calls, the outermost first, which prevails.

        A nested model gets what a call of it says when it is called.
        """
        found: list[Scope] = []
        scope: Scope | None = self
        while scope is not None and scope.kind != "shared":
            if scope.training is not None:
                found.append(scope)
            scope = scope.parent
        return tuple(reversed(found))

    @property
    def prefix(self) -> str:
        """What the full names of the nodes in it begin with: `stage.2.` in a copy of a block."""
        graph = self.graph
        return f"{graph.name}." if graph.kind == "block" else ""

    @property
    def graph(self) -> Scope:
        """The graph that it is part of: that of the spec, of one copy of a block, or of a shared block."""
        scope = self
        while scope.kind in ("for", "repeat") and scope.parent is not None:
            scope = scope.parent
        return scope

    @property
    def is_copy(self) -> bool:
        """Whether what is in it was written once and may stand there several times."""
        return self.parent is not None

    @property
    def definition(self) -> Definition | None:
        """The node or shared layer of the spec's own graph that it comes from; None for the spec itself."""
        path = self.path()
        if len(path) == 1:
            return None
        first = path[1]
        return Definition(first.name if first.kind == "for" else first.key, first.place)

    def made_by(self) -> Iterator[Maker]:
        """What asked for each copy around, the outermost first; copies that `for` made say so by their names."""
        path = self.path()
        within = ""
        for scope, inner in zip(path, (*path[1:], None), strict=True):
            is_asked_for_again = inner is not None and scope.kind == "repeat" and inner.place == scope.place
            if scope.kind in ("repeat", "block", "shared") and not is_asked_for_again:
                given = ", ".join(f"`{name}` is {show(value)}" for name, value in scope.arguments.items())
                yield Maker(within + scope.name, scope.place.key(), given)
            if scope.kind == "shared":
                # Names begin anew inside a model of its own.
                within += f"{scope.name}."

    def is_one_of_a_number(self, place: Place) -> bool:
        """Whether `repeat` or `for` made what is written at a place: then there may be one or many of it."""
        return self.kind in ("for", "repeat") and self.place == place


def repeated_hint(node: str) -> str:
    """What to write in place of a reference to one of the copies that `repeat` makes of a node."""
    return f"only the last copy can be referred to, as `{node}`; for the others, write nodes of their own"


def spec_scope() -> Scope:
    """The scope of a spec's own graph."""
    return Scope("spec", "", None, "", Place(()))
