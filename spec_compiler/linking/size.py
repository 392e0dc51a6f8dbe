"""How many calls a graph amounts to, when Keras calls what its shared layers are made of.

A shared block may call another twice, that one a third twice, and so on: a few lines stand for more calls than could
ever be made. Keras makes each of them when it builds the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from spec_compiler.catalog.layers.base import Callee, Operation
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.graph.graph import Layer, Node


class CallCounter:
    """Counts the calls inside layers, each layer once."""

    def __init__(self) -> None:
        self._inside: dict[int, int] = {}

    def of_graph(self, nodes: Mapping[str, Node], layers: Mapping[str, Layer]) -> int:
        """The calls of all nodes, and those inside what they call."""
        return self._together(layers[node.layer].config if node.layer in layers else None for node in nodes.values())

    def inside(self, called: Callee | Operation | None) -> int:
        """The calls that a call of a layer makes."""
        if called is None or not called.calls_others:
            return 0
        if id(called) not in self._inside:
            self._inside[id(called)] = self._together(called.called())
        return self._inside[id(called)]

    def _together(self, called: Iterable[Callee | Operation | None]) -> int:
        return sum(1 + self.inside(each) for each in called)


def check_calls(nodes: Mapping[str, Node], layers: Mapping[str, Layer], findings: Findings, most: int) -> None:
    """Refuse shared layers in shared layers that amount to more calls than the limit of nodes."""
    counter = CallCounter()
    if counter.of_graph(nodes, layers) <= most:
        return
    known = [node for node in nodes.values() if node.layer in layers]
    largest = max(known, key=lambda node: counter.inside(layers[node.layer].config))
    calls = counter.inside(layers[largest.layer].config)
    findings.add(
        codes.TOO_MANY_NODES,
        f"`{largest.name}` amounts to {calls:,} calls, and the limit of nodes is {most:,}",
        largest.place.key(),
        hint="layers that call others several times multiply; if it is meant, raise it with `--limit nodes=NUMBER`",
        scope=largest.scope,
    )
