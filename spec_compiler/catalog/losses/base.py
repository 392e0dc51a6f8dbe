"""What losses have in common."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from spec_compiler.catalog.fields import ScopeName
from spec_compiler.catalog.losses_and_metrics import (
    LossOrMetric,
    named,
)


class Loss(LossOrMetric):
    """What training makes small."""

    keras_module: ClassVar[str] = "keras.losses"

    name: ScopeName | None = named(None)
    reduction: Literal["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none"] | None = Field(
        "sum_over_batch_size", description="How the losses of a batch become one number."
    )
