"""What constraints have in common."""

from __future__ import annotations

from typing import ClassVar

from spec_compiler.catalog.config import Config


class Constraint(Config):
    """What a weight is forced into after each step."""

    keras_module: ClassVar[str] = "keras.constraints"

    def refuses(self, shape: tuple[int, ...]) -> str | None:
        """Why it cannot be applied to a weight of some shape; None if it can."""
        return None
