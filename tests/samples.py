"""Random data for a model: what its inputs take, and what its losses take as targets."""

from __future__ import annotations

from typing import Any

import numpy as np

from spec_compiler.catalog import families
from spec_compiler.catalog.losses.sequences import CTC
from spec_compiler.catalog.losses_and_metrics import Targets
from spec_compiler.graph.typed import TypedGraph

STEPS = 12
"""How long a sequence is whose length the model leaves open."""

FEW = 50
"""How many different numbers there are where the input does not go straight to a table."""

PADDED = 3
"""How many steps at the end of a sequence of numbers are 0, as padding is."""


def inputs_of(graph: TypedGraph, samples: int, seed: int = 0) -> dict[str, np.ndarray]:
    """A batch for each input of a model, by name. Whole numbers are rows of the tables that they are looked up in."""
    random = np.random.default_rng(seed)
    batch: dict[str, np.ndarray] = {}
    for name in graph.inputs:
        kind = graph.results[name].outputs[0]
        shape = (samples, *(STEPS if length is None else length for length in kind.shape[1:]))
        if kind.dtype.startswith("int"):
            batch[name] = random.integers(0, _rows(graph, name), shape).astype(kind.dtype)
            if len(shape) > 1:
                batch[name][..., -PADDED:] = 0
        else:
            batch[name] = random.normal(size=shape).astype(kind.dtype)
    return batch


def _rows(graph: TypedGraph, name: str) -> int:
    takers = [graph.layers[graph.nodes[taker].layer].config for taker in graph.consumers[name]]
    return min((taker.input_dim for taker in takers if hasattr(taker, "input_dim")), default=FEW)


def targets_of(graph: TypedGraph, predicted: list[np.ndarray], seed: int = 1) -> list[np.ndarray]:
    """A target for each output of a model, of the kind that its loss takes."""
    random = np.random.default_rng(seed)
    return [
        _target(output.settings.loss, values, random) for output, values in zip(graph.outputs, predicted, strict=True)
    ]


def _target(loss: Any, predicted: np.ndarray, random: np.random.Generator) -> np.ndarray:
    *shape, units = predicted.shape
    found = families.losses().class_of(loss)
    if found is CTC:
        return random.integers(1, units, (len(predicted), 5))  # five letters; 0 is the blank
    targets = found.targets if found is not None else Targets.OTHER
    if targets is Targets.CLASS_NUMBERS:
        return random.integers(0, units, shape)
    if targets is Targets.ONE_HOT:
        return np.eye(units, dtype="float32")[random.integers(0, units, shape)]
    if targets is Targets.YES_OR_NO:
        return random.integers(0, 2, predicted.shape).astype("float32")
    return random.normal(size=predicted.shape).astype("float32")
