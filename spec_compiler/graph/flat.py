"""A spec without sugar: every node is one call, every reference names one node or stands for a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from spec_compiler.graph.scopes import Scope
from spec_compiler.spans import Place

if TYPE_CHECKING:
    from spec_compiler.catalog.search import SearchedParam


@dataclass(frozen=True, slots=True)
class OutputRef:
    """An edge's beginning: a node and the output that is picked, if one is.

    `choice` is the reference that would pick this one, where it is one of several outputs of a block.
    """

    node: str
    output: str | None
    place: Place
    choice: str | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return self.node if self.output is None else f"{self.node}.{self.output}"


@dataclass(frozen=True, slots=True)
class NumberOperand:
    """A plain number where a tensor may stand, as ops take it."""

    value: int | float
    place: Place


Nested = bool | int | float | tuple["Nested", ...]
"""The elements of a tensor, in tuples by its axes."""


@dataclass(frozen=True, slots=True)
class ConstantOperand:
    """A tensor whose elements are written in the spec, as ops take it.

    `dtype` is float32, int32 or bool; `place` is where it is written.
    """

    value: Nested
    shape: tuple[int, ...]
    dtype: str
    place: Place = field(compare=False)

    def __repr__(self) -> str:
        return _constant_text(self.value)


def _constant_text(value: Nested) -> str:
    """The elements of a constant as a spec writes them."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_constant_text, value))}]"
    return str(value).lower() if isinstance(value, bool) else repr(value)


FlatOperand = OutputRef | NumberOperand | ConstantOperand


def choices(operands: Sequence[FlatOperand]) -> tuple[str, ...]:
    """The references to choose from, where one reference stands for several outputs of a block; none elsewhere."""
    found = tuple(each.choice for each in operands if isinstance(each, OutputRef) and each.choice is not None)
    one_reference = len({each.place for each in operands}) == 1
    return found if one_reference and len(found) == len(operands) > 1 else ()


FlatInputs = FlatOperand | tuple[FlatOperand, ...] | Mapping[str, FlatOperand | tuple[FlatOperand, ...]] | None
"""What flows into a node: one thing, a list, a mapping from call argument, or nothing."""


@dataclass(frozen=True, slots=True)
class FlatNode:
    """One call.

    `place` is where it is written; a copy keeps the place of what was copied, and `scope` says which copy it is.
    `broken` means that its inputs have mistakes, which are reported.
    """

    name: str
    type: str | None
    use: str | None
    keras_name: str
    arguments: Mapping[str, Any]
    inputs: FlatInputs
    call: Mapping[str, Any]
    place: Place
    scope: Scope
    broken: bool = False


@dataclass(frozen=True, slots=True)
class FlatModel:
    """A block that is a shared layer: a graph of its own, with names for its inputs and outputs."""

    scope: Scope
    inputs: tuple[str, ...]
    nodes: tuple[FlatNode, ...]
    layers: tuple[FlatLayer, ...]
    outputs: tuple[tuple[str, FlatOperand], ...]


@dataclass(frozen=True, slots=True)
class FlatLayer:
    """A shared layer; it has no type if that has a mistake, and a model if it is a block."""

    name: str
    type: str | None
    keras_name: str
    arguments: Mapping[str, Any]
    place: Place
    scope: Scope
    model: FlatModel | None = None


@dataclass(frozen=True, slots=True)
class FlatOutput:
    """An output: its name, what it is (nothing, if that is a mistake), and its options as they were written."""

    name: str
    source: OutputRef | None
    options: Mapping[str, Any]
    place: Place


@dataclass(frozen=True, slots=True)
class FlatPart:
    """A part of the graph that is a model of its own; a reference in `inputs` that stands for nothing is None.

    `references` are the inputs as they are written.
    """

    name: str
    inputs: tuple[OutputRef | None, ...]
    references: tuple[str, ...]
    outputs: tuple[FlatOutput, ...]
    compile: Mapping[str, Any] | None
    place: Place


class FlatDefaults(NamedTuple):
    """An entry of `defaults`: the type that it is for, the arguments that it holds, and where it is written."""

    type: str
    arguments: tuple[str, ...]
    place: Place


class Declaration(NamedTuple):
    """A param, a block, an entry of `defaults` or an import of a spec; `block` is the block that it is written in."""

    kind: Literal["param", "block", "default", "import"]
    name: str
    place: Place
    block: str | None = None


@dataclass(frozen=True, slots=True)
class FlatSpec:
    """A whole spec without sugar. `inputs` is the order of the model's inputs, if the spec gives one.

    A reference in `inputs` that stands for nothing is there as None.

    `scopes` are all the scopes of the spec, each after the one that it stands in.
    `blocks` are the names of the spec's blocks: a type that does not exist may have been meant to be one of them.
    `unused` are the params, blocks and defaults that are declared and not used.
    `parts` are the models of parts of the graph.
    `defaults` are the entries of all `defaults`, which are applied already, and still to be held against the catalogue.
    """

    name: str
    description: str | None
    layers: tuple[FlatLayer, ...]
    nodes: tuple[FlatNode, ...]
    outputs: tuple[FlatOutput, ...]
    inputs: tuple[OutputRef | None, ...] | None
    compile: Mapping[str, Any] | None
    fit: Mapping[str, Any] | None
    seed: Any
    dtype_policy: Any
    ignored_lints: frozenset[str]
    scopes: tuple[Scope, ...]
    blocks: tuple[str, ...] = ()
    unused: tuple[Declaration, ...] = ()
    defaults: tuple[FlatDefaults, ...] = ()
    parts: tuple[FlatPart, ...] = ()
    phases: Sequence[Any] | None = None
    search: tuple[SearchedParam, ...] = ()
