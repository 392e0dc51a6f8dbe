"""Nodes in the order in which a person would write them: each branch as a whole, before what joins it to others."""

from __future__ import annotations

from spec_compiler.catalog.spec_values import SpecData
from spec_compiler.emitting.spec.folding.references import node_in, references


def branch_by_branch(nodes: SpecData) -> SpecData:
    """The nodes with what each needs right before it; inputs are the first, and the rest is in the order of writing."""
    needs = {key: [node_in(each) for each in references(node.get("inputs"))] for key, node in nodes.items()}
    taken = {each for sources in needs.values() for each in sources}
    ends = [key for key in nodes if key not in taken]
    found: SpecData = {key: node for key, node in nodes.items() if node.get("type") == "Input"}
    waiting = [(key, False) for key in reversed([*ends, *nodes])]
    begun: set[str] = set()
    while waiting:
        key, is_ready = waiting.pop()
        if is_ready:
            found.setdefault(key, nodes[key])
        elif key not in begun:
            begun.add(key)
            waiting.append((key, True))
            waiting += [(each, False) for each in reversed(needs[key]) if each in nodes]
    return found
