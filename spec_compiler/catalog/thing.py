"""The base of all that the catalogue describes."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class Thing(BaseModel):
    """One thing that Keras offers: its constructor arguments as strict, described fields.

    The class's docstring says what it is; its fields are Keras's arguments under Keras's names, with Keras's
    defaults. `keras_name` is Keras's name for it where that is not the name of the class.
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

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Take the class's own name as Keras's, unless the class states another."""
        super().__pydantic_init_subclass__(**kwargs)
        if "keras_name" not in cls.__dict__:
            cls.keras_name = cls.__name__

    @classmethod
    def required_arguments(cls) -> tuple[str, ...]:
        """The arguments that have no default."""
        return tuple(name for name, field in cls.model_fields.items() if field.is_required())

    def arguments(self) -> dict[str, Any]:
        """The arguments that were given, by name; defaults left out."""
        return {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}
