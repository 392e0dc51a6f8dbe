"""The graph: calls of layers, and what flows between them.

A node is a call, a layer is a key: two nodes with one layer share its weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from spec_compiler.catalog.layers.base import Operation, Trainable
from spec_compiler.diagnostics.diagnostic import Remark
from spec_compiler.expanding.flat import Declaration, Source, Wire
from spec_compiler.language.settings import CompileSettings, FitSettings, OutputSettings
from spec_compiler.spans import Place


@dataclass(frozen=True, slots=True)
class Argument:
    """A call argument: one source, or a list of them."""

    name: str
    sources: tuple[Source, ...]
    several: bool


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer or an op: what is called.

    `config` is the catalogue's object; none if the spec has a mistake there, so that nothing is known of it.
    `type` is its name as the spec has it; `shared` says that the spec declares it under `layers`.
    """

    key: str
    keras_name: str
    type: str
    config: Operation | None
    shared: bool
    place: Place
    asked: tuple[Remark, ...] = ()

    @property
    def kind(self) -> str:
        """What is called, under Keras's name for it: `Dense`, `ops.add`; empty if nothing is known of it."""
        return kind_of(self.config) if self.config is not None else ""


def kind_of(config: Operation) -> str:
    """Keras's name for a layer or an op, with `ops.` before that of an op: of other names it has, always the one."""
    # `isinstance` of a pydantic class takes ten times as long, and the lints ask of every node.
    is_op = Trainable not in type(config).__mro__ and config.keras_name != "Input"
    return f"ops.{config.keras_name}" if is_op else config.keras_name


@dataclass(frozen=True, slots=True)
class Node:
    """A call of a layer. A broken one has mistakes that are reported; nothing is known of what it gives."""

    name: str
    layer: str
    arguments: tuple[Argument, ...]
    flags: Mapping[str, Any]
    place: Place
    asked: tuple[Remark, ...] = ()
    broken: bool = False

    def sources(self) -> Iterator[Source]:
        """Everything that flows in."""
        for argument in self.arguments:
            yield from argument.sources

    def predecessors(self) -> Iterator[str]:
        """The nodes that something flows in from, once for each edge."""
        for source in self.sources():
            if isinstance(source, Wire):
                yield source.node


@dataclass(frozen=True, slots=True)
class Output:
    """An output of the model: its name, where it comes from, and what it is trained for."""

    name: str
    source: Wire
    settings: OutputSettings
    place: Place


@dataclass(frozen=True, slots=True)
class Graph:
    """A spec as a graph. The nodes stand in topological order, ties in order of writing."""

    name: str
    description: str | None
    layers: Mapping[str, Layer]
    nodes: Mapping[str, Node]
    inputs: tuple[str, ...]
    outputs: tuple[Output, ...]
    compile: CompileSettings | None
    fit: FitSettings | None
    seed: int | None
    dtype_policy: str | None
    ignored_lints: frozenset[str]
    held_layers: frozenset[str] = frozenset()
    """The shared layers that stand inside other layers."""
    unused: tuple[Declaration, ...] = ()
    """The params and blocks that the spec declares and does not use."""
    dead: Mapping[str, Node] = field(default_factory=dict)
    """The nodes that lead to no output: written, and so held against the rules, but no part of the model."""

    def node(self, name: str) -> Node:
        """A node, also one that is no part of the model."""
        return self.nodes[name] if name in self.nodes else self.dead[name]

    def layer_of(self, node: Node) -> Layer:
        """The layer that a node calls."""
        return self.layers[node.layer]
