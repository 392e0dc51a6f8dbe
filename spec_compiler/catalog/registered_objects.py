"""How a loss, an optimizer or another object of the calling program is described: what its signature says.

A class is described by its constructor; where that takes further keywords, by those of the classes that it extends,
too. A function has no arguments to give.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from spec_compiler.catalog.registered import RegisteredConfig, Registration, name_in_specs
from spec_compiler.catalog.registered import describe as describe_class
from spec_compiler.catalog.registered import register as register_object

_SCALARS = frozenset((bool, int, float, str, NoneType))


class RegisteredObject(RegisteredConfig):
    """An object of a registered class that is no layer."""

    @property
    def keeps_average(self) -> bool:
        """Whether an optimizer keeps a moving average of the weights."""
        return bool(getattr(self, "use_ema", False))


def register_function(function: Any, registered_name: str, kinds: tuple[str, ...]) -> None:
    """Make a function known to the whole process, as what it may stand for."""
    register_object(Registration(name_in_specs(registered_name), kinds, function, None))


def register(keras_class: Any, registered_name: str, kind: str, types: Mapping[str, Any]) -> None:
    """Make a class known to the whole process. `types` has the types of arguments that the kind knows better."""
    config = describe(keras_class, registered_name, kind, types)
    register_object(Registration(config.keras_name, (kind,), keras_class, config))


def describe(keras_class: Any, registered_name: str, kind: str, types: Mapping[str, Any]) -> type[RegisteredObject]:
    """The catalogue's class for a registered one."""
    fields: dict[str, Any] = {}
    for parameter in _parameters(keras_class).values():
        default = ... if parameter.default is parameter.empty else parameter.default
        fields[parameter.name] = (types.get(parameter.name) or _type_of(parameter), default)
    return describe_class(keras_class, registered_name, kind, fields, RegisteredObject)


def _parameters(keras_class: type) -> dict[str, inspect.Parameter]:
    """What a constructor takes by name, along the classes that it hands further keywords on to."""
    found: dict[str, inspect.Parameter] = {}
    for each in keras_class.__mro__:
        if "__init__" not in vars(each):
            continue
        hands_on = False
        for parameter in list(_signature(vars(each)["__init__"]).parameters.values())[1:]:
            hands_on |= parameter.kind is parameter.VAR_KEYWORD
            if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
                found.setdefault(parameter.name, parameter)
        if not hands_on:
            break
    return found


def _signature(function: Any) -> inspect.Signature:
    try:
        return inspect.signature(function, eval_str=True)
    except (NameError, TypeError, AttributeError, SyntaxError):
        # An annotation names what only type checkers import.
        return inspect.signature(function)


def _type_of(parameter: inspect.Parameter) -> Any:
    """The type that a parameter's annotation gives, or else its default; any, where neither says."""
    if _is_plain(parameter.annotation):
        optional = parameter.default is None
        return parameter.annotation | None if optional else parameter.annotation
    kind = type(parameter.default)
    return kind if kind in _SCALARS - {NoneType} else Any


def _is_plain(annotation: Any) -> bool:
    if get_origin(annotation) in (Union, UnionType):
        return all(map(_is_plain, get_args(annotation)))
    return annotation in _SCALARS if isinstance(annotation, type) else get_origin(annotation) is Literal
