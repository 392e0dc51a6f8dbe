"""What a part of a graph needs, held against what it says that it takes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set

from spec_compiler.catalog.layers.core.input import Input
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Remark
from spec_compiler.graph.graph import Graph, Part
from spec_compiler.graph.typed import CallOperands, TensorRef, tensors
from spec_compiler.language.names import node_name_of


def needed(
    calls: Mapping[str, CallOperands], inputs: Sequence[TensorRef], ends: Sequence[TensorRef]
) -> tuple[set[str], set[TensorRef]]:
    """The nodes that a part calls, and which of its inputs they take: from the outputs back to the inputs."""
    given = set(inputs)
    called: set[str] = set()
    taken: set[TensorRef] = set()
    waiting = list(ends)
    while waiting:
        tensor = waiting.pop()
        if tensor in given:
            taken.add(tensor)
        elif tensor.node not in called:
            called.add(tensor.node)
            waiting += tensors(calls.get(tensor.node, {}))
    return called, taken


def check_part(
    graph: Graph,
    calls: Mapping[str, CallOperands],
    part: Part,
    inputs: Sequence[TensorRef],
    ends: Mapping[str, TensorRef],
    called: Mapping[str, int],
    taken: Set[TensorRef],
    findings: Findings,
) -> bool:
    """Whether the outputs of a part follow from its inputs, and from all of them; if not, findings say so.

    Args:
        graph: The graph of the whole.
        calls: What the calls of its nodes take.
        part: The part.
        inputs: The tensors that it takes.
        ends: The tensors that its outputs are.
        called: The nodes that it calls, each with its place in the order of the graph.
        taken: The inputs that it needs.
        findings: Where mistakes go.
    """
    before = findings.errors
    _check_inputs(graph, part, inputs, findings)
    given = set(inputs)
    lacking = _lacking(graph, calls, given, called)
    for output in part.outputs:
        name = lacking.get(ends[output.name].node) if ends[output.name] not in given else None
        if name is not None:
            findings.add(
                codes.MISSING_INPUT,
                f"the output `{output.name}` of `{part.name}` needs `{name}`, which is no input of that part",
                output.place.key(),
                hint=f"name it under the part's `inputs`, or a tensor that stands between `{name}` and the output",
                related=(Remark(graph.nodes[name].place.key(), "the input"),),
            )
    if findings.errors == before:
        for ref, name, tensor in zip(part.inputs, part.references, inputs, strict=True):
            if tensor not in taken:
                message = f"no output of `{part.name}` needs its input `{name}`"
                findings.add(codes.UNUSED_INPUT, message, ref.place, hint="leave it out")
        _check_names(graph, part, inputs, called, findings)
        _check_output_names(graph, part, inputs, ends, called, findings)
    return findings.errors == before


def _lacking(
    graph: Graph, calls: Mapping[str, CallOperands], given: Set[TensorRef], called: Mapping[str, int]
) -> dict[str, str]:
    """For each node of a part, the first `Input` that it is computed of and that the part does not take."""
    lacking: dict[str, str] = {}
    for name in sorted(called, key=called.__getitem__):
        if isinstance(graph.layer_of(graph.nodes[name]).config, Input):
            lacking[name] = name
            continue
        before = {lacking[x.node] for x in tensors(calls.get(name, {})) if x not in given and x.node in lacking}
        if before:
            lacking[name] = min(before, key=called.__getitem__)
    return lacking


def _check_inputs(graph: Graph, part: Part, inputs: Sequence[TensorRef], findings: Findings) -> None:
    """An input of a part is a tensor that depends on an input of the whole, and stands there once."""
    first: dict[TensorRef, int] = {}
    for index, (ref, name, tensor) in enumerate(zip(part.inputs, part.references, inputs, strict=True)):
        if first.setdefault(tensor, index) != index:
            findings.add(codes.INPUT_ORDER, f"the input `{name}` is listed twice", ref.place)
        if tensor.node in graph.constants:
            message = f"the input `{name}` is a constant, and an input of a model is fed"
            findings.add(codes.BAD_CONSTANT, message, ref.place, hint="leave it out")


def _check_names(
    graph: Graph, part: Part, inputs: Sequence[TensorRef], called: Iterable[str], findings: Findings
) -> None:
    """Keras names the inputs of a part, and they may not be named as its layers."""
    layers = {graph.layer_of(graph.nodes[name]).keras_name: name for name in called}
    for ref, reference, tensor in zip(part.inputs, part.references, inputs, strict=True):
        name = input_name(graph, reference, tensor)
        if name in layers:
            findings.add(
                codes.NAME_CLASH,
                f"the input `{reference}` of `{part.name}` is named `{name}`, as a layer of it is",
                ref.place,
                hint=f"give the layer of `{layers[name]}` another `name`",
            )


def _check_output_names(
    graph: Graph,
    part: Part,
    inputs: Sequence[TensorRef],
    ends: Mapping[str, TensorRef],
    called: Collection[str],
    findings: Findings,
) -> None:
    """An output of a part is named as the layer that makes it, or as none of the part."""
    names = {input_name(graph, name, tensor) for name, tensor in zip(part.references, inputs, strict=True)}
    names |= {graph.layer_of(graph.nodes[name]).keras_name for name in called}
    for output in part.outputs:
        end = ends[output.name]
        made_by = graph.layer_of(graph.nodes[end.node]).keras_name if end.node in called else None
        if output.name in names and output.name != made_by:
            findings.add(
                codes.OUTPUT_NAME,
                f"the output `{output.name}` of `{part.name}` is named as a layer of it that does not make it",
                output.place.key(),
                hint="give the output another name",
            )


def input_name(graph: Graph, reference: str, tensor: TensorRef) -> str:
    """What Keras calls an input of a part: as the `Input` that it is, or as the reference to an inner tensor."""
    layer = graph.layer_of(graph.nodes[tensor.node])
    return layer.keras_name if isinstance(layer.config, Input) else node_name_of(reference)
