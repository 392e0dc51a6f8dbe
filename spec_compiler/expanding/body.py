"""One graph being written out: that of the spec, or of one copy of a block.

What a name stands for is worked out when it is first asked for, since nodes may be written in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.expanding.completion import Completion
from spec_compiler.expanding.edges import Stop
from spec_compiler.expanding.library import Block, Library
from spec_compiler.expanding.names import Meaning, Names, UnresolvedError, pick
from spec_compiler.expanding.run import Run, Sections, UnfinishedGraph
from spec_compiler.expanding.substitute import NoValueError, Variables
from spec_compiler.graph.flat import FlatOperand
from spec_compiler.graph.scopes import Scope
from spec_compiler.language.names import NAME
from spec_compiler.spans import Place


class Known:
    """A name that stands for a tensor which is known: an input of a block."""

    def __init__(self, find: Callable[[], FlatOperand]) -> None:
        self._find = find

    def sources(self, output: str | None, place: Place) -> list[FlatOperand]:
        """The tensor, as the reference names it."""
        return [pick(self._find(), output, place)]


class Unknown:
    """A name of which nothing is known, or nothing any more."""

    def sources(self, output: str | None, place: Place) -> list[FlatOperand]:
        """Nothing is known of it.

        Raises:
            UnresolvedError: Always.
        """
        raise UnresolvedError


class Expandable(Meaning, Protocol):
    """A node of a graph that is being written out."""

    def write(self) -> None:
        """Write out the calls that the node becomes."""

    def close(self) -> None:
        """Let go of what the node holds."""

    def note_names(self) -> None:
        """Keep what names stand for in the graphs of its copies."""


class OpenBody(Protocol):
    """Begins to write out a graph: reads its nodes and edges, and plans what becomes of each.

    A block's nodes may be blocks again. So each graph hands down the way into the next, and no module has to import
    the one that it is used by.
    """

    def __call__(
        self,
        run: Run,
        part: UnfinishedGraph,
        sections: Sections,
        place: Place,
        scope: Scope,
        variables: Variables,
        library: Library,
        inputs: Mapping[str, Meaning] | None = None,
    ) -> Body:
        """The graph, with all its names."""


class Body:
    """A graph with its names.

    Attributes:
        open_body: The way into the graphs of its blocks.
        run: The expansion that it belongs to.
        part: Where its nodes and layers go.
        place: Where the graph is written: the root of the spec, or a block.
        scope: What it is a copy of.
        prefix: What the full names of its nodes begin with.
        variables: The params in scope.
        library: The blocks that can be used.
        layers: The graph's shared layers, as they are written.
        meanings: What each name stands for.
        names: The same for references.
        completion: What layers get that they do not say themselves.
        nodes: Its nodes, after `for`, in order of writing.
        edges: The beginnings of the edges that lead to each node, in order of writing.
        has_broken_edges: Whether some edges have mistakes, so that nobody can say what flows where.
    """

    def __init__(
        self,
        open_body: OpenBody,
        run: Run,
        part: UnfinishedGraph,
        place: Place,
        scope: Scope,
        variables: Variables,
        library: Library,
        layers: Mapping[str, Any],
        meanings: dict[str, Meaning],
        knows_nodes: bool,
        completion: Completion,
    ) -> None:
        self.open_body = open_body
        self.run = run
        self.part = part
        self.place = place
        self.scope = scope
        self.prefix = scope.prefix
        self.variables = variables
        self.library = library
        self.layers = layers
        self.meanings = meanings
        self.names = Names(meanings, layers, run.findings, scope, run.budget, known=knows_nodes)
        self.completion = completion
        self.nodes: list[Expandable] = []
        self.edges: Mapping[str, list[Stop]] = {}
        self.has_broken_edges = False

    @property
    def findings(self) -> Findings:
        """Where mistakes go."""
        return self.run.findings

    def blocks_around(self) -> tuple[str, ...]:
        """The blocks that this graph is in, from the outermost."""
        return tuple(scope.block for scope in self.scope.path() if scope.block is not None)

    def note_names(self) -> None:
        """Keep what the names stand for, here and in the copies of blocks, if anybody asks for it; all is resolved."""
        if self.run.trace is None:
            return
        with self.findings.muted():
            self.run.trace.note_names(
                self.scope, {name: _known(each, self.place) for name, each in self.meanings.items()}
            )
        for node in self.nodes:
            node.note_names()

    def close(self) -> None:
        """Let go of the nodes, once all is written out and resolved: they and the graph hold each other."""
        for node in self.nodes:
            node.close()
        self.nodes = []
        # The names stay: what a wrong one may have meant is looked for later.
        self.meanings.update(dict.fromkeys(self.meanings, Unknown()))

    def write_nodes(self) -> None:
        """Write out the nodes, in order of writing."""
        for node in self.nodes:
            node.write()

    def with_prefix(self, value: Any) -> Any:
        """Arguments in which shared layers are used by their full names."""
        if not self.prefix:
            return value
        if isinstance(value, dict):
            return {
                key: self.prefix + item if key == "use" and isinstance(item, str) else self.with_prefix(item)
                for key, item in value.items()
            }
        return [self.with_prefix(item) for item in value] if isinstance(value, list) else value

    def outputs_of(self, block: Block) -> tuple[tuple[str, FlatOperand], ...]:
        """The outputs of this copy of a block, by name.

        Raises:
            UnresolvedError: One of them has a mistake, which is reported.
        """
        found: list[tuple[str, FlatOperand]] = []
        failed = False
        for name, reference, place in output_references(block):
            if isinstance(block.form.outputs, list):
                try:
                    name = reference = self.variables.substitute(reference, place)
                except NoValueError:
                    failed = True
                    continue
            if self.names.is_refused(name):
                failed = True
                continue
            if not (isinstance(name, str) and NAME.fullmatch(name)):
                hint = "a block names its outputs one by one" if isinstance(name, str) and "*" in name else None
                message = f"{show(name)} is not formed as a name"
                self.findings.add(codes.BAD_NAME, message, place, hint=hint, scope=self.scope)
                failed = True
                continue
            try:
                found.append((name, self.names.single(self.variables.substitute(reference, place), place)))
            except (UnresolvedError, NoValueError):
                failed = True
        if failed:
            raise UnresolvedError
        return tuple(found)


def _known(meaning: Meaning, place: Place) -> tuple[FlatOperand, ...]:
    """What a name stands for; nothing, if nothing is known of it."""
    try:
        return tuple(meaning.sources(None, place))
    except UnresolvedError:
        return ()


def output_references(block: Block) -> Iterable[tuple[Any, Any, Place]]:
    """The outputs of a block as they are written: name, reference, which may hold an expression, and place."""
    place = block.place / "outputs"
    outputs = block.form.outputs
    if isinstance(outputs, dict):
        return [(name, reference, place / name) for name, reference in outputs.items()]
    return [(name, name, place / index) for index, name in enumerate(outputs)]
