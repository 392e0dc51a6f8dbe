"""SC615: two inputs of one kind go through identical layers that are not shared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from spec_compiler.analysing.repetition import MOST_TOWERS
from spec_compiler.analysing.structure import call_key, operand_key, operation_key
from spec_compiler.catalog.layers.core.input import Input
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.graph import Node
from spec_compiler.graph.typed import CallOperands, Operand, TensorRef, TypedGraph, tensors
from spec_compiler.linting.rule import Rule
from spec_compiler.spans import Place

_LEAST_WEIGHTED = 2


class _Tower(NamedTuple):
    """What a tensor comes through from one input: the same `shape` means the same layers, wired the same."""

    shape: int
    origin: str
    weighted: int


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find merging nodes that take the ends of identical towers over inputs of one shape and dtype.

    Towers that share a layer are left alone, and so are copies of one node that `for` makes: both say that the rest
    is meant to be several.
    """
    kinds = Counter(graph.results[name].outputs[0] for name in graph.inputs)
    if not any(count >= 2 for count in kinds.values()):
        return
    towers = _towers(graph)
    reported: set[frozenset[str]] = set()
    for name, call in graph.calls.items():
        config = graph.layers[graph.nodes[name].layer].operation
        if config is None or not config.merges:
            continue
        for ends in _equal_ends(call, towers):
            nodes = [graph.nodes[tensor.node] for tensor in ends.values()]
            if _are_meant_as_one(nodes) and frozenset(ends) not in reported:
                reported.add(frozenset(ends))
                yield _finding(graph.nodes[name], tuple(ends), nodes)


def _equal_ends(call: CallOperands, towers: Mapping[str, _Tower]) -> Iterator[dict[str, TensorRef]]:
    """Yields the tensors of a call that come out of equal towers, by the input that each tower stands on."""
    found: dict[tuple[int, int], dict[str, TensorRef]] = {}
    for tensor in tensors(call):
        tower = towers.get(tensor.node)
        if tower is not None and tower.weighted >= _LEAST_WEIGHTED:
            found.setdefault((tower.shape, tensor.output), {}).setdefault(tower.origin, tensor)
    yield from found.values()


def _are_meant_as_one(ends: Sequence[Node]) -> bool:
    """Whether towers end in so few nodes that they may be sides of one thing, and in no copies of one node."""
    return 2 <= len(ends) <= MOST_TOWERS and len({_origin_place(node) for node in ends}) == len(ends)


def _finding(merging: Node, origins: tuple[str, ...], ends: list[Node]) -> Finding:
    first, *others = ends
    paths = [f"`{origin}` to `{end.name}`" for origin, end in zip(origins, ends, strict=True)]
    weights = f"{len(ends)} sets of weights"
    in_blocks = any(node.scope.is_copy for node in ends)
    share = (
        "declare the block under `layers`, `{encoder: {type: …}}`, and call it on each side with `use: encoder`"
        if in_blocks
        else "declare each layer once under `layers`, and call it on each side with `use`"
    )
    return Finding(
        codes.UNSHARED_TOWERS,
        f"the layers from {' and from '.join(paths)} are the same with {weights}, and meet in `{merging.name}`",
        _origin_place(others[-1]),
        hint=f"to compare like with like, share them: {share}",
        related=(
            *(Remark(_origin_place(end), f"`{end.name}` ends the same layers") for end in (first, *others[:-1])),
            Remark(merging.place.key(), "they meet here"),
        ),
    )


def _origin_place(node: Node) -> Place:
    """The node of the spec that a node comes from."""
    origin = node.scope.definition
    return (origin.place if origin is not None else node.place).key()


def _towers(graph: TypedGraph) -> dict[str, _Tower]:
    """For each node over one input alone, through layers of its own: its tower. Equal towers get one number."""
    numbers: dict[Any, int] = {}
    towers: dict[str, _Tower] = {}
    for name in graph.nodes:
        if isinstance(graph.layers[graph.nodes[name].layer].config, Input):
            leaf = ("Input", graph.results[name].outputs[0])
            towers[name] = _Tower(numbers.setdefault(leaf, len(numbers)), name, 0)
        elif (tower := _tower_above(graph, name, towers, numbers)) is not None:
            towers[name] = tower
    return towers


def _tower_above(graph: TypedGraph, name: str, towers: Mapping[str, _Tower], numbers: dict[Any, int]) -> _Tower | None:
    """The tower that a node is the top of; None if it stands on several inputs, or its layer is a shared one."""
    node = graph.nodes[name]
    layer, call = graph.layers[node.layer], graph.calls[name]
    below = [towers.get(tensor.node) for tensor in tensors(call)]
    found = [tower for tower in below if tower is not None]
    if layer.shared or layer.operation is None or len(found) < len(below) or len({each.origin for each in found}) != 1:
        return None
    operands = tuple(
        (argument, tuple(_operand(each, towers) for each in (value if isinstance(value, tuple) else (value,))))
        for argument, value in call.items()
    )
    description = (operation_key(layer.operation), call_key(node.flags, ()), operands)
    weighted = max(tower.weighted for tower in found) + bool(graph.weights.get(node.layer))
    return _Tower(numbers.setdefault(description, len(numbers)), found[0].origin, weighted)


def _operand(operand: Operand, towers: Mapping[str, _Tower]) -> Any:
    if isinstance(operand, TensorRef):
        return towers[operand.node].shape, operand.output
    return operand_key(operand)


RULE = Rule(codes.UNSHARED_TOWERS, check)
