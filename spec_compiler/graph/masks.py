"""The masks that Keras attaches to tensors: which steps of a sequence count, and where that is lost.

The tables say what Keras's layers do with a mask, after their `supports_masking` and `compute_mask`; a test holds them
against Keras. What is in none of them, a layer of the caller's own or a nested model, is taken to be unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from spec_compiler.catalog.registry import OPS
from spec_compiler.graph.typed import Call, TensorRef, TypedGraph

MAKES = frozenset(("Embedding", "Masking"))
"""Layers that make a mask; `Embedding` does with `mask_zero` only. `ReversibleEmbedding` makes none for the graph."""

GIVES_ON = frozenset((
    "Activation", "ActivityRegularization", "AlphaDropout", "BatchNormalization", "Dense", "Dropout", "ELU",
    "GaussianDropout", "GaussianNoise", "GroupNormalization", "Identity", "LayerNormalization", "LeakyReLU",
    "Normalization", "PReLU", "ReLU", "Rescaling", "Softmax", "SpatialDropout1D", "TimeDistributed",
    "UnitNormalization",
))  # fmt: skip
"""Layers whose result has the mask of what they take."""

JOINS_ALL = frozenset(("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"))
"""Merging layers whose result has a mask if all that they take have one."""

JOINS_ANY = frozenset(("Concatenate",))
"""Merging layers whose result has a mask if anything that they take has one."""

RECURRENT = frozenset(("Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GRU", "LSTM", "RNN", "SimpleRNN"))
"""Layers that use a mask, and give it on with their sequences."""

ATTENTION = frozenset(("AdditiveAttention", "Attention", "GroupQueryAttention", "MultiHeadAttention"))
"""Layers that use the masks of all that they take, and give on that of the query."""

LOSES = frozenset((
    "AveragePooling1D", "Conv1D", "Conv1DTranspose", "Cropping1D", "DepthwiseConv1D", "EinsumDense", "Flatten",
    "MaxPooling1D", "RMSNormalization", "Reshape", "SeparableConv1D", "UpSampling1D", "ZeroPadding1D",
))  # fmt: skip
"""Layers that work on the steps of a sequence, or on each step, and whose result has no mask."""

_LOSING_OPS = frozenset(
    f"ops.{name}" for module in ("activations", "binary", "core", "elementwise", "functions") for name in OPS[module]
)
"""Ops on each element. No op has a mask; these leave the steps as they are."""

_FOLDS = frozenset(("Flatten", "Reshape"))


class Mask(NamedTuple):
    """What has become of a mask: the node that made it, and the node that lost it, if one has."""

    made: str
    lost: str | None = None


def masks(graph: TypedGraph) -> dict[TensorRef, Mask]:
    """The masks of the tensors that have one or that come of a tensor whose mask was lost."""
    found: dict[TensorRef, Mask] = {}
    for name, call in graph.calls.items():
        layer = graph.layers[graph.nodes[name].layer]
        kind, config = layer.kind, layer.config
        taken = [found[tensor] for tensor in tensors(call) if tensor in found]
        if kind in MAKES:
            if _makes(kind, config):
                found[TensorRef(name, 0)] = Mask(name)
        elif kind in RECURRENT:
            mask = _given(call) or _first(call, found)
            if mask is not None and mask.lost is None:
                found.update(dict.fromkeys(_sequences(name, kind, config), mask))
        elif kind in ATTENTION or kind in GIVES_ON:
            mask = (_given(call) if kind in GIVES_ON else None) or _first(call, found)
            if mask is not None and (kind in GIVES_ON or mask.lost is None):
                found[TensorRef(name, 0)] = mask
        elif taken:
            mask = _joined(kind, taken, len(list(tensors(call)))) or _lost(graph, name, kind, taken)
            if mask is not None:
                found[TensorRef(name, 0)] = mask
    return found


def tensors(call: Call) -> Iterator[TensorRef]:
    """All tensors of a call."""
    for value in call.values():
        for operand in value if isinstance(value, tuple) else (value,):
            if isinstance(operand, TensorRef):
                yield operand


def _makes(kind: str, config: Any) -> bool:
    return kind == "Masking" or config.mask_zero


def _given(call: Call) -> Mask | None:
    """The mask that a call is given by hand."""
    mask = call.get("mask")
    return Mask(mask.node) if isinstance(mask, TensorRef) else None


def _first(call: Call, found: dict[TensorRef, Mask]) -> Mask | None:
    """The mask of the first tensor."""
    first = next(tensors(call), None)
    return found.get(first) if first is not None else None


def _sequences(name: str, kind: str, config: Any) -> tuple[TensorRef, ...]:
    """The outputs of a recurrent layer that are sequences."""
    loop = config.layer.config if kind == "Bidirectional" else config
    if not loop.return_sequences:
        return ()
    both = kind == "Bidirectional" and config.merge_mode is None
    return (TensorRef(name, 0), TensorRef(name, 1)) if both else (TensorRef(name, 0),)


def _joined(kind: str, taken: list[Mask], count: int) -> Mask | None:
    """The mask of what a merging layer gives."""
    kept = [mask for mask in taken if mask.lost is None]
    if (kind in JOINS_ALL and len(kept) == count) or (kind in JOINS_ANY and kept):
        return kept[0]
    return None


def _lost(graph: TypedGraph, name: str, kind: str, taken: list[Mask]) -> Mask | None:
    """The lost mask of what a layer gives that gives no mask on; none where its result has no steps any more."""
    if kind not in LOSES and kind not in _LOSING_OPS and kind not in JOINS_ALL and kind not in JOINS_ANY:
        return None
    if kind not in _FOLDS and graph.type_of(TensorRef(name, 0)).rank < 3:
        return None
    before = next((mask for mask in taken if mask.lost is not None), None)
    return before or Mask(taken[0].made, name)
