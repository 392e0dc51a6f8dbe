"""How the layers of runs of nodes are named: what all have alike, and what is each run's own."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from spec_compiler.emitting.spec.folding.references import free, holds_expression
from spec_compiler.emitting.spec.folding.series import parts_of
from spec_compiler.language.names import NAME, node_name_of

_SEPARATORS = "._-"

_NUMBERED = re.compile(r"([0-9]+)[._-]+([A-Za-z].*)")

_MOST_PARTS = 2
"""So many parts of names are params at most, where names do not begin alike."""


@dataclass(frozen=True)
class Naming:
    """The names of the layers of some runs.

    Attributes:
        templates: The name of each layer in a run, with params in it; None of a node that makes no layer itself.
        values: The values of these params, by run.
        keys: What the runs are called.
        prefixed: Whether each run has a beginning of its own, which is the only param.
        inner: What the nodes in the block are called.
    """

    templates: tuple[str | None, ...]
    values: dict[str, tuple[Any, ...]]
    keys: tuple[str, ...]
    prefixed: bool
    inner: tuple[str, ...]

    def are_those_of_copies(self, nodes: Collection[str]) -> bool:
        """Whether the copies of a block are so named by themselves, beside the other nodes."""
        keys = all(NAME.fullmatch(key) and key not in nodes for key in self.keys)
        ends = [template.removeprefix("${prefix}") if template is not None else "" for template in self.templates]
        return self.prefixed and keys and all(end.startswith(".") and NAME.fullmatch(end[1:]) for end in ends)


def naming_of(runs: Sequence[Sequence[str | None]], kinds: Sequence[str]) -> Naming | None:
    """How the layers of some runs are named; None if not in one way.

    Args:
        runs: The names of the layers in each run; None for a node that makes no layer itself.
        kinds: The types of the nodes in a run.
    """
    return _by_beginning(runs, kinds) or _by_parts(runs, kinds)


def _by_beginning(runs: Sequence[Sequence[str | None]], kinds: Sequence[str]) -> Naming | None:
    named = [[name for name in run if name is not None] for run in runs]
    if not named[0]:
        return None
    beginnings = tuple(map(_beginning, named))
    rests = {
        tuple(name[len(beginning) :] if name is not None else None for name in run)
        for run, beginning in zip(runs, beginnings, strict=True)
    }
    if len(rests) != 1 or "" in beginnings or len(set(beginnings)) < len(beginnings):
        return None
    (ends,) = rests
    if any(holds_expression(end) for end in ends) or any("${" in part and "}" not in part for part in beginnings):
        return None
    templates = tuple(None if end is None else f"${{prefix}}{end}" for end in ends)
    return Naming(templates, {"prefix": beginnings}, beginnings, True, _inner_names([end or "" for end in ends], kinds))


def _by_parts(runs: Sequence[Sequence[str | None]], kinds: Sequence[str]) -> Naming | None:
    """Names with one part each that differs from run to run, in few ways."""
    found = _Parts()
    templates: list[str | None] = []
    words: list[str] = []
    for names in zip(*runs, strict=True):
        written = [name for name in names if name is not None]
        if len(written) < len(names):
            if written:
                return None
            templates.append(None)
            words.append("")
            continue
        template, word = found.template(written)
        templates.append(template)
        words.append(word)
        if len(found.values) > _MOST_PARTS:
            return None
    if not found.values:
        return None
    keys = tuple(_key_of([name for name in run if name is not None]) for run in runs)
    return Naming(tuple(templates), found.values, keys, False, _inner_names(words, kinds))


@dataclass
class _Parts:
    """The parts in which names differ: the param of each, and its values by run."""

    values: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def template(self, names: Sequence[str]) -> tuple[str, str]:
        """The name of a layer in a run with a param in it, and what is left of it without."""
        split = [parts_of(name) for name in names]
        before = _alike(split)
        after = _alike([parts[::-1][: len(parts) - before] for parts in split])
        middles = tuple("".join(parts[before : len(parts) - after]) for parts in split)
        head, tail = "".join(split[0][:before]), "".join(split[0][len(split[0]) - after :])
        return f"{head}${{{self._expression(middles)}}}{tail}", f"{head.rstrip(_SEPARATORS)}{tail}"

    def _expression(self, middles: tuple[str, ...]) -> str:
        if all(middle.isdecimal() and str(int(middle)) == middle for middle in middles):
            return shared_param(self.values, tuple(map(int, middles)), "number")
        return shared_param(self.values, middles, "tag")


def shared_param(known: dict[str, tuple[Any, ...]], values: tuple[Any, ...], name: str) -> str:
    """The param that has some values by run, or an expression in one from which they are a number apart."""
    for param, others in known.items():
        if others == values and list(map(type, others)) == list(map(type, values)):
            return param
        if all(type(each) is int for each in (*values, *others)):
            apart = {value - other for value, other in zip(values, others, strict=True)}
            if len(apart) == 1 and param.startswith("number"):
                (difference,) = apart
                return f"{param} {'+' if difference > 0 else '-'} {abs(difference)}"
    new = free(name, known)
    known[new] = values
    return new


def _alike(split: Sequence[Sequence[str]]) -> int:
    """How many parts all begin with, none of which is an expression."""
    count = 0
    for column in zip(*split, strict=False):
        if len(set(column)) > 1 or column[0].startswith("$"):
            break
        count += 1
    return count


def _key_of(names: Sequence[str]) -> str:
    """What a run is called: as the last of its layers."""
    return names[-1]


def _beginning(names: Sequence[str]) -> str:
    """What some names begin with, up to where a word ends in all of them."""
    common = common_beginning(names)
    if all(name[len(common) :][:1] in ("", *_SEPARATORS) for name in names):
        return common
    return common[: max(map(common.rfind, _SEPARATORS)) + 1].rstrip(_SEPARATORS)


def common_beginning(names: Sequence[str]) -> str:
    """What some names begin with."""
    first, last = min(names), max(names)
    length = next((number for number, pair in enumerate(zip_longest(first, last)) if pair[0] != pair[1]), len(first))
    return first[:length]


def _inner_names(words: Sequence[str], kinds: Sequence[str]) -> tuple[str, ...]:
    """The names of the nodes in a block, after how the names of their layers go on, or after their types."""
    found: list[str] = []
    for word, kind in zip(words, kinds, strict=True):
        wanted = word.strip(_SEPARATORS) or kind.rpartition(">")[2].lower().removesuffix("_block")
        numbered = _NUMBERED.fullmatch(wanted)
        wanted = f"{numbered[2]}_{numbered[1]}" if numbered is not None else wanted
        found.append(free(node_name_of(wanted), set(found)))
    return tuple(found)
