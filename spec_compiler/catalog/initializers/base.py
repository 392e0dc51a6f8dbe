"""What initializers have in common."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.fields import (
    Seed,
)


class Initializer(Config):
    """What a weight is before training.

    `random` says whether it draws random numbers; such an initializer has a `seed`.
    """

    keras_module: ClassVar[str] = "keras.initializers"

    random: ClassVar[bool] = False

    def refuses(self, shape: tuple[int, ...], dtype: str) -> str | None:
        """Why it cannot fill a weight of some shape and dtype; None if it can."""
        return None


class RandomInitializer(Initializer):
    """An initializer that draws random numbers."""

    random: ClassVar[bool] = True

    seed: Seed | None = Field(None, description="Makes the numbers the same each time.")
