"""Losses of vectors that are to be near each other or apart."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.fields import Fraction, PositiveFloat, ScopeName
from spec_compiler.catalog.losses.base import Loss
from spec_compiler.catalog.losses_and_metrics import (
    VECTORS,
    OverAxis,
    Predictions,
    Targets,
    named,
)


class CosineSimilarity(OverAxis, Loss):
    """Minus the cosine of the angle between predictions and targets."""

    targets: ClassVar[Targets] = Targets.DIRECTIONS
    takes: ClassVar[Predictions] = VECTORS

    name: ScopeName | None = named("cosine_similarity")


class Circle(Loss):
    """Brings embeddings of one class together and those of others apart, after Sun et al. (2020)."""

    targets: ClassVar[Targets] = Targets.LABELS

    name: ScopeName | None = named("circle")
    gamma: PositiveFloat = Field(80.0, description="The scale of the similarities.")
    margin: Fraction = Field(0.4, description="How far apart classes are to be.")
    remove_diagonal: bool = Field(True, description="Whether an example is left out of its own neighbours.")
