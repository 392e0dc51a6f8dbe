"""The names that a reference can use, and what they stand for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Guess
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.expanding.budget import Budget
from spec_compiler.expanding.constants import NoConstantError, is_constant, read_constant
from spec_compiler.graph.flat import ConstantOperand, FlatOperand, NumberOperand, OutputRef, choices
from spec_compiler.graph.scopes import Scope, repeated_hint
from spec_compiler.language.names import NAME, Reference, index_of, not_evaluated, parse_reference, pattern_to_regex
from spec_compiler.language.no_value import lacks_value
from spec_compiler.spans import Place

_JOINS = {"+": "add", "-": "subtract", "*": "multiply"}
"""The types that are what an operator of Python is."""
_INDEXED = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*)(?:\[([0-9]{1,9})\]|:([0-9]{1,9}))")
"""An output as Python or TensorFlow picks it: `lstm[1]`, `lstm:1`."""


class UnresolvedError(Exception):
    """A reference that stands for nothing; a finding says why."""


class Meaning(Protocol):
    """What a name stands for: a call, a copy of a block, a bypassed node, an input of a block."""

    def sources(self, output: str | None, place: Place) -> list[FlatOperand]:
        """The tensors of a reference to it, which stands at a place; several of a block with several outputs.

        Raises:
            UnresolvedError: There is no such output, or nothing is known of it.
        """


FlatOperands = FlatOperand | tuple[FlatOperand, ...] | dict[str, FlatOperand | tuple[FlatOperand, ...]]


class Names:
    """The nodes of one graph by the names that its references use, in order of writing.

    Args:
        names: What each name stands for.
        layers: The names of shared layers, for better hints.
        findings: Where mistakes go.
        scope: Which graph it is.
        budget: What is left of the limits.
        known: Whether the nodes are known; if not, a reference that stands for nothing is no mistake of its own.
    """

    def __init__(
        self,
        names: Mapping[str, Meaning],
        layers: Iterable[str],
        findings: Findings,
        scope: Scope,
        budget: Budget,
        known: bool = True,
    ) -> None:
        self._names = names
        self._layers = frozenset(layers)
        self._findings = findings
        self._known = known
        self._scope = scope
        self._budget = budget
        self._left_out: list[re.Pattern[str]] = []

    def leave_out(self, key: str) -> None:
        """Note that the copies of a `for` are not known: a reference to what may be one of them is no mistake."""
        self._left_out.append(pattern_to_regex(re.sub(r"\$\{.*?\}", "*", key, flags=re.DOTALL)))

    def is_refused(self, name: Any) -> bool:
        """Whether a node is named so whose name is not formed as one, which is said where the node is written."""
        return isinstance(name, str) and name in self._names and not NAME.fullmatch(name)

    def seen_from(self, scope: Scope) -> Names:
        """The same names, for the references of one copy: their mistakes are that copy's."""
        if scope is self._scope:
            return self
        names = copy(self)
        names._scope = scope
        return names

    def inputs(self, value: Any, written: Any, place: Place, itself: str) -> FlatOperands:
        """What an `inputs` says.

        Args:
            value: The `inputs`, its expressions evaluated.
            written: The same as it is written: an expression may give several items of the list that it stands in.
            place: Where it is written.
            itself: The node whose `inputs` it is.

        Raises:
            UnresolvedError: Some reference in it stands for nothing.
        """
        if isinstance(value, dict) and isinstance(written, dict) and not _is_node(value):
            return self._mapping(value, written, place, itself)
        return self._one_or_several(value, written, place, itself)

    def _one_or_several(
        self, value: Any, written: Any, place: Place, itself: str
    ) -> FlatOperand | tuple[FlatOperand, ...]:
        """What a call argument is given: a list of numbers alone is one constant, any other list is several things."""
        if is_constant(value):
            return self._constant(value, place)
        return self.several(value, written, place, itself) if isinstance(value, list) else self._bare(value, place)

    def _bare(self, value: Any, place: Place) -> FlatOperand | tuple[FlatOperand, ...]:
        """A reference that stands alone: one tensor, or all outputs of a block, which may be several."""
        found = self.references(value, place)
        return found[0] if len(found) == 1 else tuple(found)

    def _mapping(self, value: dict[Any, Any], written: dict[Any, Any], place: Place, itself: str) -> FlatOperands:
        resolved: dict[str, FlatOperand | tuple[FlatOperand, ...]] = {}
        failed = False
        for key, item in value.items():
            try:
                resolved[str(key)] = self._one_or_several(item, written[key], place / key, itself)
            except UnresolvedError:
                failed = True
        if failed:
            raise UnresolvedError
        return resolved

    def several(self, items: list[Any], written: Any, place: Place, itself: str) -> tuple[FlatOperand, ...]:
        """What a list of references says; patterns stand for all other nodes that match.

        What an expression gives stands where the expression is written.

        Raises:
            UnresolvedError: Some reference in it stands for nothing.
        """
        sources: list[FlatOperand] = []
        failed = False
        is_expression = not isinstance(written, list)
        for index, item in enumerate(items):
            at = place if is_expression else place / index
            try:
                if is_constant(item):
                    sources.append(self._constant(item, at))
                elif not is_expression and isinstance(item, list) and isinstance(written[index], str):
                    sources += self.several(item, written[index], at, itself)
                else:
                    sources += self.item(item, at, itself)
            except UnresolvedError:
                failed = True
        if failed:
            raise UnresolvedError
        return tuple(sources)

    def _constant(self, value: list[Any], place: Place) -> ConstantOperand:
        """A list of numbers as a tensor.

        Raises:
            UnresolvedError: It is none.
        """
        try:
            return read_constant(value, place)
        except NoConstantError as error:
            self._say(codes.BAD_CONSTANT, error.message, place, hint=error.hint)
            raise UnresolvedError from None

    def item(self, item: Any, place: Place, itself: str) -> list[FlatOperand]:
        """What one item of a list says: a node, a number, or all other nodes that match a pattern.

        Raises:
            UnresolvedError: It stands for nothing.
        """
        reference = _pattern(item)
        if reference is None:
            return self.references(item, place)
        found = self._matches(reference, place, itself)
        return [source for name in found for source in self._names[name].sources(reference.output, place)]

    def matching(self, item: Any, place: Place) -> list[Any]:
        """The references that an item of a list stands for: itself, or as a pattern those to all nodes that match.

        Raises:
            UnresolvedError: No node matches.
        """
        reference = _pattern(item)
        if reference is None:
            return [item]
        found = self._matches(reference, place)
        return [str(reference._replace(node=name)) for name in found]

    def _matches(self, pattern: Reference, place: Place, itself: str | None = None) -> list[str]:
        regex = pattern_to_regex(pattern.node)
        self._budget.steps(place, len(self._names))
        found = [name for name in self._names if name != itself and regex.fullmatch(name)]
        if not found and self._left_out:
            raise UnresolvedError
        if not found:
            self._say(codes.EMPTY_PATTERN, f"the pattern {show(str(pattern))} matches no node", place)
            raise UnresolvedError
        self._budget.arrows(place, len(found))
        return found

    def single(self, value: Any, place: Place) -> FlatOperand:
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
                hint=f"pick one: {', '.join(f'`{choice}`' for choice in choices(found)[:6])}"
                if choices(found)
                else None,
            )
            raise UnresolvedError
        return found[0]

    def references(self, value: Any, place: Place) -> list[FlatOperand]:
        """What one reference or number says: one tensor, or all outputs of a block.

        Raises:
            UnresolvedError: It stands for nothing.
        """
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return [NumberOperand(value, place)]
        if lacks_value(value):
            raise UnresolvedError
        if not isinstance(value, str):
            hint = None
            if isinstance(value, bool):
                hint = "an option of the call, such as `training`, stands under `call`"
            elif _is_node(value):
                hint = "a node stands under `nodes`, by a name of its own: write it there, and that name here"
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
                hint=not_evaluated(value)
                or _reference_meant(value)
                or "a reference is the name of a node, and a dot with the output where it has several",
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
        self._budget.steps(place, len(self._left_out))
        if not self._known or any(each.fullmatch(reference.node) for each in self._left_out):
            raise UnresolvedError
        if reference.node in self._layers:
            self._say(
                codes.UNKNOWN_REFERENCE,
                f"`{reference.node}` is a shared layer, and a reference names a node",
                place,
                hint=f"call it from a node, `{{use: {reference.node}, inputs: …}}`, and refer to that",
            )
            raise UnresolvedError
        message = f"no node is named `{reference.node}`"
        if reference.node.startswith("x-"):
            hint = "keys that begin with `x-` are the author's own, and make no nodes"
            self._say(codes.UNKNOWN_REFERENCE, message, place, hint=hint)
        else:
            guess = Guess(partial(self._guess, reference), len(self._names))
            self._findings.add(codes.UNKNOWN_REFERENCE, message, place, guess=guess, scope=self._scope)
        raise UnresolvedError

    def _guess(self, reference: Reference) -> tuple[str | None, str | None]:
        """What a reference to no node may have meant."""
        hint, fix = did_you_mean(reference.node, self._names)
        block = self._scope.graph.block
        if hint is None and block is not None:
            hint = (
                "a block sees its own nodes and inputs, and nothing of the spec's: "
                f"name what flows in under `inputs` of `{block}`"
            )
        if fix is not None and reference.output is not None:
            fix = f"{fix}.{reference.output}"
        return hint, fix

    def output_index(
        self,
        node: str,
        output: str,
        outputs: Sequence[str],
        place: Place,
        *,
        inside: Collection[str] = (),
        is_repeated: bool = False,
    ) -> int:
        """The index of the output of a block that a reference picks by its name or its number.

        `inside` are the nodes of the block, which only itself can refer to.

        Raises:
            UnresolvedError: There is none.
        """
        if output in outputs:
            return outputs.index(output)
        if (index := index_of(output, len(outputs))) is not None:
            return index
        hint, close = did_you_mean(output, outputs)
        if is_repeated and output.isdecimal():
            hint = repeated_hint(node)
        elif output in inside:
            close = None
            hint = "it is a node inside: what is outside sees it only if the block names it under `outputs`"
        listed = ", ".join(f"`{name}`" for name in outputs)
        self._say(
            codes.UNKNOWN_OUTPUT,
            f"`{node}` has the output{'s' * (len(outputs) > 1)} {listed}, and no `{output}`",
            place,
            hint,
            f"{node}.{close}" if close else None,
        )
        raise UnresolvedError

    def _say(self, code: Any, message: str, place: Place, hint: str | None = None, fix: Any = None) -> None:
        self._findings.add(code, message, place, hint=hint, fix=fix, scope=self._scope)


def _pattern(item: Any) -> Reference | None:
    """The reference that an item is, if it has a pattern for a node."""
    reference = parse_reference(item) if isinstance(item, str) else None
    return reference if reference is not None and reference.is_pattern else None


def _is_node(value: Any) -> bool:
    """Whether a node is written out where a reference is wanted: no argument of a call is called as a node's keys."""
    return isinstance(value, dict) and bool({"type", "use"} & value.keys())


def _reference_meant(text: str) -> str | None:
    """What to write for a reference that is written as in Python, TensorFlow or a shell, or as several in one text."""
    if found := _INDEXED.fullmatch(text):
        return f"to pick an output, write its number after a dot: `{found[1]}.{found[2] or found[3]}`"
    if text.startswith("$") and parse_reference(text[1:]) is not None:
        return f"a reference is a name alone: write `{text[1:]}`"
    if (listed := _references(text, ",")) is not None:
        return f"several references stand in a list: `[{', '.join(listed)}]`"
    if _references(text, "->") is not None:
        return "arrows stand under `edges`, and wire nodes that have no `inputs`"
    for operator, kind in _JOINS.items():
        if (joined := _references(text, f" {operator} ")) is not None:
            return f"what joins tensors is a node of its own: `{{type: {kind}, inputs: [{', '.join(joined)}]}}`"
    if "*" in text.partition(".")[2]:
        return (
            "a pattern stands for names of nodes, and may pick one output of each: `step_*`, `step_*.skip`; "
            "of the copies that `repeat` makes, only the last can be referred to"
        )
    return None


def _references(text: str, separator: str) -> list[str] | None:
    """The references that a text has between separators; None if it has no two, or what is between them is none."""
    parts = [part.strip() for part in text.split(separator)]
    return parts if len(parts) > 1 and all(map(parse_reference, parts)) else None


def pick(source: FlatOperand, output: str | None, place: Place, choice: str | None = None) -> FlatOperand:
    """A source as a reference at another place names it, with the output that the reference picks.

    `choice` is the reference that would pick it, where it is one of several.

    Raises:
        UnresolvedError: An output of an output.
    """
    if not isinstance(source, OutputRef):
        return replace(source, place=place)
    if output is not None and source.output is not None:
        raise UnresolvedError
    return OutputRef(source.node, source.output if output is None else output, place, choice)
