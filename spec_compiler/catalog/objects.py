"""Things that are named in an argument: initializers, regularizers, losses, metrics and their like.

In a spec such a thing is a name, or a mapping with `type` and the arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any, NamedTuple

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from spec_compiler.catalog.thing import Thing


class Named(NamedTuple):
    """Something that Keras knows under a name and that has no arguments to give."""

    name: str


@dataclass(frozen=True)
class Family:
    """All things of one kind, by every name that Keras takes for them.

    Attributes:
        kind: What one of them is called, as in "no initializer is named …".
        module: The module of the catalogue that has their classes.
        classes: The class for each name, as the name of a class in that module.
        functions: Names that stand for a function of Keras: they take no arguments.
    """

    kind: str
    module: str
    classes: Mapping[str, str]
    functions: frozenset[str] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, sorted."""
        return tuple(sorted({*self.classes, *self.functions}))

    def get(self, name: str) -> type[Thing] | None:
        """The class of a name, if it has one."""
        class_name = self.classes.get(name)
        if class_name is None:
            return None
        found: type[Thing] = getattr(import_module(self.module), class_name)
        assert issubclass(found, Thing)
        return found

    @cached_property
    def _plain(self) -> dict[str, Thing]:
        return {}

    def parse(self, value: Any) -> Thing | Named:
        """The thing that a value of a spec describes.

        Raises:
            PydanticCustomError: There is none of the name, or its arguments are wrong.
        """
        if isinstance(value, Thing):
            return value
        if isinstance(value, str):
            return self._by_name(value)
        if not isinstance(value, Mapping):
            raise PydanticCustomError("object_form", "", {"kind": self.kind})
        if "type" not in value:
            raise PydanticCustomError("object_without_type", "", {"kind": self.kind})
        name = value["type"]
        if not isinstance(name, str):
            raise PydanticCustomError(
                "nested", "", {"errors": [{"type": "string_type", "loc": ("type",), "input": name}]}
            )
        arguments = {key: item for key, item in value.items() if key != "type"}
        found = self.get(name)
        if found is None:
            if name in self.functions and not arguments:
                return Named(name)
            raise self._unknown(name, ("type",))
        try:
            return found.model_validate(arguments)
        except ValidationError as error:
            raise PydanticCustomError(
                "nested", "", {"errors": error.errors(include_url=False), "thing": found}
            ) from None

    def _by_name(self, name: str) -> Thing | Named:
        if name in self.functions:
            return Named(name)
        thing = self._plain.get(name)
        if thing is None:
            found = self.get(name)
            if found is None:
                raise self._unknown(name, ())
            missing = found.required_arguments()
            if missing:
                raise PydanticCustomError(
                    "object_needs_arguments", "", {"kind": self.kind, "name": name, "missing": missing}
                )
            thing = self._plain[name] = found()
        return thing

    def _unknown(self, name: str, loc: tuple[str, ...]) -> PydanticCustomError:
        context = {"kind": self.kind, "name": name, "names": self.names}
        if not loc:
            return PydanticCustomError("unknown_object", "", context)
        return PydanticCustomError(
            "nested", "", {"errors": [{"type": "unknown_object", "loc": loc, "ctx": context, "input": name}]}
        )


@dataclass(frozen=True)
class OneOf:
    """The annotation of a field that takes a thing out of a family.

    `family` is a function, so that a family is looked up only when a field is validated or described.
    """

    family: Callable[[], Family]
    optional: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def parse(value: Any) -> Thing | Named | None:
            if value is None and self.optional:
                return None
            return self.family().parse(value)

        return core_schema.no_info_plain_validator_function(parse)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        reference = {"x-definition": f"{self.family().kind.replace(' ', '_')}"}
        return {"anyOf": [reference, {"type": "null"}]} if self.optional else reference
