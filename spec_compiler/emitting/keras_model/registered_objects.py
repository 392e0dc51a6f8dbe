"""How an object of the calling program is registered: what it is, and under which name."""

from __future__ import annotations

import inspect
from typing import Any

import keras

from spec_compiler.catalog import registered_objects
from spec_compiler.catalog.fields import ScopeName
from spec_compiler.catalog.optimizers.base import LearningRate
from spec_compiler.emitting.keras_model.registered_layers import register_layer

_KINDS = {
    "initializer": keras.initializers.Initializer,
    "regularizer": keras.regularizers.Regularizer,
    "constraint": keras.constraints.Constraint,
    "loss": keras.losses.Loss,
    "metric": keras.metrics.Metric,
    "optimizer": keras.optimizers.Optimizer,
    "learning rate schedule": keras.optimizers.schedules.LearningRateSchedule,
    "callback": keras.callbacks.Callback,
}
_FUNCTIONS = {1: ("activation",), 2: ("loss", "metric")}
_NAMED_AS_SCOPES = ("optimizer", "learning rate schedule", "loss")
"""The kinds whose names TensorFlow makes scopes of."""
_TYPES = {"optimizer": {"learning_rate": LearningRate}}


def register(keras_object: Any) -> None:
    """Make a class or a function known to specs.

    Raises:
        TypeError: It is nothing that a spec could name.
    """
    if isinstance(keras_object, type) and issubclass(keras_object, keras.layers.Layer):
        register_layer(keras_object)
        return
    registered_name = keras.saving.get_registered_name(keras_object) if callable(keras_object) else ""
    if isinstance(keras_object, type):
        kind = next((kind for kind, base in _KINDS.items() if issubclass(keras_object, base)), None)
        if kind is not None:
            types: dict[str, Any] = {"name": ScopeName | None} if kind in _NAMED_AS_SCOPES else {}
            types |= _TYPES.get(kind, {})
            registered_objects.register(keras_object, registered_name, kind, types)
            return
    elif inspect.isfunction(keras_object) and (kinds := _FUNCTIONS.get(_required(keras_object))) is not None:
        if kinds == ("activation",):
            _check_activation(keras_object)
        registered_objects.register_function(keras_object, registered_name, kinds)
        return
    raise TypeError(
        "what is registered is a subclass of one of Keras's layers, losses, metrics, initializers, regularizers, "
        "constraints, optimizers, schedules or callbacks, or a function of one argument (an activation) or of two "
        f"(a loss or a metric), not {keras_object!r}"
    )


def _check_activation(function: Any) -> None:
    """An activation gives a tensor of the shape that it gets.

    Raises:
        TypeError: It does not.
    """
    shape = (2, 3, 4)
    if tuple(keras.layers.Lambda(function).compute_output_shape(shape)) != shape:
        raise TypeError(f"a function of one argument is an activation, and {function!r} changes the shape of a tensor")


def _required(function: Any) -> int:
    parameters = inspect.signature(function).parameters.values()
    return sum(p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)
