"""A spec without sugar: every node is one call, every reference names one node or stands for a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from spec_compiler.diagnostics.diagnostic import Remark
from spec_compiler.spans import Place


@dataclass(frozen=True, slots=True)
class Wire:
    """An edge's beginning: a node and the output that is picked, if one is."""

    node: str
    output: str | None
    place: Place

    def __str__(self) -> str:
        return self.node if self.output is None else f"{self.node}.{self.output}"


@dataclass(frozen=True, slots=True)
class Number:
    """A plain number where a tensor may stand, as ops take it."""

    value: int | float
    place: Place


Source = Wire | Number
Wiring = Source | tuple[Source, ...] | Mapping[str, Source | tuple[Source, ...]] | None
"""What flows into a node: one thing, a list, a mapping from call argument, or nothing."""


class Owner(NamedTuple):
    """The node of the spec that a copy comes from."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class FlatNode:
    """One call.

    `place` is where it is written; a copy keeps the place of what was copied, `asked` says who asked for it, and
    `owner` which node of the spec it comes from. `broken` means that its wiring has mistakes, which are reported.
    """

    name: str
    type: str | None
    use: str | None
    keras_name: str
    arguments: Mapping[str, Any]
    inputs: Wiring
    call: Mapping[str, Any]
    place: Place
    asked: tuple[Remark, ...] = ()
    broken: bool = False
    owner: Owner | None = None


@dataclass(frozen=True, slots=True)
class FlatModel:
    """A block that is a shared layer: a graph of its own, with names for its inputs and outputs."""

    inputs: tuple[str, ...]
    nodes: tuple[FlatNode, ...]
    layers: tuple[FlatLayer, ...]
    outputs: tuple[tuple[str, Source], ...]


@dataclass(frozen=True, slots=True)
class FlatLayer:
    """A shared layer; it has no type if that has a mistake, and a model if it is a block."""

    name: str
    type: str | None
    keras_name: str
    arguments: Mapping[str, Any]
    place: Place
    asked: tuple[Remark, ...] = ()
    model: FlatModel | None = None


@dataclass(frozen=True, slots=True)
class FlatOutput:
    """An output: its name, what it is (nothing, if that is a mistake), and its options as they were written."""

    name: str
    source: Wire | None
    options: Mapping[str, Any]
    place: Place


class Declaration(NamedTuple):
    """A param or a block that a spec declares; `block` is the block whose param it is, if it is one's."""

    kind: Literal["param", "block"]
    name: str
    place: Place
    block: str | None = None


@dataclass(frozen=True, slots=True)
class FlatSpec:
    """A whole spec without sugar. `inputs` is the order of the model's inputs, if the spec gives one.

    A reference in `inputs` that stands for nothing is there as none.

    `blocks` are the names of the spec's blocks: a type that does not exist may have been meant to be one of them.
    `unused` are the params and blocks that are declared and not used.
    """

    name: str
    description: str | None
    layers: tuple[FlatLayer, ...]
    nodes: tuple[FlatNode, ...]
    outputs: tuple[FlatOutput, ...]
    inputs: tuple[Wire | None, ...] | None
    compile: Mapping[str, Any] | None
    fit: Mapping[str, Any] | None
    seed: Any
    dtype_policy: Any
    ignored_lints: frozenset[str]
    blocks: tuple[str, ...] = ()
    unused: tuple[Declaration, ...] = ()
