"""What all metrics have."""

from __future__ import annotations

from typing import ClassVar, Literal

from spec_compiler.catalog.fields import LogName
from spec_compiler.catalog.losses_and_metrics import LossOrMetric, named

Better = Literal["higher", "lower"]


class Metric(LossOrMetric):
    """What is measured while a model is trained and tested.

    `better` is which values Keras takes to be better, when a callback does not say; None if it does not know.
    `one_result` is what to write where it may give several numbers, and one is wanted.
    """

    keras_module: ClassVar[str] = "keras.metrics"
    better: ClassVar[Better | None] = "higher"
    one_result: ClassVar[str | None] = None

    name: LogName | None = named(None)

    def results(self, units: int | None) -> int | None:
        """How many numbers it gives, for predictions of so many units; None if that is not known."""
        return 1
