"""What all metrics have."""

from __future__ import annotations

from spec_compiler.catalog.scores import Score


class Metric(Score):
    """What is measured while a model is trained and tested."""
