"""What leads to an output: the nodes of each model, the inputs of the main one, and the nodes that no model needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from spec_compiler.catalog.layers.core.input import Input
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Remark
from spec_compiler.graph.flat import FlatOutput, FlatSpec, OutputRef
from spec_compiler.graph.graph import Layer, Node, Part
from spec_compiler.graph.scopes import Definition
from spec_compiler.linking.order import edges_of, reachable_from
from spec_compiler.spans import Place

_ROOT = Place(())


class Reachability:
    """Which nodes of a spec lead where.

    Args:
        spec: The spec.
        layers: The layers that its nodes call.
        is_nested: Whether it is the graph of a shared block, which takes all inputs of the block.
    """

    def __init__(self, spec: FlatSpec, layers: Mapping[str, Layer], *, is_nested: bool) -> None:
        self._spec = spec
        self._layers = layers
        self._is_nested = is_nested
        self._ends = _sources(spec.outputs)
        self._named_inputs = {ref.node for ref in spec.inputs or () if ref is not None}

    # The main model

    def nodes_of_main(self, nodes: Mapping[str, Node]) -> Collection[str]:
        """The nodes of the main model: all but those that only a part needs."""
        if not self._spec.parts or not self._ends:
            return nodes
        return reachable_from(edges_of(nodes), self._ends) | (self._named_inputs & nodes.keys())

    def layers_of_main(self, nodes: Mapping[str, Node]) -> Mapping[str, Layer]:
        """The layers that share a namespace with the outputs of the main model."""
        if self._is_nested:
            return {}
        if not self._spec.parts:
            return self._layers
        main = self.nodes_of_main(nodes)
        elsewhere = {node.layer for name, node in nodes.items() if name not in main}
        elsewhere -= {nodes[name].layer for name in main}
        return {key: layer for key, layer in self._layers.items() if key not in elsewhere}

    def inputs(self, nodes: Mapping[str, Node], findings: Findings) -> tuple[str, ...]:
        """The model's inputs in their order: as `inputs` says, else as they are written."""
        main = self.nodes_of_main(nodes)
        inputs = [flat.name for flat in self._spec.nodes if flat.name in main and self._is_input(nodes[flat.name])]
        if not inputs and nodes and not any(node.broken for node in nodes.values()):
            findings.add(
                codes.NO_INPUT,
                "the graph has no `Input`",
                (_ROOT / "nodes").key(),
                hint="a node of the type `Input` takes the data",
            )
        if self._spec.inputs is None:
            return tuple(inputs)
        refs = [ref for ref in self._spec.inputs if ref is not None]
        listed = [ref.node for ref in refs]
        for index, ref in enumerate(refs):
            if ref.node in nodes and ref.node not in inputs and not nodes[ref.node].broken:
                findings.add(codes.INPUT_ORDER, f"`{ref.node}` is no `Input`", ref.place)
            elif ref.node in listed[:index]:
                findings.add(codes.INPUT_ORDER, f"the input `{ref.node}` is listed twice", ref.place)
        if len(listed) == len(self._spec.inputs):
            for name in inputs:
                if name not in listed:
                    findings.add(
                        codes.INPUT_ORDER,
                        f"`inputs` lists the model's inputs, and `{name}` is missing",
                        (_ROOT / "inputs").key(),
                        related=(Remark(nodes[name].place.key(), "the input"),),
                    )
        return tuple(name for name in listed if name in inputs)

    def _is_input(self, node: Node) -> bool:
        return node.layer in self._layers and isinstance(self._layers[node.layer].config, Input)

    # Dead ends

    def without_dead_ends(
        self, nodes: dict[str, Node], parts: Iterable[Part], findings: Findings
    ) -> tuple[dict[str, Node], dict[str, Node]]:
        """The nodes that some model needs, and the dead ones, which are reported.

        Copies count by what the spec defines: as long as an output needs any copy of a node, the other copies are no
        mistake. They are left out silently.
        """
        needed = self._needed(nodes, parts)
        if len(needed) == len(nodes):
            return nodes, {}
        definitions = {
            flat.name: flat.scope.definition or Definition(flat.name, flat.place) for flat in self._spec.nodes
        }
        used = {definitions[name] for name in nodes if name in needed}
        unused = {name: node for name, node in nodes.items() if definitions[name] not in used}
        for definition, node in {definitions[name]: node for name, node in unused.items()}.items():
            self._report_dead(definition, node, findings)
        kept = needed | {name for name, node in nodes.items() if self._is_nested and self._is_input(node)}
        return (
            {name: node for name, node in nodes.items() if name in kept},
            {name: node for name, node in unused.items() if name not in kept},
        )

    def _needed(self, nodes: Mapping[str, Node], parts: Iterable[Part]) -> set[str]:
        """The nodes that lead to an output, also one of a part, and the inputs that the spec names; all if unknown."""
        lost = len(self._ends) < len(self._spec.outputs) or not self._ends
        if lost or any(flat.broken for flat in self._spec.nodes):
            return set(nodes)  # Nobody knows what an unknown reference would have led to.
        if any(node.broken and not _refers(node) for node in nodes.values()):
            return set(nodes)  # Nor what should have stood in the place of a number.
        ends_of_parts = [output.source.node for part in parts for output in part.outputs]
        named = {name for name in self._named_inputs & nodes.keys() if self._is_input(nodes[name])}
        return reachable_from(edges_of(nodes), [*self._ends, *ends_of_parts]) | named

    def _report_dead(self, definition: Definition, node: Node, findings: Findings) -> None:
        """Report what the spec defines and no output needs, by one of the nodes that came of it."""
        first = next(iter(node.scope.path()[1:]), None)
        scope = first if first is not None and first.kind == "for" else None
        if self._is_input(node):
            findings.add(
                codes.UNUSED_INPUT,
                f"the input `{definition.name}` leads to no output",
                definition.place.key(),
                hint="use it, leave it out, or name it under `inputs`, where the model keeps it all the same",
                scope=scope,
            )
        else:
            findings.add(
                codes.DEAD_NODE,
                f"`{definition.name}` leads to no output, and is left out of the model",
                definition.place.key(),
                hint="name it under `outputs`, use it, or leave it out",
                scope=scope,
            )


def _refers(node: Node) -> bool:
    """Whether anything flows into a node that is no number."""
    return any(isinstance(source, OutputRef) for argument in node.arguments for source in argument.sources)


def _sources(outputs: Iterable[FlatOutput]) -> list[str]:
    """The nodes that outputs come from, those without mistakes."""
    return [output.source.node for output in outputs if output.source is not None]
