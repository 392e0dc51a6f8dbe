"""Losses and metrics by one name each: specs may name a class, a function, or Keras's short form of either."""

from __future__ import annotations

from spec_compiler.catalog.objects import Named
from spec_compiler.catalog.thing import Thing

_SHORT = {
    "acc": "accuracy",
    "bce": "binarycrossentropy",
    "ce": "crossentropy",
    "kld": "kldivergence",
    "mae": "meanabsoluteerror",
    "mape": "meanabsolutepercentageerror",
    "mse": "meansquarederror",
    "msle": "meansquaredlogarithmicerror",
}

BINARY = frozenset(("binarycrossentropy", "binaryfocalcrossentropy"))
"""Losses that take each unit as a yes or no."""

SPARSE = frozenset(("sparsecategoricalcrossentropy",))
"""Losses whose targets are class numbers."""

ONE_HOT = frozenset(("categoricalcrossentropy", "categoricalfocalcrossentropy"))
"""Losses whose targets have one number a class."""

NUMERIC = frozenset((
    "huber", "logcosh", "meanabsoluteerror", "meanabsolutepercentageerror", "meansquarederror",
    "meansquaredlogarithmicerror",
))  # fmt: skip
"""Losses that are the size of a difference between numbers."""


def title(score: Thing | Named) -> str:
    """The name of a loss or metric, as a spec may have it."""
    return score.name if isinstance(score, Named) else score.keras_name


def key(score: Thing | Named) -> str:
    """The one name of a loss or metric: `binarycrossentropy` for `bce`, `binary_crossentropy` and the class."""
    plain = title(score).replace("_", "").lower()
    return _SHORT.get(plain, plain)
