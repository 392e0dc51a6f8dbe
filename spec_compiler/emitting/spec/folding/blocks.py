"""Runs of nodes that are alike → a block, and a node for each of them.

A run of nodes that follow each other, with one end, is a block where others are like it: the same types, wired alike.
The arguments in which they differ are its params, and so is what differs in the names of their layers. Runs may stand
in other blocks, and may have nodes of blocks in them. What saves most is taken first.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spec_compiler.catalog.spec_values import SpecData
from spec_compiler.emitting.spec.folding.chains import Chains
from spec_compiler.emitting.spec.folding.left_out import defaults_of
from spec_compiler.emitting.spec.folding.names import Naming, common_beginning, naming_of, shared_param
from spec_compiler.emitting.spec.folding.references import free, holds_expression, node_in, references, under
from spec_compiler.emitting.spec.folding.scope import FoldingScope, Homes, ScopePath, is_known
from spec_compiler.language.names import node_name_of

_LONGEST = 80
"""So many nodes a block has at most."""

_SHORTEST = 3

_FEW = 3

_NAMING = ("prefix", "number", "number_2", "tag", "tag_2")
"""The params that are parts of names of layers."""

_RESERVED = frozenset((
    "abs", "all", "any", "enumerate", "float", "index", "int", "items", "keys", "len", "max", "min", "range",
    "reversed", "round", "sorted", "str", "sum", "values", "zip",
))  # fmt: skip
"""What expressions know under these names is no param."""

_EXPRESSION = re.compile(r"\$\{[^}]*\}")
_COUNTED = re.compile(r"\$\{[^}]*\bindex\b")
_COUNT = re.compile(r"([^$]*)\$\{index(?: \+ ([0-9]+))?\}")
_OTHER_NAMES = re.compile(r"\b(?!index\b)[A-Za-z_]\w*")

_LEFT = ("use", "for", "when")
"""The keys of nodes that are in no block."""

_INSIDE = ("layer", "layers", "cell", "cells", "backward_layer")
"""The arguments that are layers."""

_UNNAMED = ("type", "name", "inputs", "call")


@dataclass
class BlockParams:
    """The params of a block: the values of each by run, and the arguments of each node of the block with them."""

    values: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    written: dict[int, SpecData] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """Runs of nodes that are alike.

    Attributes:
        runs: The nodes of each.
        end: Which of them others take from.
        chains: How many lines the copies take, where those that follow each other are one.
        naming: How their layers are named.
        params: The arguments in which they differ.
    """

    runs: tuple[tuple[FoldingScope, tuple[str, ...]], ...]
    end: int
    chains: int
    naming: Naming
    params: BlockParams

    @property
    def gain(self) -> int:
        """How many lines the block saves."""
        count, length = len(self.runs), len(self.runs[0][1])
        saved = (count - 1) * length - self.chains - 5 - len(self.params.values)
        # What takes one tensor can follow itself.
        return saved if len(_outside(self.runs[0][1], self.runs[0][0])) < 2 else saved * 3 // 4

    @property
    def name(self) -> str:
        """A name for the block: what the runs are called, without the number at the end."""
        if not self.naming.prefixed:
            return f"{self.naming.inner[self.end]}_block"
        common = common_beginning(self.naming.keys).rstrip("0123456789._-")
        name = node_name_of(common.replace("${prefix}", "").strip("._-")) if common else ""
        if not name:
            return "block"
        return name if name.endswith("block") else f"{name}_block"


@dataclass
class Folder:
    """What finds blocks in the nodes of a spec, and in the blocks that it has found.

    Attributes:
        scopes: The nodes of the spec, and those of each block.
        homes: Where each node has come to stand.
        taken: Names that no block may have.
        own_defaults: The types for which the spec has `defaults` of its own.
        prefix: What the names of blocks begin with.
        blocks: The blocks that were found.
        named: Of each of them, whether it names its layers by its params.
    """

    scopes: list[FoldingScope]
    homes: Homes
    taken: set[str]
    own_defaults: frozenset[str] = frozenset()
    prefix: str = ""
    blocks: SpecData = field(default_factory=dict)
    named: dict[str, bool] = field(default_factory=dict)

    def fold(self) -> None:
        """Find blocks until there are no more."""
        for scope in self.scopes:
            Chains(scope, self.homes, self.named, most_lists=0).fold()
        while self._round():
            for scope in self.scopes:
                Chains(scope, self.homes, self.named).fold()

    def _round(self) -> bool:
        """Take the blocks that one look at all nodes shows, what saves most first."""
        found: list[tuple[int, int, Found]] = []
        best = 0
        for starts, length in self._alike():
            if (len(starts) - 1) * length <= best:
                break
            candidate = self._candidate(starts, length)
            if candidate is not None and candidate.gain >= (candidate.chains == len(candidate.runs)):
                found.append((-candidate.gain, len(found), candidate))
                best = max(best, candidate.gain)
        used: set[tuple[int, str]] = set()
        for _, _, each in sorted(found):
            members = {(id(scope), key) for scope, run in each.runs for key in run}
            if members & used or (used and each.gain < best // 2):
                continue
            used |= members
            self._take(each)
        return bool(used)

    def _alike(self) -> list[tuple[list[_Start], int]]:
        """Where runs begin that are alike, and how long they are; what could save most is first."""
        alive = {-1: self._starts()}
        apart: list[tuple[list[_Start], int]] = []
        for length in range(1, _LONGEST + 1):
            alive = _still_alike(alive, length)
            if not alive:
                break
            if length >= _SHORTEST:
                chosen = (_apart(starts, length) for starts in alive.values())
                apart += [(starts, length) for starts in chosen if len(starts) > 1]
        return sorted(apart, key=lambda runs: -(len(runs[0]) - 1) * runs[1])

    def _starts(self) -> list[_Start]:
        """Where runs can begin: at every node of what is still open."""
        known: dict[Any, int] = {}
        starts: list[_Start] = []
        for scope in self.scopes:
            if not scope.is_closed and len(scope.nodes) >= _SHORTEST:
                row = _Row(scope, [self._kind(key, scope) for key in scope.nodes], known)
                starts += [_Start(row, start) for start in range(len(row.keys))]
        return starts

    def _kind(self, key: str, scope: FoldingScope) -> Any:
        """What must be alike in two nodes for them to be of one block; None of a node that cannot be in one."""
        node = scope.nodes[key]
        kind = node.get("type")
        if kind is None or kind == "Input" or key in scope.kept or any(name in node for name in _LEFT):
            return None
        if scope.is_closed or not is_known(kind, self.named):
            return None
        inside = repr([node.get(name) for name in _INSIDE])
        if "'use'" in inside or "'name'" in inside or "${" in inside:
            return None
        optional = self._defaults(kind)
        arguments = tuple(sorted(name for name in node if name not in ("name", "inputs") and name not in optional))
        return kind, arguments, repr(node.get("call")), inside

    def _candidate(self, starts: Sequence[_Start], length: int) -> Found | None:
        ends = {start.end(length) for start in starts}
        end = ends.pop()
        first = starts[0]
        if ends or end is None or _repeats(first.row.kinds[first.at : first.at + length]):
            return None
        runs = tuple((each.row.scope, tuple(each.row.keys[each.at : each.at + length])) for each in starts)
        scope, run = runs[0]
        kinds = [str(scope.nodes[key]["type"]) for key in run]
        naming = naming_of([[self._name(key, scope) for key in run] for scope, run in runs], kinds)
        if naming is not None and len(runs) > _FEW and "tag" in naming.values:
            # Keras counts layers from the second on.
            counted = naming_of([[self._name(key, scope) for key in run] for scope, run in runs[1:]], kinds)
            if counted is not None and "tag" not in counted.values:
                naming, runs = counted, runs[1:]
        if naming is None:
            return None
        try:
            params = self._params([[scope.nodes[key] for key in run] for scope, run in runs], naming)
        except _NoParamError:
            return None
        return Found(runs, end, _chains(runs, end), naming, params)

    def _name(self, key: str, scope: FoldingScope) -> str | None:
        """What the layer of a node is called; None of a node of a block."""
        node = scope.nodes[key]
        return None if node["type"] in self.named else str(node.get("name", key))

    def _params(self, runs: Sequence[Sequence[SpecData]], naming: Naming) -> BlockParams:
        """The params of a block: the parts of names, and the arguments in which the nodes differ."""
        found = BlockParams(dict(naming.values))
        for position, node in enumerate(runs[0]):
            optional = self._defaults(node["type"])
            for argument in dict.fromkeys(name for run in runs for name in run[position]):
                if argument in _UNNAMED:
                    continue
                values = tuple(run[position].get(argument, optional.get(argument)) for run in runs)
                is_naming = argument in _NAMING and node["type"] in self.named
                written = _with_params(found.values, values, argument, is_naming)
                found.written.setdefault(position, {})[argument] = written
        return found

    def _defaults(self, kind: str) -> Mapping[str, Any]:
        """The arguments that nodes of a type may leave out, and what they are then."""
        return {} if kind in self.own_defaults else defaults_of(kind)

    def _take(self, found: Found) -> None:
        """Put nodes of the block in the place of the runs."""
        name = free(f"{self.prefix}{found.name}", self.taken)
        self.taken.add(name)
        inside = {key for _, run in found.runs for key in run}
        others = {key for scope, _ in found.runs for key in scope.nodes} - inside
        by_itself = found.naming.are_those_of_copies(others) and len({id(scope) for scope, _ in found.runs}) == 1
        self.named[name] = not by_itself
        scope = self._block(name, found, by_itself)
        moves: dict[ScopePath, ScopePath] = {}
        by_scope: dict[int, list[tuple[int, tuple[str, ...]]]] = {}
        for number, (each, run) in enumerate(found.runs):
            by_scope.setdefault(id(each), []).append((number, run))
        for each in self.scopes:
            if id(each) in by_scope:
                moves |= self._put_copies(name, found, by_itself, each, by_scope[id(each)], scope)
        self.homes.move(moves)
        scope.is_closed = by_itself
        self.scopes.append(scope)

    def _put_copies(
        self,
        name: str,
        found: Found,
        by_itself: bool,
        scope: FoldingScope,
        runs: Sequence[tuple[int, tuple[str, ...]]],
        block: FoldingScope,
    ) -> dict[ScopePath, ScopePath]:
        inside = {key for _, run in runs for key in run}
        taken = set(scope.nodes) - inside
        copies: dict[str, tuple[str, SpecData]] = {}
        moves: dict[ScopePath, ScopePath] = {}
        for number, run in runs:
            wanted = found.naming.keys[number]
            key = free(node_name_of(wanted) if "$" not in wanted else run[found.end], taken)
            taken.add(key)
            outside = _outside(run, scope)
            copy: SpecData = {"type": name}
            for param, values in found.params.values.items():
                if not (by_itself and param == "prefix"):
                    copy[param] = values[number]
            copy |= {"inputs": outside if len(outside) > 1 else outside[0]} if outside else {}
            copies[run[found.end]] = key, copy
            for position, each in enumerate(run):
                inner = (*block.path, found.naming.inner[position])
                moves[*scope.path, each] = inner if number == 0 else (*scope.path, key)
        left = dict(
            copies.get(key, (key, node)) for key, node in scope.nodes.items() if key in copies or key not in inside
        )
        scope.put(left, {end: key for end, (key, _) in copies.items()})
        return moves

    def _block(self, name: str, found: Found, by_itself: bool) -> FoldingScope:
        """Write the block of some runs, as the first of them has it."""
        scope, run = found.runs[0]
        inner = found.naming.inner
        outside = _outside(run, scope)
        inputs = [free("x" if len(outside) == 1 else f"x{number + 1}", set(inner)) for number in range(len(outside))]
        known = dict(zip((*run, *outside), (*inner, *inputs), strict=True))
        nodes: SpecData = {}
        for position, key in enumerate(run):
            node = scope.nodes[key]
            written: SpecData = {"type": node["type"]}
            template = found.naming.templates[position]
            if not by_itself and template is not None:
                written["name"] = template
            written |= found.params.written.get(position, {})
            if "call" in node:
                written["call"] = node["call"]
            if "inputs" in node:
                written["inputs"] = under(node["inputs"], known)
            nodes[inner[position]] = written
        params = [param for param in found.params.values if not (by_itself and param == "prefix")]
        head: SpecData = {"params": params} if params else {}
        self.blocks[name] = {**head, "inputs": inputs, "nodes": nodes, "outputs": [inner[found.end]]}
        return FoldingScope(("blocks", name, "nodes"), nodes, outputs=[inner[found.end]])

    def as_data(self) -> SpecData:
        """The blocks, as they are once all are found; those that others are made of come after them."""
        by_path = {scope.path: scope for scope in self.scopes}
        blocks: SpecData = {}
        for name in reversed(self.blocks):
            scope = by_path["blocks", name, "nodes"]
            blocks[name] = {**self.blocks[name], "nodes": scope.nodes, "outputs": scope.outputs}
        return blocks


class _Row:
    """The nodes of a scope in order, and what each is, with what flows in by how far before it that stands."""

    def __init__(self, scope: FoldingScope, kinds: Sequence[Any], known: dict[Any, int]) -> None:
        self.scope = scope
        self.keys = list(scope.nodes)
        self.kinds = kinds
        self.place = {key: number for number, key in enumerate(self.keys)}
        self.reach: list[int] = []
        self.forms: list[int] = []
        for number, key in enumerate(self.keys):
            wiring = _wiring(scope.nodes[key].get("inputs"), self.place, number, 0, {})
            self.forms.append(known.setdefault((kinds[number], wiring), len(known)))
            sources = [self.place.get(node_in(each), -1) for each in references(scope.nodes[key].get("inputs"))]
            self.reach.append(min(sources, default=number))
        takers, picked = scope.takers(), scope.picked()
        self.picked = [key in picked for key in self.keys]
        # An output of the block is taken by what is outside of every run.
        places = [[self.place[each] if each is not None else -1 for each in takers.get(key, ())] for key in self.keys]
        self.first_taker = [min(each, default=number) for number, each in enumerate(places)]
        self.last_taker = [max(each, default=number) for number, each in enumerate(places)]


@dataclass(slots=True)
class _Start:
    """Where a run begins, and what it takes from outside so far."""

    row: _Row
    at: int
    outside: dict[str, int] = field(default_factory=dict)

    def step(self, length: int) -> Any:
        """What the last node of a run of some length is, and how it is wired; None if no block has it."""
        row, number = self.row, self.at + length - 1
        if number >= len(row.keys) or row.kinds[number] is None:
            return None
        if row.reach[number] >= self.at:
            return row.forms[number]
        inputs = row.scope.nodes[row.keys[number]].get("inputs")
        return row.kinds[number], _wiring(inputs, row.place, number, self.at, self.outside)

    def end(self, length: int) -> int | None:
        """The one node of the run that others take from; None if it is none, or several, or one output is picked."""
        row, stop = self.row, self.at + length
        taken = [
            number
            for number in range(self.at, stop)
            if row.last_taker[number] >= stop or row.first_taker[number] < self.at
        ]
        return taken[0] - self.at if len(taken) == 1 and not row.picked[taken[0]] else None


def _still_alike(alive: Mapping[int, Sequence[_Start]], length: int) -> dict[int, list[_Start]]:
    """The runs of some length that are like others, of those that were so with a node less, in groups."""
    longer: dict[tuple[int, Any], list[_Start]] = {}
    for group, starts in alive.items():
        for start in starts:
            step = start.step(length)
            if step is not None:
                longer.setdefault((group, step), []).append(start)
    # The number of a group stands for all that its runs have in common, so that the next node alone is compared.
    return dict(enumerate(starts for starts in longer.values() if len(starts) > 1))


def _wiring(value: Any, place: Mapping[str, int], number: int, start: int, outside: dict[str, int]) -> Any:
    """What flows into a node of a run: what is inside by how far before it that is, what is not by its turn."""
    if isinstance(value, str):
        node, _, output = value.partition(".")
        if place.get(node, -1) >= start:
            return number - place[node], output
        return "outside", outside.setdefault(value, len(outside))
    if isinstance(value, list):
        return tuple(_wiring(item, place, number, start, outside) for item in value)
    if isinstance(value, dict):
        return tuple((name, _wiring(item, place, number, start, outside)) for name, item in value.items())
    return "number", repr(value)


def _repeats(kinds: Sequence[Any]) -> bool:
    """Whether some nodes are shorter runs in a row, of which it is better to make blocks."""
    length = len(kinds)
    return any(
        length % period == 0 and all(kinds[place] == kinds[place + period] for place in range(length - period))
        for period in range(1, length // 2 + 1)
    )


def _apart(starts: Sequence[_Start], length: int) -> list[_Start]:
    """Those of some runs that have no node in common, from the first on."""
    found: list[_Start] = []
    for start in starts:
        if not found or found[-1].row is not start.row or start.at >= found[-1].at + length:
            found.append(start)
    return found


def _chains(runs: Sequence[tuple[FoldingScope, tuple[str, ...]]], end: int) -> int:
    """How many there are of some runs, if those that take one tensor, from the one before, are one."""
    count = len(runs)
    for (_, before), (scope, run) in itertools.pairwise(runs):
        count -= _outside(run, scope) == [before[end]]
    return count


def _outside(run: Sequence[str], scope: FoldingScope) -> list[str]:
    """What flows into a run from outside, each reference once."""
    return list(dict.fromkeys(each for each in _flowing_in(run, scope) if node_in(each) not in run))


def _flowing_in(run: Sequence[str], scope: FoldingScope) -> Iterator[str]:
    for key in run:
        yield from references(scope.nodes[key].get("inputs"))


class _NoParamError(Exception):
    """What differs cannot be a param."""


def _with_params(known: dict[str, tuple[Any, ...]], values: tuple[Any, ...], argument: str, is_naming: bool) -> Any:
    """The value of an argument in a block: itself where all runs have it, else with params for what differs.

    Raises:
        _NoParamError: It is of a node with `repeat`, whose `index` is not known where the block is used.
    """
    if any(_COUNTED.search(str(value)) for value in values):
        return _of_copies(known, values)
    if len(set(map(repr, values))) == 1 and not holds_expression(values[0]):
        return values[0]
    if is_naming:
        return _naming(known, values, argument)
    if all(isinstance(value, list) for value in values) and len(set(map(len, values))) == 1:
        columns = list(zip(*values, strict=True))
        if any(len(set(map(repr, column))) == 1 for column in columns):
            return [_with_params(known, column, argument, is_naming=False) for column in columns]
    return f"${{{_param(known, values, argument)}}}"


def _of_copies(known: dict[str, tuple[Any, ...]], values: tuple[Any, ...]) -> Any:
    """The value of an argument that differs from copy to copy of a node with `repeat`."""
    if len(set(values)) == 1 and not _OTHER_NAMES.search(
        re.sub(r"'[^']*'", "", "".join(_EXPRESSION.findall(values[0])))
    ):
        return values[0]
    counted = [_COUNT.fullmatch(str(value)) for value in values]
    if None in counted:
        raise _NoParamError
    starts = tuple(int(each[2] or 0) for each in counted if each is not None)
    heads = {each[1] for each in counted if each is not None}
    if len(heads) > 1:
        raise _NoParamError
    return f"{heads.pop()}${{index + {shared_param(known, starts, 'number')}}}"


def _naming(known: dict[str, tuple[Any, ...]], values: tuple[Any, ...], argument: str) -> str:
    """What is written for a part of names: a text that begins as the block's do, or a number that goes with its."""
    prefixes = known.get("prefix")
    if prefixes is not None and all(isinstance(value, str) for value in values):
        pairs = list(zip(values, prefixes, strict=True))
        ends = {value.removeprefix(prefix) if value.startswith(prefix) else None for value, prefix in pairs}
        if len(ends) == 1 and None not in ends and not holds_expression(ends):
            return f"${{prefix}}{ends.pop()}"
    return f"${{{shared_param(known, values, argument.rstrip('_0123456789'))}}}"


def _param(known: dict[str, tuple[Any, ...]], values: tuple[Any, ...], argument: str) -> str:
    for param, others in known.items():
        if param not in _NAMING and repr(others) == repr(values):
            return param
    name = free(f"{argument}_" if argument in _RESERVED else argument, {*known, *_NAMING})
    known[name] = values
    return name
