"""The configuration of layers that stand in a model: with seeds, with what is inside them, and how they were built."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.keras_config.form import ConfigData
from spec_compiler.catalog.keras_config.names import AutomaticNames
from spec_compiler.catalog.keras_config.serialize import envelope, serialize
from spec_compiler.catalog.keras_config.table import KerasClass
from spec_compiler.catalog.layers.base import InnerLayer, Operation
from spec_compiler.catalog.registered import RegisteredConfig
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.emitting.keras_file.only_keras import OnlyKerasCanError
from spec_compiler.graph.graph import NestedModel
from spec_compiler.inferring.infer import models_of_checked
from spec_compiler.inferring.models import ModelRule, with_rules

OperandTypes = Mapping[str, Any]
"""What a call takes: for each argument a type, or a list of them."""

Seeding = Callable[[str, str], int] | None
"""Gives the seed for an argument of a layer, by the names of both; None if nothing is seeded."""


_LARGEST_SEED = 10**9
"""`RandomCrop` without a seed draws one, and saves it."""


class LayerWriter:
    """Writes layers.

    Args:
        names: The counter of names.
        seeding: What gives seeds.
        shared: Writes a shared layer that was built for some type.
    """

    def __init__(
        self, names: AutomaticNames, seeding: Seeding, shared: Callable[[InnerLayer, TensorType], ConfigData]
    ) -> None:
        self._names = names
        self._seeding = seeding
        self._shared = shared

    def write(self, config: Operation, name: str, types: OperandTypes, *, frozen: bool = False) -> ConfigData:
        """What Keras writes for a layer that was called.

        Args:
            config: The layer.
            name: Its name.
            types: What it was first called on.
            frozen: Whether it stands in something that is not trained.
        """
        if isinstance(config, RegisteredConfig):
            raise OnlyKerasCanError(f"the custom layer `{config.keras_name}`")
        # Keras names the input that it puts in front before the layers behind it are built.
        front = self._input(config, types) if config.keras_name == "Sequential" else None
        frozen = frozen or not getattr(config, "trainable", True)
        parts = self._parts(config, types, frozen)
        data = serialize(
            self._settled(config, name, frozen), name, inner=lambda inner: parts[inner.route], built_for=types
        )
        if front is not None:
            _put_in_front(data, front)
        shapes = _shapes(config, types)
        if shapes is not None:
            data["build_config"] = shapes
        if config.keras_name == "Sequential":
            data["compile_config"] = {}
        return data

    def _settled(self, config: Operation, name: str, frozen: bool) -> Operation:
        """The layer with the seeds that it gets, and not trained if it stands in something that is not."""
        update: dict[str, Any] = {}
        if frozen and getattr(config, "trainable", False):
            update["trainable"] = False
        if config.keras_name == "RandomCrop" and getattr(config, "seed", 0) is None:
            update["seed"] = 1 + secrets.randbelow(_LARGEST_SEED)
        if self._seeding is not None:
            update |= _seeded(config, name, self._seeding)
        return config.model_copy(update=update) if update else config

    def _parts(self, config: Operation, types: OperandTypes, frozen: bool) -> dict[Any, ConfigData]:
        """What is written of the layers inside a layer, by their places in it."""
        return {inner.route: self._part(inner, kind, frozen) for inner, kind in _inside(config, types)}

    def _part(self, inner: InnerLayer, kind: TensorType, frozen: bool) -> ConfigData:
        if inner.shared:
            return self._shared(inner, kind)
        if not isinstance(inner.config, Operation):
            raise OnlyKerasCanError("a block inside a layer that is not shared")
        argument = inner.config.calls[0].name
        return self.write(inner.config, inner.name, {argument: kind}, frozen=frozen)

    def _input(self, config: Any, types: OperandTypes) -> ConfigData:
        """The input that Keras puts in front of a chain when it is built."""
        first = config.layers[0].config
        keras_config = {
            "batch_shape": list(types["inputs"].shape),
            "dtype": getattr(first, "compute_dtype", "float32"),
            "sparse": False,
            "ragged": False,
            "name": self._names.next("InputLayer"),
            "optional": False,
        }
        return envelope(KerasClass("keras.layers", "InputLayer"), keras_config)


def _put_in_front(data: ConfigData, front: ConfigData) -> None:
    data["config"]["layers"] = [front, *data["config"]["layers"]]
    data["config"]["build_input_shape"] = front["config"]["batch_shape"]


def _seeded(config: Operation, name: str, seeding: Callable[[str, str], int]) -> dict[str, Any]:
    """The arguments of a layer that are random and have no seed of their own, with one."""
    update: dict[str, Any] = {}
    for field in type(config).model_fields:
        value = getattr(config, field)
        if field == "seed" and value is None:
            update[field] = seeding(name, field)
        elif isinstance(value, Config) and getattr(value, "random", False) and getattr(value, "seed", 0) is None:
            update[field] = value.model_copy(update={"seed": seeding(name, field)})
    return update


def _inside(config: Any, types: OperandTypes) -> list[tuple[InnerLayer, TensorType]]:
    """The layers inside a layer, each with what it is built for."""
    name = config.keras_name
    if not type(config).nested:
        return []
    x = next(iter(types.values()))
    if name in ("Sequential", "Pipeline"):
        steps = with_rules(config, _rule_of_model).steps(x)
        return [(inner, taken) for inner, (_, taken, _) in zip(config.layers, steps, strict=True)]
    if name == "StackedRNNCells":
        return _stacked(config, x)
    if name in ("TimeDistributed", "RNN"):
        inner = config.layer if name == "TimeDistributed" else config.cell
        return [(inner, x.with_shape((x.shape[0], *x.shape[2:])))]
    if name == "SpectralNormalization":
        return [(config.layer, x)]
    if name == "Bidirectional":
        return [(inner, x) for inner in (config.layer, config.backward_layer) if inner is not None]
    raise OnlyKerasCanError(f"layers inside `{name}`")


def _rule_of_model(inner: InnerLayer) -> ModelRule:
    """What a block inside a layer gives."""
    model = inner.config
    assert isinstance(model, NestedModel)
    models = models_of_checked()
    return ModelRule(model, lambda inputs: models.typed(model, inputs))


def _stacked(config: Any, x: TensorType) -> list[tuple[InnerLayer, TensorType]]:
    """Cells, each built for what the one before gives."""
    found = []
    for inner in config.cells:
        found.append((inner, x))
        x = x.with_shape((x.shape[0], inner.config.output_size))
    return found


def _shapes(config: Operation, types: OperandTypes) -> ConfigData | None:
    """What Keras keeps of how a layer was built; None if it was built from the start."""
    if config.built_from_the_start:
        return None
    wanted = tuple(types)[:1] if config.built_for is None else config.built_for
    arguments = [name for name in wanted if name in types]
    if not arguments:
        return {}
    shapes = {f"{name}_shape": _shape(types[name]) for name in arguments}
    return {"input_shape": next(iter(shapes.values()))} if len(shapes) == 1 else {"shapes_dict": shapes}


def _shape(types: Any) -> Any:
    return list(types.shape) if isinstance(types, TensorType) else [list(each.shape) for each in types]
