"""A model as Keras keeps it: operations, the calls of each, and the tensors between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spec_compiler.catalog.keras_config.form import ConfigData
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.emitting.keras_file.states import State


@dataclass(eq=False)
class TracedOperation:
    """A layer, an op or a model that is called in another model.

    Attributes:
        name: Its name.
        data: What Keras writes for it, but for the calls; of a model, it follows from the model.
        state: What it holds; None for an op.
        model: The model, if it is one.
        calls: Its calls, in order of making.
    """

    name: str
    data: ConfigData
    state: State | None
    model: TracedModel | None = None
    calls: list[TracedCall] = field(default_factory=list)


@dataclass(eq=False)
class TracedCall:
    """A call of an operation: what Keras records of the arguments, and what it gives."""

    operation: TracedOperation
    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    outputs: tuple[TensorType, ...]
    takes: tuple[TracedTensor, ...] = ()

    def __post_init__(self) -> None:
        self.takes = tuple(_tensors((self.args, self.kwargs)))


@dataclass(frozen=True, slots=True)
class TracedTensor:
    """One output of a call."""

    call: TracedCall
    index: int

    @property
    def type(self) -> TensorType:
        """Its shape and dtype."""
        return self.call.outputs[self.index]


def _tensors(value: Any) -> Iterator[TracedTensor]:
    """The tensors of arguments, in the order in which Keras flattens them: mappings by their sorted keys."""
    if isinstance(value, TracedTensor):
        yield value
    elif isinstance(value, Mapping):
        for key in sorted(value):
            yield from _tensors(value[key])
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _tensors(item)


@dataclass(eq=False)
class TracedModel:
    """A functional model.

    Attributes:
        name: Its name, in a model that it stands in or by itself.
        trainable: Whether training changes any of its weights.
        operations: Its operations in Keras's order.
        calls: Those calls that are part of it.
        inputs: The tensors that it takes.
        outputs: The tensors that it gives.
        nested: Whether it stands in another model.
        state: What it holds.
    """

    name: str
    trainable: bool
    operations: tuple[TracedOperation, ...]
    calls: frozenset[TracedCall]
    inputs: tuple[TracedTensor, ...]
    outputs: tuple[TracedTensor, ...]
    nested: bool
    state: State
