"""What is evaluated and predicted with: a spec with weights from outside, a `.keras` file, or a model in memory."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spec_compiler.diagnostics import codes
from spec_compiler.lift_model import lift_model
from spec_compiler.limits import DEFAULT_LIMITS, Limits
from spec_compiler.pipeline import (
    SpecError,
    SpecSource,
    build_model,
    load_spec,
    load_weights,
    planned_weights,
)
from spec_compiler.reading.source import Source
from spec_compiler.training.adapt import refuse_not_adapted
from spec_compiler.training.backend_check import check_backend
from spec_compiler.views import GraphView

if TYPE_CHECKING:
    import keras

    from spec_compiler.pipeline import WeightSources

MODEL_SUFFIXES = (".keras", ".h5")


@dataclass(frozen=True)
class Trained:
    """A model that is not built yet, and its graph.

    Attributes:
        graph: The graph, which says what the model wants of its data.
        model: The model, or the file of it; None where it is built of the graph.
        weights: Where the weights of a model that is built come from.
        partial_weights: Whether layers may stay as they are that a source has no weights for.
        limits: How much the spec may ask for.
    """

    graph: GraphView
    model: Any
    weights: WeightSources
    partial_weights: bool
    limits: Limits

    def built(self) -> keras.Model:
        """The model.

        Raises:
            SpecError: Weights do not fit.
        """
        if self.model is None:
            with planned_weights(self.graph, self.weights, partial=self.partial_weights, limits=self.limits) as planned:
                made = build_model(self.graph, limits=self.limits)
                load_weights(made, self.graph, planned)
            return made
        from spec_compiler.emitting.keras_model.compile import accept_targets_by_name
        from spec_compiler.emitting.requirement import require_keras

        require_keras()
        import keras

        if not isinstance(self.model, keras.Model):
            loaded = keras.models.load_model(self.model)
            if loaded.compiled:
                accept_targets_by_name(loaded, self.graph)
            return loaded
        return self.model


def is_model_file(source: Any) -> bool:
    """Whether a path is one of a model that Keras has saved."""
    return Path(source).suffix.lower() in MODEL_SUFFIXES


def trained(
    source: SpecSource | Any,
    *,
    params: Mapping[str, Any] | None = None,
    root: str | os.PathLike[str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    model: str | None = None,
    weights: WeightSources = None,
    partial_weights: bool = False,
) -> Trained:
    """What a caller names a model by: a spec, a `.keras` file, or a `keras.Model`. Nothing is built yet.

    Raises:
        SpecError: The spec has errors, or the file cannot be read; the exception has the report.
    """
    is_path = isinstance(source, (str, os.PathLike))
    is_spec = not is_model_file(source) if is_path else isinstance(source, (Mapping, Source))
    if not is_spec:
        lifted = lift_model(source, limits=limits)
    else:
        graph = load_spec(source, params=params, root=root, limits=limits, model=model)
        refuse_not_adapted(graph, with_weights=weights is not None)
        check_backend(graph)
        return Trained(graph, None, weights, partial_weights, limits)
    if lifted.graph is None:
        raise SpecError(lifted.report)
    # What a file has learnt and a spec cannot say is left to Keras, which reads it.
    if is_path and all(found.code != codes.CHANGED_BY_LIFTING.code for found in lifted.report):
        refuse_not_adapted(lifted.graph, with_weights=True)
    check_backend(lifted.graph)
    return Trained(lifted.graph, source, None, False, limits)
