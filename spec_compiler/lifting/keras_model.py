"""A model in Keras's configuration, taken apart: its operations, the calls of each, and the tensors between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from spec_compiler.catalog.keras_config.deserialize import ConfigPath, NoConfigError
from spec_compiler.catalog.keras_config.form import ConfigData

FUNCTIONAL = "Functional"
SEQUENTIAL = "Sequential"


class Tensor(NamedTuple):
    """One output of one call of an operation; calls and outputs are counted from 0."""

    operation: str
    call: int
    output: int


@dataclass(frozen=True, slots=True)
class TensorOperand:
    """A tensor that a call takes, with the dtype that Keras states and the rank, if it does."""

    tensor: Tensor
    dtype: str = ""
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call of an operation: Keras's data, but for the tensors in it, and where it stands."""

    args: list[Any]
    kwargs: ConfigData
    path: ConfigPath

    def tensors(self) -> Iterator[Tensor]:
        """Yields all tensors that it takes."""
        yield from tensors_in(self.args)
        yield from tensors_in(self.kwargs)


def operands_in(value: Any) -> Iterator[TensorOperand]:
    """Yields the tensors in some data, in the order in which Keras flattens it: mappings by their sorted keys."""
    if isinstance(value, TensorOperand):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from operands_in(item)
    elif isinstance(value, Mapping):
        for name in sorted(value):
            yield from operands_in(value[name])


def tensors_in(value: Any) -> Iterator[Tensor]:
    """Yields the same without what is stated of them."""
    return (operand.tensor for operand in operands_in(value))


@dataclass(frozen=True, slots=True)
class KerasOperation:
    """A layer, an op or a model of a configuration, and its calls."""

    name: str
    data: ConfigData
    calls: tuple[Call, ...]
    path: ConfigPath

    @property
    def is_model(self) -> bool:
        """Whether it is a functional model."""
        return bool(self.data["class_name"] == FUNCTIONAL)


@dataclass(frozen=True, slots=True)
class KerasModel:
    """A functional model of a configuration.

    Attributes:
        name: Its name.
        trainable: Whether it is trained.
        operations: Its operations by their names, in Keras's order.
        inputs: The tensors that it takes, flat.
        outputs: The tensors that it gives, flat.
        output_keys: What the outputs are called where it is trained: by their keys, or by their layers.
        path: Where its configuration stands.
    """

    name: str
    trainable: bool
    operations: Mapping[str, KerasOperation]
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    output_keys: tuple[str, ...]
    path: ConfigPath


def keras_model(data: ConfigData, path: ConfigPath) -> KerasModel:
    """The model that a configuration of a functional model describes.

    Raises:
        NoConfigError: It has not the form that Keras gives it.
    """
    config = entry(data, "config", dict, path)
    path = (*path, "config")
    operations: dict[str, KerasOperation] = {}
    for index, layer in enumerate(entry(config, "layers", list, path)):
        operation = _operation(layer, (*path, "layers", index))
        if operation.name in operations:
            raise NoConfigError(f"two layers are named `{operation.name}`", operation.path)
        operations[operation.name] = operation
    outputs = tuple(_ends(config, "output_layers", path, operations))
    ends = config["output_layers"]
    by_key = isinstance(ends, dict) and len(ends) == len(outputs)
    model = KerasModel(
        entry(config, "name", str, path),
        config.get("trainable") is not False,
        operations,
        tuple(_ends(config, "input_layers", path, operations)),
        outputs,
        tuple(sorted(ends)) if by_key else tuple(tensor.operation for tensor in outputs),
        path,
    )
    _check(model)
    return model


def entry(data: Any, key: str, wanted: type[Any], path: ConfigPath) -> Any:
    """An entry of a mapping that is of a certain type.

    Raises:
        NoConfigError: There is none.
    """
    if not isinstance(data, dict) or not isinstance(data.get(key), wanted):
        raise NoConfigError(f"this is no configuration of Keras: it has no `{key}` of the right form", path)
    return data[key]


def _operation(data: Any, path: ConfigPath) -> KerasOperation:
    entry(data, "class_name", str, path)
    config = entry(data, "config", dict, path)
    name = data.get("name", config.get("name"))
    if not isinstance(name, str):
        raise NoConfigError("this is no configuration of a layer: it has no `name`", path)
    nodes = data.get("inbound_nodes", [])
    if not isinstance(nodes, list):
        raise NoConfigError(f"the calls of `{name}` have another form", path)
    calls = []
    for index, node in enumerate(nodes):
        place = (*path, "inbound_nodes", index)
        args, kwargs = entry(node, "args", list, place), entry(node, "kwargs", dict, place)
        by_name = {key: _with_tensors(value, place) for key, value in kwargs.items()}
        calls.append(Call(_with_tensors(args, place), by_name, place))
    if data["class_name"] == "InputLayer" and not calls:
        calls = [Call([], {}, path)]
    return KerasOperation(name, data, tuple(calls), path)


def _with_tensors(value: Any, path: ConfigPath) -> Any:
    """An argument of a call with its tensors."""
    if isinstance(value, list):
        return [_with_tensors(item, path) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") != "__keras_tensor__":
        return {key: _with_tensors(item, path) for key, item in value.items()}
    config = entry(value, "config", dict, path)
    dtype, shape = config.get("dtype"), config.get("shape")
    return TensorOperand(
        _tensor(config.get("keras_history"), path),
        dtype if isinstance(dtype, str) else "",
        len(shape) if isinstance(shape, list) else None,
    )


def _tensor(history: Any, path: ConfigPath) -> Tensor:
    match history:
        case [str(), int(), int()] if min(history[1:]) >= 0 and bool not in map(type, history):
            return Tensor(*history)
    raise NoConfigError("a tensor is not named by a layer, one of its calls, and one of its outputs", path)


def _ends(config: ConfigData, key: str, path: ConfigPath, operations: Mapping[str, KerasOperation]) -> Iterator[Tensor]:
    """The inputs or outputs of a model: Keras flattens mappings by their sorted keys."""
    if key not in config:
        raise NoConfigError(f"this is no configuration of a functional model: it has no `{key}`", path)
    waiting: list[Any] = [config[key]]
    while waiting:
        value = waiting.pop()
        match value:
            case [str(), int(), int()]:
                tensor = _tensor(value, (*path, key))
                found = operations.get(tensor.operation)
                # The calls of a model are counted from 1 here, as its own making is its first; those within are not.
                is_counted = found is not None and found.is_model and tensor.call > 0
                yield tensor._replace(call=tensor.call - 1) if is_counted else tensor
            case list():
                waiting += reversed(value)
            case dict():
                waiting += (value[name] for name in sorted(value, reverse=True))
            case _:
                raise NoConfigError(f"`{key}` has another form", (*path, key))


def _check(model: KerasModel) -> None:
    """Refuse tensors that nothing gives."""
    found = (
        (tensor, call.path) for each in model.operations.values() for call in each.calls for tensor in call.tensors()
    )
    ends = ((tensor, model.path) for tensor in (*model.inputs, *model.outputs))
    for tensor, path in (*found, *ends):
        source = model.operations.get(tensor.operation)
        if source is None:
            raise NoConfigError(f"a tensor comes from `{tensor.operation}`, and there is no such layer", path)
        if tensor.call >= len(source.calls):
            raise NoConfigError(
                f"a tensor comes from call {tensor.call + 1} of `{tensor.operation}`, which is called "
                f"{len(source.calls)} times",
                path,
            )
    for tensor in model.inputs:
        if model.operations[tensor.operation].data["class_name"] != "InputLayer":
            raise NoConfigError(f"the input `{tensor.operation}` is no `InputLayer`", model.path)
