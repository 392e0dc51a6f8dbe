"""What fits where something is being typed: which references, losses and metrics. The rules that check are asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.families import losses
from spec_compiler.catalog.layers.base import CallArgument, Operation
from spec_compiler.catalog.objects import Family, Named
from spec_compiler.catalog.rules import DtypeError, RankError, RuleError
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.catalog.training import OutputSettings
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.graph.flat import OutputRef
from spec_compiler.graph.graph import Output
from spec_compiler.graph.typed import TensorRef, TypedGraph
from spec_compiler.language_server.call_target import call_target_of
from spec_compiler.language_server.flow import flows, tensors_of
from spec_compiler.language_server.slots import Slot
from spec_compiler.language_server.snapshot import Snapshot, index_of_output
from spec_compiler.linting import activation_and_loss, misfit_metric
from spec_compiler.reading.read import read
from spec_compiler.reading.source import Source
from spec_compiler.spans import Place

Fits = Callable[[TensorType], bool]


def any_tensor(_: TensorType) -> bool:
    """Where nothing is known of what fits, everything does."""
    return True


def fitting_tensors(snapshot: Snapshot, slot: Slot, written: Any, layers: Any) -> Fits:
    """Whether a tensor can flow in where a reference is being typed, by rank and dtype.

    Args:
        snapshot: The document.
        slot: Where the reference is.
        written: The node as it is written, with what else flows in.
        layers: The shared layers of its graph, as they are written.
    """
    if not isinstance(written, dict) or slot.node is None:
        return any_tensor
    called = call_target_of(written, layers, {})
    found = called.operation
    calls = [call for call in found.calls if call.kind != "flag"] if found is not None else []
    argument = next((call for call in calls if slot.argument in (None, call.name)), None)
    if found is None or argument is None:
        return any_tensor
    config, is_exact = _config_of(snapshot, slot, found, called.arguments)
    if config is None:
        return any_tensor
    beside = [call for call in calls if call.required and call is not argument]
    place = _InputPlace(
        argument,
        tuple(_tensors_of(snapshot, slot, written, argument)) if argument.kind != "tensor" else (),
        {call: tuple(_tensors_of(snapshot, slot, written, call)) for call in beside},
        (RuleError,) if is_exact else (RankError, DtypeError),
    )
    known: dict[TensorType, bool] = {}

    def fits(kind: TensorType) -> bool:
        if kind not in known:
            known[kind] = place.takes(config, kind)
        return known[kind]

    return fits


@dataclass(frozen=True)
class _InputPlace:
    """An argument of a call that a reference is typed for.

    Attributes:
        argument: The argument.
        others: What else flows into it.
        beside: What flows into the other arguments that a call needs; nothing, where that is not known.
        refusals: The mistakes that are certain, as far as the arguments of the layer are known.
    """

    argument: CallArgument
    others: tuple[TensorType, ...]
    beside: Mapping[CallArgument, tuple[TensorType, ...]]
    refusals: tuple[type[RuleError], ...]

    def takes(self, config: Operation, kind: TensorType) -> bool:
        """Whether a layer takes a tensor there. For what is not known of the other arguments the same tensor stands,
        and what is wrong with that one says nothing.
        """
        call = {each.name: _value(each, known or (kind,)) for each, known in self.beside.items()}
        stand_ins = {each.name for each, known in self.beside.items() if not known}
        try:
            config.apply(**{self.argument.name: _value(self.argument, (*self.others, kind))}, **call)
        except self.refusals as error:
            if not stand_ins:
                return False
            is_certain = isinstance(error, (RankError, DtypeError)) and self.argument.name in error.operands
            return not is_certain or bool(stand_ins.intersection(error.operands))
        except RuleError:
            return True
        return True


def _value(argument: CallArgument, kinds: tuple[TensorType, ...]) -> Any:
    """What a call gets for an argument: a tensor, or a list of them that is not too short."""
    if argument.kind == "tensor":
        return kinds[0]
    return kinds * max(1, argument.minimum) if len(kinds) < argument.minimum else kinds


def _config_of(
    snapshot: Snapshot, slot: Slot, found: type[Operation], written: Mapping[str, Any]
) -> tuple[Operation | None, bool]:
    """The layer that is called, and whether it is the one that is written: if that lacks arguments, one like it."""
    assert slot.node is not None
    before = snapshot.value_at(Place(slot.node))
    is_as_before = isinstance(before, dict) and _arguments(before, found) == _arguments(written, found)
    for call in snapshot.calls_at(Place(slot.node)) if is_as_before else ():
        config = call.graph.layers[call.node.layer].operation if call.node.layer in call.graph.layers else None
        if type(config) is found:
            return config, True
    given = _arguments(written, found)
    for arguments in (given, {**_example_arguments(found), **given}, _example_arguments(found)):
        try:
            return found.model_validate(arguments), arguments is given
        except ValidationError:
            continue
    return None, False


def _arguments(written: Mapping[str, Any], found: type[Operation]) -> dict[str, Any]:
    return {key: value for key, value in written.items() if key in found.model_fields}


def _example_arguments(found: type[Operation]) -> dict[str, Any]:
    row = getattr(found, "example", "")
    data = read(Source.text(f"{{{row}}}", form="yaml"), Findings()).data
    return {key: value for key, value in data.items() if key in found.model_fields} if isinstance(data, dict) else {}


def _tensors_of(
    snapshot: Snapshot, slot: Slot, written: Mapping[str, Any], argument: CallArgument
) -> Iterator[TensorType]:
    """What flows into an argument as it is written, in the first copy."""
    inputs = written.get("inputs")
    if isinstance(inputs, dict):
        inputs = inputs.get(argument.name)
    elif slot.argument is not None or argument.kind == "tensor":
        return
    for item in inputs if isinstance(inputs, list) else (inputs,):
        known = flows(snapshot, Place(slot.home), item) if isinstance(item, str) else []
        yield from known[0][1] if known else ()


# Losses and metrics


def fitting_scores(
    snapshot: Snapshot, output: str, written: Any, family: Family, key: str
) -> Iterator[tuple[str, bool]]:
    """Yields each loss or metric that can be named, and whether it fits what an output gives.

    Args:
        snapshot: The document.
        output: The name of the output.
        written: The output as it is written.
        family: The losses, or the metrics.
        key: The key of the output that they stand under.
    """
    graph = snapshot.analysis.sound
    source = written.get("from", output) if isinstance(written, dict) else output
    end = _end_of(snapshot, str(source))
    loss = _loss_of(written) if key != "loss" else None
    for name in family.names:
        value = _named_value(family, name)
        if graph is None or end is None or value is None:
            yield name, True
            continue
        settings = (
            OutputSettings.model_construct(loss=value)
            if key == "loss"
            else OutputSettings.model_construct(loss=loss, metrics=(value,))
        )
        yield name, not _is_misfit(graph, output, end, settings)


def _is_misfit(graph: TypedGraph, output: str, end: TensorRef, settings: OutputSettings) -> bool:
    trained = Output(output, OutputRef(end.node, None, Place(())), settings, Place(("outputs", output)))
    alone = replace(graph, graph=replace(graph.graph, outputs=(trained,)), ends={output: end})
    rules = (activation_and_loss.check, misfit_metric.check)
    return any(True for rule in rules for _ in rule(alone))


def _end_of(snapshot: Snapshot, reference: str) -> TensorRef | None:
    """The tensor of the main graph that a reference picks."""
    scopes = snapshot.scopes_by_graph.get(Place(()), ())
    graph = snapshot.analysis.sound
    name, _, output = reference.partition(".")
    if not scopes or graph is None or not tensors_of(snapshot, scopes[0], name):
        return None
    operands = [each for each in snapshot.trace.names[scopes[0]].get(name, ()) if isinstance(each, OutputRef)]
    named = [each for each in operands if not output or each.choice in (None, reference)]
    result = graph.results.get(named[0].node) if named else None
    if result is None:
        return None
    picked = named[0].output or (output if named[0].choice is None else "") or "0"
    index = index_of_output(result.names, len(result.outputs), picked)
    return TensorRef(named[0].node, index) if index is not None else None


def _named_value(family: Family, name: str) -> Config | Named | None:
    """What a name alone stands for; None if it needs arguments, so that nothing is known of it."""
    try:
        return family.parse(name)
    except PydanticCustomError:
        return None


def _loss_of(written: Any) -> Config | Named | None:
    loss = written.get("loss") if isinstance(written, dict) else None
    try:
        return losses().parse(loss) if loss is not None else None
    except PydanticCustomError:
        return None
