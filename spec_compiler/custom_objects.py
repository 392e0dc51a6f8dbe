"""Layers and other objects of the calling program, made known to specs."""

from __future__ import annotations

from typing import Any

from spec_compiler.emitting.requirement import require_keras


def register(keras_object: Any) -> Any:
    """Make a class or a function of the calling program known to specs, for this process; return it as it is.

    Raises:
        TypeError: It is nothing that a spec could name.
        KerasMissingError: Keras or TensorFlow is not installed.
    """
    require_keras()
    from spec_compiler.emitting.keras_model.registered_objects import register as register_object

    register_object(keras_object)
    return keras_object


def register_layer(keras_class: Any) -> str:
    """Make a layer of the calling program known to specs, for this process.

    Args:
        keras_class: A subclass of `keras.layers.Layer`.

    Returns:
        The name that specs use: the one under which the class is registered with Keras (`package>Name`), or
        `Custom>Name` for a class that is not.

    Raises:
        TypeError: It is no such class.
        KerasMissingError: Keras or TensorFlow is not installed.
    """
    require_keras()
    from spec_compiler.emitting.keras_model.registered_layers import register_layer as register

    return register(keras_class)
