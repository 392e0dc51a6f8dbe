"""What a model wants of its data: of each input and each target its form, and what it needs before or beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod
from typing import Any, Literal, NamedTuple

from spec_compiler.analysing.registered_names import registered_names
from spec_compiler.catalog import families
from spec_compiler.catalog.callbacks.base import Monitor
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.data_forms import DataForm, DataKind, form_of_input, forms_of_targets, words_of
from spec_compiler.catalog.intervals import UNKNOWN, Interval, largest, places, smallest
from spec_compiler.catalog.layers.base import Operation, Trainable, inner_layers, of_operands
from spec_compiler.catalog.layers.core.input import Input
from spec_compiler.catalog.losses_and_metrics import LossOrMetric
from spec_compiler.catalog.objects import Named
from spec_compiler.catalog.tensors import Shape, TensorType
from spec_compiler.catalog.training import OutputSettings
from spec_compiler.graph.graph import Graph, Layer, Output
from spec_compiler.graph.typed import TensorRef, TypedGraph, tensors_of
from spec_compiler.linking.logs import logs
from spec_compiler.spans import Place


@dataclass(frozen=True, slots=True)
class WantedData:
    """What is wanted as one input, or as the targets of one output.

    Attributes:
        name: The input or the output.
        role: Which of the two it is.
        dtype: The dtype that Keras makes of it.
        forms: What it must be like: several, where Keras tells by itself which it is.
        required: Whether the model cannot do without it.
        ragged: Whether its rows may be of different lengths.
        because: What wants it so: the loss or the metric of targets, or the node that bounds the numbers of an input;
            None for any other input.
        place: Where the input stands, or the loss or the metric.
        wanted_at: Where the node stands that bounds the numbers of an input.
    """

    name: str
    role: Literal["input", "target"]
    dtype: str
    forms: tuple[DataForm, ...]
    required: bool = True
    because: str | None = None
    ragged: bool = False
    place: Place = field(default_factory=lambda: Place(()), repr=False, compare=False)
    wanted_at: Place | None = field(default=None, repr=False, compare=False)

    @property
    def shape(self) -> Shape | None:
        """The lengths of its axes, the batch axis first; None if that is not known."""
        return self.forms[0].shape

    @property
    def interval(self) -> Interval:
        """Between which bounds its elements lie."""
        return self.forms[0].interval

    @property
    def kind(self) -> DataKind:
        """What its elements are."""
        return self.forms[0].kind

    @property
    def meaning(self) -> str:
        """What it is, in words."""
        return words_of(self.forms)


@dataclass(frozen=True, slots=True)
class Need:
    """Something that is needed before the data, or beside it.

    Attributes:
        kind: What is to be done.
        name: What it is to be done with: a layer, the value that is watched, or a registered name.
        message: The same in words.
        place: Where the spec asks for it.
    """

    kind: Literal["adapt", "validation data", "register"]
    name: str
    message: str
    place: Place = field(default_factory=lambda: Place(()), repr=False, compare=False)

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, slots=True)
class DataContract:
    """What a model wants of its data.

    Attributes:
        inputs: The inputs, in the model's order.
        targets: The targets of the outputs that are held against some, in the model's order.
        needs: What is needed before the data, or beside it.
    """

    inputs: tuple[WantedData, ...]
    targets: tuple[WantedData, ...]
    needs: tuple[Need, ...]

    def __getitem__(self, name: str) -> WantedData:
        for wanted in (*self.inputs, *self.targets):
            if wanted.name == name:
                return wanted
        raise KeyError(name)


def data_contract(graph: TypedGraph) -> DataContract:
    """What a model wants of its data."""
    compiled = graph.graph.compile is not None
    return DataContract(
        tuple(_input(graph, name) for name in graph.inputs),
        tuple(
            _target(output, graph.type_of(graph.ends[output.name]))
            for output in graph.outputs
            if compiled and output.settings.needs_targets
        ),
        (*_to_adapt(graph), *_to_register(graph.graph), *_to_validate(graph.graph)),
    )


# Inputs


def _input(graph: TypedGraph, name: str) -> WantedData:
    layer = graph.layers[graph.nodes[name].layer]
    tensor = TensorRef(name, 0)
    x = graph.type_of(tensor)
    optional = isinstance(layer.config, Input) and layer.config.optional
    wanted = wanted_of(graph, tensor)
    form = form_of_input(x, wanted.interval)
    by = graph.nodes.get(wanted.by or "")
    return WantedData(
        layer.keras_name,
        "input",
        x.dtype,
        (form,),
        not optional,
        wanted.by,
        x.ragged,
        layer.place.key(),
        by.place.key() if by is not None else None,
    )


class Wanted(NamedTuple):
    """Between which bounds elements are to lie, and the node that wants it so; None if anything goes."""

    interval: Interval = UNKNOWN
    by: str | None = None


def wanted_of(graph: TypedGraph, tensor: TensorRef) -> Wanted:
    """Between which bounds all that takes a tensor, or elements of it, wants its elements to lie."""
    takers: dict[TensorRef, list[tuple[str, str]]] = {}
    for node, call in graph.calls.items():
        for argument in call:
            for taken in tensors_of(call, argument):
                takers.setdefault(taken, []).append((node, argument))
    found, waiting, seen = Wanted(), [tensor], {tensor}
    while waiting:
        for node, argument in takers.get(waiting.pop(), ()):
            layer = graph.layers[graph.nodes[node].layer]
            narrower = both(found.interval, _wanted_by(graph, node, argument))
            found = found if narrower == found.interval else Wanted(narrower, node)
            if layer.operation is not None and _keeps_all(graph, node, layer.operation, argument):
                onward = [TensorRef(node, index) for index in range(len(graph.results[node].outputs))]
                waiting += [each for each in onward if each not in seen]
                seen.update(onward)
    return found


def _keeps_all(graph: TypedGraph, node: str, operation: Operation, argument: str) -> bool:
    """Whether all elements of an operand are in what a node gives: unchanged, along other axes, or put together."""
    if operation.passes_through or operation.rearranges:
        return True
    value = graph.calls[node][argument]
    if not isinstance(value, tuple) or type(operation).interval is not of_operands:
        return False
    taken = [_elements(graph.type_of(each)) for each in value if isinstance(each, TensorRef)]
    return sum(taken) == _elements(graph.results[node].outputs[0]) and len(taken) == len(value)


def _elements(x: TensorType) -> int:
    """How many elements a sample has; 0 if that is not known."""
    return prod(length or 0 for length in x.shape[1:])


def both(a: Interval, b: Interval) -> Interval:
    """The numbers that lie in two intervals."""
    low, high = largest(a, b), smallest(a, b)
    return Interval(low.low, high.high, low.low_open, high.high_open)


def _wanted_by(graph: TypedGraph, name: str, argument: str) -> Interval:
    """Between which bounds a node wants the elements of an operand to lie."""
    node = graph.nodes[name]
    layer = graph.layers[node.layer]
    if layer.model is not None:
        inner = graph.models[layer.key]
        return wanted_of(inner, TensorRef(argument, 0)).interval if argument in inner.results else UNKNOWN
    taken = layer.operation.numbers_taken(**node.flags) if layer.operation is not None else None
    return places(taken.below) if taken is not None and taken.operand == argument else UNKNOWN


# Targets


def _target(output: Output, prediction: TensorType) -> WantedData:
    """What the loss of an output takes or, without one, its first metric."""
    settings = output.settings
    score, place = _score(settings, output.place)
    family = families.losses() if settings.loss is not None else families.metrics()
    found = family.class_of(score)
    if found is not None and not issubclass(found, LossOrMetric):
        forms: tuple[DataForm, ...] = (DataForm(DataKind.ANYTHING, None),)
    else:
        arguments = score if isinstance(score, Config) or found is None else _defaults(found)
        forms = forms_of_targets(found, arguments, prediction)
    whole = forms[0].kind is DataKind.WHOLE_NUMBERS
    return WantedData(
        output.name, "target", "int32" if whole else "float32", forms, because=score.keras_name, place=place
    )


def _score(settings: OutputSettings, at: Place) -> tuple[Config | Named, Place]:
    if settings.loss is not None:
        return settings.loss, at / "loss"
    section = "metrics" if settings.metrics else "weighted_metrics"
    return getattr(settings, section)[0], at / section / 0


def _defaults(found: type[LossOrMetric]) -> Any:
    """What has the arguments of a loss or a metric that is given as a name: their defaults."""
    return found.model_construct()


# What is needed besides


def _to_adapt(graph: TypedGraph) -> Iterator[Need]:
    """The layers that are to be adapted to data before the model is used."""
    for name, layer in graph.graph.layers_in_use().items():
        if layer.model is not None:
            for need in _to_adapt(graph.models[name]):
                yield Need("adapt", need.name, need.message, layer.place.key())
            continue
        for config, shown in _configs(layer):
            if getattr(config, "needs_adapting", False):
                yield Need(
                    "adapt",
                    shown,
                    f"adapt `{shown}` ({config.keras_name}) to data before training",
                    layer.place.key(),
                )


def _configs(layer: Layer) -> Iterator[tuple[Any, str]]:
    """A layer and those inside it, each with its name."""
    if layer.operation is not None:
        yield layer.operation, layer.keras_name
    if isinstance(layer.operation, Trainable):
        for inner in inner_layers(layer.operation):
            yield inner.config, inner.name


def _to_register(graph: Graph) -> Iterator[Need]:
    """The registered names that the model is built of."""
    for name, place in registered_names(graph).items():
        yield Need("register", name, f"register `{name}` in the program that loads the model", place)


def _to_validate(graph: Graph) -> Iterator[Need]:
    """Validation data, where a callback watches a value of it, and none is split off the training data."""
    if graph.fit is None or graph.fit.validation_split or graph.compile is None:
        return
    logged = logs(graph)
    for index, callback in enumerate(graph.fit.callbacks):
        watched = logged.get(callback.monitor) if isinstance(callback, Monitor) else None
        if watched is not None and watched.validation:
            message = f"give `fit` validation data: `{callback.keras_name}` watches `{watched.name}`"
            yield Need("validation data", watched.name, message, Place(("fit", "callbacks", index)))
