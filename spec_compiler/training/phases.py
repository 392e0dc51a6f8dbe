"""Training in phases: which layers of a model are trained in each, and from which epoch to which it goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from spec_compiler.analysing.parts import layers_of_part
from spec_compiler.views import GraphView

if TYPE_CHECKING:
    import keras

    from spec_compiler.catalog.phases import PhaseSettings


class Phase(NamedTuple):
    """A phase of a training run: what it is, and its first epoch and that after its last."""

    settings: PhaseSettings
    first: int
    end: int


def phases_of(settings: Sequence[PhaseSettings], epochs: int | None = None) -> list[Phase]:
    """The phases in order, each with its epochs, or with a number of epochs that wins over them."""
    found: list[Phase] = []
    first = 0
    for each in settings:
        end = first + (epochs or each.epochs)
        found.append(Phase(each, first, end))
        first = end
    return found


class Freezing:
    """What of a model is trained as its spec says, so that phases can freeze more of it and let it go again."""

    def __init__(self, model: keras.Model, graph: GraphView) -> None:
        self._model = model
        self._graph = graph
        parts = list(model._flatten_layers(include_self=False))
        self._layers = [(layer, layer.trainable) for layer in parts]
        self._variables = [(variable, variable.trainable) for variable in model.variables]

    def begin(self, phase: Phase) -> None:
        """Freeze what a phase does not train, and compile the model anew, as Keras asks for then."""
        from spec_compiler.emitting.keras_model.compile import compile_model

        # What holds others comes before them, and passes its own state on.
        for layer, trainable in self._layers:
            layer.trainable = trainable
        for variable, trainable in self._variables:
            variable.trainable = trainable
        if phase.settings.train is not None:
            trained = set(self._names(phase.settings.train))
            for layer in self._model.layers:
                if layer.name not in trained:
                    layer.trainable = False
        compile_model(self._model, self._graph, phase.settings.learning_rate)

    def _names(self, parts: Sequence[str]) -> Iterator[str]:
        for part in parts:
            for key in layers_of_part(self._graph, part) or ():
                yield self._graph.layers[key].keras_name
