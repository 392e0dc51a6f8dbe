"""Layers that Keras has for its applications alone: they are not among `keras.layers`, and models of it have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.fields import Finite, PositiveInt
from spec_compiler.catalog.initializers.constant import Constant
from spec_compiler.catalog.intervals import Interval, Ranged, number
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.layers.floating import FloatLayer, require_float
from spec_compiler.catalog.layers.merging.base import A_PAIR
from spec_compiler.catalog.layers.merging.elementwise import ElementwiseMerge
from spec_compiler.catalog.mask_rules import LOSES, MaskRule
from spec_compiler.catalog.operands import FLOATING, Elements
from spec_compiler.catalog.rules import ShapeError, known
from spec_compiler.catalog.tensors import Inferred, TensorType, format_shape, one


class LayerScale(FloatLayer):
    """Multiplies each channel with a learned factor, as the blocks of ConvNeXt do (Touvron et al., 2021)."""

    keras_module: ClassVar[str] = "keras.src.applications.convnext"
    mask_rule: ClassVar[MaskRule] = LOSES
    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("x", "The tensor that is multiplied."),)
    example: ClassVar[str] = "init_values: 0.1, projection_dim: 3, inputs: image"

    init_values: Finite = Field(description="What the factors are before training.")
    projection_dim: PositiveInt = Field(description="How many channels there are.")

    def infer(self, x: TensorType) -> Inferred:
        """The shape of the input."""
        cast = self.cast(x)
        require_float(cast, "x")
        if not cast.rank or known(cast, cast.rank - 1, "x") != self.projection_dim:
            raise ShapeError(
                f"has {self.projection_dim} factors, which does not fit the channels of {format_shape(x.shape)}",
                "x",
                argument="projection_dim",
            )
        return one(cast, self.weight("variable", (self.projection_dim,), Constant(value=self.init_values)))


class CustomScaleLayer(ElementwiseMerge):
    """Adds the second tensor, times a number, to the first, as Inception-ResNet does (Szegedy et al., 2016)."""

    keras_module: ClassVar[str] = "keras.src.applications.inception_resnet_v2"
    mask_rule: ClassVar[MaskRule] = LOSES
    merges: ClassVar[bool] = False
    calls: ClassVar[tuple[CallArgument, ...]] = A_PAIR
    elements: ClassVar[Elements] = FLOATING
    example: ClassVar[str] = "scale: 0.5, inputs: [x, y]"

    scale: Finite = Field(description="What the second tensor is multiplied with.")

    def interval(self, output: int, of: TensorType, inputs: Sequence[Ranged]) -> Interval:
        """The sums."""
        first, second = inputs
        return first.interval + second.interval * number(self.scale)
