"""What a node calls: a type of the catalogue, a block, or a shared layer that is one of these; and what it may say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spec_compiler.catalog import registry
from spec_compiler.catalog.describe import Field, takes_of_call
from spec_compiler.catalog.layers.base import TRAINING, Operation
from spec_compiler.catalog.registered_layers import registered_layers

BlocksByName = Mapping[str, Mapping[str, Any]]
"""The blocks that can be used, as they are written."""

_OF_OWN_LAYER = frozenset(("type", "name"))
"""What a node cannot say that calls a layer which is declared elsewhere."""


@dataclass(frozen=True)
class CallTarget:
    """What a node or a shared layer calls.

    Attributes:
        name: The type that is written; None if none is.
        operation: The type of the catalogue, or of the calling program.
        block: The block, as it is written.
        by_use: Whether it is a shared layer that is called by its name.
        arguments: What is written beside the type: the arguments of the layer, and whatever else.
    """

    name: str | None = None
    operation: type[Operation] | None = None
    block: Mapping[str, Any] | None = None
    by_use: bool = False
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What it is called in a text."""
        return f"`{self.name}`" if self.name is not None else "a node"

    @property
    def refused(self) -> frozenset[str]:
        """The keys of every node that this one cannot have."""
        found: set[str] = set(_OF_OWN_LAYER) if self.by_use else set()
        if self.name is not None and not self.by_use:
            found.add("use")
        if self.block is not None:
            found.add("name")
        if self.operation is not None and not any(call.kind != "flag" for call in self.operation.calls):
            found |= {"inputs", "repeat", "when"}
        if self.name is not None and not self.flags:
            found.add("call")
        return frozenset(found)

    @property
    def inputs(self) -> tuple[Field, ...]:
        """What flows in, by name."""
        if self.operation is not None:
            return tuple(_field(call.name, self.operation) for call in self.operation.calls if call.kind != "flag")
        names = self.block.get("inputs") if self.block is not None else None
        if not isinstance(names, list):
            return ()
        return tuple(Field(str(name), "a tensor", None, "An input of the block.") for name in names)

    @property
    def flags(self) -> tuple[Field, ...]:
        """The options of the call."""
        if self.operation is not None:
            return tuple(_field(call.name, self.operation) for call in self.operation.calls if call.kind == "flag")
        if self.block is not None:
            return (Field(TRAINING.name, "true or false", "null", "Whether all layers inside work as in training."),)
        return ()


TRAINABLE = Field(
    "trainable",
    "true or false",
    "true",
    "Whether the layers inside are trained; false freezes all of them.",
)


def call_target_of(call: Any, layers: Any, blocks: BlocksByName) -> CallTarget:
    """What a node or a shared layer calls.

    Args:
        call: The node or shared layer, as it is written.
        layers: The shared layers of its graph, as they are written.
        blocks: The blocks that can be used.
    """
    written = call if isinstance(call, dict) else {}
    by_use = "type" not in written and isinstance(written.get("use"), str)
    if by_use:
        declared = layers.get(written["use"]) if isinstance(layers, dict) else None
        written = declared if isinstance(declared, dict) else {}
    name = written.get("type")
    if not isinstance(name, str):
        return CallTarget(by_use=by_use)
    block = blocks.get(name)
    return CallTarget(name, operation(name) if block is None else None, block, by_use, written)


def operation(name: str) -> type[Operation] | None:
    """The class of a type, of those of the calling program too."""
    return registry.operation(name) or registered_layers().get(name)


def _field(name: str, found: type[Operation]) -> Field:
    call = next(each for each in found.calls if each.name == name)
    if call.kind == "flag":
        return Field(call.name, "true or false", "null", call.description)
    return Field(call.name, takes_of_call(call, found), None if call.required else "null", call.description)
