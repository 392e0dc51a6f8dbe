"""What flows through the references of a graph: in each copy of it, the types of what a reference names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from spec_compiler.catalog.tensors import TensorType
from spec_compiler.graph.flat import OutputRef
from spec_compiler.graph.scopes import Scope
from spec_compiler.language.names import pattern_to_regex
from spec_compiler.language_server.names import path_of_graph
from spec_compiler.language_server.snapshot import Snapshot, index_of_output
from spec_compiler.spans import Path, Place


class FlowingTensor(NamedTuple):
    """A tensor that a reference picks: its output, if there are several to pick from, and its type."""

    output: str | None
    kind: TensorType


def flows(snapshot: Snapshot, home: Place, reference: str) -> list[tuple[Scope, tuple[TensorType, ...]]]:
    """What a reference gives in each copy of a graph; nothing where it is not known."""
    name, dot, output = reference.partition(".")
    found = []
    for scope in snapshot.scopes_by_graph.get(home, ()):
        tensors = [each for one in _matched(snapshot, home, name) for each in tensors_of(snapshot, scope, one)]
        if dot:
            kinds = tuple(each.kind for index, each in enumerate(tensors) if output in (each.output, str(index)))
        else:
            kinds = tuple(each.kind for each in tensors)
        if kinds:
            found.append((scope, kinds))
    return found


def _matched(snapshot: Snapshot, home: Place, name: str) -> list[str]:
    """The names that a name stands for in a graph: itself, or all that a pattern matches."""
    if "*" not in name:
        return [name]
    pattern = pattern_to_regex(name)
    return [each for each in names_in_graph(snapshot, home) if pattern.fullmatch(each)]


def tensors_of(snapshot: Snapshot, scope: Scope, name: str) -> list[FlowingTensor]:
    """The tensors that a name of a graph stands for, in one copy of it."""
    graph = snapshot.graph_of(scope)
    if graph is None:
        return []
    operands = snapshot.trace.names[scope].get(name, ())
    found: list[FlowingTensor] = []
    for operand in operands:
        result = graph.known_result(operand.node) if isinstance(operand, OutputRef) else None
        if result is None or not isinstance(operand, OutputRef):
            continue
        choice = operand.choice.partition(".")[2] if operand.choice is not None else None
        if operand.output is not None:
            index = index_of_output(result.names, len(result.outputs), operand.output)
            found += [FlowingTensor(choice, result.outputs[index])] if index is not None else []
        elif len(result.outputs) == 1 or choice is not None:
            found += [FlowingTensor(choice, kind) for kind in result.outputs[:1]]
        else:
            names = result.names or tuple(map(str, range(len(result.outputs))))
            found += [FlowingTensor(each, kind) for each, kind in zip(names, result.outputs, strict=True)]
    return found


def names_in_graph(snapshot: Snapshot, home: Place) -> Iterator[str]:
    """The names that references of a graph can use: its inputs, its nodes, and the copies that `for` makes."""
    scopes = snapshot.scopes_by_graph.get(home, ())
    known = dict.fromkeys(name for scope in scopes[:1] for name in snapshot.trace.names[scope])
    graph = snapshot.value_at(home)
    if isinstance(graph, dict):
        inputs = graph.get("inputs")
        if home.path and isinstance(inputs, list):
            known |= dict.fromkeys(each for each in inputs if isinstance(each, str))
        nodes = graph.get("nodes")
        if isinstance(nodes, dict):
            known |= dict.fromkeys(str(each) for each in nodes)
    yield from (name for name in known if "${" not in name)


def home_of(path: Path, file: str = "") -> Place:
    """The graph that a path is in."""
    return Place(path_of_graph(path), file=file)
