"""A trained model and data → the loss and the metrics: `keras.Model.evaluate`, by the names of the spec."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from spec_compiler.limits import DEFAULT_LIMITS, Limits
from spec_compiler.pipeline import SpecSource
from spec_compiler.training.feed import Feed, check_trains, feed
from spec_compiler.training.fit import batches_of, streams_told
from spec_compiler.training.trained import trained

if TYPE_CHECKING:
    from spec_compiler.pipeline import WeightSources


def evaluate(
    source: SpecSource | Any,
    data: Any,
    targets: Any = None,
    *,
    sample_weight: Any = None,
    params: Mapping[str, Any] | None = None,
    root: str | os.PathLike[str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    model: str | None = None,
    weights: WeightSources = None,
    partial_weights: bool = False,
    check_all: bool = False,
    stream: bool | None = None,
    batch_size: int | None = None,
    return_dict: bool = False,
    verbose: Any = "auto",
) -> Any:
    """The loss and the metrics of a model on data.

    Args:
        source: The model: a `.keras` file, a `keras.Model`, or a spec, as a rule with `weights`.
        data: Inputs and targets, as for `fit`.
        targets: The targets, where `data` has them not.
        sample_weight: What each sample counts.
        params: Values for the spec's params, by name.
        root: The folder that imports may come from; the spec's own by default.
        limits: How much the spec may ask for.
        model: Which of its models, of a spec that has several; the main one by default.
        weights: Where the weights of a spec's model come from, as for `compile_spec`.
        partial_weights: Whether layers may stay as they are that a source has no weights for.
        check_all: Whether all values of what is streamed are looked at before.
        stream: Whether files are read while the model works; by default, where they hold more than a gigabyte.
        batch_size: How many samples make a step: the spec's `fit.batch_size`, or Keras's 32, if left out.
        return_dict: Whether the values come by name.
        verbose: What is printed, as for `keras.Model.evaluate`.

    Returns:
        What `keras.Model.evaluate` gives: the loss, a list of the loss and the metrics, or all by name.

    Raises:
        SpecError: The spec has errors, or data is not as the model wants it; the exception has the report.
        KerasMissingError: Keras or TensorFlow is not installed.
    """
    given = trained(
        source,
        params=params,
        root=root,
        limits=limits,
        model=model,
        weights=weights,
        partial_weights=partial_weights,
    )
    check_trains(given.graph)
    size = batch_size_of(given.graph, batch_size)
    held = feed(given.graph, data, targets, check_all=check_all, stream=stream, batch_size=size, limits=limits)
    return evaluate_feed(given.built(), held, size, sample_weight, return_dict=return_dict, verbose=verbose)


def batch_size_of(graph: Any, given: int | None) -> int | None:
    """How many samples make a step: the given number, or the spec's."""
    return given or (graph.graph.fit.batch_size if graph.graph.fit is not None else None)


def evaluate_feed(model: Any, data: Feed, batch_size: int | None, sample_weight: Any = None, **options: Any) -> Any:
    """What `keras.Model.evaluate` gives for data that has been looked at."""
    with streams_told((data,)):
        if data.stream is not None:
            return model.evaluate(batches_of(data.stream), **options)
        if data.direct is not None:
            return model.evaluate(data.direct, **options)
        return model.evaluate(
            data.inputs(), data.targets(), batch_size=batch_size, sample_weight=sample_weight, **options
        )
