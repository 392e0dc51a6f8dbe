"""Labels along sequences whose places they have no mark of: connectionist temporal classification."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from spec_compiler.emitting.constants.neural import log_softmax

AnyArray = Any


def _loss(labels: AnyArray, scores: AnyArray, blank: int) -> float:
    """The negative logarithm of the probability of all ways in which scores, one row a step, go with labels."""
    states = np.full(2 * len(labels) + 1, blank)
    states[1::2] = labels
    # A label may follow another one without a blank between them, if it is not the same.
    skips = np.zeros(len(states), bool)
    skips[2:] = (states[2:] != blank) & (states[2:] != states[:-2])
    reached = np.full(len(states), -np.inf)
    reached[:2] = scores[0, states[:2]]
    for row in scores[1:]:
        before = np.concatenate([[-np.inf, -np.inf], reached])
        skipped = np.where(skips, before[:-2], -np.inf)
        reached = np.logaddexp(np.logaddexp(reached, before[1:-1]), skipped) + row[states]
    return -float(np.logaddexp.reduce(reached[-2:]))


def _ctc_loss(
    op: Any, target: AnyArray, output: AnyArray, target_length: AnyArray, output_length: AnyArray
) -> AnyArray:
    blank = op.mask_index % output.shape[-1]
    scores = log_softmax(output)
    found = []
    for labels, rows, count, steps in zip(target, scores, target_length, output_length, strict=True):
        own = labels[: int(count)].astype(int)
        if not 1 <= steps <= len(rows) or not 0 <= count <= len(labels):
            raise ValueError("a length that there is not")
        if (own < 0).any() or (own >= output.shape[-1]).any() or (own == blank).any():
            raise ValueError("labels that are none")
        found.append(_loss(own, rows[: int(steps)], blank))
    if not np.isfinite(found).all():
        raise ValueError("labels that do not fit into the steps")
    return np.array(found)


def _ctc_decode(op: Any, inputs: AnyArray, sequence_lengths: AnyArray) -> AnyArray:
    if op.strategy != "greedy" or (sequence_lengths < 0).any() or (sequence_lengths > inputs.shape[1]).any():
        raise ValueError("several ways, or steps that there are none of")
    decoded = np.full((1, *inputs.shape[:2]), -1)
    scores = []
    for number, (rows, steps) in enumerate(zip(inputs, sequence_lengths, strict=True)):
        best = rows[:steps].argmax(axis=-1)
        kept = best != op.mask_index % inputs.shape[-1]
        if op.merge_repeated:
            kept[1:] &= best[1:] != best[:-1]
        decoded[0, number, : kept.sum()] = best[kept]
        scores.append([-rows[:steps].max(axis=-1).sum()])
    return decoded, np.array(scores)


ALIGNMENTS: dict[str, Callable[..., AnyArray]] = {"ctc_decode": _ctc_decode, "ctc_loss": _ctc_loss}
