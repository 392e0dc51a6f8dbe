"""One walk over the values of the catalogue, for all that make something of them.

An argument holds a number, a text, a slice, a list or a mapping, a configuration (an initializer, a loss), a plain
name, or a layer. `ValueVisitor.visit` tells which; a visitor says what becomes of each.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import EllipsisType
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.layers.base import InnerLayer
from spec_compiler.catalog.objects import Named

T = TypeVar("T")
Scalar = str | int | float | bool | None

_SCALARS = frozenset((str, int, float, bool, type(None)))


class ValueVisitor(ABC, Generic[T]):
    """What becomes of each kind of value."""

    def visit(self, value: Any) -> T:
        """What becomes of a value.

        Raises:
            TypeError: It is of a kind that no argument has.
        """
        # Most values are scalars, and `isinstance` of a pydantic class takes ten times as long as this.
        if type(value) in _SCALARS:
            return self.scalar(value)
        if isinstance(value, Named):
            return self.named(value)
        if isinstance(value, (tuple, list)):
            return self.sequence(value)
        if isinstance(value, InnerLayer):
            return self.inner(value)
        if isinstance(value, Mapping):
            return self.mapping(value)
        if isinstance(value, slice):
            return self.slice(value)
        if isinstance(value, EllipsisType):
            return self.ellipsis()
        if isinstance(value, Config):
            return self.config(value)
        if isinstance(value, BaseModel):
            return self.settings(value)
        raise TypeError(f"no argument has a value of the type {type(value).__name__}")

    @abstractmethod
    def scalar(self, value: Scalar) -> T:
        """What becomes of a number, a text, a truth value or null."""

    @abstractmethod
    def named(self, value: Named) -> T:
        """What becomes of something that Keras knows under a name, and that takes no arguments."""

    @abstractmethod
    def sequence(self, value: Sequence[Any]) -> T:
        """What becomes of several values."""

    @abstractmethod
    def mapping(self, value: Mapping[Any, Any]) -> T:
        """What becomes of values by key."""

    @abstractmethod
    def slice(self, value: slice) -> T:
        """What becomes of a range of indices."""

    @abstractmethod
    def ellipsis(self) -> T:
        """What becomes of `...`, all axes that are not named."""

    @abstractmethod
    def config(self, value: Config) -> T:
        """What becomes of an initializer, a loss, an optimizer or the like, with its arguments."""

    @abstractmethod
    def inner(self, value: InnerLayer) -> T:
        """What becomes of a layer inside another."""

    def settings(self, value: BaseModel) -> T:
        """What becomes of a group of settings, such as `compile`.

        Raises:
            TypeError: The visitor has no use for one.
        """
        raise TypeError(f"no argument has a value of the type {type(value).__name__}")


def slice_text(value: slice) -> str:
    """A range of indices as a spec writes it: `1:`, `::2`."""
    parts = [value.start, value.stop] + ([value.step] if value.step is not None else [])
    return ":".join("" if part is None else str(part) for part in parts)


class TextVisitor(ValueVisitor[str]):
    """Values as text for people, close to how Python writes them."""

    def named(self, value: Named) -> str:
        """Its name."""
        return value.name

    def sequence(self, value: Sequence[Any]) -> str:
        """The values in brackets."""
        return f"[{', '.join(map(self.visit, value))}]"

    def mapping(self, value: Mapping[Any, Any]) -> str:
        """The keys and values in braces."""
        return "{" + ", ".join(f"{key}: {self.visit(item)}" for key, item in value.items()) + "}"

    def slice(self, value: slice) -> str:
        """The range as a spec writes it."""
        return slice_text(value)

    def ellipsis(self) -> str:
        """Three dots."""
        return "..."
