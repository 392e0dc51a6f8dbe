"""SC615: two inputs of one kind go through identical layers that are not shared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Remark
from spec_compiler.graph.ir import Node
from spec_compiler.graph.typed import Operand, TensorRef, TypedGraph
from spec_compiler.linting.described import described
from spec_compiler.linting.rule import Doubt, Rule
from spec_compiler.spans import Place

_MEET = frozenset((
    "Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract", "ops.add",
    "ops.concatenate", "ops.dot", "ops.einsum", "ops.maximum", "ops.minimum", "ops.multiply", "ops.subtract",
))  # fmt: skip
_LEAST_WEIGHTED = 2
MOST_TOWERS = 3
"""More of one kind are the features of a table, each with weights of its own."""


class _Tower(NamedTuple):
    """What a tensor comes through from one input: the same `shape` means the same layers, wired the same."""

    shape: int
    origin: str
    weighted: int


def look(graph: TypedGraph) -> Iterator[Doubt]:
    """Find merging nodes that take the ends of identical towers over inputs of one shape and dtype.

    Towers that share a layer are left alone, and so are copies of one node that `for` makes: both say that the rest
    is meant to be several.
    """
    kinds = Counter(graph.results[name].outputs[0] for name in graph.inputs)
    if not any(count >= 2 for count in kinds.values()):
        return
    towers = _towers(graph)
    told: set[frozenset[str]] = set()
    for name, call in graph.calls.items():
        if graph.layers[graph.nodes[name].layer].kind not in _MEET:
            continue
        sides: dict[tuple[int, int], dict[str, TensorRef]] = {}
        for value in call.values():
            for operand in value if isinstance(value, tuple) else (value,):
                tower = towers.get(operand.node) if isinstance(operand, TensorRef) else None
                if isinstance(operand, TensorRef) and tower is not None and tower.weighted >= _LEAST_WEIGHTED:
                    sides.setdefault((tower.shape, operand.output), {}).setdefault(tower.origin, operand)
        for same in sides.values():
            origins = frozenset(same)
            ends = [graph.nodes[tensor.node] for tensor in same.values()]
            written = {_written(node) for node in ends}
            if 2 <= len(same) <= MOST_TOWERS and len(written) == len(ends) and origins not in told:
                told.add(origins)
                yield _doubt(graph.nodes[name], tuple(same), ends)


def _doubt(merging: Node, origins: tuple[str, ...], ends: list[Node]) -> Doubt:
    first, *others = ends
    paths = [f"`{origin}` to `{end.name}`" for origin, end in zip(origins, ends, strict=True)]
    weights = f"{len(ends)} sets of weights"
    in_blocks = any(node.asked for node in ends)
    share = (
        "declare the block under `layers`, `{encoder: {type: …}}`, and call it on each side with `use: encoder`"
        if in_blocks
        else "declare each layer once under `layers`, and call it on each side with `use`"
    )
    return Doubt(
        f"the layers from {' and from '.join(paths)} are the same with {weights}, and meet in `{merging.name}`",
        _written(others[-1]),
        hint=f"to compare like with like, share them: {share}",
        related=(
            *(Remark(_written(end), f"`{end.name}` ends the same layers") for end in (first, *others[:-1])),
            Remark(merging.place.key(), "they meet here"),
        ),
    )


def _written(node: Node) -> Place:
    """The node of the spec that a node comes from."""
    return node.asked[0].place if node.asked else node.place.key()


def _towers(graph: TypedGraph) -> dict[str, _Tower]:
    """For each node over one input alone, through layers of its own: its tower. Equal towers get one number."""
    numbers: dict[Any, int] = {}
    towers: dict[str, _Tower] = {}
    for name in graph.nodes:
        node = graph.nodes[name]
        layer = graph.layers[node.layer]
        if layer.kind == "Input":
            leaf = ("Input", graph.results[name].outputs[0])
            towers[name] = _Tower(numbers.setdefault(leaf, len(numbers)), name, 0)
            continue
        below = [towers.get(tensor.node) for tensor in _tensors(graph, name)]
        if layer.shared or not below or None in below:
            continue
        found = [tower for tower in below if tower is not None]
        if len({tower.origin for tower in found}) != 1:
            continue
        call = tuple(
            (argument, tuple(_operand(each, towers) for each in (value if isinstance(value, tuple) else (value,))))
            for argument, value in graph.calls[name].items()
        )
        description = (layer.kind, described(layer.config), described(dict(node.flags)), call)
        weighted = max(tower.weighted for tower in found) + bool(graph.weights.get(node.layer))
        towers[name] = _Tower(numbers.setdefault(description, len(numbers)), found[0].origin, weighted)
    return towers


def _tensors(graph: TypedGraph, name: str) -> list[TensorRef]:
    values = graph.calls[name].values()
    operands = [each for value in values for each in (value if isinstance(value, tuple) else (value,))]
    return [operand for operand in operands if isinstance(operand, TensorRef)]


def _operand(operand: Operand, towers: Mapping[str, _Tower]) -> Any:
    if isinstance(operand, TensorRef):
        return towers[operand.node].shape, operand.output
    return "number", operand


RULE = Rule(codes.UNSHARED_TOWERS, look)
