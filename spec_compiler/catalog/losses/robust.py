"""Losses that bear wrong labels."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from spec_compiler.catalog.fields import ScopeName
from spec_compiler.catalog.losses.base import Loss
from spec_compiler.catalog.losses_and_metrics import (
    PROBABILITIES,
    Predictions,
    Targets,
    named,
)


class CategoricalGeneralizedCrossEntropy(Loss):
    """A loss between cross-entropy and mean absolute error, robust to wrong labels, after Zhang and Sabuncu (2018)."""

    targets: ClassVar[Targets] = Targets.CLASS_NUMBERS
    takes: ClassVar[Predictions] = PROBABILITIES._replace(along=-1)

    name: ScopeName | None = named("categorical_generalized_cross_entropy")
    q: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.5, description="Towards 0 the loss is cross-entropy, towards 1 mean absolute error."
    )
