"""What nested models give: each is inferred once for each kind of input, however often it is called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Generic, TypeVar

from spec_compiler.catalog.layers.base import (
    Callee,
    CallSignature,
    InnerLayer,
    Operation,
    Stated,
    Trainable,
    inner_layers,
)
from spec_compiler.catalog.layers.core.input import Input
from spec_compiler.catalog.rules import DtypeError, RuleError
from spec_compiler.catalog.tensors import Inferred, TensorType
from spec_compiler.diagnostics.diagnostic import Finding, Findings
from spec_compiler.graph.graph import Graph, Layer, NestedModel
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.inferring.shared_sequential import require_one_rank

TrainableT = TypeVar("TrainableT", bound=Trainable)
Types = tuple[TensorType, ...]


class NestedModelError(RuleError):
    """The graph of a nested model does not fit what flows in; its own findings say where."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("does not fit")
        self.findings = findings

    def inside(self, route: tuple[str | int, ...], layer: str) -> None:
        """Stay as it is, wherever the model stands: the findings are about what is inside it."""


class ModelTypes:
    """The typed graphs of nested models, by what flows in.

    Args:
        infer: Infers a graph; models inside it are looked up here again.
    """

    def __init__(self, infer: Callable[[Graph, Findings, ModelTypes], TypedGraph]) -> None:
        self._infer = infer
        self._typed: dict[tuple[int, Types], TypedGraph | NestedModelError] = {}
        self._kept: list[NestedModel] = []

    def typed(self, model: NestedModel, inputs: Types) -> TypedGraph:
        """The graph of a model for certain inputs.

        Raises:
            NestedModelError: Something in it does not take them.
        """
        key = id(model), inputs
        if key not in self._typed:
            self._kept.append(model)  # As long as it lives, its identity is its own.
            self._typed[key] = self._new(model.graph, inputs)
        found = self._typed[key]
        if isinstance(found, NestedModelError):
            raise found
        return found

    def _new(self, graph: Graph, inputs: Types) -> TypedGraph | NestedModelError:
        layers = dict(graph.layers)
        for name, kind in zip(graph.inputs, inputs, strict=True):
            config = Input(batch_shape=kind.shape, dtype=kind.dtype, sparse=kind.sparse)
            layers[name] = replace(layers[name], config=config)
        findings = Findings()
        typed = self._infer(replace(graph, layers=layers), findings, self)
        if findings.errors or len(typed.ends) < len(graph.outputs):
            # Without findings of its own, what is broken was reported when the graph was linked.
            return NestedModelError(tuple(findings))
        return typed


class ModelRule(Stated):
    """A nested model as the rules of the catalogue see it: something that can be asked what a call of it gives."""

    keras_name: ClassVar[str] = NestedModel.keras_name
    states_shape: ClassVar[bool] = NestedModel.states_shape
    nested: ClassVar[tuple[str, ...]] = NestedModel.nested
    calls_others: ClassVar[bool] = NestedModel.calls_others

    def __init__(self, model: NestedModel, typed: Callable[[Types], TypedGraph]) -> None:
        self._model = model
        self._typed = typed

    @property
    def trainable(self) -> bool:
        """Whether training changes its weights."""
        return self._model.trainable

    def signature(self) -> CallSignature:
        """What a call takes."""
        return self._model.signature()

    def takes_one(self) -> bool:
        """Whether one tensor is enough for a call."""
        return self._model.takes_one()

    def called(self) -> Iterator[Callee | Operation | None]:
        """What a call of it calls in turn."""
        return self._model.called()

    def apply(self, **call: Any) -> Inferred:
        """What a call gives.

        Raises:
            NestedModelError: Something in the model does not take it.
            RankError: Another call has inputs of another rank.
            DtypeError: Another call has inputs of another dtype.
        """
        typed = self.typed(**call)
        outputs = tuple(typed.type_of(end) for end in typed.ends.values())
        weights = tuple(
            replace(weight, name=f"{key}/{weight.name}", owner=None)
            for key, found in typed.weights.items()
            for weight in found
        )
        return Inferred(outputs, weights, tuple(typed.ends) if len(outputs) > 1 else ())

    def typed(self, **call: Any) -> TypedGraph:
        """The graph of the model for a call."""
        return self._typed(tuple(call[argument.name] for argument in self.signature().positional))


def require_agreement(model: NestedModel, first: Types, second: Types) -> None:
    """Refuse a call of a shared block that differs from another in more than the lengths of axes.

    Raises:
        RankError: A tensor has another rank.
        DtypeError: A tensor has another dtype.
    """
    for call, one, other in zip(model.signature().positional, first, second, strict=True):
        require_one_rank(call.name, one, other)
        if one.dtype != other.dtype:
            raise DtypeError(
                f"is shared, and gets {other.dtype} here and {one.dtype} in another call: "
                "all calls of it take tensors of one dtype",
                call.name,
            )


ModelRuleT = TypeVar("ModelRuleT", bound=ModelRule)


class Rules(Generic[ModelRuleT]):
    """What can be asked what a call of each layer of a graph gives: the layer, or the rule of a model.

    Args:
        rule_of_model: Makes the rule of a model that is called, or stands inside a layer, under a Keras name.
    """

    def __init__(self, rule_of_model: Callable[[str, NestedModel], ModelRuleT]) -> None:
        self._rule_of_model = rule_of_model
        self._found: dict[str, Operation | ModelRuleT] = {}

    def of(self, layer: Layer) -> Operation | ModelRuleT | None:
        """The rule of a layer; None if nothing is known of the layer."""
        found = self._found.get(layer.key)
        if found is not None:
            return found
        config = layer.operation
        if layer.model is not None:
            self._found[layer.key] = self._rule_of_model(layer.keras_name, layer.model)
        elif config is not None and type(config).nested and isinstance(config, Trainable):
            self._found[layer.key] = with_rules(config, self._inside)
        else:
            return config
        return self._found[layer.key]

    def _inside(self, inner: InnerLayer) -> ModelRuleT:
        assert isinstance(inner.config, NestedModel)
        return self._rule_of_model(inner.name, inner.config)


def with_rules(config: TrainableT, rule_of: Callable[[InnerLayer], Callee]) -> TrainableT:
    """A layer in which a rule that can be asked stands in the place of each model inside."""
    if all(isinstance(inner.config, Trainable) for inner in inner_layers(config)):
        return config
    return _with_rules(config, rule_of, {})


def _with_rules(config: TrainableT, rule_of: Callable[[InnerLayer], Callee], done: dict[int, InnerLayer]) -> TrainableT:
    def replaced(inner: InnerLayer) -> InnerLayer:
        if id(inner) not in done:
            callee = inner.config
            found = _with_rules(callee, rule_of, done) if isinstance(callee, Trainable) else rule_of(inner)
            done[id(inner)] = replace(inner, config=found)
        return done[id(inner)]

    update: dict[str, InnerLayer | Sequence[InnerLayer]] = {}
    for argument in type(config).nested:
        value = getattr(config, argument)
        if isinstance(value, tuple):
            update[argument] = tuple(map(replaced, value))
        elif value is not None:
            update[argument] = replaced(value)
    return config.model_copy(update=update)
