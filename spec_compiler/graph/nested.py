"""A block as a shared layer: one model inside the model, called at several places."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import PrivateAttr

from spec_compiler.catalog.costs import Cost, together
from spec_compiler.catalog.layers.base import CallArgument, Trainable, tensor
from spec_compiler.catalog.layers.core import Input
from spec_compiler.catalog.rules import DtypeError, RuleError
from spec_compiler.catalog.tensors import Inferred, TensorType
from spec_compiler.diagnostics.diagnostic import Finding, Findings
from spec_compiler.graph.ir import Graph
from spec_compiler.graph.shared_chain import of_all, require_one_rank
from spec_compiler.limits import Limits

if TYPE_CHECKING:
    from spec_compiler.graph.typed import TypedGraph


class NestedModelError(RuleError):
    """The graph of a nested model does not fit what flows in; its own findings say where."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("does not fit")
        self.findings = findings


class NestedModel(Trainable):
    """A graph that is called as a layer. Each block makes a class of its own, which knows the block's inputs."""

    graph: ClassVar[Graph]
    limits: ClassVar[Limits]

    _calls: list[tuple[TensorType, ...]] = PrivateAttr(default_factory=list)

    def infer(self, **inputs: TensorType) -> Inferred:
        """What the graph gives for certain inputs.

        Raises:
            NestedModelError: Something in the graph does not take them.
            RankError: An earlier call had inputs of another rank.
            DtypeError: An earlier call had inputs of another dtype.
        """
        given = tuple(inputs[call.name] for call in type(self).calls)
        for earlier in self._calls:
            _agree(type(self).calls, earlier, given)
        typed = _typed(type(self), given)
        if given not in self._calls:
            self._calls.append(given)
        outputs = tuple(typed.type_of(end) for end in typed.ends.values())
        weights = tuple(
            replace(weight, name=f"{key}/{weight.name}", owner=None)
            for key, found in typed.weights.items()
            for weight in found
        )
        names = tuple(typed.ends) if len(outputs) > 1 else ()
        return Inferred(outputs, weights, names)

    def call_cost(self, result: Inferred, **inputs: Any) -> Cost:
        """What all calls of the graph cost; its inputs, which are there anyway, nothing."""
        from spec_compiler.graph.cost import walk

        typed = _typed(type(self), tuple(inputs[call.name] for call in type(self).calls))
        return together(call.cost for call in walk(typed) if call.node not in typed.inputs)

    @property
    def was_called(self) -> bool:
        """Whether anything calls it."""
        return bool(self._calls)

    def typed(self) -> TypedGraph:
        """The graph for all calls together: a dimension in which they differ is unknown to it.

        Raises:
            NestedModelError: Something in the graph needs to know such a dimension.
        """
        merged = tuple(of_all(types) for types in zip(*self._calls, strict=True))
        return _typed(type(self), merged)


def nested_model(graph: Graph, limits: Limits) -> NestedModel:
    """The layer that a graph is when it is called."""
    calls = tuple(tensor(name, f"The input `{name}` of the block.") for name in graph.inputs)
    made = type(
        "NestedModel", (NestedModel,), {"graph": graph, "limits": limits, "calls": calls, "__doc__": "A block."}
    )
    found: NestedModel = made()
    return found


def _agree(calls: tuple[CallArgument, ...], earlier: tuple[TensorType, ...], given: tuple[TensorType, ...]) -> None:
    for call, first, second in zip(calls, earlier, given, strict=True):
        require_one_rank(call.name, first, second)
        if first.dtype != second.dtype:
            raise DtypeError(
                f"is shared, and gets {second.dtype} here and {first.dtype} in another call: "
                "all calls of it take tensors of one dtype",
                call.name,
            )


def _typed(model: type[NestedModel], inputs: tuple[TensorType, ...]) -> TypedGraph:
    from spec_compiler.graph.infer import infer

    graph = model.graph
    layers = dict(graph.layers)
    for name, kind in zip(graph.inputs, inputs, strict=True):
        layers[name] = replace(layers[name], config=Input(batch_shape=kind.shape, dtype=kind.dtype, sparse=kind.sparse))
    findings = Findings()
    typed = infer(replace(graph, layers=layers), findings, model.limits)
    if findings.errors or len(typed.ends) < len(graph.outputs):
        # Without findings of its own, what is broken was reported when the graph was linked.
        raise NestedModelError(tuple(findings))
    return typed
