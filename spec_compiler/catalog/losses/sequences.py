"""Losses of sequences of labels."""

from __future__ import annotations

from typing import ClassVar

from spec_compiler.catalog.fields import ScopeName
from spec_compiler.catalog.losses.base import Loss
from spec_compiler.catalog.losses_and_metrics import (
    Targets,
    named,
)


class CTC(Loss):
    """Connectionist temporal classification: targets of unknown alignment, after Graves et al. (2006)."""

    targets: ClassVar[Targets] = Targets.LABEL_SEQUENCES

    name: ScopeName | None = named("ctc")
