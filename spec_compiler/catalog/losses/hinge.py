"""Losses of margins."""

from __future__ import annotations

from typing import ClassVar

from spec_compiler.catalog.fields import ScopeName
from spec_compiler.catalog.losses.base import Loss
from spec_compiler.catalog.losses_and_metrics import (
    CLASS_MARGINS,
    MARGINS,
    Predictions,
    Targets,
    named,
)


class Hinge(Loss):
    """The mean of max(1 − target · prediction, 0), for targets of −1 and 1."""

    targets: ClassVar[Targets] = Targets.SIGNS
    takes: ClassVar[Predictions] = MARGINS

    name: ScopeName | None = named("hinge")


class SquaredHinge(Loss):
    """The mean of max(1 − target · prediction, 0)², for targets of −1 and 1."""

    targets: ClassVar[Targets] = Targets.SIGNS
    takes: ClassVar[Predictions] = MARGINS

    name: ScopeName | None = named("squared_hinge")


class CategoricalHinge(Loss):
    """How far the best wrong class comes within 1 of the right one."""

    targets: ClassVar[Targets] = Targets.ONE_HOT
    takes: ClassVar[Predictions] = CLASS_MARGINS

    name: ScopeName | None = named("categorical_hinge")
