"""Constraints of the signs of weights."""

from __future__ import annotations

from spec_compiler.catalog.constraints.base import Constraint


class NonNeg(Constraint):
    """Replaces negative numbers by zero."""
