"""Keras's configuration → objects of the catalogue: what `serialize` writes, and what Keras itself saves.

Nothing of Keras runs here, and nothing is guessed: what a spec cannot say is refused with the place where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Annotated, Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from spec_compiler.catalog import families
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.fields import show
from spec_compiler.catalog.keras_config.form import ConfigData
from spec_compiler.catalog.keras_config.kinds import PolicyKind
from spec_compiler.catalog.keras_config.layers import LAYERS as LAYER_FORMS
from spec_compiler.catalog.keras_config.ops import NUMPY, OTHER_CLASSES, READ_AS
from spec_compiler.catalog.keras_config.table import (
    KerasClass,
    added,
    class_of_op,
    form,
    form_of_op,
    keras_class,
    kind,
    positional_of,
)
from spec_compiler.catalog.layers.base import InnerLayer, Trainable
from spec_compiler.catalog.objects import Family, Named
from spec_compiler.catalog.ops.base import Op
from spec_compiler.catalog.registered import all_registered
from spec_compiler.catalog.registry import FORBIDDEN, LAYERS, OPS, operation

ConfigPath = tuple[str | int, ...]
"""The keys and indices that lead to a value of a configuration."""

ReadInner = Callable[[ConfigData, ConfigPath], InnerLayer]
"""Reads a layer inside another, which stands at a path."""


class UnreadableConfigError(Exception):
    """A spec cannot say what a configuration has.

    Attributes:
        message: What that is.
        path: Where it stands in the configuration.
        hint: What can be done about it.
    """

    def __init__(self, message: str, path: ConfigPath = (), hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.hint = hint


class UnknownClassError(UnreadableConfigError):
    """A configuration is of a class that neither Keras offers nor the calling program has registered."""


class NoConfigError(UnreadableConfigError):
    """What stands where a configuration is wanted is none of Keras's."""


class ForbiddenClassError(UnreadableConfigError):
    """A configuration is of a class that runs code.

    Attributes:
        data: The configuration.
    """

    def __init__(self, data: ConfigData, path: ConfigPath) -> None:
        name = data["class_name"]
        super().__init__(f"no spec can have a `{name}`: {FORBIDDEN[name]}", path)
        self.data = data


class OpCall(NamedTuple):
    """A call of an op: the op, and what it is called with by the names of its tensors, as it stands in the data."""

    op: Op
    operands: dict[str, Any]


def deserialize(data: Any, inner: ReadInner | None = None) -> Config | Named:
    """The layer, initializer, loss, … that a configuration describes, without arguments that are as by default.

    A function of Keras, such as a loss that is one, is its name.

    Args:
        data: What Keras writes for an object. What it adds for a model (`build_config`, numbers of shared objects,
            nodes) is passed over, and so is the name of a layer.
        inner: Reads a layer inside this one; by default as any other layer, shared with none.

    Raises:
        UnreadableConfigError: It is of no class that a spec can name, or has a value that it cannot say.
    """
    if _is_function(data):
        return Named(data["config"])
    found = _class(data, ())
    if issubclass(found, Op):
        raise UnreadableConfigError(f"`ops.{found.keras_name}` is an op, which is read with its call")
    return _made(found, _before_building(found, data), ("config",), inner)


def _before_building(found: type[Config], data: ConfigData) -> ConfigData:
    """The configuration of an object, without what building it for certain shapes has added."""
    config = _mapping(data, "config", ())
    undo = form(found).unbuilt
    if undo is None:
        return config
    try:
        return undo(config, data["build_config"])
    except (KeyError, TypeError):
        return config


def deserialize_call(data: Any, node: Any) -> OpCall:
    """The op that an operation is, with what it is called with.

    Args:
        data: What Keras writes for the operation.
        node: One of its inbound nodes: a mapping with `args` and `kwargs`.

    Raises:
        UnreadableConfigError: It is no op that a spec can name, or it is called in a way that no spec can say.
    """
    found = _class(data, ())
    if not issubclass(found, Op):
        raise UnreadableConfigError(f"`{found.keras_name}` is no op")
    how = form_of_op(found)
    placed = _placed(found, _sequence(node, "args", ()), _mapping(node, "kwargs", ()))
    fields = {name: value for name, value in placed.items() if name in found.model_fields}
    op = _made(found, {**_mapping(data, "config", ()), **fields}, ("config",), None)
    assert isinstance(op, Op)
    operands = {name: value for name, value in placed.items() if name not in fields and value != how.missing.get(name)}
    return OpCall(op, operands)


def _placed(found: type[Op], args: list[Any], kwargs: ConfigData) -> dict[str, Any]:
    """What an op is called with, by name."""
    how = form_of_op(found)
    names = positional_of(found)
    if how.spread in how.keywords:
        kwargs = {str(how.spread): kwargs}
    elif how.spread is not None:
        args = [args]
    placed = {**dict(zip(names, args, strict=False)), **kwargs}
    unknown = next((name for name in kwargs if name not in (*names, *how.keywords)), None)
    if unknown is not None or len(args) > len(names):
        reason = f"`{unknown}`" if unknown is not None else f"{len(args)} arguments"
        raise UnreadableConfigError(f"`ops.{found.keras_name}` is called with {reason}, which a spec cannot say")
    return placed


# Classes


def _class(data: Any, path: ConfigPath) -> type[Config]:
    """The class that a configuration is of."""
    called = KerasClass(
        _entry(data, "module", str, path), _entry(data, "class_name", str, path), data.get("registered_name")
    )
    found = _known(called.module, called.class_name) or _registered(called)
    if found is None and called.class_name in FORBIDDEN:
        raise ForbiddenClassError(data, path)
    if found is None:
        of = f" of `{called.module}`" if called.module else ""  # Keras 2 names none.
        raise UnknownClassError(f"no spec can name `{called.class_name}`{of}", path)
    return found


def class_of(data: Any) -> type[Config]:
    """The class of the catalogue, or the registered one, that a configuration is of.

    Raises:
        UnreadableConfigError: It is of no class that a spec can name.
    """
    return _class(data, ())


def _registered(called: KerasClass) -> type[Config] | None:
    """The class of the calling program that a configuration is of.

    A name that is registered with Keras says which, wherever the class has moved; a class that never was is known by
    its module and its own name.
    """
    for each in (*all_registered(layers=True), *all_registered()):
        if each.config is None:
            continue
        known = keras_class(each.config)
        name = known.registered_name or ""
        if known == called or (name == called.registered_name and ">" in name):
            return each.config
    return None


@lru_cache(maxsize=1024)
def _known(module: str, name: str) -> type[Config] | None:
    """The class of the catalogue that Keras's configuration calls so."""
    layer = _layers().get(name) if module in ("keras", "keras.layers") else _unpublished().get((module, name))
    operation_name = layer or _ops().get((module, name))
    if operation_name is not None:
        return operation(operation_name)
    return next((each().get(name) for each in _FAMILIES.get(module, ()) if name in each().classes.values()), None)


_FAMILIES: dict[str, tuple[Callable[[], Family], ...]] = {
    "keras.initializers": (families.initializers,),
    "keras.regularizers": (families.regularizers,),
    "keras.constraints": (families.constraints,),
    "keras.losses": (families.losses,),
    "keras.metrics": (families.metrics,),
    "keras.optimizers": (families.optimizers, families.optimizer_maps),
    "keras.optimizers.schedules": (families.schedules,),
}
"""The objects that Keras saves, by the modules of Keras. It saves no callbacks."""


@cache
def _unpublished() -> dict[tuple[str, str], str]:
    """The layers that are not among `keras.layers`, by their modules and their names."""
    found = {name: operation(name) for name in LAYERS["applications"]}
    return {(each.keras_module, each.keras_name): name for name, each in found.items() if each is not None}


@cache
def _layers() -> dict[str, str]:
    """The layers of the registry by what they are called in a configuration."""
    names = [name for module, listed in LAYERS.items() if module != "applications" for name in listed]
    return {(LAYER_FORMS[name].class_name if name in LAYER_FORMS else None) or name: name for name in names}


@cache
def _ops() -> dict[tuple[str, str], str]:
    """The ops of the registry by the module and the class of their operations."""
    classes = {name: class_of_op(name, own) for module in OPS.values() for name, own in module.items()}
    found = {(each.module, each.class_name): f"ops.{name}" for name, each in classes.items() if name not in READ_AS}
    return found | {(NUMPY, name): f"ops.{op}" for name, op in OTHER_CLASSES.items()}


# Arguments


def _made(found: type[Config], saved: ConfigData, path: ConfigPath, inner: ReadInner | None) -> Config:
    """The object of a class that a configuration describes."""
    how = form(found)
    if how.prepare is not None:
        try:
            saved = how.prepare(saved)
        except (AttributeError, KeyError, TypeError):
            raise UnreadableConfigError(f"the configuration of `{found.keras_name}` has another form", path) from None
    nested = getattr(found, "nested", ())
    given = {
        key: (_layers_inside if key in nested else _value)(value, (*path, key), inner) for key, value in saved.items()
    }
    arguments = {}
    for key in given.keys() & found.model_fields.keys():
        value = _read(found, key, given, path)
        if not _is_left_out(found, key, given[key]) and not _is_left_out(found, key, value):
            arguments[key] = value
    try:
        config = found.model_validate(arguments)
    except ValidationError as error:
        raise _refused(found, error, path) from None
    _check_others(config, given, path)
    return config


def _read(found: type[Config], argument: str, given: Mapping[str, Any], path: ConfigPath) -> Any:
    try:
        return kind(found, argument).read(given[argument], given)
    except (AttributeError, TypeError):
        # A kind takes it that values are of the right types, and that none is missing.
        raise _unsayable(found, argument, given[argument], path) from None


def _is_left_out(found: type[Config], argument: str, value: Any) -> bool:
    """Whether a spec need not give an argument for Keras to save this value of it."""
    how = form(found)
    if argument in how.if_given:
        return False
    return bool(value == how.left_out[argument]) if argument in how.left_out else _is_default(found, argument, value)


def _refused(found: type[Config], error: ValidationError, path: ConfigPath) -> UnreadableConfigError:
    first = error.errors(include_url=False)[0]
    name = str(first["loc"][0]) if first["loc"] else None
    if name is None:
        return UnreadableConfigError(f"`{found.keras_name}` has arguments that a spec cannot put together", path)
    if first["type"] == "missing":
        return UnreadableConfigError(f"`{found.keras_name}` lacks `{name}`", path)
    return _unsayable(found, name, first["input"], path)


def _unsayable(found: type[Config], name: str, value: Any, path: ConfigPath) -> UnreadableConfigError:
    message = f"`{found.keras_name}` has `{name}` {show(value)}, which a spec cannot say"
    return UnreadableConfigError(message, (*path, name))


def _check_others(config: Config, given: Mapping[str, Any], path: ConfigPath) -> None:
    """Refuse what is saved besides the arguments, unless it is what Keras saves for any such object."""
    expected = added(config)
    for key in sorted(given.keys() - type(config).model_fields.keys() - {"name"}):
        if key in form(type(config)).without_effect or (key in expected and given[key] == expected[key]):
            continue
        raise _unsayable(type(config), key, given[key], path)


def _is_default(found: type[Config], argument: str, value: Any) -> bool:
    field = found.model_fields[argument]
    if field.is_required():
        return False
    default = _default(found, argument)
    return (type(value) is type(default) and bool(value == default)) or (
        isinstance(value, (int, float)) and isinstance(default, float) and value == default
    )


@cache
def _default(found: type[Config], argument: str) -> Any:
    """The default of an argument, in the form in which an object has it."""
    field = found.model_fields[argument]
    default = field.get_default(call_default_factory=True)
    if not field.validate_default:
        return default
    annotation: Any = field.annotation
    for each in field.metadata:
        annotation = Annotated[annotation, each]
    return TypeAdapter(annotation).validate_python(default)


# Values


def _value(data: Any, path: ConfigPath, inner: ReadInner | None) -> Any:
    """The value of the catalogue that a value of a configuration is."""
    if isinstance(data, (list, tuple)):
        return tuple(_value(item, (*path, index), inner) for index, item in enumerate(data))
    if not isinstance(data, Mapping):
        return data
    if _is_function(data):
        return data["config"]
    if not ("class_name" in data and "config" in data):
        return {key: _value(item, (*path, key), inner) for key, item in data.items()}
    match data["class_name"]:
        case "__slice__":
            ends = _mapping(data, "config", path)
            return slice(ends.get("start"), ends.get("stop"), ends.get("step"))
        case "__ellipsis__":
            return ...
        case "__numpy__" | "__tensor__":
            return _value(_mapping(data, "config", path).get("value"), (*path, "config", "value"), inner)
        case "__keras_tensor__":
            raise UnreadableConfigError("a tensor stands where a spec has a value", path)
        case "DTypePolicy":
            return PolicyKind(_entry(_mapping(data, "config", path), "name", str, (*path, "config")))
    return _made(_class(data, path), _mapping(data, "config", path), (*path, "config"), inner)


def _is_function(data: Any) -> bool:
    """Whether a configuration is that of a function, which Keras saves by its name."""
    return isinstance(data, Mapping) and data.get("class_name") == "function" and isinstance(data.get("config"), str)


def _layers_inside(data: Any, path: ConfigPath, inner: ReadInner | None) -> Any:
    """The layers that an argument holds: none, one, or several."""
    if data is None:
        return None
    if isinstance(data, (list, tuple)):
        return tuple(_layers_inside(item, (*path, index), inner) for index, item in enumerate(data))
    if inner is not None:
        return inner(data, path)
    config = _value(data, path, inner)
    if not isinstance(config, Trainable):
        raise UnreadableConfigError("this is no layer", path)
    return InnerLayer(_entry(data["config"], "name", str, (*path, "config")), config)


def _entry(data: Any, key: str, wanted: type[Any] | tuple[type[Any], ...], path: ConfigPath) -> Any:
    """An entry of a mapping that is of a certain type."""
    if not isinstance(data, Mapping) or not isinstance(data.get(key), wanted):
        raise NoConfigError(f"this is no configuration of Keras: it has no `{key}` of the right form", path)
    return data[key]


def _mapping(data: Any, key: str, path: ConfigPath) -> ConfigData:
    found: ConfigData = _entry(data, key, dict, path)
    return found


def _sequence(data: Any, key: str, path: ConfigPath) -> list[Any]:
    return list(_entry(data, key, (list, tuple), path))
