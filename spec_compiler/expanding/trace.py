"""What expansion works out on its way and does not keep, for editors: what expressions give, what names stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from spec_compiler.graph.flat import FlatOperand
from spec_compiler.graph.scopes import Scope
from spec_compiler.spans import Place

_MOST_OF_ONE = 1_000
_MOST = 50_000


class Evaluated(NamedTuple):
    """An expression in one of the copies of what it stands in: where it begins in its text, and what it gives."""

    start: int
    scope: Scope
    value: Any


@dataclass
class ExpansionTrace:
    """What one expansion has worked out. It is bounded: of very many copies, the first are kept.

    Attributes:
        values: What the expressions in a text give, by the place of the text, a copy after another.
        names: What the names stand for that references can use in a graph, by the scope of the graph.
    """

    values: dict[Place, list[Evaluated]] = field(default_factory=dict)
    names: dict[Scope, Mapping[str, tuple[FlatOperand, ...]]] = field(default_factory=dict)
    _left: int = _MOST

    def note_value(self, place: Place, start: int, scope: Scope, value: Any) -> None:
        """Keep what an expression gives in a copy."""
        found = self.values.setdefault(place, [])
        if self._left > 0 and len(found) < _MOST_OF_ONE:
            self._left -= 1
            found.append(Evaluated(start, scope, value))

    def note_names(self, scope: Scope, names: Mapping[str, tuple[FlatOperand, ...]]) -> None:
        """Keep what names stand for in a graph."""
        if self._left > 0:
            self._left -= len(names)
            self.names[scope] = names
