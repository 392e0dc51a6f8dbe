"""How many nodes the copies of blocks come to, counted from the innermost block outwards before anything is copied.

Blocks of blocks multiply: twenty that have two of the one before are a million nodes. A block with certain arguments is
counted once, so that this takes as long as the blocks are written, and not as long as what they expand to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, product
from typing import Any

from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.expanding.budget import Budget, LimitExceededError
from spec_compiler.expanding.library import Block
from spec_compiler.expanding.loop_values import LoopRow, rows, variables_of
from spec_compiler.expanding.params import values
from spec_compiler.expanding.substitute import NoValueError, Variables
from spec_compiler.graph.scopes import Scope
from spec_compiler.language.spec import NODE_KEYS
from spec_compiler.limits import Limits


class NodeCounter:
    """Counts nodes. What has a mistake counts as one: the mistake is found where the node is written out.

    Args:
        limits: The limits; counting ends where that of nodes is exceeded.
    """

    def __init__(self, limits: Limits) -> None:
        self._most = limits.nodes
        self._findings = Findings()
        self._budget = Budget(self._findings, limits)
        self._known: dict[tuple[int, str], int] = {}

    def of(self, block: Block, arguments: Mapping[str, Any], scope: Scope) -> int:
        """The nodes of a copy of a block with certain arguments, the copies inside included."""
        key = id(block), repr(sorted(arguments.items(), key=lambda each: str(each[0])))
        if key not in self._known:
            self._known[key] = 1  # What a block in itself comes to is not known; that it is one, is reported elsewhere.
            self._known[key] = self._count(block, arguments, scope)
        return self._known[key]

    def _count(self, block: Block, arguments: Mapping[str, Any], scope: Scope) -> int:
        before = self._findings.errors
        nothing = Variables({}, self._findings, self._budget, scope)
        try:
            variables = values(block.params, arguments, block.place, nothing, scope)
            if self._findings.errors > before:
                return 1
            total = 1
            for value in (*block.form.layers.values(), *block.form.nodes.values()):
                total += self._node(block, value, variables, scope) if isinstance(value, Mapping) else 1
                if total > self._most:
                    break
            return total
        except (LimitExceededError, NoValueError):
            return 1

    def _node(self, block: Block, value: Mapping[str, Any], variables: Variables, scope: Scope) -> int:
        """What a node of a block comes to."""
        place = block.place
        kind = value.get("type")
        inner = block.visible.blocks.get(kind) if isinstance(kind, str) else None
        total = 0
        for seen in self._copies(value.get("for"), variables, block):
            if seen.substitute(value.get("when"), place) is False:
                continue
            times = seen.substitute(value.get("repeat"), place)
            times = times if type(times) is int else 1
            arguments = {key: item for key, item in value.items() if key not in NODE_KEYS}
            if inner is None:
                total += times
            elif not self._budget.holds_expression(arguments):
                total += times * self.of(inner, arguments, scope)
            else:
                for index in range(times):
                    given = seen.with_values({"index": index}).substitute(arguments, place)
                    total += self.of(inner, given, scope)
                    if total > self._most:
                        return total
            if total > self._most:
                return total
        return total

    def _copies(self, loops: Any, variables: Variables, block: Block) -> Iterator[Variables]:
        """What each of the copies that `for` makes sees."""
        if not isinstance(loops, Mapping):
            yield variables
            return
        ranges = [self._rows(key, variables.substitute(given, block.place)) for key, given in loops.items()]
        names = [name for key in loops for name in variables_of(key)]
        if all(each is not None for each in ranges):
            for chosen in product(*(each for each in ranges if each is not None)):
                yield variables.with_values(dict(zip(names, chain.from_iterable(chosen), strict=True)))

    def _rows(self, key: Any, given: Any) -> Iterable[LoopRow] | None:
        """What the variables of a key go through, as far as it counts: no more than the limit and one."""
        if type(given) is int:
            given = min(given, self._most + 1)
        return rows(len(variables_of(key)), given)
