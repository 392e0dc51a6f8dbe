"""The expansion of one spec: what all its parts have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.expanding.budget import Budget
from spec_compiler.expanding.sizes import NodeCounter
from spec_compiler.graph.flat import FlatLayer, FlatNode
from spec_compiler.graph.scopes import Scope
from spec_compiler.language.spec import NodeForm
from spec_compiler.spans import Place

if TYPE_CHECKING:
    from spec_compiler.expanding.trace import ExpansionTrace


class Sections(NamedTuple):
    """What a graph is written as, in a spec or in a block."""

    layers: Mapping[str, Any]
    nodes: Mapping[str, Any]
    edges: list[Any]
    defaults: Mapping[str, Mapping[str, Any]]


@dataclass
class UnfinishedGraph:
    """The layers and nodes of one graph, as far as they are written out: the model's, or a shared block's."""

    nodes: list[FlatNode] = field(default_factory=list)
    layers: list[FlatLayer] = field(default_factory=list)


@dataclass
class Run:
    """The expansion of one spec.

    Attributes:
        findings: Where mistakes go.
        budget: What is left of the limits.
        sizes: Counts what copies of blocks come to, before they are made.
        scopes: All scopes so far, each after the one that it stands in.
        forms: The nodes as they are written, by their places: a node of a block is read once for all copies.
        trace: What keeps what names stand for, if anything does.
    """

    findings: Findings
    budget: Budget
    sizes: NodeCounter
    scopes: list[Scope] = field(default_factory=list)
    forms: dict[Place, tuple[NodeForm | None, bool]] = field(default_factory=dict)
    trace: ExpansionTrace | None = None

    def scope(self, scope: Scope) -> Scope:
        """Note a new scope."""
        self.scopes.append(scope)
        return scope

    def refuse_too_many(self, place: Place, count: int) -> None:
        """Refuse a number of copies that is over the limit by itself, before any is made.

        Raises:
            LimitExceededError: It is.
        """
        if count > self.budget.limits.nodes:
            self.budget.nodes(place, count)
