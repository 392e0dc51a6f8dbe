"""The masks that Keras attaches to tensors: which steps of a sequence count, and where that is lost.

What a layer does with masks, its class says. Into a nested model they go along with its inputs, and out of it with its
outputs. What a layer of the caller's own does is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from spec_compiler.catalog.layers.base import Operation
from spec_compiler.catalog.mask_rules import UNKNOWN, MaskRule, ResultMask
from spec_compiler.catalog.tensors import Shape
from spec_compiler.graph.graph import NestedModel
from spec_compiler.graph.typed import CallOperands, TensorRef, TypedGraph, tensors, tensors_of
from spec_compiler.inferring.models import ModelRule, Rules

_LEAST_RANK = 3
"""How many axes a tensor has at least that has steps: (batch, steps, …)."""


class Mask(NamedTuple):
    """What has become of a mask: its shape, the node that made it, and the node that lost it, if one has."""

    made: str
    shape: Shape
    lost: str | None = None


Masks = dict[TensorRef, Mask]


def masks(graph: TypedGraph) -> Masks:
    """Returns the masks of the tensors that have one or that come from a tensor whose mask was lost.

    A lost mask is followed to the first layer that would use it.
    """
    return _masks(graph, {})


_Given = tuple[tuple[Shape, bool] | None, ...]


def _kind(given: Sequence[Mask | None]) -> _Given:
    return tuple(None if mask is None else (mask.shape, mask.lost is not None) for mask in given)


class _ModelMasks:
    """The masks in the graph of a nested model, for each kind of masks that its inputs come with."""

    def __init__(self, graph: TypedGraph) -> None:
        self._graph = graph
        self._found: dict[_Given, Masks] = {}
        self._used: dict[_Given, frozenset[str]] = {}

    def used(self, given: Sequence[Mask | None]) -> frozenset[str]:
        """The nodes that make masks which something uses, or would use; of those that come with inputs, the inputs."""
        key = _kind(given)
        if key not in self._used:
            self._used[key] = frozenset(user.mask.made for user in users(self._graph, self.of(given)))
        return self._used[key]

    def of(self, given: Sequence[Mask | None]) -> Masks:
        """The masks; one that comes with an input is said to be made there, and lost there, if it was before."""
        key = _kind(given)
        if key not in self._found:
            self._found[key] = _masks(
                self._graph,
                {
                    TensorRef(name, 0): Mask(name, mask.shape, name if mask.lost is not None else None)
                    for name, mask in zip(self._graph.inputs, given, strict=True)
                    if mask is not None
                },
            )
        return self._found[key]


def masks_inside(graph: TypedGraph, name: str, found: Masks) -> tuple[TypedGraph, Masks] | None:
    """The graph of the model that a node calls, and the masks in it; None if it calls none."""
    model = graph.models.get(graph.nodes[name].layer)
    if model is None:
        return None
    return model, model.table(_ModelMasks).of(_given_to(graph, name, found))


def _given_to(graph: TypedGraph, name: str, found: Masks) -> list[Mask | None]:
    """The masks that come with what a call takes."""
    return [found.get(tensor) for tensor in tensors(graph.calls[name])]


def _masks(graph: TypedGraph, given: Masks) -> Masks:
    found = dict(given)
    rules = Rules(lambda keras_name, model: _MaskedModel(model, models[keras_name]))
    models = {layer.keras_name: graph.models[key] for key, layer in graph.layers.items() if key in graph.models}
    for name, call in graph.calls.items():
        node = graph.nodes[name]
        config = rules.of(graph.layers[node.layer])
        if isinstance(config, _MaskedModel):
            found.update(_out_of_model(graph, name, found))
            continue
        if config is None or not isinstance(config, Operation):
            continue
        rule = config.mask_rule_of(**node.flags)
        if config.hides_mask:
            found[TensorRef(name, 0)] = Mask(name, _leading_axes(graph, name), name)
            continue
        if not found and rule.result is not ResultMask.MADE and "mask" not in call:
            continue
        mask = _of_result(graph, name, config, rule.result, found)
        if mask is not None and (mask.lost is None or not rule.uses):
            found.update((TensorRef(name, output), mask) for output in range(rule.outputs))
    return found


def _out_of_model(graph: TypedGraph, name: str, found: Masks) -> Iterator[tuple[TensorRef, Mask]]:
    """Yields the masks of the outputs of a nested model that a node calls."""
    inside = masks_inside(graph, name, found)
    assert inside is not None
    model, masks_of_model = inside
    taken = dict(zip(model.inputs, tensors(graph.calls[name]), strict=True))
    for output, end in enumerate(model.ends.values()):
        mask = masks_of_model.get(end)
        if mask is None:
            continue
        before = found.get(taken[mask.made]) if mask.made in taken else None
        lost = None if mask.lost is None else before.lost if before is not None and mask.lost in taken else name
        shape = before.shape if before is not None else _leading_axes(graph, name, output, len(mask.shape))
        yield TensorRef(name, output), Mask(name if before is None else before.made, shape, lost)


class _MaskedModel(ModelRule):
    """A nested model as a rule that says what it does with the mask of its input, where it has one input and output."""

    def __init__(self, model: NestedModel, graph: TypedGraph) -> None:
        super().__init__(model, lambda _inputs: graph)
        self._graph = graph

    def mask_rule_of(self, **flags: Any) -> MaskRule:
        """What becomes of a mask that comes with the input."""
        graph = self._graph
        if len(graph.inputs) != 1 or len(graph.ends) != 1:
            return UNKNOWN
        (name,), (end,) = graph.inputs, graph.ends.values()
        shape = graph.type_of(TensorRef(name, 0)).shape
        if len(shape) < _LEAST_RANK - 1:
            return UNKNOWN
        found = graph.table(_ModelMasks).of([Mask(name, shape[:2])])
        mask = found.get(end)
        if mask is None:
            return UNKNOWN
        uses = name in graph.table(_ModelMasks).used([Mask(name, shape[:2])])
        if mask.lost is not None:
            return MaskRule(ResultMask.LOST, uses)
        return MaskRule(ResultMask.FIRST if mask.made == name else ResultMask.MADE, uses)


class User(NamedTuple):
    """A call that leaves out what the mask of a tensor marks, or would do so."""

    name: str
    tensor: TensorRef
    mask: Mask


def users(graph: TypedGraph, found: Masks) -> Iterator[User]:
    """Yields the calls that use masks, or would use those that are lost; of models, those inside of which one does."""
    for name, call in graph.calls.items():
        inside = masks_inside(graph, name, found)
        if inside is not None:
            model, _ = inside
            used = model.table(_ModelMasks).used(_given_to(graph, name, found))
            for taken, tensor in zip(model.inputs, tensors(call), strict=True):
                if tensor in found and taken in used:
                    yield User(name, tensor, found[tensor])
            continue
        config = graph.layers[graph.nodes[name].layer].operation
        if config is None or not config.mask_rule_of(**graph.nodes[name].flags).uses:
            continue
        if not any(argument.name in call for argument in config.mask_arguments()):
            yield from (User(name, each, found[each]) for each in masked_tensors(config, call) if each in found)


def masked_tensors(config: Operation, call: CallOperands) -> Iterator[TensorRef]:
    """Yields the tensors of a call whose masks Keras hands to the layer."""
    for argument in config.masked_arguments():
        yield from tensors_of(call, argument)


def has_steps(graph: TypedGraph, tensor: TensorRef) -> bool:
    """Whether a tensor has an axis of steps."""
    return graph.type_of(tensor).rank >= _LEAST_RANK


def _of_result(
    graph: TypedGraph, name: str, config: Operation, result: ResultMask, found: dict[TensorRef, Mask]
) -> Mask | None:
    call = graph.calls[name]
    taken = list(tensors(call))
    masked = [found[tensor] for tensor in taken if tensor in found]
    kept = [mask for mask in masked if mask.lost is None]
    if result is ResultMask.MADE:
        return Mask(name, _leading_axes(graph, name))
    if result is ResultMask.FIRST:
        return _given(graph, call) or (found.get(taken[0]) if taken else None)
    if result is ResultMask.ALL and kept and len(kept) == len(taken):
        return kept[0]
    if result is ResultMask.ANY and kept:
        return kept[0]._replace(shape=_leading_axes(graph, name))
    is_lost = result in (ResultMask.ALL, ResultMask.ANY, ResultMask.LOST)
    if not is_lost or not masked or not (config.rearranges or has_steps(graph, TensorRef(name, 0))):
        return None
    before = next((mask for mask in masked if mask.lost is not None), None)
    return before or masked[0]._replace(lost=name)


def _leading_axes(graph: TypedGraph, name: str, output: int = 0, count: int = -1) -> Shape:
    """The shape of a mask that says of the last axes of a result as a whole whether they count."""
    return graph.type_of(TensorRef(name, output)).shape[:count]


def _given(graph: TypedGraph, call: CallOperands) -> Mask | None:
    """The mask that a call is given by hand for its result."""
    mask = next(tensors_of(call, "mask"), None)
    return None if mask is None else Mask(mask.node, graph.type_of(mask).shape)
