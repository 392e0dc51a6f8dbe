"""All that the files of a model have, found before anything is written; then the files."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spec_compiler.catalog.keras_config.form import ConfigData
from spec_compiler.catalog.registered import all_registered
from spec_compiler.emitting.keras_file.compiling import compile_config, optimizer_of
from spec_compiler.emitting.keras_file.configuration import configuration
from spec_compiler.emitting.keras_file.only_keras import OnlyKerasCanError
from spec_compiler.emitting.keras_file.optimizer_state import optimizer_state
from spec_compiler.emitting.keras_file.states import variables_of
from spec_compiler.emitting.keras_file.trace import trace
from spec_compiler.graph.typed import TypedGraph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spec_compiler.emitting.exports.safetensors import NamedWeight
    from spec_compiler.emitting.keras_file.hdf5 import Values
    from spec_compiler.emitting.keras_file.initial_values import InitialValues


class KerasFiles:
    """The files of one model, which hold the same weights.

    Raises:
        OnlyKerasCanError: The model has something that only Keras can write.
    """

    def __init__(self, graph: TypedGraph) -> None:
        self._graph = graph
        self._model = trace(graph)
        self.configuration: ConfigData = configuration(self._model, compile_config(graph))
        _refuse_registered_objects(self.configuration)
        optimizer = optimizer_of(graph)
        self._variables = variables_of(self._model.state)
        trained = [variable for variable in self._variables if variable.weight.trainable]
        self._optimizer = optimizer_state(optimizer, trained) if optimizer is not None else None

    @cached_property
    def _values(self) -> InitialValues:
        from spec_compiler.emitting.keras_file.initial_values import InitialValues

        return InitialValues(self._graph.graph.seed)

    def json(self) -> str:
        """The architecture, as `keras.models.model_from_json` reads it."""
        return json.dumps(self.configuration, indent=2) + "\n"

    def write_weights(self, path: Path, values: Values | None = None) -> None:
        """Write the weights alone, with the variables of the optimizer; by default what weights are before training."""
        from spec_compiler.emitting.keras_file.hdf5 import write_weights

        write_weights(path, self._model.state, self._optimizer, values or self._values)

    def weights(self) -> Iterator[NamedWeight]:
        """The weights of the model in Keras's order, each by its path."""
        from spec_compiler.emitting.exports.safetensors import NamedWeight

        for variable in self._variables:
            yield NamedWeight("/".join(variable.path), variable.weight.dtype, self._values.of(variable))

    def write_keras(self, path: Path) -> None:
        """Write the whole model. The weights stand beside the path until they are in the archive."""
        from spec_compiler.emitting.keras_file.archive import write_archive
        from spec_compiler.emitting.keras_file.hdf5 import placed

        assets = {
            "/".join(part for part in ("assets", place, name) if part): text
            for place, state in placed(self._model.state)
            for name, text in state.assets.items()
        }
        weights = path.with_name(f"{path.name}.weights.h5")
        try:
            self.write_weights(weights)
            write_archive(path, self.configuration, weights, assets)
        finally:
            weights.unlink(missing_ok=True)


def _refuse_registered_objects(configuration: ConfigData) -> None:
    """Leave objects of the calling program to Keras: what they save, only they know.

    Raises:
        OnlyKerasCanError: The configuration names one.
    """
    own = all_registered()
    if not own:
        return
    names = {
        *(each.name for each in own),
        *(each.config.registered_name for each in own if each.config is not None),
    }
    waiting: list[Any] = [configuration]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and value in names:
            raise OnlyKerasCanError(f"`{value}`, which is registered by the calling program")
        if isinstance(value, (dict, list)):
            waiting += value.values() if isinstance(value, dict) else value
