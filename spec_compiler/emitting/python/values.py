"""Values of the catalogue → Python code that makes them with Keras."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.layers.base import InnerLayer
from spec_compiler.catalog.objects import Named
from spec_compiler.catalog.ops.base import Op
from spec_compiler.catalog.registered import RegisteredConfig
from spec_compiler.catalog.values import Scalar, ValueVisitor
from spec_compiler.emitting.python.code import Fragment, call, dict_of, list_of, text_of, tuple_of

SHORT_MODULES = {"keras.layers": "layers", "keras.ops": "ops"}
"""The modules of Keras that code imports by themselves."""


class PythonValues(ValueVisitor[Fragment]):
    """Values as a person writes them: the arguments that were given, by name; those that are required by place.

    Args:
        layer_of: What stands for a layer inside another.
    """

    def __init__(self, layer_of: Callable[[InnerLayer], Fragment] | None = None) -> None:
        self._layer_of = layer_of

    def scalar(self, value: Scalar) -> Fragment:
        """The literal."""
        if isinstance(value, float) and value != value:
            return 'float("nan")'
        if isinstance(value, float) and value in (float("inf"), float("-inf")):
            return f'float("{value}")'
        return text_of(value) if isinstance(value, str) else repr(value)

    def named(self, value: Named) -> Fragment:
        """Its name."""
        return text_of(value.name)

    def sequence(self, value: Sequence[Any]) -> Fragment:
        """A tuple of numbers as a tuple, all else as a list."""
        items = map(self.visit, value)
        of_numbers = isinstance(value, tuple) and all(item is None or isinstance(item, (int, float)) for item in value)
        return tuple_of(items) if of_numbers else list_of(items)

    def mapping(self, value: Mapping[Any, Any]) -> Fragment:
        """A dict."""
        return dict_of({str(self.visit(key)): self.visit(item) for key, item in value.items()})

    def slice(self, value: slice) -> Fragment:
        """A `slice`."""
        parts = [value.start, value.stop, *([value.step] if value.step is not None else [])]
        return call("slice", *map(self.visit, parts))

    def ellipsis(self) -> Fragment:
        """Three dots."""
        return "..."

    def config(self, value: Config) -> Fragment:
        """A call of its class."""
        return call(class_name(type(value)), *self.positional(value), **self.named_arguments(value))

    def inner(self, value: InnerLayer) -> Fragment:
        """What stands for the layer."""
        assert self._layer_of is not None
        return self._layer_of(value)

    def positional(self, config: Config) -> list[Fragment]:
        """The arguments that have no default, in Keras's order."""
        return [self.visit(getattr(config, name)) for name in by_place(type(config))]

    def named_arguments(self, config: Config) -> dict[str, Fragment]:
        """The other arguments that were given."""
        positional = by_place(type(config))
        return {
            name: self.visit(getattr(config, name))
            for name in type(config).own_arguments_first()
            if name in config.model_fields_set and name not in positional
        }


def by_place(found: type[Config]) -> tuple[str, ...]:
    """The arguments that stand without their names: those that have no default, if they are no more than three."""
    if issubclass(found, (Op, RegisteredConfig)):
        return ()
    required = tuple(name for name in found.own_arguments_first() if found.model_fields[name].is_required())
    return required if len(required) <= 3 else ()


def class_name(found: type[Config]) -> str:
    """What a class is called in code that imports `keras`, and `layers` and `ops` from it."""
    if issubclass(found, RegisteredConfig):
        return f"{found.keras_class.__module__}.{found.keras_class.__qualname__}"
    return f"{SHORT_MODULES.get(found.keras_module, found.keras_module)}.{found.keras_name}"
