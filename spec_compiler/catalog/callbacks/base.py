"""What callbacks have in common."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.fields import LogName


class Callback(Config):
    """What happens between the epochs of training."""

    keras_module: ClassVar[str] = "keras.callbacks"

    takes_average: ClassVar[bool] = False
    """Whether it takes the moving average of the weights that an optimizer with `use_ema` keeps."""


class Monitor(Callback):
    """A callback that watches a value of the logs for improvement."""

    monitor: LogName = Field("val_loss", description="The logged value to watch.")
    verbose: Annotated[int, Field(ge=0, le=1)] = Field(0, description="1 to print a line when it acts, 0 for none.")
    mode: Literal["auto", "min", "max"] = Field(
        "auto", description="Whether lower or higher is better; `auto` follows the metric."
    )
