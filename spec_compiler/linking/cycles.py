"""Nodes that depend on themselves, which no order of calls can compute."""

from __future__ import annotations

from collections.abc import Mapping

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Remark
from spec_compiler.graph.flat import OutputRef
from spec_compiler.graph.graph import Node
from spec_compiler.linking.order import edges_of, find_cycles, topological_order

_SHOWN = 8
"""How many nodes of a long cycle are named, from its beginning and from its end."""


def without_cycles(nodes: Mapping[str, Node], findings: Findings) -> dict[str, Node]:
    """The nodes in topological order; those on cycles are reported and become broken, without inputs."""
    sound = dict(nodes)
    edges = edges_of(nodes)
    for cycle in find_cycles(edges):
        _report(cycle.path, nodes, findings)
        for name in cycle.nodes:
            node = nodes[name]
            sound[name] = Node(name, node.layer, (), {}, node.place, node.scope, broken=True)
            edges[name] = ()
    return {name: sound[name] for name in topological_order(edges)}


def _report(cycle: list[str], nodes: Mapping[str, Node], findings: Findings) -> None:
    remarks = []
    for source, target in zip(cycle, [*cycle[1:], cycle[0]], strict=True):
        ref = next(ref for ref in nodes[target].sources() if isinstance(ref, OutputRef) and ref.node == source)
        remarks.append(Remark(ref.place, f"`{source}` flows into `{target}`"))
    path = " -> ".join(_shortened([*cycle, cycle[0]]))
    findings.add(
        codes.CYCLE,
        f"the nodes form a cycle: {path}",
        remarks[-1].place,
        related=tuple(remarks[:-1]),
        scope=nodes[cycle[0]].scope,
    )


def _shortened(path: list[str]) -> list[str]:
    """A path without what is in the middle, if it is long."""
    left_out = len(path) - 2 * _SHOWN
    return [*path[:_SHOWN], f"… ({left_out:,} more) …", *path[-_SHOWN:]] if left_out > 1 else path
