"""SC637: a loss that changes no weights, and weights that no loss changes."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.analysing.gradients import Gradients
from spec_compiler.catalog.gradient_flow import Flow
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.typed import TensorRef, TypedGraph
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find losses that come to no weight beside others that do, and layers that training leaves as they began."""
    gradients = graph.table(Gradients)
    trained = [output for output in graph.outputs if output.settings.loss is not None and output.name in graph.ends]
    flows = {output.name: gradients.to_weights(graph.ends[output.name]) for output in trained}
    if Flow.SOME not in flows.values():
        return
    for output in trained:
        if flows[output.name] is Flow.NONE:
            yield Finding(
                codes.UNREACHED_WEIGHTS,
                f"the loss of `{output.name}` changes no weight: no gradient comes from it to any",
                output.place.key(),
                hint="train on what comes before it, and write `loss: null` here",
                related=(Remark(graph.nodes[graph.ends[output.name].node].place.key(), "the output is made here"),),
            )
    yield from _unreached(graph)


def _unreached(graph: TypedGraph) -> Iterator[Finding]:
    """The layers behind what stops gradients; those that only outputs without a loss need are meant so."""
    trained = (each.name for each in graph.outputs if each.settings.loss is not None)
    waiting = [(graph, [graph.ends[name] for name in trained if name in graph.ends])]
    seen: set[int] = set()
    while waiting:
        each, losses = waiting.pop()
        yield from _unreached_of(each, losses)
        for key in _called(each, losses) if each.models else ():
            model, nested = each.models.get(key), each.layers[key].model
            if model is not None and nested is not None and nested.trainable and id(model) not in seen:
                seen.add(id(model))
                waiting.append((model, [*model.ends.values()]))


def _called(graph: TypedGraph, losses: list[TensorRef]) -> set[str]:
    """The layers to a call of which a gradient comes."""
    gradients = graph.table(Gradients)
    return _layers_called(gradients, gradients.reached(losses))


def _layers_called(gradients: Gradients, names: set[str]) -> set[str]:
    return {key for name in names for key in gradients.layers_of(name)}


def _unreached_of(graph: TypedGraph, losses: list[TensorRef]) -> Iterator[Finding]:
    """The same in one graph, of what some tensors are computed of."""
    gradients = graph.table(Gradients)
    if not gradients.may_stop():
        return
    reached = gradients.reached(losses)
    called = _layers_called(gradients, reached)
    wanted = gradients.behind(losses)
    for name in graph.calls:
        node = graph.nodes[name]
        if name in wanted and name not in reached and node.layer not in called and gradients.trains(name):
            yield Finding(
                codes.UNREACHED_WEIGHTS,
                f"`{name}` has weights that training is to change, and no gradient of a loss comes to them",
                node.place.key(),
                hint="write `trainable: false`, if they are to stay as they are",
                scope=node.scope,
            )


RULE = Rule(codes.UNREACHED_WEIGHTS, check, of_outputs=True)
