"""Cross-entropies in which what is predicted well counts less."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from spec_compiler.catalog.fields import Fraction, NonNegativeFloat, Numbers, ScopeName
from spec_compiler.catalog.losses.base import Loss
from spec_compiler.catalog.losses_and_metrics import (
    FromLogits,
    OverAxis,
    Smoothed,
    Targets,
    named,
)

ClassWeights = Annotated[tuple[float, ...] | float, Numbers(single=True, minimum=0)]


class Focal(FromLogits, Smoothed, OverAxis, Loss):
    """A cross-entropy in which what is already predicted well counts less, after Lin et al. (2017)."""

    gamma: NonNegativeFloat = Field(2.0, description="How much less well-predicted examples count; 0 is not at all.")


class BinaryFocalCrossentropy(Focal):
    """The focal cross-entropy of yes-or-no targets, after Lin et al. (2017)."""

    targets: ClassVar[Targets] = Targets.YES_OR_NO

    name: ScopeName | None = named("binary_focal_crossentropy")
    apply_class_balancing: bool = Field(False, description="Whether the two classes are weighted by `alpha`.")
    alpha: Fraction = Field(0.25, description="The weight of class 1; class 0 has the rest to 1.")


class CategoricalFocalCrossentropy(Focal):
    """The focal cross-entropy of one-hot targets, after Lin et al. (2017)."""

    targets: ClassVar[Targets] = Targets.ONE_HOT

    name: ScopeName | None = named("categorical_focal_crossentropy")
    alpha: ClassWeights = Field(0.25, description="The weight of all classes, or a list with the weight of each.")
