"""The masks that Keras has made explicit, told from those that somebody gave.

Where a layer takes a mask, Keras records the one that comes along with its input, and the operations that made it
(`NotEqual`, `Any`, `LogicalOr`) stand in the model under names of its own counter. A spec says neither: the layer that
makes the mask does. Only what is exactly the mask that Keras would hand on is turned back; any other stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from spec_compiler.catalog.keras_config.masks import ADDED, MaskSettings, as_seen, made, mask_of_result
from spec_compiler.catalog.keras_config.names import snake_case
from spec_compiler.catalog.layers.base import Operation
from spec_compiler.lifting.keras_model import (
    Call,
    KerasModel,
    KerasOperation,
    Tensor,
    TensorOperand,
    operands_in,
    tensors_in,
)


class BoundCall(NamedTuple):
    """A call: the layer, and what it is called with by the names of its arguments.

    A call of a model has no layer of the catalogue, and `inputs` and `mask` among its arguments.
    """

    config: Operation | None
    arguments: Mapping[str, Any]


CallKey = tuple[str, int]
"""An operation, and which of its calls."""


def in_topological_order(model: KerasModel) -> Iterator[CallKey]:
    """Yields all calls that lead to the outputs, each after those that it takes from; of a cycle, what is left."""
    done: set[CallKey] = set()
    begun: set[CallKey] = set()
    for output in model.outputs:
        waiting: list[tuple[CallKey, Iterator[Tensor]]] = []

        def enter(tensor: Tensor, waiting: list[tuple[CallKey, Iterator[Tensor]]] = waiting) -> None:
            key = (tensor.operation, tensor.call)
            if key not in begun:
                begun.add(key)
                waiting.append((key, model.operations[tensor.operation].calls[tensor.call].tensors()))

        enter(output)
        while waiting:
            key, takes = waiting[-1]
            taken = next(takes, None)
            if taken is not None:
                enter(taken)
            elif key not in done:
                done.add(key)
                waiting.pop()
                yield key


def implicit_masks(model: KerasModel, calls: Mapping[CallKey, BoundCall]) -> dict[CallKey, frozenset[str]]:
    """The arguments of each call that are masks which Keras hands on by itself."""
    order = list(in_topological_order(model))
    masks = _Masks(_OperationsOfKeras(model, order))
    found = {}
    for key in order:
        if key in calls:
            implicit = frozenset(masks.implicit(calls[key]))
            if implicit:
                found[key] = implicit
            masks.hand_on(key, calls[key], implicit)
    return found


class _Masks:
    def __init__(self, operations: _OperationsOfKeras) -> None:
        self._operations = operations
        self._masks: dict[Tensor, Tensor] = {}

    def implicit(self, call: BoundCall) -> Iterator[str]:
        """Yields the arguments that are the masks of others."""
        if call.config is None:
            given = call.arguments.get("mask")
            if given is not None and self._are_or_none(_listed(given), _listed(call.arguments.get("inputs"))):
                yield "mask"
            return
        for argument in call.config.mask_arguments():
            given = call.arguments.get(argument.name)
            of = argument.name.removesuffix("_mask") if argument.name != "mask" else call.config.calls[0].name
            if given is not None and self._are(given, call.arguments.get(of)):
                yield argument.name

    def _are(self, given: Any, values: Any) -> bool:
        """Whether something that is given is the masks of some values: for each its own, or none."""
        if isinstance(given, list):
            same_number = isinstance(values, list) and len(given) == len(values)
            return same_number and all(map(self._are_or_none, given, values))
        return isinstance(given, TensorOperand) and self._operations.same(given.tensor) == self._mask_of(values)

    def _are_or_none(self, given: Any, value: Any) -> bool:
        if given is None:
            return not isinstance(value, list) and self._mask_of(value) is None
        return self._are(given, value)

    def _mask_of(self, value: Any) -> Any:
        """The mask of a tensor, or those of several."""
        if isinstance(value, list):
            return [self._mask_of(each) for each in value]
        return self._masks.get(value.tensor) if isinstance(value, TensorOperand) else None

    def hand_on(self, key: CallKey, call: BoundCall, implicit: frozenset[str]) -> None:
        """Note the masks of what a call gives."""
        config = call.config
        if config is None or not config.calls or not config.attaches_masks:
            return
        rule = config.mask_rule_of(**_flags(config, call.arguments))
        first = call.arguments.get(config.calls[0].name)
        if isinstance(first, list) and any(isinstance(each, list) for each in first):
            return
        given = _given(call.arguments["mask"], first) if "mask" in call.arguments.keys() - implicit else None
        mask = made(
            mask_of_result(
                config,
                rule.result,
                self._seen(config, first),
                self._mask_of(first) if given is None else given,
                self._operations.rank,
            ),
            self._operations.find,
        )
        if mask is not None:
            self._masks.update((Tensor(*key, index), self._operations.same(mask)) for index in range(rule.outputs))

    def _seen(self, config: Operation, value: Any) -> Any:
        """A tensor as a layer sees it, or several."""
        if isinstance(value, list):
            return [self._seen(config, each) for each in value]
        if not isinstance(value, TensorOperand):
            return _NOWHERE
        return made(as_seen(config, value.tensor, value.dtype), self._operations.find)


_NOWHERE = Tensor("", -1, -1)
"""A tensor that leads to nothing, which is why Keras did not keep the operation that gives it."""


class _OperationsOfKeras:
    """The operations that Keras added to a model: those of its classes that have a name of its counter."""

    def __init__(self, model: KerasModel, order: Sequence[CallKey]) -> None:
        self._first: dict[Any, Tensor] = {}
        self._same: dict[Tensor, Tensor] = {}
        self._ranks: dict[Tensor, int | None] = {}
        for name, index in order:
            operation = model.operations[name]
            call = operation.calls[index]
            self._ranks.update((each.tensor, each.rank) for each in operands_in((call.args, call.kwargs)))
            if _is_of_keras(operation):
                self._note(Tensor(name, index, 0), operation, call)

    def _note(self, tensor: Tensor, operation: KerasOperation, call: Call) -> None:
        settings = {key: value for key, value in operation.data["config"].items() if key != "name"}
        try:
            what = self._key(operation.data["class_name"], _tensors(call.args), tuple(settings.items()))
            self._same[tensor] = self._first.setdefault(what, tensor)
        except TypeError:
            # Something in it is no number: Keras adds no such operation.
            return

    def _key(self, class_name: str, args: Sequence[Any], settings: MaskSettings) -> Any:
        """What two operations have in common that do the same."""

        def frozen(value: Any) -> Any:
            if isinstance(value, Tensor):
                return self.same(value)
            return tuple(map(frozen, value)) if isinstance(value, (list, tuple)) else value

        return class_name, frozen(args), frozenset(settings)

    def same(self, tensor: Tensor) -> Tensor:
        """The first of the tensors that are made as this one is."""
        return self._same.get(tensor, tensor)

    def find(self, class_name: str, args: tuple[Any, ...], settings: MaskSettings) -> Tensor:
        """The tensor that an operation gives, if Keras kept it."""
        return self._first.get(self._key(class_name, args, settings), _NOWHERE)

    def rank(self, tensor: Tensor) -> int | None:
        """The rank of a tensor, if Keras states it."""
        return self._ranks.get(tensor)


def _given(masks: Any, values: Any) -> Any:
    """The masks that somebody gave for a value or a list of them, with null for what is no mask."""
    if isinstance(values, list):
        each = masks if isinstance(masks, list) and len(masks) == len(values) else [None] * len(values)
        return [_given(mask, None) for mask in each]
    return masks.tensor if isinstance(masks, TensorOperand) else None


def _tensors(value: Any) -> Any:
    """An argument with its tensors, which are operands in it."""
    if isinstance(value, list):
        return [_tensors(item) for item in value]
    return value.tensor if isinstance(value, TensorOperand) else value


def _listed(value: Any) -> Any:
    """A mapping of tensors as a list, by its sorted keys."""
    return [value[name] for name in sorted(value)] if isinstance(value, dict) else value


def _flags(config: Operation, arguments: Mapping[str, Any]) -> dict[str, Any]:
    names = [call.name for call in config.calls if call.kind == "flag"]
    return {name: arguments[name] for name in names if isinstance(arguments.get(name), bool)}


def _is_of_keras(operation: KerasOperation) -> bool:
    class_name = operation.data["class_name"]
    added = ADDED.get(class_name)
    if added is None or operation.data.get("module") != added.module:
        return False
    counted = re.fullmatch(rf"{snake_case(class_name)}(_\d+)?", operation.name)
    (call, *others) = operation.calls or (None,)
    return counted is not None and not others and call is not None and not call.kwargs


def live_calls(
    model: KerasModel, implicit: Mapping[CallKey, frozenset[str]], names: Mapping[CallKey, BoundCall]
) -> set[CallKey]:
    """The calls that lead to the outputs, once the masks are left out that Keras hands on by itself."""
    found: set[CallKey] = set()
    waiting = [(tensor.operation, tensor.call) for tensor in (*model.outputs, *model.inputs)]
    while waiting:
        key = waiting.pop()
        if key in found:
            continue
        found.add(key)
        call = model.operations[key[0]].calls[key[1]]
        waiting += [(tensor.operation, tensor.call) for tensor in _taken(call, names.get(key), implicit.get(key))]
    return found


def _taken(call: Call, bound: BoundCall | None, implicit: frozenset[str] | None) -> Iterator[Tensor]:
    if bound is None or not implicit:
        yield from call.tensors()
        return
    for name, value in bound.arguments.items():
        if name not in implicit:
            yield from tensors_in(value)
