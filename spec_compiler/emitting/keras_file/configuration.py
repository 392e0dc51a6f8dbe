"""TracedModel → the configuration that Keras writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spec_compiler.catalog.keras_config.form import ConfigData
from spec_compiler.emitting.keras_file.traced import TracedCall, TracedModel, TracedOperation, TracedTensor


def configuration(model: TracedModel, compile_config: ConfigData) -> ConfigData:
    """What Keras writes for a model, with what it is compiled with."""
    data = _configuration(model, compile_config)
    _number_shared(data)
    return data


def _number_shared(data: ConfigData) -> None:
    """Number the layers that stand in several places: by its number, Keras makes one layer of them when it loads.

    They have one configuration, which is how they are told. Keras numbers by addresses.
    """
    found: dict[int, list[ConfigData]] = {}
    waiting: list[Any] = [data["config"]["layers"]]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "registered_name" in value and value["config"]:
                found.setdefault(id(value["config"]), []).append(value)
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    several = [places for places in found.values() if len(places) > 1]
    for number, places in enumerate(several, 1):
        for place in places:
            place["shared_object_id"] = number


def _configuration(model: TracedModel, compile_config: ConfigData) -> ConfigData:
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": _Writer(model).config(),
        "registered_name": "Functional",
        "build_config": {"input_shape": None},
        "compile_config": compile_config,
    }


class _Writer:
    def __init__(self, model: TracedModel) -> None:
        self.model = model
        self.numbers: dict[TracedCall, int] = {}
        for operation in model.operations:
            for number, call in enumerate(self.calls(operation)):
                self.numbers[call] = number

    def calls(self, operation: TracedOperation) -> list[TracedCall]:
        """The calls of an operation that are part of the model."""
        return [call for call in operation.calls if call in self.model.calls]

    def config(self) -> ConfigData:
        """The layers, how they are called, and the tensors that go in and out."""
        inputs, outputs = (list(map(self.end, each)) for each in (self.model.inputs, self.model.outputs))
        if self.model.nested:
            inputs, outputs = (each if len(each) > 1 else each[0] for each in (inputs, outputs))
        return {
            "name": self.model.name,
            "trainable": self.model.trainable,
            "layers": [self.layer(operation) for operation in self.model.operations],
            "input_layers": inputs,
            "output_layers": outputs,
        }

    def layer(self, operation: TracedOperation) -> ConfigData:
        """An operation with its calls."""
        data = operation.data if operation.model is None else _configuration(operation.model, {})
        calls = [
            {"args": self.value(call.args), "kwargs": self.value(call.kwargs)}
            for call in self.calls(operation)
            if call.takes
        ]
        return {**data, "name": operation.name, "inbound_nodes": calls}

    def value(self, value: Any) -> Any:
        """An argument of a call; data already, but for tensors."""
        if isinstance(value, TracedTensor):
            shape, dtype = list(value.type.shape), value.type.dtype
            config = {"shape": shape, "dtype": dtype, "keras_history": self.history(value)}
            return {"class_name": "__keras_tensor__", "config": config}
        if isinstance(value, Mapping):
            return {key: self.value(item) for key, item in value.items()}
        return [self.value(item) for item in value] if isinstance(value, (list, tuple)) else value

    def end(self, tensor: TracedTensor) -> list[Any]:
        """The same of an input or an output, where Keras counts the making of a model as its first call."""
        name, number, index = self.history(tensor)
        return [name, number + (tensor.call.operation.model is not None), index]

    def history(self, tensor: TracedTensor) -> list[Any]:
        """Which operation gives a tensor, at which of its calls, as which of its outputs."""
        return [tensor.call.operation.name, self.numbers[tensor.call], tensor.index]
