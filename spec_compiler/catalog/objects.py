"""Things that are named in an argument: initializers, regularizers, losses, metrics and their like.

In a spec such a thing is a name, or a mapping with `type` and the arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import Any, NamedTuple

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from spec_compiler.catalog import registered
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.registered import RegisteredConfig, Registration


class Named(NamedTuple):
    """Something that Keras knows under a name and that has no arguments to give."""

    name: str

    @property
    def keras_name(self) -> str:
        """The name, as a class of the catalogue has it."""
        return self.name


@dataclass(frozen=True)
class Family:
    """All things of one kind, by every name that Keras takes for them.

    Attributes:
        kind: What one of them is called, as in "no initializer is named …".
        module: The module of the catalogue that has their classes.
        classes: The class for each name, as the name of a class in that module.
        functions: Names that stand for a function of Keras: they take no arguments.
        short_names: The full name of each function that has a short one, in lower case.
        chosen: Full names for which Keras takes one of several functions, after targets and predictions.
        logged: Whether one that is given as a plain name is logged under that name, and not under its class's.
        modules: For each class the module inside `module` that has it, if that is a package.
    """

    kind: str
    module: str
    classes: Mapping[str, str]
    functions: frozenset[str] = frozenset()
    short_names: Mapping[str, str] = field(default_factory=dict)
    chosen: frozenset[str] = frozenset()
    logged: bool = False
    modules: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, sorted."""
        return tuple(sorted({*self.classes, *self.functions}))

    def get(self, name: str) -> type[Config] | None:
        """Returns the class of a name, or None if it has none."""
        class_name = self.classes.get(name)
        if class_name is None:
            own = self._own(name)
            return own.config if own is not None else None
        inside = self.modules.get(class_name)
        module = import_module(self.module if inside is None else f"{self.module}.{inside}")
        found: type[Config] = getattr(module, class_name)
        assert issubclass(found, Config)
        return found

    def _own(self, name: str) -> Registration | None:
        """The registered object of this kind that has the name."""
        return registered.find(name, self.kind)

    def _is_function(self, name: str) -> bool:
        own = self._own(name)
        return name in self.functions or (own is not None and own.config is None)

    def full_name(self, function: str) -> str:
        """Returns the full name of a function, in lower case."""
        return self.short_names.get(function.lower(), function.lower())

    def class_of(self, value: Config | Named) -> type[Config] | None:
        """Returns the class of a value of the family: its own, or that of which its function is the plain form.

        None if Keras takes one of several functions for the name.
        """
        if isinstance(value, Config):
            return type(value)
        if self._own(value.name) is not None:
            # None would say that Keras chooses a function of its own.
            return RegisteredConfig
        if value.name not in self._class_names:
            full = self.full_name(value.name)
            self._class_names[value.name] = None if full in self.chosen else self._classes_by_plain_name[_plain(full)]
        class_name = self._class_names[value.name]
        return None if class_name is None else self.get(class_name)

    def plain_form(self, value: Config | Named) -> Config | None:
        """Returns the thing that a value of the family is, with the arguments that Keras gives a name.

        None if Keras takes one of several functions for the name.
        """
        if isinstance(value, Config):
            return value
        found = self.class_of(value)
        if found is None:
            return None
        if found not in self._plain_forms:
            self._plain_forms[found] = found.model_construct()
        return self._plain_forms[found]

    @cached_property
    def _classes_by_plain_name(self) -> dict[str, str]:
        return {_plain(name): name for name in self.classes}

    @cached_property
    def _class_names(self) -> dict[str, str | None]:
        return {}

    @cached_property
    def _plain_forms(self) -> dict[type[Config], Config]:
        return {}

    @cached_property
    def _without_arguments(self) -> dict[str, Config]:
        return {}

    def parse(self, value: Any) -> Config | Named:
        """The thing that a value of a spec describes.

        Raises:
            PydanticCustomError: There is none of the name, or its arguments are wrong.
        """
        if isinstance(value, Config):
            return value
        if isinstance(value, str):
            return self._by_name(value)
        if not isinstance(value, Mapping):
            raise PydanticCustomError("object_form", "", {"kind": self.kind})
        if "type" not in value:
            raise PydanticCustomError("object_without_type", "", {"kind": self.kind, "names": self.names})
        name = value["type"]
        if not isinstance(name, str):
            raise PydanticCustomError(
                "nested", "", {"errors": [{"type": "string_type", "loc": ("type",), "input": name}]}
            )
        arguments = {key: item for key, item in value.items() if key != "type"}
        found = self.get(name)
        if found is None:
            if self._is_function(name) and not arguments:
                return Named(name)
            raise self._plain_name(name) if self._is_function(name) else self._unknown(name, ("type",))
        try:
            return found.model_validate(arguments)
        except ValidationError as error:
            raise PydanticCustomError(
                "nested", "", {"errors": error.errors(include_url=False), "thing": found}
            ) from None

    def _by_name(self, name: str) -> Config | Named:
        if self._is_function(name):
            return Named(name)
        # A registered object may be registered anew, and then it is of another class.
        config = self._without_arguments.get(name)
        if config is None:
            found = self.get(name)
            if found is None:
                raise self._unknown(name, ())
            missing = found.required_arguments()
            if missing:
                raise PydanticCustomError(
                    "object_needs_arguments", "", {"kind": self.kind, "name": name, "missing": missing}
                )
            if issubclass(found, RegisteredConfig):
                return found()
            config = self._without_arguments[name] = found(**({"name": name} if self.logged else {}))
        return config

    def _unknown(self, name: str, loc: tuple[str, ...]) -> PydanticCustomError:
        context = {"kind": self.kind, "name": name, "names": self.names}
        if not loc:
            return PydanticCustomError("unknown_object", "", context)
        return _of_type("unknown_object", name, context)

    def _plain_name(self, name: str) -> PydanticCustomError:
        """The mistake of a plain name, such as `mse`, with arguments, which only its class takes."""
        full = self.full_name(name)
        chosen = [f"{which}{full.capitalize()}" for which in ("Binary", "Categorical", "SparseCategorical")]
        same = [self._classes_by_plain_name[_plain(full)]] if _plain(full) in self._classes_by_plain_name else []
        classes = chosen if full in self.chosen else same
        return _of_type("plain_name", name, {"kind": self.kind, "name": name, "classes": classes})


def _of_type(kind: str, name: str, context: dict[str, Any]) -> PydanticCustomError:
    """A mistake in the `type` of a mapping."""
    return PydanticCustomError(
        "nested", "", {"errors": [{"type": kind, "loc": ("type",), "ctx": context, "input": name}]}
    )


def _plain(name: str) -> str:
    """What the name of a class and that of its function have in common."""
    return name.replace("_", "").lower()


@dataclass(frozen=True)
class OneOf:
    """The annotation of a field that takes a thing out of a family.

    `family` is a function, so that a family is looked up only when a field is validated or described.
    """

    family: Callable[[], Family]
    optional: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def parse(value: Any) -> Config | Named | None:
            if value is None and self.optional:
                return None
            return self.family().parse(value)

        return core_schema.no_info_plain_validator_function(parse)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        reference = {"x-definition": f"{self.family().kind.replace(' ', '_')}"}
        return {"anyOf": [reference, {"type": "null"}]} if self.optional else reference
