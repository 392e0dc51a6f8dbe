"""What the operations of a model are: layers and ops of the catalogue, and models inside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from spec_compiler.catalog.keras_config.deserialize import (
    ConfigPath,
    NoConfigError,
    UnreadableConfigError,
    class_of,
    deserialize,
    deserialize_call,
)
from spec_compiler.catalog.keras_config.form import ConfigData
from spec_compiler.catalog.layers.base import CallSignature, InnerLayer, Operation, Trainable
from spec_compiler.catalog.ops.base import Op
from spec_compiler.lifting.keras_model import FUNCTIONAL, Call, KerasModel, KerasOperation, keras_model
from spec_compiler.lifting.masks import BoundCall, CallKey
from spec_compiler.lifting.run import LiftingRun


@dataclass(frozen=True)
class _ModelInside:
    """Stands for a functional model that is inside a layer."""

    trainable: bool = True
    keras_name: ClassVar[str] = FUNCTIONAL
    nested: ClassVar[tuple[str, ...]] = ()
    states_shape: ClassVar[bool] = True
    calls_others: ClassVar[bool] = True

    def signature(self) -> CallSignature:
        """Nothing is known of it."""
        return CallSignature((), ())

    def takes_one(self) -> bool:
        """It is inside a layer, which calls it on one tensor."""
        return True

    def called(self) -> Iterator[Operation | None]:
        """Nothing is known of it."""
        return iter((None,))


class Operations:
    """The operations of one model, read; what a spec cannot say is reported, and has no configuration then.

    Attributes:
        configs: The layers and ops by their names; of an op that is called several times, as of its last call.
        inside: The models by their names.
        bound: What layers are called with.
        held: The names of the shared layers and models that stand inside other layers.
    """

    def __init__(self, run: LiftingRun, model: KerasModel) -> None:
        self.run = run
        self.model = model
        self.configs: dict[str, Operation] = {}
        self.inside: dict[str, KerasModel] = {}
        self.bound: dict[CallKey, BoundCall] = {}
        self.held: dict[str, None] = {}
        self._read_all()

    def _read_all(self) -> None:
        for operation in self.model.operations.values():
            with self.run.reporting(operation.path, operation.name):
                self._read(operation)
        for operation in self.model.operations.values():
            config = self.configs.get(operation.name)
            if operation.name in self.inside:
                for number, call in enumerate(operation.calls):
                    inputs = call.args[0] if len(call.args) == 1 else call.args
                    self.bound[operation.name, number] = BoundCall(None, {"inputs": inputs, **call.kwargs})
            if config is None or isinstance(config, Op):
                continue
            for number, call in enumerate(operation.calls):
                with self.run.reporting(call.path, operation.name):
                    self.bound[operation.name, number] = BoundCall(config, _by_argument(config, call))

    def _read(self, operation: KerasOperation) -> None:
        if operation.is_model:
            self.inside[operation.name] = keras_model(operation.data, operation.path)
            return
        found = class_of(operation.data)
        if issubclass(found, Op):
            for call in operation.calls:
                with self.run.reporting(call.path, operation.name):
                    self.configs[operation.name] = deserialize_call(operation.data, node_of(call)).op
            return
        config = deserialize(operation.data, lambda data, path: self._inner(data, (*operation.path, *path)))
        if not isinstance(config, Operation):
            raise UnreadableConfigError(f"`{found.keras_name}` is no layer")
        self.configs[operation.name] = config

    def _inner(self, data: ConfigData, path: ConfigPath) -> InnerLayer:
        """A layer inside another: a shared one if it stands elsewhere too, or is a model."""
        if not isinstance(data, dict) or not isinstance(data.get("config"), dict):
            raise NoConfigError("this is no layer", path)
        name = data["config"].get("name")
        if not isinstance(name, str):
            raise NoConfigError("this is no configuration of a layer: it has no `name`", path)
        if data.get("class_name") == FUNCTIONAL:
            if name not in self.inside:
                with self.run.reporting(path, name):
                    self.inside[name] = keras_model(data, path)
            self.held[name] = None
            return InnerLayer(name, _ModelInside(), shared=True)
        try:
            config = deserialize(data, lambda inner, place: self._inner(inner, (*path, *place)))
        except UnreadableConfigError as error:
            # The layer around it is read on, so that all that is to blame is found.
            self.run.say(error, path, name)
            return InnerLayer(name, _ModelInside())
        if not isinstance(config, Trainable):
            raise UnreadableConfigError("this is no layer", path)
        if self.run.shared.is_shared(data):
            self.held[name] = None
            self.configs.setdefault(name, config)
            return InnerLayer(name, config, shared=True)
        return InnerLayer(name, config)


def node_of(call: Call) -> ConfigData:
    """A call as Keras writes one."""
    return {"args": call.args, "kwargs": call.kwargs}


def _by_argument(config: Operation, call: Call) -> dict[str, Any]:
    """What a layer is called with by the names of its arguments."""
    names = [each.name for each in config.calls]
    given = dict(zip(names, call.args, strict=False))
    if len(call.args) > len(names):
        raise UnreadableConfigError(f"it is called with {len(call.args)} arguments, which a spec cannot say")
    for name, value in call.kwargs.items():
        if name not in names and value is not None:
            raise UnreadableConfigError(f"it is called with `{name}`, which a spec cannot say", ("kwargs", name))
        if name in names:
            given[name] = value
    return {name: given[name] for name in names if name in given}
