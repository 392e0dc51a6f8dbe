"""What two specs differ in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from spec_compiler.analysing.edges import Edge
from spec_compiler.analysing.structure import Detail


class Brief(NamedTuple):
    """A node that only one of the specs has: its name, its type, and the parameters of its layer."""

    name: str
    type: str
    parameters: int


class Renamed(NamedTuple):
    """Something under two names."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A node, or a shared layer, that is something else now.

    Attributes:
        name: Its name in the second spec.
        is_layer: Whether it is a shared layer, and not a node.
        type: Its types, where they differ.
        arguments: The arguments that differ, defaults included; None if the types do.
        inside: What its graph differs in, if it is a block.
    """

    name: str
    is_layer: bool
    type: Renamed | None
    arguments: tuple[Detail, ...]
    inside: Comparison | None = None


class MovedNode(NamedTuple):
    """A node with other inputs: which ones, as references, the first spec's under its own names."""

    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]


class Reshaped(NamedTuple):
    """A node that gives other shapes or dtypes."""

    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]


class Sharing(NamedTuple):
    """A layer that is shared in one of the specs only, and the nodes there that call it."""

    layer: str
    nodes: tuple[str, ...]
    gained: bool


class Parameters(NamedTuple):
    """How many parameters the models have, and how many of them are trained."""

    before: int
    after: int
    trainable_before: int
    trainable_after: int


class LayerWeights(NamedTuple):
    """A layer with weights, and whether the second spec's can begin with those of the first.

    Attributes:
        before: The layer in the first spec, under Keras's name, below the models that it stands in; None if not there.
        after: The layer in the second spec; None if there is none.
        parameters_before: The parameters of the layer in the first spec.
        parameters_after: Those in the second.
        reason: Why its weights cannot be taken over; None if they can.
    """

    before: str | None
    after: str | None
    parameters_before: int
    parameters_after: int
    reason: str | None


@dataclass(frozen=True)
class Comparison:
    """What two specs differ in; nodes in the order of the graph that has them.

    Attributes:
        added: The nodes that only the second spec has.
        removed: The nodes that only the first has.
        renamed: The nodes, then the shared layers and the outputs, that have another name.
        changed: The nodes and shared layers with another type or other arguments.
        moved: The nodes with other inputs.
        reshaped: The nodes that give other shapes or dtypes.
        edges_added: The edges that only the second spec has, under its names.
        edges_removed: The edges that only the first has, under its names.
        sharing: The layers that are shared in one of the two only.
        model: What differs in inputs, outputs, training, seed and dtype policy.
        parameters: The totals.
        weights: The layers with weights, and which of them can be taken over.
    """

    added: tuple[Brief, ...]
    removed: tuple[Brief, ...]
    renamed: tuple[Renamed, ...]
    renamed_layers: tuple[Renamed, ...]
    renamed_outputs: tuple[Renamed, ...]
    changed: tuple[Changed, ...]
    moved: tuple[MovedNode, ...]
    reshaped: tuple[Reshaped, ...]
    edges_added: tuple[Edge, ...]
    edges_removed: tuple[Edge, ...]
    sharing: tuple[Sharing, ...]
    model: tuple[Detail, ...]
    parameters: Parameters
    weights: tuple[LayerWeights, ...]

    @property
    def same(self) -> bool:
        """Whether the specs do not differ at all."""
        return not any(
            (
                self.added, self.removed, self.renamed, self.renamed_layers, self.renamed_outputs, self.changed,
                self.moved, self.reshaped, self.edges_added, self.edges_removed, self.sharing, self.model,
            )
        )  # fmt: skip

    @property
    def same_but_names(self) -> bool:
        """Whether the specs differ in nothing but what nodes and layers are called, in a spec and in Keras."""
        other = (
            self.added, self.removed, self.moved, self.reshaped, self.edges_added, self.edges_removed, self.sharing,
            self.renamed_outputs, self.model,
        )  # fmt: skip
        return not any(other) and all(map(_only_named_otherwise, self.changed))

    @property
    def taken_over(self) -> int:
        """How many parameters of the second model can be taken over from the first."""
        return sum(layer.parameters_after for layer in self.weights if layer.reason is None)


def _only_named_otherwise(changed: Changed) -> bool:
    inside = changed.inside is None or changed.inside.same_but_names
    return changed.type is None and inside and all(detail.path == "name" for detail in changed.arguments)
