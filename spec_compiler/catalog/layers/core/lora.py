"""Low-rank adaptation of a weight."""

from __future__ import annotations

from pydantic import Field

from spec_compiler.catalog.fields import (
    PositiveFloat,
    PositiveInt,
)
from spec_compiler.catalog.initializers.constant import Zeros
from spec_compiler.catalog.initializers.he import HeUniform
from spec_compiler.catalog.layers.base import (
    Arguments,
    LayerConfig,
)
from spec_compiler.catalog.rules import conflict
from spec_compiler.catalog.tensors import Weight


class Lora(Arguments):
    """The arguments about a low-rank update of a matrix (Hu et al., 2021), trained in place of the matrix."""

    lora_rank: PositiveInt | None = Field(None, description="Trains an update of this rank and not the matrix itself.")
    lora_alpha: PositiveFloat | None = Field(None, description="Scales the update by `lora_alpha / lora_rank`.")


def lora_weights(layer: LayerConfig, name: str, shape: tuple[int, ...], rank: int | None) -> tuple[Weight, ...]:
    """The two factors of a low-rank update of a weight, if there is one; Keras keeps them in float32."""
    if rank is None:
        return ()
    return (
        layer.weight(f"lora_{name}_a", (*shape[:-1], rank), HeUniform(), dtype="float32"),
        layer.weight(f"lora_{name}_b", (rank, shape[-1]), Zeros(), dtype="float32"),
    )


def check_lora(rank: int | None, constraint: object, argument: str) -> None:
    """Refuse a low-rank update of a weight that has a constraint.

    Raises:
        PydanticCustomError: There are both.
    """
    if rank is not None and constraint is not None:
        raise conflict(argument, f"`{argument}` and `lora_rank` do not go together")
