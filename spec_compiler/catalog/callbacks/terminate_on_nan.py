"""The end of training when the loss is no number."""

from __future__ import annotations

from pydantic import Field

from spec_compiler.catalog.callbacks.base import Callback


class TerminateOnNaN(Callback):
    """Ends training when the loss is no longer a finite number."""

    raise_error: bool = Field(False, description="Whether that is an error rather than the end.")
