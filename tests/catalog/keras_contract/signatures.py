"""The arguments and defaults of a class, and the arguments of its call, are those of Keras."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from spec_compiler.catalog.layers.base import Operation
from spec_compiler.catalog.registry import operation
from tests.catalog.keras_contract.calls import function_of


def signature(keras_class: Any) -> dict[str, Any]:
    """The constructor arguments of a Keras class and their defaults, less the general ones of every layer."""
    parameters = inspect.signature(keras_class.__init__).parameters.values()
    return {
        p.name: p.default
        for p in parameters
        if p.name not in ("self", "name", "dtype") and p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)
    }


def normal(value: Any) -> Any:
    """A default in the form in which two of them can be compared."""
    if isinstance(value, (list, tuple)):
        value = tuple(normal(item) for item in value)
        return value[0] if len(set(value)) == 1 else value
    return value


GENERAL = {"trainable", "dtype", "activity_regularizer", "name"}


def check_signature(
    config_class: type[Operation],
    keras_class: Any,
    excluded: Sequence[str] = (),
    inherited: Sequence[str] = (),
    popped: Mapping[str, Any] | None = None,
) -> None:
    """Hold the fields of a class and their defaults against the signature of Keras's constructor.

    `inherited` are arguments that Keras hands on by ``**kwargs`` to the constructor of a base class; `popped` are
    those that it takes out of ``**kwargs`` itself, with their defaults.
    """
    theirs = {name: default for name, default in signature(keras_class).items() if name not in excluded}
    for base in keras_class.__mro__[1:]:
        theirs |= {name: default for name, default in signature(base).items() if name in inherited}
    assert set(inherited) <= set(theirs), "arguments that no base class has"
    theirs |= popped or {}
    ours = dict(config_class.model_fields)
    assert set(theirs) - set(ours) == set(), "arguments of Keras that the catalogue lacks"
    assert set(ours) - set(theirs) - GENERAL == set(), "arguments that Keras does not have"
    for name, default in theirs.items():
        if default is inspect.Parameter.empty:
            assert ours[name].is_required(), f"{name} is required by Keras"
        else:
            assert not ours[name].is_required(), f"{name} has a default in Keras"
            assert normal(ours[name].default) == normal(default), f"default of {name}"
    for field_name, field in ours.items():
        assert field.description, f"{field_name} has no description"


def check_calls(config_class: type[Operation], keras_class: Any) -> None:
    """Hold the call arguments of a class against the signature of Keras's `call`."""
    theirs = [p for p in inspect.signature(keras_class.call).parameters if p not in ("self", "kwargs", "args")]
    assert [call.name for call in config_class.calls] == theirs
    assert list(inspect.signature(config_class.infer).parameters)[1:] == theirs


def check_op_signature(name: str, excluded: Sequence[str] = ()) -> None:
    """Hold the fields and tensors of an op against the signature of Keras's function."""
    function = function_of(name)
    ours = operation(f"ops.{name}")
    assert ours is not None
    assert ours.keras_name == name
    tensors = {call.name: call for call in ours.calls}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name in excluded:
            continue
        required = parameter.default is parameter.empty and parameter.kind is not parameter.VAR_POSITIONAL
        if parameter.name in tensors:
            assert parameter.kind is parameter.VAR_POSITIONAL or tensors[parameter.name].required == required
            continue
        field = ours.model_fields[parameter.name]
        assert field.description, f"{parameter.name} has no description"
        assert field.is_required() == required, parameter.name
        if not required:
            assert normal(field.default) == normal(parameter.default), f"default of {parameter.name}"
    known = set(inspect.signature(function).parameters)
    assert set(ours.model_fields) | set(tensors) <= known, "arguments that Keras does not have"
    assert list(inspect.signature(ours.infer).parameters)[1:] == list(tensors)
