"""The names that a reference can use, and what they stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Remark
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.expanding.flat import Number, Source, Wire
from spec_compiler.language.names import Reference, parse_reference, pattern_to_regex
from spec_compiler.spans import Place


class UnresolvedError(Exception):
    """A reference that stands for nothing; a finding says why."""


class Meaning(Protocol):
    """What a name stands for: a call, a copy of a block, a bypassed node, an input of a block."""

    def sources(self, output: str | None, place: Place) -> list[Source]:
        """The tensors of a reference to it, which stands at a place; several of a block with several outputs.

        Raises:
            UnresolvedError: There is no such output, or nothing is known of it.
        """


Wires = Source | tuple[Source, ...] | dict[str, Source | tuple[Source, ...]]


class Scope:
    """The nodes of one graph by the names that its references use, in order of writing.

    Args:
        names: What each name stands for.
        layers: The names of shared layers, for better hints.
        findings: Where mistakes go.
        known: Whether the nodes are known; if not, a reference that stands for nothing is no mistake of its own.
        asked: Who asked for the copy of the block that this is the graph of.
    """

    def __init__(
        self,
        names: Mapping[str, Meaning],
        layers: Iterable[str],
        findings: Findings,
        known: bool = True,
        asked: tuple[Remark, ...] = (),
    ) -> None:
        self._names = names
        self._layers = frozenset(layers)
        self._findings = findings
        self._known = known
        self._asked = asked

    def wiring(self, value: Any, place: Place, itself: str) -> Wires:
        """What an `inputs` says.

        Raises:
            UnresolvedError: Some reference in it stands for nothing.
        """
        if isinstance(value, dict):
            return self._mapping(value, place, itself)
        if isinstance(value, list):
            return self.several(value, place, itself)
        return self._bare(value, place)

    def _bare(self, value: Any, place: Place) -> Source | tuple[Source, ...]:
        """A reference that stands alone: one tensor, or all outputs of a block, which may be several."""
        found = self.references(value, place)
        return found[0] if len(found) == 1 else tuple(found)

    def _mapping(self, value: dict[Any, Any], place: Place, itself: str) -> Wires:
        resolved: dict[str, Source | tuple[Source, ...]] = {}
        failed = False
        for key, item in value.items():
            try:
                if isinstance(item, list):
                    resolved[str(key)] = self.several(item, place / key, itself)
                else:
                    resolved[str(key)] = self._bare(item, place / key)
            except UnresolvedError:
                failed = True
        if failed:
            raise UnresolvedError
        return resolved

    def several(self, items: list[Any], place: Place, itself: str) -> tuple[Source, ...]:
        """What a list of references says; patterns stand for all other nodes that match.

        Raises:
            UnresolvedError: Some reference in it stands for nothing.
        """
        sources: list[Source] = []
        failed = False
        for index, item in enumerate(items):
            try:
                sources += self.item(item, place / index, itself)
            except UnresolvedError:
                failed = True
        if failed:
            raise UnresolvedError
        return tuple(sources)

    def item(self, item: Any, place: Place, itself: str) -> list[Source]:
        """What one item of a list says: a node, a number, or all other nodes that match a pattern.

        Raises:
            UnresolvedError: It stands for nothing.
        """
        reference = parse_reference(item) if isinstance(item, str) else None
        if reference is None or not reference.is_pattern:
            return self.references(item, place)
        regex = pattern_to_regex(reference.node)
        found = [name for name in self._names if name != itself and regex.fullmatch(name)]
        if not found:
            self._say(codes.EMPTY_PATTERN, f"the pattern {show(item)} matches no node", place)
            raise UnresolvedError
        return [source for name in found for source in self._names[name].sources(reference.output, place)]

    def single(self, value: Any, place: Place) -> Source:
        """What one reference or number says, where it must be one tensor.

        Raises:
            UnresolvedError: It stands for nothing, or for several.
        """
        found = self.references(value, place)
        if len(found) != 1:
            self._say(
                codes.SEVERAL_OUTPUTS,
                f"one tensor is taken here, and `{value}` has {len(found)} outputs",
                place,
                hint="pick one, with a dot and its name",
            )
            raise UnresolvedError
        return found[0]

    def references(self, value: Any, place: Place) -> list[Source]:
        """What one reference or number says: one tensor, or all outputs of a block.

        Raises:
            UnresolvedError: It stands for nothing.
        """
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return [Number(value, place)]
        if not isinstance(value, str):
            hint = "an option of the call, such as `training`, stands under `call`" if isinstance(value, bool) else None
            self._say(codes.WRONG_TYPE, f"a reference is the name of a node, not {show(value)}", place, hint=hint)
            raise UnresolvedError
        if (found := self._names.get(value)) is not None:
            return found.sources(None, place)
        reference = parse_reference(value)
        if reference is None:
            self._say(
                codes.BAD_REFERENCE,
                f"{show(value)} is not formed as a reference",
                place,
                hint="a reference is the name of a node, and a dot with the output where it has several",
            )
            raise UnresolvedError
        if reference.is_pattern:
            self._say(
                codes.BAD_REFERENCE,
                f"the pattern {show(value)} stands for several nodes, and may only be an item of a list",
                place,
                hint=f'write `["{value}"]`',
                fix=[value],
            )
            raise UnresolvedError
        return self._meaning(reference, place).sources(reference.output, place)

    def _meaning(self, reference: Reference, place: Place) -> Meaning:
        found = self._names.get(reference.node)
        if found is not None:
            return found
        if not self._known:
            raise UnresolvedError
        if reference.node in self._layers:
            self._say(
                codes.UNKNOWN_REFERENCE,
                f"`{reference.node}` is a shared layer, and a reference names a node",
                place,
                hint=f"call it from a node, `{{use: {reference.node}, inputs: …}}`, and refer to that",
            )
            raise UnresolvedError
        hint, fix = did_you_mean(reference.node, self._names)
        if reference.node.startswith("x-"):
            hint, fix = "keys that begin with `x-` are the author's own, and make no nodes", None
        if fix is not None and reference.output is not None:
            fix = f"{fix}.{reference.output}"
        self._say(codes.UNKNOWN_REFERENCE, f"no node is named `{reference.node}`", place, hint=hint, fix=fix)
        raise UnresolvedError

    def _say(self, code: Any, message: str, place: Place, hint: str | None = None, fix: Any = None) -> None:
        self._findings.add(code, message, place, hint=hint, fix=fix, related=self._asked)


def pick(source: Source, output: str | None, place: Place) -> Source:
    """A source as a reference at another place names it, with the output that the reference picks.

    Raises:
        UnresolvedError: An output of an output.
    """
    if not isinstance(source, Wire):
        return Number(source.value, place)
    if output is not None and source.output is not None:
        raise UnresolvedError
    return Wire(source.node, source.output if output is None else output, place)
