"""The spec as it was written: its documents, the blocks that each can use, and what they became in the graph."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from spec_compiler.catalog.layers.base import Operation
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.emitting.python.expressions import UnsayableError
from spec_compiler.emitting.python.identifiers import Identifiers
from spec_compiler.emitting.python.settled import given_values, hidden_by, settled_values, with_block_values
from spec_compiler.expanding.expression_tree import Tree, parse
from spec_compiler.expanding.standard import STANDARD
from spec_compiler.expanding.substitute import pieces
from spec_compiler.formatting.parse import parse as parse_yaml
from spec_compiler.formatting.tree import Collection
from spec_compiler.graph.graph import Node
from spec_compiler.graph.scopes import Scope
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.language.spec import NODE_KEYS, BlockForm, SpecForm
from spec_compiler.language.validate import block_form, validate
from spec_compiler.reading.document import Document
from spec_compiler.spans import Path, Place


@dataclass(frozen=True)
class BlockKey:
    """A block: the file that it is written in, and its name there."""

    file: str
    name: str

    @property
    def place(self) -> Place:
        """Where it is written."""
        return Place(("blocks", self.name), file=self.file)


class Instance:
    """A call that a node of the spec became, and the graph that it is in."""

    __slots__ = ("graph", "node")

    def __init__(self, graph: TypedGraph, node: Node) -> None:
        self.graph = graph
        self.node = node

    @property
    def operation(self) -> type[Operation]:
        """The class of what is called.

        Raises:
            UnsayableError: It is a model.
        """
        config = self.graph.layers[self.node.layer].config
        if not isinstance(config, Operation):
            raise UnsayableError
        return type(config)

    @property
    def output_names(self) -> tuple[str, ...]:
        """The names of its outputs; empty if there is one, or they have none."""
        return self.graph.results[self.node.name].names

    @property
    def output_count(self) -> int:
        """How many outputs it has."""
        return len(self.graph.results[self.node.name].outputs)


class BlockCalls(NamedTuple):
    """What the calls of blocks say.

    Attributes:
        settled: The params of imported blocks that have one value in all calls.
        never_given: Those that no call gives.
        always_given: Those that all calls give.
        freezable: The blocks whose copies may be frozen as a whole.
    """

    settled: dict[BlockKey, Mapping[str, Any]]
    never_given: dict[BlockKey, frozenset[str]]
    always_given: dict[BlockKey, frozenset[str]]
    freezable: set[BlockKey]


class WrittenSpec:
    """The forms of a spec and of what it imports."""

    def __init__(self, graph: TypedGraph, documents: Mapping[str, Document]) -> None:
        self.graph = graph
        self._documents = documents
        self._forms: dict[str, SpecForm] = {}
        self._blocks: dict[BlockKey, BlockForm] = {}
        self._comments: dict[str, Mapping[Path, tuple[str, ...]]] = {}

    def form(self, file: str) -> SpecForm:
        """What a document says; the empty name is the spec's own."""
        if file not in self._forms:
            found = validate(self._documents[file].data, Findings(), needs_graph=False)
            assert found is not None
            self._forms[file] = found
        return self._forms[file]

    def comments(self, file: str) -> Mapping[Path, tuple[str, ...]]:
        """The comments of a document that stand before a node or behind it, by its path."""
        if file not in self._comments:
            document = self._documents[file]
            is_yaml = document.text is not None and not document.is_json
            self._comments[file] = dict(_node_comments(parse_yaml(document.text or "").root)) if is_yaml else {}
        return self._comments[file]

    def block(self, key: BlockKey) -> BlockForm:
        """What a block says, with the values of those params written in that the spec never varies."""
        if key not in self._blocks:
            settled = self._calls.settled.get(key, {})
            self._blocks[key] = with_block_values(self._written_block(key), settled, self.form(key.file).defaults)
        return self._blocks[key]

    def never_given(self, key: BlockKey) -> frozenset[str]:
        """The params of an imported block that no call of it gives."""
        return self._calls.never_given.get(key, frozenset())

    def always_given(self, key: BlockKey) -> frozenset[str]:
        """The params of an imported block that all calls of it give."""
        return self._calls.always_given.get(key, frozenset())

    def is_freezable(self, key: BlockKey) -> bool:
        """Whether some copy of a block, or of one around it, says whether it is trained.

        Raises:
            UnsayableError: The block has a param that is called so.
        """
        if key not in self._calls.freezable:
            return False
        if "trainable" in self._written_block(key).params:
            raise UnsayableError
        return True

    def _written_block(self, key: BlockKey) -> BlockForm:
        found = block_form(self.form(key.file).blocks[key.name], key.place, Findings())
        assert found is not None
        return found

    @cached_property
    def _calls(self) -> BlockCalls:
        """What the params of the blocks that are used are given, from the spec downwards."""
        given: dict[BlockKey, list[Mapping[str, Any]]] = {}
        found = BlockCalls({}, {}, {}, set())
        for around in self._blocks_in_order():
            known: Mapping[str, Any] = {}
            if around is not None and around.file:
                form = self._written_block(around)
                known = found.settled[around] = settled_values(form.params, given[around])
                names = frozenset(map(str, form.params))
                found.never_given[around] = names.difference(*given[around])
                found.always_given[around] = names.intersection(*given[around])
            for block, node, is_node in self._calls_in(around):
                arguments = {name: value for name, value in node.items() if name not in NODE_KEYS}
                given.setdefault(block, []).append(given_values(arguments, known, hidden_by(node)))
                says = "trainable" in arguments and "trainable" not in self._written_block(block).params
                if around in found.freezable or (says and is_node):
                    found.freezable.add(block)
        return found

    def _calls_in(self, around: BlockKey | None) -> Iterator[tuple[BlockKey, Mapping[str, Any], bool]]:
        """The blocks that nodes and shared layers of the spec or of a block are, what they say, and if it is a node."""
        file = "" if around is None else around.file
        form = self.form(file) if around is None else self._written_block(around)
        for section, is_node in ((form.layers, False), (form.nodes, True)):
            for value in section.values():
                if isinstance(value, Mapping) and isinstance(value.get("type"), str):
                    block = self.block_of(value["type"], file)
                    if block is not None:
                        yield block, value, is_node

    def _blocks_in_order(self) -> list[BlockKey | None]:
        """The spec itself, which is None, and the blocks that are used, each before those that it uses."""
        done: dict[BlockKey | None, None] = {}

        def visit(around: BlockKey | None) -> None:
            if around not in done:
                for block, *_ in self._calls_in(around):
                    visit(block)
                done[around] = None

        visit(None)
        return list(reversed(done))

    @cached_property
    def layers_in_use(self) -> frozenset[Place]:
        """Where the layers are written that the model is made of."""
        return frozenset(layer.place for graph in self.graphs for layer in graph.graph.layers_in_use().values())

    def block_names(self) -> set[str]:
        """The names of all blocks."""
        return {name for file in self._documents for name in self.form(file).blocks}

    def param_names(self, key: BlockKey) -> dict[str, str]:
        """What the params of a block are called in Python."""
        form = self.block(key)
        identifiers = Identifiers(frozenset(("build_model", "prefix", *self.block_names())))
        for name in form.inputs:
            identifiers.new(name)
        return {str(name): identifiers.new(str(name)) for name in form.params}

    def block_of(self, kind: str | None, file: str) -> BlockKey | None:
        """The block that a type stands for in a document; None if it is none."""
        if kind is None:
            return None
        if kind in self.form(file).blocks:
            return BlockKey(file, kind)
        for target in self.form(file).imports:
            imported = self._imported(target, file)
            if kind in self.form(imported).blocks:
                return BlockKey(imported, kind)
        return None

    def _imported(self, target: str, file: str) -> str:
        if target.startswith(STANDARD):
            return target
        around = file or self._documents[""].name
        key = os.path.normpath(os.path.join(os.path.dirname(around), target))
        if key in self._documents:
            return key
        ends = [each for each in self._documents if each.endswith(os.path.normpath(target))]
        if len(ends) != 1:
            raise UnsayableError
        return ends[0]

    @cached_property
    def graphs(self) -> tuple[TypedGraph, ...]:
        """The graph, and those of its nested models."""
        return tuple(_graphs(self.graph))

    def kind_of(self, value: Any, file: str, block: BlockKey | None, scopes: Sequence[Scope]) -> str | None:
        """Whether a value with expressions is an `int`, a `list` or a `map`; None if that cannot be told."""
        if not isinstance(value, str):
            return {int: "int", list: "list", dict: "map"}.get(type(value))
        parts = pieces(value)
        if len(parts) != 1 or not parts[0].expression:
            return None
        params = self.form(file).params if block is None else self.block(block).params
        return _kind_of_tree(parse(parts[0].text, 2**53), params, scopes)

    @cached_property
    def instances(self) -> Mapping[Place, list[Instance]]:
        """The calls that came of what is written at each place."""
        found: dict[Place, list[Instance]] = {}
        for graph in self.graphs:
            for node in graph.nodes.values():
                found.setdefault(node.place, []).append(Instance(graph, node))
        return found

    @cached_property
    def copies(self) -> Mapping[Place, list[Scope]]:
        """The scopes that what is written at each place asked for."""
        found: dict[Place, list[Scope]] = {}
        for scope in self.graph.graph.scopes:
            found.setdefault(scope.place, []).append(scope)
        return found


def _node_comments(
    node: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], tuple[str, ...]]]:
    """The comments at the nodes of a spec and of its blocks."""
    if not isinstance(node, Collection) or node.kind != "mapping" or len(path) > 3:
        return
    for entry in node.entries:
        key = entry.key.line.strip("'\"") if entry.key is not None else ""
        inside = (*path, key)
        if path and path[-1] == "nodes":
            found = [comment.text for comment in (*entry.lead, *((entry.trailing,) if entry.trailing else ()))]
            if found:
                yield inside, tuple(found)
        else:
            yield from _node_comments(entry.value, inside)


_INTEGERS = frozenset(("+", "-", "*", "//", "%", "**", "negative", "positive"))
_FUNCTIONS = {
    **dict.fromkeys(("len", "int", "min", "max", "abs", "round", "sum"), "int"),
    **dict.fromkeys(("range", "zip", "enumerate", "sorted", "reversed", "keys", "values", "items"), "list"),
}


def _kind_of_tree(tree: Tree, params: Any, scopes: Sequence[Scope]) -> str | None:
    if tree.kind in ("list", "comprehension", "slice"):
        return "list"
    if tree.kind == "call":
        return _FUNCTIONS.get(tree.value)
    if tree.kind == "if":
        kinds = {_kind_of_tree(each, params, scopes) for each in (tree.operands[0], tree.operands[2])}
        return kinds.pop() if len(kinds) == 1 else None
    if tree.kind == "value":
        return "int" if type(tree.value) is int else None
    if tree.kind == "name":
        return _kind_of_param(tree.value, params, scopes)
    if tree.kind in _INTEGERS and tree.operands:
        kinds = {_kind_of_tree(each, params, scopes) for each in tree.operands}
        return "int" if kinds == {"int"} else "list" if "list" in kinds and tree.kind in ("+", "*") else None
    return None


def _kind_of_param(name: str, params: Any, scopes: Sequence[Scope]) -> str | None:
    declared = params.get(name) if isinstance(params, Mapping) else None
    if isinstance(declared, Mapping):
        if declared.get("type") in ("int", "list", "map"):
            return str(declared["type"])
        declared = declared.get("default")
    for value in (declared, *(scope.graph.arguments.get(name) for scope in scopes)):
        kind = {int: "int", list: "list", dict: "map"}.get(type(value))
        if kind is not None:
            return kind
    return None


def _graphs(graph: TypedGraph) -> Iterator[TypedGraph]:
    yield graph
    for inner in graph.models.values():
        yield from _graphs(inner)
