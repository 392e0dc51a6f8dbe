"""`models`: the parts of a graph that are models of their own."""

from __future__ import annotations

from collections.abc import Mapping

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.graph.flat import FlatSpec
from spec_compiler.graph.graph import Node, Part
from spec_compiler.linking.settings import link_compile, link_outputs


def link_parts(spec: FlatSpec, nodes: Mapping[str, Node], findings: Findings) -> tuple[Part, ...]:
    """The parts with their outputs typed; of one with mistakes, what is sound."""
    parts = []
    for flat in spec.parts:
        if flat.name == spec.name:
            findings.add(
                codes.NAME_CLASH,
                f"a part is named `{flat.name}`, as the main model is",
                flat.place.key(),
                hint="give the part, or the model, another name",
            )
        # Which layers a part has, and so what its outputs may be called, is known once all tensors are.
        outputs = link_outputs(flat.outputs, nodes, {}, findings)
        inputs = tuple(ref for ref in flat.inputs if ref is not None)
        if len(inputs) < len(flat.inputs) or len(outputs) < len(flat.outputs):
            continue  # What has a mistake is reported; of the rest nobody can say what it needs.
        compiled = link_compile(flat.compile, flat.place, outputs, findings)
        parts.append(Part(flat.name, inputs, flat.references, outputs, compiled, flat.place))
    return tuple(parts)
