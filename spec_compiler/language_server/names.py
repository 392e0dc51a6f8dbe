"""The names of a spec: where each is defined, and where it is used. For definitions, references and renames.

What is written is walked, and not what became of it, so that what stands under a condition that is false counts too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

from spec_compiler.expanding.edges import read_stops
from spec_compiler.expanding.expression_tree import SyntaxMistake, Tree, parse
from spec_compiler.expanding.loop_values import variables_of
from spec_compiler.expanding.substitute import pieces
from spec_compiler.language.names import pattern_to_regex
from spec_compiler.limits import DEFAULT_LIMITS
from spec_compiler.reading.document import Document
from spec_compiler.spans import Path, Place

SymbolKind = Literal["node", "layer", "block", "param", "input", "output", "variable", "part"]
TITLES: Mapping[SymbolKind, str] = {
    "node": "node",
    "layer": "shared layer",
    "block": "block",
    "param": "param",
    "input": "input of the block",
    "output": "output",
    "variable": "variable of `for`",
    "part": "model",
}


class Symbol(NamedTuple):
    """Something that has a name.

    Attributes:
        kind: What it is.
        name: Its name; of a node with `for`, as it is written, with expressions.
        home: Where it is known: the spec or block that it is written in, of a variable the node.
    """

    kind: SymbolKind
    name: str
    home: Place


class Occurrence(NamedTuple):
    """A place where a name is written; `definition` says whether it is defined there."""

    symbol: Symbol
    place: Place
    definition: bool = False


@dataclass
class NameIndex:
    """The names of one document.

    Attributes:
        file: The `file` of its places.
        document: The document.
        blocks: The blocks that it can use, by name, and where each is written.
        value_at: What is written at a place, in this document or another.
        copies: The nodes that `for` makes: the name of each copy, in a graph, and the node as it is written.
    """

    file: str
    document: Document
    blocks: Mapping[str, Place]
    value_at: Callable[[Place], Any]
    copies: Mapping[tuple[Place, str], str] = field(default_factory=dict)

    @cached_property
    def occurrences(self) -> tuple[Occurrence, ...]:
        """All of them, in no order."""
        return tuple(self._all())

    def at(self, place: Place) -> Occurrence | None:
        """The name that is written at a place: the key, the value, or a stretch of it."""
        found = [
            each for each in self.occurrences if each.place.path == place.path and each.place.on_key == place.on_key
        ]
        exact = [each for each in found if _covers(each.place, place)]
        return min(exact, key=lambda each: _width(each.place)) if exact else None

    def of(self, symbol: Symbol) -> list[Occurrence]:
        """Where a name is defined and used in this document."""
        return [each for each in self.occurrences if each.symbol == symbol]

    # The walk

    def _all(self) -> Iterator[Occurrence]:
        data = self.document.data
        if not isinstance(data, dict):
            return
        root = Place((), file=self.file)
        yield from self._graph(data, root)
        for name, block in _items(data.get("blocks")):
            at = root / "blocks" / name
            yield Occurrence(Symbol("block", str(name), root), at.key(), True)
            if isinstance(block, dict):
                yield from self._graph(block, at)
        for name, part in _items(data.get("models")):
            at = root / "models" / name
            yield Occurrence(Symbol("part", str(name), root), at.key(), True)
            if isinstance(part, dict):
                yield from self._references(part.get("inputs"), at / "inputs", root)
                yield from self._outputs(part.get("outputs"), at / "outputs", root, is_part=True)
                yield from self._expressions(part.get("compile"), at / "compile", root, ())

    def _graph(self, graph: Mapping[str, Any], home: Place) -> Iterator[Occurrence]:
        yield from self._params(graph.get("params"), home)
        is_block = bool(home.path)
        if is_block:
            inputs = graph.get("inputs")
            for index, name in enumerate(inputs if isinstance(inputs, list) else ()):
                if isinstance(name, str):
                    yield Occurrence(Symbol("input", name, home), home / "inputs" / index, True)
        else:
            yield from self._references(graph.get("inputs"), home / "inputs", home)
        for name, layer in _items(graph.get("layers")):
            at = home / "layers" / name
            yield Occurrence(Symbol("layer", str(name), home), at.key(), True)
            yield from self._call(layer, at, home, ())
        for name, node in _items(graph.get("nodes")):
            at = home / "nodes" / name
            variables = _variables(node)
            yield Occurrence(Symbol("node", str(name), home), at.key(), True)
            yield from self._in_text(str(name), at.key(), home, at, variables)
            yield from self._node(node, at, home, variables)
        for index, edge in enumerate(_list(graph.get("edges"))):
            yield from self._edge(edge, home / "edges" / index, home)
        yield from self._outputs(graph.get("outputs"), home / "outputs", home)
        for section in ("defaults", "compile", "fit", "phases", "seed", "dtype_policy"):
            yield from self._expressions(graph.get(section), home / section, home, ())
        if not is_block:
            yield from self._monitors(graph, home)
            yield from self._phases(graph, home)
            yield from self._search(graph, home)

    def _params(self, params: Any, home: Place) -> Iterator[Occurrence]:
        at = home / "params"
        for name, value in _items(params):
            yield Occurrence(Symbol("param", str(name), home), (at / name).key(), True)
            yield from self._expressions(value, at / name, home, ())
        for index, name in enumerate(_list(params)):
            if isinstance(name, str):
                yield Occurrence(Symbol("param", name, home), at / index, True)

    def _phases(self, graph: Mapping[str, Any], home: Place) -> Iterator[Occurrence]:
        """The names of what the phases train: nodes, shared layers, and what is inside of copies."""
        for index, phase in enumerate(_list(graph.get("phases"))):
            for number, part in enumerate(_list(phase.get("train")) if isinstance(phase, dict) else ()):
                name = part.partition(".")[0] if isinstance(part, str) else ""
                is_layer = name in _keys(graph.get("layers"))
                symbol = self.named(name, home) or (Symbol("layer", name, home) if is_layer else None)
                if symbol is not None:
                    yield Occurrence(symbol, (home / "phases" / index / "train" / number).within(0, len(name)))

    def _search(self, graph: Mapping[str, Any], home: Place) -> Iterator[Occurrence]:
        """The names of the params that a sweep tries."""
        for name in _keys(graph.get("search")):
            if name in _keys(graph.get("params")):
                yield Occurrence(Symbol("param", str(name), home), (home / "search" / name).key())

    def _node(self, node: Any, at: Place, home: Place, variables: tuple[str, ...]) -> Iterator[Occurrence]:
        if not isinstance(node, dict):
            return
        loops = node.get("for")
        for key, value in _items(loops):
            offset = 0
            for part in str(key).split(","):
                name = part.strip()
                start = offset + len(part) - len(part.lstrip())
                place = (at / "for" / key).key().within(start, start + len(name))
                yield Occurrence(Symbol("variable", name, at), place, True)
                offset += len(part) + 1
            yield from self._expressions(value, at / "for" / key, home, ())
        yield from self._references(
            node.get("inputs"), at / "inputs", home, variables, at, self._called_block(node, home)
        )
        for key in ("repeat", "when", "name", "call"):
            yield from self._expressions(node.get(key), at / key, home, variables, at)
        yield from self._call(node, at, home, variables)

    def _call(self, call: Any, at: Place, home: Place, variables: tuple[str, ...]) -> Iterator[Occurrence]:
        """What a node or a shared layer says of what it calls: its type and its arguments."""
        if not isinstance(call, dict):
            return
        block = self._block_of(call)
        if block is not None:
            yield Occurrence(Symbol("block", str(call["type"]), block._replace(path=())), at / "type")
        elif isinstance(call.get("type"), str):
            yield from self._in_text(call["type"], at / "type", home, at, variables)
        params = self.value_at(block).get("params") if block is not None else None
        for key, value in call.items():
            if key in ("type", "inputs", "call", "repeat", "when", "name", "for"):
                continue
            if block is not None and isinstance(params, (dict, list)) and key in params:
                yield Occurrence(Symbol("param", str(key), block), (at / key).key())
            if key == "use" and isinstance(value, str):
                yield from self._use(value, at / "use", home)
            else:
                yield from self._expressions(value, at / key, home, variables, at)

    def _use(self, value: str, place: Place, home: Place) -> Iterator[Occurrence]:
        if value in _keys(self._written_graph(home).get("layers")):
            yield Occurrence(Symbol("layer", value, home), place)

    def _block_of(self, call: Mapping[str, Any]) -> Place | None:
        kind = call.get("type")
        return self.blocks.get(kind) if isinstance(kind, str) and isinstance(self._form(kind), dict) else None

    def _called_block(self, call: Mapping[str, Any], home: Place) -> Place | None:
        """The block that a node asks for a copy of, or calls as a shared layer."""
        layers = self._written_graph(home).get("layers")
        shared = layers.get(call.get("use")) if isinstance(layers, dict) and isinstance(call.get("use"), str) else None
        return self._block_of(shared if isinstance(shared, dict) else call)

    def _form(self, kind: str) -> Any:
        place = self.blocks.get(kind)
        return self.value_at(place) if place is not None else None

    def _written_graph(self, home: Place) -> Mapping[str, Any]:
        found = self.value_at(home)
        return found if isinstance(found, dict) else {}

    # References

    def _references(
        self,
        value: Any,
        place: Place,
        home: Place,
        variables: tuple[str, ...] = (),
        node: Place | None = None,
        block: Place | None = None,
    ) -> Iterator[Occurrence]:
        if isinstance(value, str):
            if "${" in value:
                yield from self._in_text(value, place, home, node, variables)
            else:
                yield from self._reference(value, 0, place, home)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._references(item, place / index, home, variables, node)
        elif isinstance(value, dict):
            inputs = _list(self.value_at(block).get("inputs")) if block is not None else []
            for key, item in value.items():
                if key in inputs and block is not None:
                    yield Occurrence(Symbol("input", str(key), block), (place / key).key())
                yield from self._references(item, place / key, home, variables, node)

    def _reference(self, text: str, offset: int, place: Place, home: Place) -> Iterator[Occurrence]:
        """The names in one reference: that of the node, and that of the output of a block."""
        name, dot, output = text.partition(".")
        found = self.named(name, home) if "*" not in name else None
        if found is None:
            return
        yield Occurrence(found, place.within(offset, offset + len(name)))
        node = self._written_graph(home).get("nodes")
        written = node.get(found.name) if isinstance(node, dict) and found.kind == "node" else None
        block = self._called_block(written, home) if isinstance(written, dict) else None
        picked = self._output_of(block, output) if dot and block is not None else None
        if picked is not None:
            start = offset + len(name) + 1
            yield Occurrence(picked, place.within(start, start + len(output)))

    def _output_of(self, block: Place, output: str) -> Symbol | None:
        """What the name of an output of a block is of: of a list, it is the node's own."""
        outputs = self.value_at(block).get("outputs")
        if isinstance(outputs, dict):
            return Symbol("output", output, block) if output in outputs else None
        return self.named(output, block) if output in _list(outputs) else None

    def named(self, name: str, home: Place) -> Symbol | None:
        """What a reference of a graph names; None for nothing, or for a pattern."""
        graph = self._written_graph(home)
        if name in _keys(graph.get("nodes")):
            return Symbol("node", name, home)
        if home.path and name in _list(graph.get("inputs")):
            return Symbol("input", name, home)
        key = self.copies.get((home, name))
        if key is None:
            written = (str(each) for each in _keys(graph.get("nodes")) if "${" in str(each))
            key = next((each for each in written if _as_pattern(each).fullmatch(name)), None)
        return Symbol("node", key, home) if key is not None else None

    def _edge(self, edge: Any, place: Place, home: Place) -> Iterator[Occurrence]:
        if isinstance(edge, str):
            for text, start in read_stops(edge):
                yield from self._reference(text, start, place, home)
        else:
            yield from self._references(edge, place, home)

    def _outputs(self, outputs: Any, place: Place, home: Place, *, is_part: bool = False) -> Iterator[Occurrence]:
        if isinstance(outputs, list):
            yield from self._references(outputs, place, home)
            return
        is_block = bool(home.path)
        for key, value in _items(outputs):
            name, at = str(key), place / key
            if is_block or isinstance(value, str):
                owner = home if is_block else place
                yield Occurrence(Symbol("output", name, owner), at.key(), True)
                yield from self._references(value, at, home)
            elif isinstance(value, dict) and "from" in value:
                yield Occurrence(Symbol("output", name, place if is_part else home), at.key(), True)
                yield from self._references(value["from"], at / "from", home)
                yield from self._expressions(_without(value, "from"), at, home, ())
            else:
                found = self.named(name, home)
                if found is not None:
                    yield Occurrence(found, at.key())
                yield from self._expressions(value, at, home, ())

    def _monitors(self, graph: Mapping[str, Any], home: Place) -> Iterator[Occurrence]:
        """The names of outputs in those of what callbacks watch, as in `val_main_output_loss`."""
        outputs = graph.get("outputs")
        fit = graph.get("fit")
        if not isinstance(fit, dict) or len(_keys(outputs)) < 2:
            return
        for index, callback in enumerate(_list(fit.get("callbacks"))):
            monitor = callback.get("monitor") if isinstance(callback, dict) else None
            if not isinstance(monitor, str):
                continue
            bare = monitor.removeprefix("val_")
            named = [str(each) for each in _keys(outputs) if bare.startswith(f"{each}_")]
            if not named:
                continue
            name = max(named, key=len)
            form = outputs.get(name) if isinstance(outputs, dict) else None
            is_own = isinstance(form, dict) and "from" in form
            symbol = Symbol("output", name, home) if is_own else self.named(name, home)
            start = len(monitor) - len(bare)
            if symbol is not None:
                at = home / "fit" / "callbacks" / index / "monitor"
                yield Occurrence(symbol, at.within(start, start + len(name)))

    # Expressions

    def _expressions(
        self, value: Any, place: Place, home: Place, variables: tuple[str, ...], node: Place | None = None
    ) -> Iterator[Occurrence]:
        if isinstance(value, str):
            yield from self._in_text(value, place, home, node, variables)
        elif isinstance(value, dict):
            for key, item in value.items():
                if key == "use" and isinstance(item, str) and "${" not in item:
                    yield from self._use(item, place / key, home)
                else:
                    yield from self._expressions(item, place / key, home, variables, node)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._expressions(item, place / index, home, variables, node)

    def _in_text(
        self, text: str, place: Place, home: Place, node: Place | None, variables: tuple[str, ...]
    ) -> Iterator[Occurrence]:
        """The params and variables in the expressions of a text."""
        params = _keys(self._written_graph(home).get("params"))
        for name, start in names_in_text(text):
            if name in variables and node is not None:
                yield Occurrence(Symbol("variable", name, node), place.within(start, start + len(name)))
            elif name in params:
                yield Occurrence(Symbol("param", name, home), place.within(start, start + len(name)))


def names_in_text(text: str) -> Iterator[tuple[str, int]]:
    """The names that the expressions of a text take from outside, and where each begins."""
    if "${" not in text:
        return
    try:
        parts = pieces(text)
    except SyntaxMistake:
        return
    for piece in parts:
        if piece.expression:
            try:
                tree = parse(piece.text, DEFAULT_LIMITS.integer)
            except SyntaxMistake:
                continue
            for name, start in _names_of(tree, piece.text, frozenset()):
                yield name, piece.start + start


def _names_of(tree: Tree, text: str, own: frozenset[str]) -> Iterator[tuple[str, int]]:
    if tree.kind == "name":
        if tree.value not in own:
            # Brackets around a name are part of its tree.
            yield tree.value, tree.start + text[tree.start : tree.end].index(tree.value)
    elif tree.kind == "comprehension":
        item, iterable, *condition = tree.operands
        yield from _names_of(iterable, text, own)
        for each in (item, *condition):
            yield from _names_of(each, text, own | {*tree.value})
    else:
        for operand in tree.operands:
            yield from _names_of(operand, text, own)


def _as_pattern(key: str) -> re.Pattern[str]:
    """What the names of the copies of a node with `for` look like."""
    return pattern_to_regex(re.sub(r"\$\{.*?\}", "*", key, flags=re.DOTALL))


def _variables(node: Any) -> tuple[str, ...]:
    loops = node.get("for") if isinstance(node, dict) else None
    return tuple(name for key in _keys(loops) for name in variables_of(key))


def _items(value: Any) -> list[tuple[Any, Any]]:
    return list(value.items()) if isinstance(value, dict) else []


def _keys(value: Any) -> list[Any]:
    return [*value] if isinstance(value, (dict, list)) else []


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _without(value: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {each: item for each, item in value.items() if each != key}


def _covers(place: Place, other: Place) -> bool:
    if place.part is None or other.part is None:
        return True
    return place.part[0] <= other.part[0] <= place.part[1]


def _width(place: Place) -> int:
    return place.part[1] - place.part[0] if place.part is not None else 1_000_000


def path_of_graph(path: Path) -> Path:
    """The path of the graph that a path of a document is in."""
    return path[:2] if path[:1] == ("blocks",) and len(path) > 1 else ()


def texts_in(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """The texts that are values in some data, with their paths."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, (dict, list)):
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in entries:
            yield from texts_in(item, (*path, key))
