"""When layers are equal, whatever they are called: written once, for lints, repetition and the comparison of specs."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.layers.base import InnerLayer, Operation
from spec_compiler.catalog.objects import Named
from spec_compiler.catalog.values import Scalar, ValueVisitor, slice_text
from spec_compiler.graph.flat import ConstantOperand
from spec_compiler.graph.graph import kind_of

Plain = Any
"""Mappings with text as keys, lists, text, numbers, booleans and null."""


OperationT = TypeVar("OperationT", bound=Operation)


class Detail(NamedTuple):
    """A value that differs: where it is (`kernel_initializer.seed`), and what it was and is; None if not there."""

    path: str
    before: Plain
    after: Plain


class _Key(ValueVisitor[Hashable]):
    """Values as something that can be compared and hashed.

    Keys of one graph say which shared layer stands in another; a shared layer of another graph may be the same under
    another name, so that keys that are held against those of another graph do not.
    """

    def __init__(self, *, across_graphs: bool) -> None:
        self._across_graphs = across_graphs

    def scalar(self, value: Scalar) -> Any:
        # True is 1 and 1.0, and yet another argument.
        return value if value is None or type(value) is str else (type(value).__name__, repr(value))

    def named(self, value: Named) -> Any:
        return "name", value.name

    def sequence(self, value: Sequence[Any]) -> Any:
        return tuple(map(self.visit, value))

    def mapping(self, value: Mapping[Any, Any]) -> Any:
        return tuple((str(key), self.visit(item)) for key, item in value.items())

    def slice(self, value: slice) -> Any:
        return "slice", value.start, value.stop, value.step

    def ellipsis(self) -> Any:
        return ("...",)

    def config(self, value: Config) -> Any:
        return value.keras_name, tuple(self.visit(field) for field in vars(value).values())

    def inner(self, value: InnerLayer) -> Any:
        # Its name does not count, but which shared layer it is does.
        if value.shared:
            return ("shared",) if self._across_graphs else ("shared", value.name)
        return self.visit(value.layer)


_WITHIN = _Key(across_graphs=False)
_ACROSS = _Key(across_graphs=True)


def structural_key(value: Any) -> Hashable:
    """A layer, or an argument of one, as something that can be compared and hashed.

    The names of the layers inside it do not count; which shared layers they are does.
    """
    return _WITHIN.visit(value)


def operation_key(config: Operation) -> Hashable:
    """All of a layer or an op that makes another one its equal: what it is, and its arguments, the defaults too."""
    return kind_of(config), structural_key(config)


def comparable_key(config: Operation, dtype_policy: str | None) -> Hashable:
    """The same, to be held against the layers of another graph: without its graph's dtype policy and shared layers."""
    return kind_of(config), _ACROSS.visit(_without_policy(config, dtype_policy))


def _without_policy(config: OperationT, dtype_policy: str | None) -> OperationT:
    """A layer, and those inside it, as it is where its spec has no dtype policy."""
    update: dict[str, Any] = {}
    if dtype_policy is not None and getattr(config, "dtype", None) == dtype_policy:
        update["dtype"] = None
    for argument in type(config).nested:
        value = getattr(config, argument)
        if isinstance(value, tuple):
            update[argument] = tuple(_inner_without_policy(inner, dtype_policy) for inner in value)
        elif value is not None:
            update[argument] = _inner_without_policy(value, dtype_policy)
    return config.model_copy(update=update) if update else config


def _inner_without_policy(inner: InnerLayer, dtype_policy: str | None) -> InnerLayer:
    return inner if inner.shared else replace(inner, config=_without_policy(inner.layer, dtype_policy))


def call_key(flags: Mapping[str, Any], constants: Iterable[tuple[str, ConstantOperand | float | int]]) -> Hashable:
    """What a call is made with besides tensors: its flags, and the numbers and constants that it takes."""
    return (
        tuple((name, structural_key(flags[name])) for name in sorted(flags)),
        tuple((argument, operand_key(value)) for argument, value in constants),
    )


def operand_key(value: ConstantOperand | float | int) -> Hashable:
    """A number or a constant that a call takes: 1, 1.0 and true are different ones."""
    return ("constant", value.dtype, repr(value.value)) if isinstance(value, ConstantOperand) else structural_key(value)


class _Plain(ValueVisitor[Plain]):
    """Values as data that can be compared piece by piece, and shown.

    `owner` is the Keras name of the layer that they belong to: names that layers inside have from it are not given.
    """

    def __init__(self, owner: str, dtype_policy: str | None) -> None:
        self._owner = owner
        self._dtype_policy = dtype_policy

    def fields(self, value: BaseModel) -> dict[str, Plain]:
        """All arguments, the defaults too. The spec's dtype policy is not one."""
        return {name: self._field(name, getattr(value, name)) for name in type(value).model_fields}

    def _field(self, name: str, value: Any) -> Plain:
        return None if name == "dtype" and value == self._dtype_policy else self.visit(value)

    def scalar(self, value: Scalar) -> Plain:
        return repr(value) if isinstance(value, float) and not math.isfinite(value) else value

    def named(self, value: Named) -> Plain:
        return value.name

    def sequence(self, value: Sequence[Any]) -> Plain:
        return [self.visit(item) for item in value]

    def mapping(self, value: Mapping[Any, Any]) -> Plain:
        return {str(key): self.visit(item) for key, item in value.items()}

    def slice(self, value: slice) -> Plain:
        return slice_text(value)

    def ellipsis(self) -> Plain:
        return "..."

    def config(self, value: Config) -> Plain:
        return {"type": value.keras_name, **self.fields(value)}

    def inner(self, value: InnerLayer) -> Plain:
        if value.shared:
            # It is compared where it is declared.
            return {"type": "use"}
        named = {} if value.name.startswith(f"{self._owner}.") else {"name": value.name}
        fields = arguments_of(value.layer, value.name, self._dtype_policy)
        return {"type": kind_of(value.layer), **named, **fields}

    def settings(self, value: BaseModel) -> Plain:
        return self.fields(value)


def arguments_of(config: Operation, keras_name: str, dtype_policy: str | None) -> dict[str, Plain]:
    """All arguments of a layer or an op, the defaults too.

    The spec's dtype policy is not an argument, and names that layers inside have from their owner are not given.
    """
    return _Plain(keras_name, dtype_policy).fields(config)


def plain(value: Any) -> Plain:
    """A setting as plain values."""
    return _Plain("", None).visit(value)


def differences(before: Plain, after: Plain, path: str = "") -> Iterator[Detail]:
    """The values that differ, as far inside as both are alike around them."""
    if isinstance(before, Mapping) and isinstance(after, Mapping) and before.get("type") == after.get("type"):
        for key in dict.fromkeys([*before, *after]):
            yield from differences(before.get(key), after.get(key), f"{path}.{key}" if path else key)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after) and _are_layers(before):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from differences(old, new, f"{path}.{index}")
    elif repr(before) != repr(after) and not _is_equal_number(before, after):
        yield Detail(path, before, after)


def _are_layers(values: list[Plain]) -> bool:
    return all(isinstance(value, Mapping) for value in values)


def _is_equal_number(before: Plain, after: Plain) -> bool:
    """Whether two numbers are equal and of one kind, or one is an integer where a float may stand."""
    kinds = {type(before), type(after)}
    return kinds <= {int, float} and before == after
