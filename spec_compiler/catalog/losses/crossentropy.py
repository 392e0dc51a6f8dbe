"""Cross-entropies."""

from __future__ import annotations

from typing import ClassVar

from spec_compiler.catalog.fields import ScopeName
from spec_compiler.catalog.losses.base import Loss
from spec_compiler.catalog.losses_and_metrics import (
    FromLogits,
    IgnoringClass,
    OverAxis,
    Smoothed,
    Targets,
    named,
)


class BinaryCrossentropy(FromLogits, Smoothed, OverAxis, Loss):
    """The cross-entropy of yes-or-no targets."""

    targets: ClassVar[Targets] = Targets.YES_OR_NO

    name: ScopeName | None = named("binary_crossentropy")


class CategoricalCrossentropy(FromLogits, Smoothed, OverAxis, Loss):
    """The cross-entropy of one-hot targets."""

    targets: ClassVar[Targets] = Targets.ONE_HOT

    name: ScopeName | None = named("categorical_crossentropy")


class SparseCategoricalCrossentropy(FromLogits, IgnoringClass, OverAxis, Loss):
    """The cross-entropy of targets that are class numbers."""

    targets: ClassVar[Targets] = Targets.CLASS_NUMBERS

    name: ScopeName | None = named("sparse_categorical_crossentropy")
