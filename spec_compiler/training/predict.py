"""A trained model and inputs → predictions: `keras.Model.predict`, by the names of the spec."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from spec_compiler.limits import DEFAULT_LIMITS, Limits
from spec_compiler.pipeline import SpecSource
from spec_compiler.training.evaluate import batch_size_of
from spec_compiler.training.feed import Feed, feed
from spec_compiler.training.fit import batches_of, streams_told
from spec_compiler.training.samples import NumpyArray
from spec_compiler.training.trained import trained

if TYPE_CHECKING:
    from spec_compiler.pipeline import WeightSources


def predict(
    source: SpecSource | Any,
    data: Any,
    *,
    params: Mapping[str, Any] | None = None,
    root: str | os.PathLike[str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    model: str | None = None,
    weights: WeightSources = None,
    partial_weights: bool = False,
    check_all: bool = False,
    stream: bool | None = None,
    batch_size: int | None = None,
    verbose: Any = "auto",
) -> Any:
    """What a model makes of inputs.

    Args:
        source: The model: a `.keras` file, a `keras.Model`, or a spec, as a rule with `weights`.
        data: Inputs, as for `fit`; targets that are there too are left alone.
        params: Values for the spec's params, by name.
        root: The folder that imports may come from; the spec's own by default.
        limits: How much the spec may ask for.
        model: Which of its models, of a spec that has several; the main one by default.
        weights: Where the weights of a spec's model come from, as for `compile_spec`.
        partial_weights: Whether layers may stay as they are that a source has no weights for.
        check_all: Whether all values of what is streamed are looked at before.
        stream: Whether files are read while the model works; by default, where they hold more than a gigabyte.
        batch_size: How many samples make a step: the spec's `fit.batch_size`, or Keras's 32, if left out.
        verbose: What is printed, as for `keras.Model.predict`.

    Returns:
        What `keras.Model.predict` gives: an array, or a list of arrays for several outputs, in the spec's order.

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
    size = batch_size_of(given.graph, batch_size)
    held = feed(
        given.graph, data, with_targets=False, check_all=check_all, stream=stream, batch_size=size, limits=limits
    )
    return predict_feed(given.built(), held, size, verbose=verbose)


def predict_feed(model: Any, data: Feed, batch_size: int | None, **options: Any) -> Any:
    """What `keras.Model.predict` gives for data that has been looked at."""
    with streams_told((data,)):
        if data.stream is not None:
            return model.predict(batches_of(data.stream), **options)
        if data.direct is not None:
            return model.predict(data.direct, **options)
        return model.predict(data.inputs(), batch_size=batch_size, **options)


def predictions(model: Any, data: Feed, batch_size: int | None, names: list[str]) -> Iterator[dict[str, NumpyArray]]:
    """Predictions by the names of the outputs, stretch by stretch: of a stream, some batches at once."""
    if data.stream is None:
        yield _by_name(predict_feed(model, data, batch_size, verbose=0), names)
        return
    with streams_told((data,)):
        held: list[dict[str, NumpyArray]] = []
        for batch in batches_of(data.stream):
            held.append(_by_name(model.predict_on_batch(batch), names))
            if len(held) == _BATCHES:
                yield _joined(held)
                held = []
        if held:
            yield _joined(held)


_BATCHES = 64


def _joined(parts: list[dict[str, NumpyArray]]) -> dict[str, NumpyArray]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _by_name(values: Any, names: list[str]) -> dict[str, NumpyArray]:
    listed = list(values) if isinstance(values, (list, tuple)) else [values]
    return {name: np.asarray(value) for name, value in zip(names, listed, strict=True)}
