"""Nodes that are alike but for a number or a word in their names, and for what goes with it → `for`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import Any

from spec_compiler.catalog.spec_values import SpecData
from spec_compiler.emitting.spec.folding.references import free
from spec_compiler.emitting.spec.folding.scope import FoldingScope, Homes, is_known
from spec_compiler.emitting.spec.folding.series import NoSeriesError, counted, literal, parts_of, series

_LEFT = ("repeat", "for", "when", "use", "layer", "layers", "cell", "cells", "backward_layer")
"""The keys of nodes that are left as they are."""

_FEWEST = 3
"""So many copies are needed, for it to be read more easily than the nodes."""

_MOST_VALUES = 2
"""So many variables have values of their own beside that in the name at most."""

_MOST_SCATTERED = 5
"""So many copies are counted by numbers that do not go on in steps at most."""

_RESERVED = ("index",)


@dataclass
class Variations:
    """What writes nodes that vary regularly as one node each.

    Attributes:
        scope: The nodes.
        homes: Where each node has come to stand.
        named: Of each block, whether it names its layers by its params.
    """

    scope: FoldingScope
    homes: Homes
    named: Mapping[str, bool]

    def fold(self) -> None:
        """Fold all such nodes, those first of which there are most."""
        if self.scope.is_closed:
            return
        gone: set[str] = set()
        for (_, rest), members in sorted(self._groups().items(), key=lambda each: -len(each[1])):
            left = [member for member in members if member[0] not in gone]
            for few in (left, left[1:]):
                folded = self._folded(few, rest) if len(few) >= _FEWEST else None
                if folded is not None:
                    self._replace([key for key, _ in few], *folded)
                    gone |= {key for key, _ in few}
                    break

    def _groups(self) -> dict[Any, list[tuple[str, str]]]:
        """The nodes that are alike but for one part of their names, with that part."""
        groups: dict[Any, list[tuple[str, str]]] = {}
        for key, node in self.scope.nodes.items():
            if key in self.scope.kept or any(name in node for name in _LEFT) or "type" not in node:
                continue
            if node["type"] == "Input" or not is_known(node["type"], self.named):
                continue
            form = node["type"], tuple(sorted(node)), repr(node.get("call")), _shape(node.get("inputs"))
            parts = parts_of(key)
            # Which part counts the copies is not known yet: the node is in a group for each.
            for place, part in enumerate(parts):
                if part.isalnum():
                    rest = *parts[:place], None, *parts[place + 1 :]
                    groups.setdefault((form, rest), []).append((key, part))
        return groups

    def _folded(self, members: Sequence[tuple[str, str]], rest: Sequence[str | None]) -> tuple[str, SpecData] | None:
        """The node that some nodes are, and its name."""
        nodes = [self.scope.nodes[key] for key, _ in members]
        parts = [part for _, part in members]
        is_counted = all(part.isdecimal() and str(int(part)) == part for part in parts)
        values: list[Any] = [int(part) for part in parts] if is_counted else list(parts)
        if is_counted and len(values) > _MOST_SCATTERED and counted(values, "i", list(range(len(values)))) is None:
            return None
        variable, key = self._key(rest, is_counted)
        loop = _Loop(variable, values)
        written: SpecData = {"type": nodes[0]["type"]}
        try:
            if nodes[0]["type"] not in self.named and any("name" in node for node in nodes):
                written["name"] = loop.value("name", [node["name"] for node in nodes])
            for argument in nodes[0]:
                if argument not in ("type", "name", "inputs", "call"):
                    written[argument] = loop.value(argument, [node[argument] for node in nodes])
            if "inputs" in nodes[0]:
                written["inputs"] = loop.inputs([node["inputs"] for node in nodes])
        except NoSeriesError:
            return None
        if "call" in nodes[0]:
            written["call"] = nodes[0]["call"]
        folded = {"for": loop.as_data(), **written}
        return (key, folded) if len(repr(folded)) < sum(len(repr(node)) for node in nodes) else None

    def _key(self, rest: Sequence[str | None], is_counted: bool) -> tuple[str, str]:
        """The variable, and the name of the node with it, which no other node has."""
        for variable in chain("ijk" if is_counted else (), ("part", "word"), map("part_{}".format, count(2))):
            key = "".join(f"${{{variable}}}" if part is None else part for part in rest)
            if key not in self.scope.nodes:
                return variable, key
        raise AssertionError("there is always another name")

    def _replace(self, keys: Sequence[str], name: str, node: SpecData) -> None:
        nodes: SpecData = {}
        for key, each in self.scope.nodes.items():
            if key == keys[0]:
                nodes[name] = node
            elif key not in keys:
                nodes[key] = each
        self.homes.move({(*self.scope.path, key): (*self.scope.path, name) for key in keys})
        self.scope.nodes = nodes


def _shape(inputs: Any) -> Any:
    """How what flows in is written, without the references themselves."""
    if isinstance(inputs, list):
        return tuple(map(_shape, inputs))
    if isinstance(inputs, dict):
        return tuple((name, _shape(value)) for name, value in inputs.items())
    return "reference" if isinstance(inputs, str) else repr(inputs)


class _Loop:
    """The variables of a node with `for`, and what is written with them."""

    def __init__(self, variable: str, values: Sequence[Any]) -> None:
        self.variable = variable
        self.values = values
        self.others: dict[str, list[Any]] = {}

    def value(self, argument: str, values: Sequence[Any]) -> Any:
        """The value of an argument in all copies."""
        found = self._regular(values)
        return f"${{{self._other(argument, values)}}}" if found is None else found

    def inputs(self, values: Sequence[Any]) -> Any:
        """What flows into all copies."""
        if isinstance(values[0], list):
            return [self.inputs(column) for column in zip(*values, strict=True)]
        if isinstance(values[0], dict):
            return {name: self.inputs([value[name] for value in values]) for name in values[0]}
        found = self._regular(values)
        if found is None:
            raise NoSeriesError
        return found

    def _regular(self, values: Sequence[Any]) -> Any:
        """A value as it is in all copies, or as it follows from the variable; None if it does not."""
        if len(set(map(repr, values))) == 1:
            return values[0]
        if all(isinstance(value, str) for value in values):
            split = list(map(parts_of, values))
            if len(set(map(len, split))) == 1:
                written = [self._part(column) for column in zip(*split, strict=True)]
                return None if None in written else "".join(map(str, written))
            return None
        if isinstance(self.values[0], int):
            try:
                return series(values, self.variable, list(self.values))
            except NoSeriesError:
                return None
        return None

    def _part(self, column: Sequence[str]) -> str | None:
        if len(set(column)) == 1:
            return column[0]
        if list(column) == [str(value) for value in self.values]:
            return f"${{{self.variable}}}"
        if isinstance(self.values[0], int) and all(part.isdecimal() and str(int(part)) == part for part in column):
            try:
                return str(series(list(map(int, column)), self.variable, list(self.values)))
            except NoSeriesError:
                return None
        return None

    def _other(self, argument: str, values: Sequence[Any]) -> str:
        """A variable with values of its own."""
        for name, known in self.others.items():
            if repr(known) == repr(list(values)):
                return name
        if len(self.others) == _MOST_VALUES or any(literal(value) is None for value in values):
            raise NoSeriesError
        name = free(argument, {*self.others, self.variable, *_RESERVED})
        self.others[name] = list(values)
        return name

    def as_data(self) -> SpecData:
        """What stands under `for`."""
        if self.others:
            rows = [list(row) for row in zip(self.values, *self.others.values(), strict=True)]
            return {", ".join((self.variable, *self.others)): rows}
        if list(self.values) == list(range(len(self.values))):
            return {self.variable: len(self.values)}
        return {self.variable: list(self.values)}
