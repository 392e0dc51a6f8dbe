"""The graph: calls of layers, and what flows between them.

A node is a call, a layer is a key: two nodes with one layer share its weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from spec_compiler.catalog.layers.base import TRAINING, CallSignature, Operation, Trainable, inner_layers, tensor
from spec_compiler.catalog.training import CompileSettings, FitSettings, OutputSettings
from spec_compiler.graph.flat import Declaration, FlatOperand, OutputRef
from spec_compiler.graph.read_only import make_read_only
from spec_compiler.graph.scopes import Scope
from spec_compiler.spans import Place

if TYPE_CHECKING:
    from spec_compiler.catalog.phases import PhaseSettings
    from spec_compiler.catalog.search import SearchedParam

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Argument:
    """A call argument: one source, or a list of them."""

    name: str
    sources: tuple[FlatOperand, ...]
    several: bool


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer or an op: what is called.

    `config` is the catalogue's object, or a model if it is a shared block; None if the spec has a mistake there, so
    that nothing is known of it. `type` is its name as the spec has it; `shared` says that the spec declares it under
    `layers`.
    """

    key: str
    keras_name: str
    type: str
    config: Operation | NestedModel | None
    shared: bool
    place: Place
    scope: Scope

    @property
    def kind(self) -> str:
        """What is called, under Keras's name for it: `Dense`, `ops.add`; empty for a block, or if nothing is known."""
        return kind_of(self.operation) if self.operation is not None else ""

    @property
    def model(self) -> NestedModel | None:
        """The model that it is, if it is a shared block."""
        return self.config if isinstance(self.config, NestedModel) else None

    @property
    def operation(self) -> Operation | None:
        """The catalogue's object, if it is one."""
        return None if isinstance(self.config, NestedModel) else self.config

    @property
    def callee(self) -> Trainable | NestedModel | None:
        """What it is, if that can stand inside another layer: a layer or a model, and no op."""
        return self.config if isinstance(self.config, (Trainable, NestedModel)) else None


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
    scope: Scope
    broken: bool = False

    def sources(self) -> Iterator[FlatOperand]:
        """Everything that flows in."""
        for argument in self.arguments:
            yield from argument.sources

    def predecessors(self) -> Iterator[str]:
        """The nodes that something flows in from, once for each edge."""
        for source in self.sources():
            if isinstance(source, OutputRef):
                yield source.node


@dataclass(frozen=True, slots=True)
class Output:
    """An output of the model: its name, where it comes from, and what it is trained for."""

    name: str
    source: OutputRef
    settings: OutputSettings
    place: Place


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the graph that is a model of its own, on the layers of the whole.

    `inputs` are the tensors that it takes, each an input of that model, whatever makes it in the whole;
    `references` are what the spec calls them.
    """

    name: str
    inputs: tuple[OutputRef, ...]
    references: tuple[str, ...]
    outputs: tuple[Output, ...]
    compile: CompileSettings | None
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
    scopes: tuple[Scope, ...]
    """All the scopes of the spec, each after the one that it stands in; the first is the spec's own."""
    held_layers: frozenset[str] = frozenset()
    """The shared layers that stand inside other layers."""
    unused: tuple[Declaration, ...] = ()
    """The params and blocks that the spec declares and does not use."""
    parts: tuple[Part, ...] = ()
    """The models of parts of the graph."""
    search: tuple[SearchedParam, ...] = ()
    """What a sweep tries of the params."""
    phases: tuple[PhaseSettings, ...] = ()
    """What is trained in which order, for how long; none if all is trained at once."""
    constants: frozenset[str] = frozenset()
    """The nodes that are ops of constants alone: what they give is known before there is data."""
    dead: Mapping[str, Node] = field(default_factory=dict)
    """The nodes that lead to no output: written, and so held against the rules, but no part of the model."""

    def __post_init__(self) -> None:
        make_read_only(self)

    def __repr__(self) -> str:
        return f"<Graph {self.name}: {len(self.nodes):,} nodes>"

    def node(self, name: str) -> Node:
        """A node, also one that is no part of the model."""
        return self.nodes[name] if name in self.nodes else self.dead[name]

    def layer_of(self, node: Node) -> Layer:
        """The layer that a node calls."""
        return self.layers[node.layer]

    def layers_in_use(self) -> dict[str, Layer]:
        """The layers that the model is made of: those that its nodes call, and the shared ones inside them."""
        shared = {layer.keras_name: layer.key for layer in self.layers.values() if layer.shared}
        used = {node.layer for node in self.nodes.values()}
        for layer in [self.layers[key] for key in used if key in self.layers] if self.held_layers else ():
            if isinstance(layer.config, Trainable):
                used |= {shared[inner.name] for inner in inner_layers(layer.config) if inner.shared}
        return {key: layer for key, layer in self.layers.items() if key in used}

    @property
    def scales_loss(self) -> bool:
        """Whether training scales the loss, so that small gradients are not lost in 16 bits."""
        return self.compile is not None and self.compile.auto_scale_loss and self.dtype_policy == "mixed_float16"


@dataclass(frozen=True, slots=True, eq=False)
class NestedModel:
    """A graph that is called as a layer. It says what is called; what a call gives is for inference to find.

    Attributes:
        graph: The graph.
        trainable: Whether training changes any weights of it; if so, each layer inside says so for itself.
        takes_training: Whether anything inside works otherwise in training.
    """

    graph: Graph
    trainable: bool = True
    takes_training: bool = False

    keras_name: ClassVar[str] = "Functional"
    states_shape: ClassVar[bool] = True
    nested: ClassVar[tuple[str, ...]] = ()
    calls_others: ClassVar[bool] = True

    def signature(self) -> CallSignature:
        """What a call takes: a tensor for each input of the block, and `training` if something inside does."""
        calls = tuple(tensor(name, f"The input `{name}` of the block.") for name in self.graph.inputs)
        return CallSignature((*calls, TRAINING) if self.takes_training else calls, calls)

    def takes_one(self) -> bool:
        """Whether one tensor is enough for a call."""
        return self.signature().takes_one

    def as_called(self, arguments: Mapping[str, T]) -> tuple[T | list[T], dict[str, T]]:
        """The arguments of a call as Keras takes them: the inputs, all in one list if they are several."""
        values = [arguments[call.name] for call in self.signature().positional]
        return (values if len(values) > 1 else values[0]), {}

    def arrange(self, argument: str, values: list[Any]) -> Any:
        """A list of tensors for an input, as it is."""
        return values

    def called(self) -> Iterator[Operation | NestedModel | None]:
        """What a call of it calls in turn, each as often as it does; None for what nothing is known of."""
        layers = self.graph.layers
        return (layers[node.layer].config if node.layer in layers else None for node in self.graph.nodes.values())
