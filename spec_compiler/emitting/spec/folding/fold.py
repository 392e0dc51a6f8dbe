"""The data of a spec that is written out → the same with blocks, `repeat`, `for` and `defaults` for what repeats."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spec_compiler.catalog.spec_values import SpecData
from spec_compiler.emitting.spec.folding.blocks import Folder
from spec_compiler.emitting.spec.folding.chains import Chains
from spec_compiler.emitting.spec.folding.defaults import with_defaults, with_defaults_of_params
from spec_compiler.emitting.spec.folding.implied_names import leave_out_implied_names
from spec_compiler.emitting.spec.folding.order import branch_by_branch
from spec_compiler.emitting.spec.folding.references import node_in, references
from spec_compiler.emitting.spec.folding.scope import FoldingScope, Homes, ScopePath
from spec_compiler.emitting.spec.folding.variations import Variations

_ORDER = ("spec", "name", "description", "params", "defaults", "imports", "blocks")


@dataclass(frozen=True)
class Folded:
    """The data of a spec, folded, and where each node that was written stands in it."""

    data: SpecData
    homes: Mapping[str, ScopePath]


def fold(data: SpecData, *, reorder: bool = True) -> Folded:
    """The data of a spec with what repeats in its nodes written once.

    Args:
        data: The data. Every node has its `inputs`.
        reorder: Whether nodes are written branch by branch, which shows more of what repeats.
    """
    nodes: SpecData = copy.deepcopy(data["nodes"])
    scope = FoldingScope(("nodes",), branch_by_branch(nodes) if reorder else nodes, _ends(data))
    homes = Homes(nodes, ("nodes",))
    taken = {*data.get("blocks", {}), *data.get("layers", {})}
    folder = Folder([scope], homes, taken, frozenset(data.get("defaults", {})))
    folder.fold()
    for each in folder.scopes:
        Chains(each, homes, folder.named).fold()
        Variations(each, homes, folder.named).fold()
    folder.named.update(dict.fromkeys(leave_out_implied_names(folder.scopes, folder.blocks), False))
    blocks = {**copy.deepcopy(data.get("blocks", {})), **folder.as_data()}
    folded = {**copy.deepcopy({**data, "nodes": {}}), "nodes": scope.nodes} | ({"blocks": blocks} if blocks else {})
    folded = with_defaults_of_params(with_defaults(folded), folder.named)
    return Folded({key: folded[key] for key in dict.fromkeys((*_ORDER, *data)) if key in folded}, dict(homes))


def _ends(data: SpecData) -> frozenset[str]:
    """The nodes that the spec refers to outside of its nodes; an output of the name of its node must stay one."""
    outputs: Any = data["outputs"]
    names = {node_in(each) for each in references([data.get("inputs", []), list(data.get("models", {}).values())])}
    names |= set(outputs) if isinstance(outputs, dict) else {node_in(each) for each in outputs}
    if isinstance(outputs, dict):
        names |= {
            node_in(each)
            for options in outputs.values()
            if isinstance(options, dict)
            for each in references(options.get("from"))
        }
    return frozenset(names)


def fold_block(nodes: SpecData, end: str, name: str) -> SpecData:
    """A block that is written out, with what repeats in its nodes written once.

    Args:
        nodes: The nodes, which say the names of their layers.
        end: The node that the block gives.
        name: The name of the block, which the names of those that it is made of begin with.

    Returns:
        The data of a file of blocks: `blocks`, the block first, and `defaults`.
    """
    body: SpecData = branch_by_branch(copy.deepcopy(nodes))
    scope = FoldingScope(("blocks", name, "nodes"), body, outputs=[end])
    homes = Homes(body, scope.path)
    folder = Folder([scope], homes, set(), prefix=f"{name}_")
    folder.fold()
    for each in folder.scopes:
        Chains(each, homes, folder.named).fold()
        Variations(each, homes, folder.named).fold()
    blocks = {name: {"nodes": scope.nodes, "outputs": scope.outputs}, **folder.as_data()}
    return with_defaults_of_params(with_defaults({"nodes": {}, "blocks": blocks}), folder.named)
