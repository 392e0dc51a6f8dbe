"""Objects of the catalogue → Keras's configuration: what `keras.saving.serialize_keras_object` gives, as plain data.

What Keras adds when a model is built (`build_config`, the numbers of shared objects) is left to whoever writes a
model. A layer of the program's own saves what its class wants: what is written of one holds for a class that saves
its arguments under their names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.keras_config.form import ConfigData, Tensors
from spec_compiler.catalog.keras_config.kinds import PolicyKind
from spec_compiler.catalog.keras_config.table import (
    KerasClass,
    added,
    form,
    form_of_op,
    in_config,
    keras_class,
    kind,
    positional_of,
    saves_null,
)
from spec_compiler.catalog.layers.base import InnerLayer, Operation
from spec_compiler.catalog.objects import Named
from spec_compiler.catalog.ops.base import Op
from spec_compiler.catalog.values import Scalar, ValueVisitor

WriteInner = Callable[[InnerLayer], ConfigData]
"""Writes a layer inside another."""


def serialize(
    config: Config, name: str | None = None, inner: WriteInner | None = None, built_for: Tensors | None = None
) -> ConfigData:
    """What Keras writes for an object: its module, its class, its configuration.

    Args:
        config: The object. Of an op, what belongs to its call is not here but in `serialize_call`.
        name: The name of a layer or an op; other objects have theirs among the arguments.
        inner: Writes a layer inside this one; by default as any other layer that was not called. It has to be given
            where that may be a model of the spec's own.
        built_for: The types of what a layer was first called on, by the names of the arguments; by default it was
            never called.
    """
    keras_config = config_of(config, name, inner)
    built = form(type(config)).built
    if built is not None and built_for is not None:
        keras_config = built(keras_config, built_for)
    return envelope(keras_class(type(config)), keras_config)


def envelope(found: KerasClass, keras_config: ConfigData) -> ConfigData:
    """A configuration with the class that it is of."""
    return {
        "module": found.module,
        "class_name": found.class_name,
        "config": keras_config,
        "registered_name": found.registered_name,
    }


def config_of(config: Config, name: str | None = None, inner: WriteInner | None = None) -> ConfigData:
    """What Keras's `get_config` gives for an object that was not called; the arguments are as for `serialize`."""
    found = type(config)
    how = form(found)
    keras_config: ConfigData = {"name": name} if _keeps_name(found) else {}
    for argument in found.model_fields:
        value = _saved(config, argument)
        if in_config(found, argument) and (value is not None or saves_null(config, argument)):
            keras_config[argument] = data_of(value, inner)
    keras_config |= {key: data_of(value, inner) for key, value in added(config).items()}
    return how.finish(keras_config) if how.finish is not None else keras_config


def _keeps_name(found: type[Config]) -> bool:
    """Whether the name of a layer or an op is in its configuration."""
    return form_of_op(found).named if issubclass(found, Op) else issubclass(found, Operation)


def _saved(config: Config, argument: str) -> Any:
    """The value that Keras saves for an argument."""
    how = form(type(config))
    if argument in how.left_out and argument not in config.model_fields_set:
        return how.left_out[argument]
    return kind(type(config), argument).write(getattr(config, argument), config)


def serialize_call(op: Op, operands: Mapping[str, Any]) -> ConfigData:
    """What Keras writes for a call of an op: `args` and `kwargs`.

    Args:
        op: The op.
        operands: What it is called with, by the names of its tensors: data already, with lists where it is called
            with several. What is missing is null.
    """
    how = form_of_op(type(op))
    args: list[Any] = []
    kwargs: ConfigData = {}
    for name in (*positional_of(type(op)), *how.keywords):
        if name in type(op).model_fields:
            value = data_of(_saved(op, name))
        else:
            value = operands.get(name, how.missing.get(name))
        if name in how.keywords:
            kwargs |= value if name == how.spread else {name: value}
        else:
            args += value if name == how.spread else [value]
    return {"args": args, "kwargs": kwargs}


def data_of(value: Any, inner: WriteInner | None = None) -> Any:
    """A value of the catalogue as Keras writes it: objects, policies and slices as mappings, tuples as lists."""
    return _SavedValues(inner or _inner_uncalled).visit(value)


def _inner_uncalled(inner: InnerLayer) -> ConfigData:
    # A model of the spec's own is a graph, and no configuration: only who writes graphs can write it.
    assert isinstance(inner.config, Config), f"`{inner.name}` is a model"
    return serialize(inner.config, inner.name)


class _SavedValues(ValueVisitor[Any]):
    def __init__(self, write_inner: WriteInner) -> None:
        self._write_inner = write_inner

    def visit(self, value: Any) -> Any:
        if isinstance(value, PolicyKind):
            return envelope(KerasClass("keras", "DTypePolicy"), {"name": value.name})
        return super().visit(value)

    def scalar(self, value: Scalar) -> Any:
        return value

    def named(self, value: Named) -> Any:
        return value.name

    def sequence(self, value: Sequence[Any]) -> Any:
        return [self.visit(item) for item in value]

    def mapping(self, value: Mapping[Any, Any]) -> Any:
        return {key: self.visit(item) for key, item in value.items()}

    def slice(self, value: slice) -> Any:
        return {"class_name": "__slice__", "config": {"start": value.start, "stop": value.stop, "step": value.step}}

    def ellipsis(self) -> Any:
        return {"class_name": "__ellipsis__", "config": {}}

    def config(self, value: Config) -> Any:
        return serialize(value)

    def inner(self, value: InnerLayer) -> Any:
        return self._write_inner(value)
