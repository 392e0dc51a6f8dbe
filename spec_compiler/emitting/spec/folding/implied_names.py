"""Blocks whose layers are named as the copies of a block are by themselves → the same without those names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from spec_compiler.catalog.spec_values import SpecData
from spec_compiler.emitting.spec.folding.scope import FoldingScope

_PREFIX = "prefix"


def leave_out_implied_names(scopes: Iterable[FoldingScope], blocks: Mapping[str, SpecData]) -> frozenset[str]:
    """Take away the param `prefix` of blocks, and the names that are made of it, where copies are so named anyway.

    Args:
        scopes: All nodes that there are, those in blocks too.
        blocks: The blocks that were made of what repeats.

    Returns:
        The blocks that name nothing by their params any more.
    """
    scopes = list(scopes)
    implied = frozenset(name for name, block in blocks.items() if _PREFIX in block.get("params", ()))
    while implied:
        wrong = {name for scope in scopes for name in _named_otherwise(scope, implied)}
        if not wrong:
            break
        implied -= wrong
    for name in implied:
        params = [param for param in blocks[name]["params"] if param != _PREFIX]
        blocks[name].pop("params")
        if params:
            blocks[name].update({"params": params, **{key: blocks[name].pop(key) for key in list(blocks[name])}})
    for scope in scopes:
        for node in scope.nodes.values():
            if node.get("type") in implied:
                del node[_PREFIX]
            elif _block_of(scope) in implied:
                node.pop("name", None)
    return implied


def _named_otherwise(scope: FoldingScope, implied: frozenset[str]) -> set[str]:
    """The blocks that need their names: for the nodes of a scope, or for those in it that are copies of them."""
    block = _block_of(scope)
    begin = f"${{{_PREFIX}}}." if block in implied else ""
    found: set[str] = set()
    for key, node in scope.nodes.items():
        of_itself = f"{begin}{key}.${{index + 1}}" if "repeat" in node else f"{begin}{key}"
        if node.get("type") in implied:
            is_named = node.get(_PREFIX) == of_itself and (block is None or block in implied)
            found |= set() if is_named else {node["type"]}
            others = [value for argument, value in node.items() if argument != _PREFIX]
        else:
            is_named = "use" in node or node.get("name") == of_itself
            found |= set() if is_named or block is None else {block}
            others = [value for argument, value in node.items() if argument != "name"]
        if block is not None and _PREFIX in repr(others):
            found.add(block)
    return found & implied


def _block_of(scope: FoldingScope) -> str | None:
    return scope.path[1] if scope.path[0] == "blocks" else None
