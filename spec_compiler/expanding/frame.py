"""One graph, that of the spec or of one copy of a block, being written out: names, copies, wiring.

What a name stands for is worked out when it is first asked for, since nodes may be written in any order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Remark
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.expanding.blocks import Block, Library
from spec_compiler.expanding.edges import Stop, read_edges
from spec_compiler.expanding.flat import FlatLayer, FlatModel, FlatNode, Owner, Source, Wire
from spec_compiler.expanding.scope import Meaning, Scope, UnresolvedError, pick
from spec_compiler.expanding.substitute import NoValueError, Variables
from spec_compiler.language.names import NAME
from spec_compiler.language.validate import layer_form
from spec_compiler.limits import Limits
from spec_compiler.spans import Place


class TooManyNodesError(Exception):
    """More nodes than the limit; a finding says so."""


@dataclass
class Output:
    """What the expansion of one spec has written so far."""

    findings: Findings
    limits: Limits
    nodes: list[FlatNode] = field(default_factory=list)
    layers: list[FlatLayer] = field(default_factory=list)
    copies: int = 0

    def count(self, place: Place, more: int = 1) -> None:
        """Count nodes and copies of blocks.

        Raises:
            TooManyNodesError: There are more than the limit.
        """
        self.copies += more
        if self.copies > self.limits.nodes:
            self.findings.add(
                codes.TOO_MANY_NODES,
                f"the spec expands to more than {self.limits.nodes} nodes",
                place,
            )
            raise TooManyNodesError


class Known:
    """A name that stands for a source which is known: an input of a block."""

    def __init__(self, find: Callable[[], Source]) -> None:
        self._find = find

    def sources(self, output: str | None, place: Place) -> list[Source]:
        """The source, as the reference names it."""
        return [pick(self._find(), output, place)]


class Frame:
    """A graph with its names.

    Args:
        output: Where nodes and layers go.
        place: Where the graph is written: the root of the spec, or a block.
        prefix: What the names of its nodes begin with.
        variables: The params in scope.
        library: The blocks that can be used.
        sections: The graph's `layers`, `nodes` and `edges`.
        inputs: What the inputs of a block stand for.
        asked: Who asked for this copy.
        within: The blocks that this graph is in, from the outermost.
        owner: The node of the spec that all this comes from, if it is not the spec's own graph.
    """

    def __init__(
        self,
        output: Output,
        place: Place,
        prefix: str,
        variables: Variables,
        library: Library,
        sections: tuple[Mapping[str, Any], Mapping[str, Any], list[Any]],
        inputs: Mapping[str, Meaning] | None = None,
        asked: tuple[Remark, ...] = (),
        within: tuple[str, ...] = (),
        owner: Owner | None = None,
    ) -> None:
        from spec_compiler.expanding.loops import read_copies

        self.output = output
        self.findings = output.findings
        self.place = place
        self.prefix = prefix
        self.variables = variables
        self.library = library
        self.layers, nodes, edges = sections
        self.asked = asked
        self.within = within
        self.owner = owner
        self.names: dict[str, Meaning] = dict(inputs or {})
        self.scope = Scope(self.names, self.layers, self.findings, known=bool(nodes) or inputs is not None, asked=asked)
        self.written = read_copies(self, nodes)
        before = self.findings.errors
        self.edges = self._by_target(edges)
        self.torn = self.findings.errors > before

    def _by_target(self, edges: list[Any]) -> Mapping[str, list[Stop]]:
        """The beginnings of the edges that lead to each node, in order of writing."""
        by_target: defaultdict[str, list[Stop]] = defaultdict(list)
        targets = [copy.name for copy in self.written]
        known = set(targets)
        for source, target in read_edges(edges, self.place / "edges", self.findings):
            if target.text in known:
                by_target[target.text].append(source)
            else:
                hint, fix = did_you_mean(target.text, targets)
                self.findings.add(
                    codes.UNKNOWN_REFERENCE,
                    f"no node is named `{target.text}`",
                    target.place,
                    hint=hint,
                    fix=fix,
                    related=self.asked,
                )
        return by_target

    def write(self) -> None:
        """Write out the layers and nodes, in order of writing."""
        for key, value in self.layers.items():
            self._write_layer(key, value)
        for copy in self.written:
            copy.write()

    def _write_layer(self, key: str, value: Any) -> None:
        place = self.place / "layers" / key
        try:
            value = self.variables.substitute(value, place)
            form = layer_form(value, place, self.findings, self.asked)
        except NoValueError:
            form = None
        name = self.prefix + key
        if form is None:
            self.output.layers.append(FlatLayer(name, None, name, {}, place, self.asked))
            return
        keras_name = self.prefix + form.name if form.name is not None else name
        block = self.library.blocks.get(form.type)
        model = None
        if block is not None:
            model = self._write_model(block, name, form.arguments, place)
        arguments = self.with_prefix(form.arguments) if model is None else {}
        kind = None if self.library.is_broken(form.type) or (block is not None and model is None) else form.type
        self.output.layers.append(FlatLayer(name, kind, keras_name, arguments, place, self.asked, model))

    def _write_model(self, block: Block, name: str, arguments: Mapping[str, Any], place: Place) -> FlatModel | None:
        """A block that is shared: a model of its own, with nodes of its own."""
        from spec_compiler.expanding.block_frame import block_frame

        inner = Output(self.findings, self.output.limits, copies=self.output.copies)
        names: dict[str, Meaning] = {each: Known(partial(Wire, each, None, place)) for each in block.form.inputs}
        frame = block_frame(self, inner, block, "", names, arguments, place, f"`{name}`", owner=None)
        if frame is None:
            return None
        frame.write()
        self.output.copies = inner.copies
        outputs = block_outputs(frame, block)
        if outputs is None:
            return None
        return FlatModel(tuple(block.form.inputs), tuple(inner.nodes), tuple(inner.layers), outputs)

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


def block_outputs(frame: Frame, block: Block) -> tuple[tuple[str, Source], ...] | None:
    """The outputs of a copy of a block, by name; none if one of them has a mistake."""
    found: list[tuple[str, Source]] = []
    failed = False
    for name, reference, place in output_references(block):
        if not (isinstance(name, str) and NAME.fullmatch(name)):
            frame.findings.add(codes.BAD_NAME, f"{show(name)} is not formed as a name", place, related=frame.asked)
            failed = True
            continue
        try:
            found.append((name, frame.scope.single(frame.variables.substitute(reference, place), place)))
        except (UnresolvedError, NoValueError):
            failed = True
    return None if failed else tuple(found)


def output_references(block: Block) -> list[tuple[Any, Any, Place]]:
    """The outputs of a block as they are written: name, reference, which may hold an expression, and place."""
    place = block.place / "outputs"
    outputs = block.form.outputs
    if isinstance(outputs, dict):
        return [(name, reference, place / name) for name, reference in outputs.items()]
    return [(name, name, place / index) for index, name in enumerate(outputs)]
