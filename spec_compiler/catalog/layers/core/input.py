"""Inputs of a model."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.fields import (
    DtypeName,
    KnownOrNotShape,
    PositiveInt,
)
from spec_compiler.catalog.layers.base import (
    CallArgument,
    Operation,
)
from spec_compiler.catalog.mask_rules import ENDS, MaskRule
from spec_compiler.catalog.rules import conflict
from spec_compiler.catalog.tensors import Inferred, Shape, TensorType, one


class Input(Operation):
    """An input of the model: what is fed to it."""

    mask_rule: ClassVar[MaskRule] = ENDS
    example: ClassVar[str] = "shape: [8]"
    calls: ClassVar[tuple[CallArgument, ...]] = ()
    built_from_the_start: ClassVar[bool] = True

    shape: KnownOrNotShape = Field(
        None, description="The lengths of the axes, without the batch axis; null for an unknown one."
    )
    batch_shape: KnownOrNotShape = Field(
        None, description="The lengths of all axes, the batch axis first; instead of `shape`."
    )
    batch_size: PositiveInt | None = Field(None, description="The length of the batch axis; with `shape` only.")
    dtype: DtypeName | None = Field(None, description="The dtype of what is fed; float32 if left out.")
    sparse: bool = Field(False, description="Whether sparse tensors are fed.")
    ragged: bool = Field(False, description="Whether ragged tensors are fed.")
    optional: bool = Field(False, description="Whether nothing may be fed.")

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        if self.shape is None and self.batch_shape is None:
            raise conflict("shape", "an `Input` needs a `shape`")
        if self.shape is not None and self.batch_shape is not None:
            raise conflict("batch_shape", "an `Input` has `shape` or `batch_shape`, not both")
        if self.batch_shape == ():
            raise conflict("batch_shape", "`batch_shape` begins with the batch axis, and is empty")
        if self.batch_size is not None and self.batch_shape is not None:
            raise conflict("batch_size", "an `Input` has `batch_size` or `batch_shape`, not both")
        if self.sparse and self.ragged:
            raise conflict("ragged", "an `Input` is sparse or ragged, not both")
        if self.ragged and len(self.full_shape) < 2:
            raise conflict("ragged", "a ragged `Input` needs an axis besides the batch axis")
        return self

    @property
    def full_shape(self) -> Shape:
        """The shape with the batch axis."""
        return self.batch_shape if self.batch_shape is not None else (self.batch_size, *(self.shape or ()))

    def infer(self) -> Inferred:
        """The input as it stands."""
        return one(TensorType(self.full_shape, self.dtype or "float32", self.sparse, self.ragged))
