"""To which nodes a gradient of the losses comes in training, and where it is stopped on the way to the others."""

from __future__ import annotations

from dataclasses import dataclass

from spec_compiler.analysing.gradients import Gradients
from spec_compiler.catalog.gradient_flow import Flow
from spec_compiler.graph.typed import TypedGraph, tensors

MOST = 20
"""How many losses, and how many nodes that stop their gradient, are named of a node."""


@dataclass(frozen=True, slots=True)
class NodeGradient:
    """What of the gradient of the losses comes to the result of a node.

    Attributes:
        losses: The outputs whose losses it is of, where it is not zero everywhere.
        stopped_by: The nodes that stop it on the way, where none comes.
        goes_on: Whether it goes on through the node; if not, none comes back to what the node takes.
        trains: Whether training changes weights of the node's layer.
        has_more: Whether there are more losses, or more nodes that stop it, than are named.
    """

    losses: tuple[str, ...] = ()
    stopped_by: tuple[str, ...] = ()
    goes_on: bool = True
    trains: bool = False
    has_more: bool = False

    @property
    def comes(self) -> bool:
        """Whether one comes."""
        return bool(self.losses)


def training_gradients(graph: TypedGraph) -> dict[str, NodeGradient]:
    """What comes to each node. Of a graph without losses, nothing comes anywhere."""
    gradients = graph.table(Gradients)
    trained = [output for output in graph.outputs if output.settings.loss is not None]
    behind = gradients.behind([graph.ends[output.name] for output in trained])
    reached: dict[str, list[int]] = {}
    stopped: dict[str, list[str]] = {}
    for index, output in enumerate(trained):
        end = graph.ends[output.name]
        if gradients.carries(end):
            reached[end.node] = _first(reached.get(end.node, []), [index])
        else:
            _join(stopped.setdefault(end.node, []), [end.node])
    found = {}
    for name in reversed([*graph.nodes]):
        losses, stops = reached.get(name, []), stopped.get(name, [])
        flow = gradients.through(name)
        for tensor in tensors(graph.calls[name]) if name in behind else ():
            if losses and flow is Flow.SOME and gradients.carries(tensor):
                reached[tensor.node] = _first(reached.get(tensor.node, []), losses)
            else:
                _join(stopped.setdefault(tensor.node, []), [name] if losses else stops)
        found[name] = NodeGradient(
            tuple(trained[index].name for index in losses[:MOST]),
            () if losses else tuple(stops[:MOST]),
            flow is Flow.SOME,
            gradients.trains(name),
            len(losses or stops) > MOST,
        )
    return {name: found[name] for name in graph.nodes}


def _first(a: list[int], b: list[int]) -> list[int]:
    """The first numbers of two rising lists, one more of them than are named."""
    return a if a == b else sorted({*a, *b})[: MOST + 1]


def _join(into: list[str], more: list[str]) -> None:
    """Add what is not there yet, as long as it is little."""
    for each in more:
        if len(into) > MOST:
            return
        if each not in into:
            into.append(each)
