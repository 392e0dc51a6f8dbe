"""Arguments as a spec writes them → Python code, the expressions in them as expressions of Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.objects import Family, OneOf
from spec_compiler.emitting.python.code import Fragment, call, dict_of, list_of, text_of, tuple_of
from spec_compiler.emitting.python.expressions import Expressions, UnsayableError
from spec_compiler.emitting.python.values import PythonValues, by_place, class_name

LayerOf = Callable[[Any, str], Fragment]
"""Writes a layer inside another: what the spec says there, and where it stands, as `.layer` or `.layers.0`."""


class WrittenArguments:
    """Writes the arguments of layers, ops and objects.

    Args:
        expressions: The names that are in scope.
        layer_of: What stands for a layer inside another.
    """

    def __init__(self, expressions: Expressions, layer_of: LayerOf | None = None) -> None:
        self._expressions = expressions
        self._layer_of = layer_of

    def of(self, found: type[Config], given: Mapping[str, Any]) -> tuple[list[Fragment], dict[str, Fragment]]:
        """The arguments of a class, by place where they have no default, else by name."""
        first = [name for name in by_place(found) if name in given]
        positional = [self.argument(found, name, given[name]) for name in first]
        order = [name for name in found.own_arguments_first() if name in given and name not in first]
        order += [name for name in given if name not in order and name not in first]
        return positional, {name: self.argument(found, name, given[name]) for name in order}

    def argument(self, found: type[Config], name: str, value: Any) -> Fragment:
        """One argument of a class."""
        if name in getattr(found, "nested", ()):
            return self._nested(name, value)
        return self.value(value, family_of(found, name))

    def _nested(self, name: str, value: Any) -> Fragment:
        assert self._layer_of is not None
        if value is None:
            return "None"
        if isinstance(value, list):
            return list_of(self._layer_of(item, f".{name}.{index}") for index, item in enumerate(value))
        return self._layer_of(value, f".{name}")

    def value(self, value: Any, family: Family | None = None) -> Fragment:
        """A value; a mapping with `type` is an object of a family."""
        if isinstance(value, str):
            return self._expressions.text(value)
        if isinstance(value, list):
            items = [self.value(item, family) for item in value]
            numbers = bool(value) and all(item is None or isinstance(item, (int, float)) for item in value)
            return tuple_of(items) if numbers and family is None else list_of(items)
        if not isinstance(value, Mapping):
            return PythonValues().visit(value)
        if "type" not in value:
            return dict_of({str(PythonValues().visit(key)): self.value(item) for key, item in value.items()})
        return self._object(value, family)

    def _object(self, value: Mapping[str, Any], family: Family | None) -> Fragment:
        kind = value["type"]
        if family is None or not isinstance(kind, str) or "${" in kind:
            raise UnsayableError
        rest = {key: item for key, item in value.items() if key != "type" and not str(key).startswith("x-")}
        found = family.get(kind)
        if found is None:
            if rest:
                raise UnsayableError
            return text_of(kind)
        positional, named = self.of(found, rest)
        return call(class_name(found), *positional, **named)


def family_of(found: type[BaseModel], name: str) -> Family | None:
    """The family of objects that an argument takes one of; None if it takes none."""
    field = found.model_fields.get(name)
    if field is None:
        return None
    return next(
        (each.family() for each in _metadata(field.metadata, field.annotation) if isinstance(each, OneOf)), None
    )


def _metadata(metadata: Any, annotation: Any) -> list[Any]:
    inner = [each for part in getattr(annotation, "__args__", ()) for each in _metadata((), part)]
    return [*metadata, *getattr(annotation, "__metadata__", ()), *inner]
