"""The base of all that the catalogue describes."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


def _settle_class_variables(of: type[BaseModel]) -> None:
    """Let Pydantic see at once which annotations of a class are no fields.

    It reads those of all bases for each class that is made, and an annotation that is text is compiled each time.
    """
    annotations = vars(of).get("__annotations__", {})
    for name, annotation in annotations.items():
        if isinstance(annotation, str) and annotation.startswith("ClassVar["):
            annotations[name] = ClassVar


class Config(BaseModel):
    """One thing that Keras offers: its constructor arguments as strict, described fields.

    The class's docstring says what it is; its fields are Keras's arguments under Keras's names, with Keras's
    defaults. `keras_name` is Keras's name for it where that is not the name of the class, and `keras_module` the
    module in which Keras offers it.
    """

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        defer_build=True,
        arbitrary_types_allowed=True,
        protected_namespaces=(),
    )

    keras_name: ClassVar[str]
    keras_module: ClassVar[str]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Take the class's own name as Keras's, unless the class states another."""
        super().__pydantic_init_subclass__(**kwargs)
        _settle_class_variables(cls)
        if "keras_name" not in cls.__dict__:
            cls.keras_name = cls.__name__

    @classmethod
    def required_arguments(cls) -> tuple[str, ...]:
        """The arguments that have no default."""
        return tuple(name for name, field in cls.model_fields.items() if field.is_required())

    @classmethod
    def own_arguments_first(cls) -> tuple[str, ...]:
        """All arguments, the class's own before those that it has in common with others."""
        return _own_first(cls)

    def arguments(self) -> dict[str, Any]:
        """The arguments that were given, by name; defaults left out."""
        given = self.model_fields_set
        return {name: getattr(self, name) for name in _names(type(self)) if name in given}


@cache
def _names(found: type[Config]) -> tuple[str, ...]:
    return tuple(found.model_fields)


@cache
def _own_first(found: type[Config]) -> tuple[str, ...]:
    fields = found.model_fields
    names = (name for each in found.__mro__ for name in vars(each).get("__annotations__", {}) if name in fields)
    return tuple(dict.fromkeys(names))


_settle_class_variables(Config)
