"""A node after `for`: what is common to all that can become of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spec_compiler.catalog import registry
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Code, Remark
from spec_compiler.expanding.body import Body
from spec_compiler.expanding.edges import Stop
from spec_compiler.expanding.loops import LoopCopy
from spec_compiler.expanding.names import FlatOperands, UnresolvedError
from spec_compiler.expanding.substitute import NoValueError, Variables
from spec_compiler.graph.flat import FlatInputs, FlatNode, FlatOperand
from spec_compiler.graph.scopes import Scope
from spec_compiler.language.spec import NodeForm
from spec_compiler.spans import Place


class NodeExpansion:
    """A node of a graph that is being written out.

    Attributes:
        body: The graph.
        name: The node's name in it, without a prefix.
        place: Where it is written.
        scope: Where it stands: the graph's scope, or that of the copy which `for` made.
        variables: What its expressions see.
        unresolved: Whether what flows in has a mistake, which is reported.
    """

    __slots__ = (
        "_has_looked", "_inputs", "_is_looking", "_value", "body", "name", "place", "scope", "unresolved", "variables",
    )  # fmt: skip

    def __init__(self, body: Body, copy: LoopCopy) -> None:
        self.body = body
        self.name = copy.name
        self.place = copy.place
        self.scope = copy.scope
        self.variables = copy.variables
        self._value = copy.value
        self._inputs: FlatOperands | None = None
        self._is_looking = self._has_looked = False
        self.unresolved = False

    @property
    def full_name(self) -> str:
        """The name in the whole spec."""
        return self.body.prefix + self.name

    def inputs(self) -> FlatOperands | None:
        """What flows into the node, or into its first copy; None if nothing does.

        Raises:
            UnresolvedError: A reference has a mistake, which is reported.
        """
        if self._is_looking:
            self.say_once(
                codes.CYCLE, f"`{self.name}` leads to itself, and nothing in between makes a tensor", self.place.key()
            )
        elif not self._has_looked:
            self._is_looking = True
            try:
                self._inputs = self._find_inputs()
            except (UnresolvedError, NoValueError):
                self.unresolved = True
            self._is_looking, self._has_looked = False, True
        if self.unresolved:
            raise UnresolvedError
        return self._inputs

    def _find_inputs(self) -> FlatOperands | None:
        body, place = self.body, self.place / "inputs"
        value = self._value if isinstance(self._value, dict) else {}
        inputs = value.get("inputs")
        edges = body.edges.get(self.name, [])
        if inputs is not None and edges:
            self.say(
                codes.WIRED_TWICE,
                f"`{self.name}` is wired by `inputs` and by an edge",
                place.key(),
                "keep one of the two",
                (Remark(edges[0].place, "the edge"),),
            )
        if inputs is not None:
            names = body.names.seen_from(self.scope)
            return names.inputs(self.variables.known(inputs, place), inputs, place, self.name)
        found: list[FlatOperand] = []
        # If some edges have mistakes, nobody can say what they would lead to.
        failed = body.has_broken_edges and not _takes_no_more(value.get("type"), edges)
        for source in edges:
            try:
                found += body.names.item(source.text, source.place, self.name)
            except UnresolvedError:
                failed = True
        if failed:
            raise UnresolvedError
        return tuple(found) or None

    def all_inputs(self) -> list[FlatOperand]:
        """Everything that flows into the node, in order.

        Raises:
            UnresolvedError: A reference has a mistake, which is reported.
        """
        inputs = self.inputs()
        if inputs is None:
            return []
        parts = list(inputs.values()) if isinstance(inputs, dict) else [inputs]
        return [source for part in parts for source in (part if isinstance(part, tuple) else (part,))]

    def close(self) -> None:
        """Let go of what the node holds: by itself nothing."""

    def note_names(self) -> None:
        """Keep what names stand for in the graphs of its copies: it has none."""

    def put(self, node: FlatNode) -> None:
        """Add a call to what is written out, within the limits."""
        budget = self.body.run.budget
        budget.nodes(self.place)
        budget.edges(self.place, _operand_count(node.inputs))
        budget.values(self.place, sum(map(budget.size, node.arguments.values())))
        budget.characters(self.place, len(node.name) + len(node.keras_name))
        self.body.part.nodes.append(node)

    def say(
        self, code: Code, message: str, place: Place, hint: str | None = None, related: tuple[Remark, ...] = ()
    ) -> None:
        """Report a mistake."""
        self.body.findings.add(code, message, place, hint=hint, related=related, scope=self.scope)

    def say_once(self, code: Code, message: str, place: Place, hint: str | None = None) -> None:
        """Report a mistake in what flows in; it is asked for many times."""
        if not self.unresolved:
            self.unresolved = True
            self.say(code, message, place, hint)


def _operand_count(inputs: FlatInputs) -> int:
    """How many edges lead into a call."""
    if isinstance(inputs, dict):
        return sum(map(_operand_count, inputs.values()))
    return len(inputs) if isinstance(inputs, tuple) else inputs is not None


class Broken(NodeExpansion):
    """A node with mistakes that are reported: nothing is known of what it gives."""

    __slots__ = ()

    def sources(self, output: str | None, place: Place) -> list[FlatOperand]:
        """Nothing is known of it.

        Raises:
            UnresolvedError: Always.
        """
        raise UnresolvedError

    def write(self) -> None:
        """Write out a call that is broken too, with what flows in, so that what it uses counts as used."""
        try:
            inputs = self.inputs()
        except UnresolvedError:
            inputs = None
        name = self.full_name
        self.put(FlatNode(name, None, None, name, {}, inputs, {}, self.place, self.scope, broken=True))


class Planned(NodeExpansion):
    """A node whose form is sound.

    Attributes:
        form: What the node says.
        type: The type, its expressions evaluated; None for a call of a shared layer.
        times: How often it is repeated; None without `repeat`.
        is_known: Whether it is known what it is; if not, since it has a mistake, nobody can say what it gives.
    """

    __slots__ = ("form", "is_known", "times", "type")

    def __init__(
        self, body: Body, copy: LoopCopy, form: NodeForm, kind: str | None, times: int | None, is_known: bool = True
    ) -> None:
        super().__init__(body, copy)
        self.is_known = is_known
        self.form = form
        self.type = kind
        self.times = times

    @property
    def count(self) -> int:
        """How many copies there are in a row; one without `repeat`."""
        return 1 if self.times is None else self.times

    def name_of(self, number: int) -> str:
        """The full name of a copy, counted from 0."""
        return self.full_name if self.times is None else f"{self.full_name}.{number + 1}"

    def inside(self, number: int) -> tuple[Scope, Variables]:
        """The scope of a copy, counted from 0, and what its arguments see."""
        if self.times is None:
            return self.scope, self.variables
        scope = self.body.run.scope(
            Scope("repeat", self.name_of(number), self.scope, self.name, self.place, variables={"index": number})
        )
        return scope, self.variables.inside(scope)

    def check_condition(self) -> None:
        """Report a `when` on a node that could not be bypassed.

        Raises:
            UnresolvedError: A reference has a mistake, which is reported.
        """
        if self.form.when is not None and (count := len(self.all_inputs())) != 1:
            self.say_once(
                codes.BAD_CONDITION,
                f"`when` is for nodes with one input, and `{self.name}` has {count}",
                (self.place / "when").key(),
            )


def has_inputs(body: Body, name: str, value: Any) -> bool:
    """Whether anything is written that flows into a node; of an edge with mistakes nobody knows."""
    return value.get("inputs") is not None or bool(body.edges.get(name)) or body.has_broken_edges


def _takes_no_more(kind: Any, edges: Sequence[Stop]) -> bool:
    """Whether no other edge can lead to a node: it takes nothing, or one tensor, which it has."""
    found = registry.operation(kind) if isinstance(kind, str) else None
    if found is None:
        return False
    takes = [call.kind for call in found.calls if call.kind != "flag"]
    return not takes or (takes == ["tensor"] and len(edges) == 1)
