"""keras.Model → the files of Keras, by Keras itself."""

from __future__ import annotations

import json
import os
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras.src.saving.serialization_lib import ObjectSharingScope  # Keras publishes it nowhere

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from spec_compiler.emitting.exports.safetensors import NamedWeight


class NoConfigurationError(Exception):
    """Something of a model does not say how it would be made again; the message says what."""


def configuration_of(model: keras.Model) -> Any:
    """The configuration of a model, as data, in which layers are numbered that stand in several places.

    Raises:
        NoConfigurationError: It has something that Keras could not save.
    """
    try:
        with ObjectSharingScope():
            return json.loads(model.to_json())
    except Exception as error:  # the layers of the calling program may raise anything
        for layer in model._flatten_layers(include_self=False):
            try:
                layer.get_config()
            except Exception:
                raise NoConfigurationError(f"`{layer.name}` ({type(layer).__name__}) has no `get_config`") from error
        raise NoConfigurationError(f"`{model.name}` ({type(model).__name__}) cannot be saved") from error


_OVERHEAD = 4096
"""More bytes than HDF5 takes for a dataset beside its numbers, and for the groups that it stands in."""


def _reserve(path: Path, variables: Sequence[keras.Variable]) -> None:
    """See that there is room for a file: where HDF5 cannot write, it ends the process.

    Raises:
        OSError: There is not.
    """
    numbers = sum(prod(variable.shape) * np.dtype(variable.dtype).itemsize for variable in variables)
    with open(path, "wb") as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, numbers + _OVERHEAD * (len(variables) + 1))


def vocabularies_of(model: keras.Model) -> dict[str, list[str]]:
    """The vocabularies of the lookups of a model, special tokens too, by the names of the layers."""
    lookups = (keras.layers.IntegerLookup, keras.layers.StringLookup, keras.layers.TextVectorization)
    return {
        layer.name: [str(token) for token in layer.get_vocabulary(include_special_tokens=True)]
        for layer in model._flatten_layers(include_self=False)
        if type(layer) in lookups
    }


class FilesOfModel:
    """The files of a model that Keras has built.

    Attributes:
        model: The model.
    """

    def __init__(self, model: keras.Model) -> None:
        self.model = model

    def json(self) -> str:
        """The architecture, as `keras.models.model_from_json` reads it."""
        return json.dumps(json.loads(self.model.to_json()), indent=2) + "\n"

    def write_weights(self, path: Path) -> None:
        """Write the weights alone, with the variables of the optimizer.

        Raises:
            OSError: They cannot be written.
        """
        self._build_optimizer()
        _reserve(path, [*self.model.variables, *(self.model.optimizer.variables if self.model.compiled else ())])
        self.model.save_weights(path)

    def weights(self) -> Iterator[NamedWeight]:
        """The weights of the model in Keras's order, each by its path."""
        from spec_compiler.emitting.exports.safetensors import NamedWeight

        for weight in self.model.weights:
            yield NamedWeight(weight.path, weight.dtype, keras.ops.convert_to_numpy(weight))

    def write_keras(self, path: Path) -> None:
        """Write the whole model."""
        self._build_optimizer()
        self.model.save(path)

    def _build_optimizer(self) -> None:
        """Give the optimizer its variables: Keras warns on loading where they are missing."""
        if self.model.compiled:
            self.model.optimizer.build(self.model.trainable_variables)
