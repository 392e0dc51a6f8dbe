"""What a layer does with masks: whether it uses those of its inputs, and where the mask of its result comes from.

Keras attaches a mask to a tensor, which says which steps of a sequence count. The class of each layer states its rule,
and a test checks the rules against what Keras attaches to the results of calls.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple


class ResultMask(Enum):
    """Where the mask of a result comes from."""

    MADE = "made by the layer"
    FIRST = "that of the first tensor"
    ALL = "there if every tensor has one"
    ANY = "there if any tensor has one"
    LOST = "lost, though the steps are still there"
    NONE = "none, as the steps of the inputs are no longer there"
    UNKNOWN = "unknown"


class MaskRule(NamedTuple):
    """What a layer does with masks.

    Attributes:
        result: Where the mask of the result comes from.
        uses: Whether the layer leaves out what is masked, so that a missing mask changes its result.
        outputs: How many of its outputs, from the first, have the mask.
    """

    result: ResultMask
    uses: bool = False
    outputs: int = 1


MAKES = MaskRule(ResultMask.MADE)
PROPAGATES = MaskRule(ResultMask.FIRST)
USES_AND_PROPAGATES = MaskRule(ResultMask.FIRST, uses=True)
JOINS_ALL = MaskRule(ResultMask.ALL)
JOINS_ANY = MaskRule(ResultMask.ANY)
LOSES = MaskRule(ResultMask.LOST)
ENDS = MaskRule(ResultMask.NONE)
USES_AND_ENDS = MaskRule(ResultMask.NONE, uses=True)
UNKNOWN = MaskRule(ResultMask.UNKNOWN)


def chained(rules: Iterable[MaskRule]) -> MaskRule:
    """Returns the rule of layers of one tensor that are applied one after the other."""
    result, uses = ResultMask.FIRST, False
    for rule in rules:
        # What follows the loss of a mask in the chain has none of the chain's input to use.
        uses = uses or (rule.uses and result is ResultMask.FIRST)
        keeps = rule.result is ResultMask.FIRST
        has_none = result in (ResultMask.LOST, ResultMask.NONE) and rule.result is ResultMask.LOST
        if not keeps and not has_none:
            result = rule.result
    return MaskRule(result, uses)
