"""Regularizers: what is added to the loss for the size of a weight or of an output."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from spec_compiler.catalog.fields import NonNegativeFloat
from spec_compiler.catalog.thing import Thing


class L1(Thing):
    """The sum of the absolute values."""

    l1: NonNegativeFloat = Field(0.01, description="What the sum is multiplied with.")


class L2(Thing):
    """The sum of the squares."""

    l2: NonNegativeFloat = Field(0.01, description="What the sum is multiplied with.")


class L1L2(Thing):
    """The sum of the absolute values and the sum of the squares."""

    l1: NonNegativeFloat = Field(0.0, description="What the sum of the absolute values is multiplied with.")
    l2: NonNegativeFloat = Field(0.0, description="What the sum of the squares is multiplied with.")


class OrthogonalRegularizer(Thing):
    """How far the rows or columns of a matrix are from being orthogonal; for matrices only."""

    factor: NonNegativeFloat = Field(0.01, description="What the penalty is multiplied with.")
    mode: Literal["rows", "columns"] = Field("rows", description="What is to be orthogonal.")
