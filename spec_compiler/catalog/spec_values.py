"""Values of the catalogue as a spec writes them: objects are mappings with `type`, or names; slices are text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.layers.base import InnerLayer, Operation
from spec_compiler.catalog.objects import Named
from spec_compiler.catalog.ops.base import Op
from spec_compiler.catalog.registered import RegisteredConfig
from spec_compiler.catalog.values import Scalar, ValueVisitor, slice_text

SpecData = dict[str, Any]


class SpecValues(ValueVisitor[Any]):
    """Values as a spec writes them.

    Args:
        defaults: Whether arguments are written that are as by default.
        shared: Gives the key of a shared layer for its name; without it no layers are shared.
        owner: The name of the layer whose arguments these are: the layers inside are named by where they stand in
            it, unless they say otherwise.
    """

    def __init__(self, *, defaults: bool, shared: Callable[[str], str] | None = None, owner: str = "") -> None:
        self._defaults = defaults
        self._shared = shared
        self._place = owner

    def arguments(self, config: Operation) -> SpecData:
        """The arguments of a layer or an op."""
        if isinstance(config, RegisteredConfig):
            return {name: self.visit(value) for name, value in config.arguments().items()}
        return {
            name: self.at(name, getattr(config, name))
            for name in type(config).own_arguments_first()
            if name in config.model_fields_set or (self._defaults and not _is_left_out(config, name))
        }

    def at(self, step: str | int, value: Any) -> Any:
        """The value of an argument, or of an item of a list."""
        return self._of(f"{self._place}.{step}").visit(value)

    def _of(self, owner: str) -> SpecValues:
        return SpecValues(defaults=self._defaults, shared=self._shared, owner=owner)

    def scalar(self, value: Scalar) -> Any:
        """The value itself; a text that is no expression."""
        return value.replace("${", "$${") if isinstance(value, str) else value

    def named(self, value: Named) -> Any:
        """Its name."""
        return value.name

    def sequence(self, value: Sequence[Any]) -> Any:
        """A list."""
        return [self.at(index, item) for index, item in enumerate(value)]

    def mapping(self, value: Mapping[Any, Any]) -> Any:
        """A mapping of the same keys."""
        return {key: self.at(key, item) for key, item in value.items()}

    def slice(self, value: slice) -> Any:
        """The range as text."""
        return slice_text(value)

    def ellipsis(self) -> Any:
        """Three dots."""
        return "..."

    def config(self, value: Config) -> Any:
        """A mapping with `type`; the name alone of what needs no arguments."""
        given = value.model_fields_set
        names = (
            type(value).own_arguments_first() if not isinstance(value, RegisteredConfig) else type(value).model_fields
        )
        if isinstance(value, RegisteredConfig) or not self._defaults:
            names = tuple(name for name in names if name in given)
        if not names and not self._defaults and not _is_named_by_name(value):
            return value.keras_name
        return {"type": value.keras_name, **{name: self.at(name, getattr(value, name)) for name in names}}

    def settings(self, value: BaseModel) -> Any:
        """A mapping of the settings."""
        return {
            name: self.at(name, getattr(value, name))
            for name in type(value).model_fields
            if self._defaults or name in value.model_fields_set
        }

    def inner(self, value: InnerLayer) -> Any:
        """A node without inputs, or the call of a shared layer."""
        if value.shared:
            assert self._shared is not None
            return {"use": self._shared(value.name)}
        name = {"name": value.name} if value.name != self._place else {}
        return {"type": type_name(value.layer), **name, **self._of(value.name).arguments(value.layer)}


def type_name(config: Operation) -> str:
    """What a spec calls a layer or an op."""
    return f"ops.{config.keras_name}" if isinstance(config, Op) else config.keras_name


def _is_left_out(config: Operation, name: str) -> bool:
    """Whether an argument is not written: an unset one that Keras takes only instead of another."""
    return isinstance(config, Op) and getattr(config, name) is None


def _is_named_by_name(value: Config) -> bool:
    """Whether a plain name would not mean the same: a metric is logged under the name that it is given."""
    return value.keras_module == "keras.metrics"
