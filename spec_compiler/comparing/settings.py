"""What differs in the model around its nodes: inputs, outputs, training, seed and dtype policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from spec_compiler.analysing.structure import Detail, Plain, differences, plain
from spec_compiler.comparing.comparison import Renamed
from spec_compiler.graph.graph import Output
from spec_compiler.graph.typed import TensorRef, TypedGraph


def match_outputs(a: TypedGraph, b: TypedGraph, nodes: Mapping[str, str]) -> dict[str, str]:
    """For each output of `a` that is one of `b`, the name that it has there: what it is decides, then its name."""
    by_end: dict[TensorRef, list[str]] = {}
    for name, end in b.ends.items():
        by_end.setdefault(end, []).append(name)
    found: dict[str, str] = {}
    for name, end in a.ends.items():
        names = by_end.get(TensorRef(nodes.get(end.node, ""), end.output), [])
        if names:
            found[name] = name if name in names else names[0]
            names.remove(found[name])
    taken = set(found.values())
    for name in a.ends:
        if name not in found and name in b.ends and name not in taken:
            found[name] = name
    return found


def renamed_outputs(outputs: Mapping[str, str]) -> tuple[Renamed, ...]:
    """The outputs that have another name."""
    return tuple(Renamed(before, after) for before, after in outputs.items() if before != after)


def settings(a: TypedGraph, b: TypedGraph, nodes: Mapping[str, str], outputs: Mapping[str, str]) -> Iterator[Detail]:
    """All that differs; names and descriptions do not count."""
    yield from _order("inputs", [nodes.get(name) for name in a.inputs], list(b.inputs))
    yield from _order("outputs", [outputs.get(output.name) for output in a.outputs], [o.name for o in b.outputs])
    olds = {outputs[output.name]: output for output in a.outputs if output.name in outputs}
    for output in b.outputs:
        if output.name not in olds:
            yield Detail(f"outputs.{output.name}", None, _output(b, output))
        else:
            old = olds[output.name]
            yield from _source(a, b, old, output, nodes)
            yield from differences(_options(old), _options(output), f"outputs.{output.name}")
    for output in a.outputs:
        if output.name not in outputs:
            yield Detail(f"outputs.{output.name}", _output(a, output), None)
    yield from _parts(a, b, nodes)
    for name in ("compile", "fit", "phases", "seed", "dtype_policy"):
        yield from differences(plain(getattr(a.graph, name)), plain(getattr(b.graph, name)), name)


def _parts(a: TypedGraph, b: TypedGraph, nodes: Mapping[str, str]) -> Iterator[Detail]:
    """What differs in the models of parts, of which the names count."""
    for name in dict.fromkeys((*a.parts, *b.parts)):
        before, after = (_part(graph, name, under) for graph, under in ((a, nodes), (b, None)))
        if before is None or after is None:
            yield Detail(f"models.{name}", before, after)
        else:
            yield from differences(before, after, f"models.{name}")


def _part(graph: TypedGraph, name: str, nodes: Mapping[str, str] | None) -> dict[str, Plain] | None:
    """A part as plain data, its nodes under the names that they have in another graph; None if there is none."""
    if name not in graph.parts:
        return None
    part = next(each for each in graph.graph.parts if each.name == name)
    inputs, ends = graph.parts[name]

    def tensor_name(tensor: TensorRef) -> str:
        node = tensor.node if nodes is None else nodes.get(tensor.node, tensor.node)
        return node + graph.tensor_name(tensor)[len(tensor.node) :]

    outputs = {each.name: {"from": tensor_name(ends[each.name]), **_options(each)} for each in part.outputs}
    return {"inputs": [tensor_name(each) for each in inputs], "outputs": outputs, "compile": plain(part.compile)}


def _order(what: str, before: list[str | None], after: list[str]) -> Iterator[Detail]:
    """The order of what both have, under the names of the second."""
    common = [name for name in before if name in after]
    if common != [name for name in after if name in common]:
        yield Detail(what, common, [name for name in after if name in common])


def _source(a: TypedGraph, b: TypedGraph, old: Output, new: Output, nodes: Mapping[str, str]) -> Iterator[Detail]:
    before, after = a.ends[old.name], b.ends[new.name]
    if (nodes.get(before.node), before.output) != (after.node, after.output):
        yield Detail(f"outputs.{new.name}.from", a.tensor_name(before), b.tensor_name(after))


def _output(graph: TypedGraph, output: Output) -> Plain:
    given = {key: value for key, value in _options(output).items() if value}
    return {"from": graph.tensor_name(graph.ends[output.name]), **given}


def _options(output: Output) -> dict[str, Plain]:
    options: dict[str, Plain] = plain(output.settings)
    if options["loss"] is not None and options["loss_weight"] is None:
        options["loss_weight"] = 1.0
    return options
