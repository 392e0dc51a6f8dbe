"""Regularizers by the norms of weights."""

from __future__ import annotations

from pydantic import Field

from spec_compiler.catalog.dtypes import COMPLEX, FLOATS
from spec_compiler.catalog.fields import NonNegativeFloat
from spec_compiler.catalog.regularizers.base import Regularizer

_LARGE = ("uint32", "uint64", "int32", "int64")


class L1(Regularizer):
    """The sum of the absolute values."""

    takes = frozenset((*FLOATS, *_LARGE, "bool"))

    l1: NonNegativeFloat = Field(0.01, description="What the sum is multiplied with.")


class L2(Regularizer):
    """The sum of the squares."""

    takes = frozenset((*FLOATS, *_LARGE, *COMPLEX, "bool"))

    l2: NonNegativeFloat = Field(0.01, description="What the sum is multiplied with.")


class L1L2(Regularizer):
    """The sum of the absolute values and the sum of the squares."""

    takes = frozenset((*FLOATS, *_LARGE))

    l1: NonNegativeFloat = Field(0.0, description="What the sum of the absolute values is multiplied with.")
    l2: NonNegativeFloat = Field(0.0, description="What the sum of the squares is multiplied with.")
