"""The nodes of a graph as they are written: what each says, and what became of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.emitting.python.forms import Instance, WrittenSpec
from spec_compiler.emitting.python.settled import holds_expression, with_values
from spec_compiler.expanding.budget import Budget
from spec_compiler.expanding.edges import read_edges
from spec_compiler.expanding.loop_values import variables_of
from spec_compiler.graph.scopes import Scope
from spec_compiler.language.spec import BlockForm, NodeForm, SpecForm
from spec_compiler.language.validate import node_form
from spec_compiler.limits import DEFAULT_LIMITS
from spec_compiler.spans import Place


class WrittenNode:
    """A node of the graph as it is written: what it says, what flows in, and what became of it.

    Args:
        key: Its name.
        form: What it says.
        place: Where it is written.
        inputs: What flows in.
        instances: The calls that it became.
        copies: The scopes that it asked for.
        layer: What its layers are called, or the prefix of their names: its name, and which copy it is.
    """

    def __init__(
        self,
        key: str,
        form: NodeForm,
        place: Place,
        inputs: Any,
        instances: Sequence[Instance],
        copies: Sequence[Scope],
        layer: str | None = None,
    ) -> None:
        self.key = key
        self.layer = key if layer is None else layer
        self.form = form
        self.place = place
        self.inputs = inputs
        self.instances = instances
        self.copies = copies

    @property
    def loops(self) -> Mapping[str, Any]:
        """Its `for`."""
        return self.form.copies or {}

    @property
    def variables(self) -> frozenset[str]:
        """The variables of its `for`."""
        return frozenset(each for key in self.loops for each in variables_of(key))

    def scopes(self) -> Iterator[Scope]:
        """The scopes that its calls stand in, and those around the copies that it asks for."""
        yield from (instance.node.scope for instance in self.instances)
        yield from (scope.parent for scope in self.copies if scope.parent is not None)

    @property
    def is_there(self) -> bool:
        """Whether it became something, or is bypassed and may become something with other params."""
        return bool(self.instances or self.copies) or self.form.when is not None or self.form.repeat is not None

    def names(self) -> tuple[str, ...]:
        """The names of the copies that its `for` makes, as references use them, each once."""
        return tuple(self.rows())

    def rows(self) -> dict[str, Mapping[str, Any]]:
        """The values of the variables of its `for`, by the names of the copies that it makes."""
        if not self.loops:
            return {}
        return {scope.name.rpartition(".")[2]: scope.variables for scope in self.copies if scope.kind == "for"}

    @property
    def stem(self) -> str:
        """Its name without expressions: `expert` of `expert_${i}`; its variables if nothing is left."""
        found = "_".join(re.sub(r"\$\{[^}]*\}", " ", self.key).replace("_", " ").split())
        return found or "_".join(each for key in self.loops for each in variables_of(key))

    def of_type(self, kind: str, instances: Sequence[Instance]) -> WrittenNode:
        """The same node, of a type that some of its calls have."""
        form = self.form.model_copy(update={"type": kind})
        return WrittenNode(self.key, form, self.place, self.inputs, instances, self.copies, self.layer)

    def once(self) -> WrittenNode:
        """The same node without a `repeat` that makes one copy."""
        if type(self.form.repeat) is not int or self.form.repeat != 1:
            return self
        form = _form_with_values(self.form, {"index": 0}, {"repeat": None})
        return WrittenNode(self.key, form, self.place, self.inputs, self.instances, self.copies, f"{self.layer}.1")

    @property
    def can_be_unrolled(self) -> bool:
        """Whether its `for` goes through the same values whatever the params are."""
        return bool(self.loops) and not any(holds_expression(with_values(over, {})) for over in self.loops.values())

    def unrolled(self) -> list[WrittenNode]:
        """A node for each copy, with the values of the variables written in."""
        return [self._copy(name, variables) for name, variables in self.rows().items()]

    def _copy(self, name: str, variables: Mapping[str, Any]) -> WrittenNode:
        def is_in(scope: Scope) -> bool:
            return any(
                each.kind == "for" and each.place == self.place and each.variables == variables for each in scope.path()
            )

        return WrittenNode(
            name,
            _form_with_values(self.form, variables, {"copies": None}),
            self.place,
            with_values(self.inputs, variables),
            [each for each in self.instances if is_in(each.node.scope)],
            [each for each in self.copies if each.kind != "for" and is_in(each)],
            with_values(self.layer, variables),
        )


def _form_with_values(form: NodeForm, known: Mapping[str, Any], changed: Mapping[str, Any]) -> NodeForm:
    """What a node says with the values of variables written in, and some of its keys changed."""
    fields = {key: with_values(getattr(form, key), known) for key in NodeForm.model_fields}
    arguments = {key: with_values(value, known) for key, value in form.arguments.items()}
    return NodeForm.model_construct(**{**fields, **changed}, **arguments)


def written_nodes(form: SpecForm | BlockForm, around: Place, spec: WrittenSpec) -> dict[str, WrittenNode]:
    """The nodes of the spec or of a block."""
    edges: dict[str, list[str]] = {}
    findings = Findings()
    for edge in read_edges(form.edges, around / "edges", findings, Budget(findings, DEFAULT_LIMITS)):
        edges.setdefault(edge.target.text, []).append(edge.source.text)
    found = {}
    for key, value in form.nodes.items():
        place = around / "nodes" / key
        node, _ = node_form(value, place, findings)
        assert node is not None
        inputs = node.inputs if node.inputs is not None else edges.get(key)
        instances, copies = spec.instances.get(place, []), spec.copies.get(place, [])
        found[key] = WrittenNode(key, node, place, inputs, instances, copies).once()
    return found


def texts_of(nodes: Iterable[WrittenNode]) -> dict[str, set[str]]:
    """The texts that each variable and param of a graph can be."""
    found: dict[str, set[str]] = {}
    for node in nodes:
        for scope in node.copies:
            for name, value in (*scope.variables.items(), *scope.graph.arguments.items()):
                if isinstance(value, str):
                    found.setdefault(name, set()).add(value)
    return found
