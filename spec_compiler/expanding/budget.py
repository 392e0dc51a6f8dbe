"""How much one spec may expand to, counted as it is asked for and before it is made."""

from __future__ import annotations

from typing import Any

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.limits import Limits
from spec_compiler.spans import Place

_COLLECTIONS = (list, tuple, dict)
_FEW = 8
"""So many scalars are gone through faster than looked up."""


class LimitExceededError(Exception):
    """The spec asks for more than a limit; a finding says so, and nothing more is made of the spec."""


_COUNTED = {
    "nodes": ("nodes", codes.TOO_MANY_NODES, "the spec expands to more than {} nodes"),
    "edges": ("edges", codes.TOO_MANY_EDGES, "the spec expands to more than {} edges"),
    "arrows": ("edges", codes.TOO_MANY_EDGES, "the arrows and patterns of the spec stand for more than {} edges"),
    "expanded_values": (
        "expanded_values",
        codes.TOO_MUCH_EXPANDED,
        "the arguments of all nodes hold more than {} values",
    ),
    "expanded_characters": (
        "expanded_characters",
        codes.TOO_MUCH_EXPANDED,
        "the names and texts that the spec expands to hold more than {} characters",
    ),
    "steps": ("steps", codes.TOO_MUCH_EXPANDED, "the expressions and patterns of the spec take more than {} steps"),
}
"""What is counted: its limit, the code of the finding if there is more, and the sentence of it."""


class Budget:
    """What is left of the limits of a run.

    Args:
        findings: Where it is said that a limit is exceeded.
        limits: The limits.
    """

    def __init__(self, findings: Findings, limits: Limits) -> None:
        self.limits = limits
        self._findings = findings
        self._spent = dict.fromkeys(_COUNTED, 0)
        self._most = {name: getattr(limits, limit) for name, (limit, _, _) in _COUNTED.items()}
        # Lists may hold one list twice, and so on: how much each holds is worked out once. The list is kept with its
        # size, so that its identity stays its own.
        self._sizes: dict[int, tuple[Any, int]] = {}
        self._expressions: dict[int, tuple[Any, bool]] = {}

    def nodes(self, place: Place, more: int = 1) -> None:
        """Count nodes and copies of blocks.

        Raises:
            LimitExceededError: There are more than the limit.
        """
        self._spend("nodes", more, place)

    def require_nodes(self, place: Place, more: int) -> None:
        """Refuse nodes that are over the limit together with those there are; they are not counted yet.

        Raises:
            LimitExceededError: They are.
        """
        if self._spent["nodes"] + more > self.limits.nodes:
            self.nodes(place, more)

    def edges(self, place: Place, more: int) -> None:
        """Count edges.

        Raises:
            LimitExceededError: There are more than the limit.
        """
        self._spend("edges", more, place)

    def arrows(self, place: Place, more: int) -> None:
        """Count what arrows and patterns stand for; the node that takes it counts it again as its edges.

        Raises:
            LimitExceededError: There are more than the limit.
        """
        self._spend("arrows", more, place)

    def values(self, place: Place, more: int) -> None:
        """Count the values in the arguments of nodes.

        Raises:
            LimitExceededError: There are more than the limit.
        """
        self._spend("expanded_values", more, place)

    def characters(self, place: Place, more: int) -> None:
        """Count the characters of names and texts.

        Raises:
            LimitExceededError: There are more than the limit.
        """
        self._spend("expanded_characters", more, place)

    def steps(self, place: Place, more: int) -> None:
        """Count the steps of expressions, and of looking for what patterns match.

        Raises:
            LimitExceededError: There are more than the limit.
        """
        self._spend("steps", more, place)

    def _spend(self, name: str, more: int, place: Place) -> None:
        self._spent[name] += more
        if self._spent[name] > self._most[name]:
            limit, code, message = _COUNTED[name]
            hint = f"if it is meant, raise the limit with `--limit {limit}=NUMBER`"
            self._findings.add(code, message.format(self._most[name]), place, hint=hint)
            raise LimitExceededError

    def holds_expression(self, value: Any) -> bool:
        """Whether some text in a value of the spec holds an expression, at any depth; else all copies share it."""
        if isinstance(value, str):
            return "${" in value
        if not isinstance(value, _COLLECTIONS):
            return False
        items = value.values() if isinstance(value, dict) else value
        if len(items) <= _FEW:
            # As nearly always, and cheaper than to remember it.
            for item in items:
                if isinstance(item, _COLLECTIONS):
                    break
                if isinstance(item, str) and "${" in item:
                    return True
            else:
                return False
        known = self._expressions.get(id(value))
        if known is None:
            known = self._expressions[id(value)] = value, any(map(self.holds_expression, items))
        return known[1]

    def size(self, value: Any) -> int:
        """How many values a value holds, itself included, counted as often as they stand in it."""
        if not isinstance(value, _COLLECTIONS):
            return 1
        items = value.values() if isinstance(value, dict) else value
        if not any(isinstance(item, _COLLECTIONS) for item in items):
            return 1 + len(items)
        known = self._sizes.get(id(value))
        if known is None:
            known = self._sizes[id(value)] = value, 1 + sum(map(self.size, items))
        return known[1]
