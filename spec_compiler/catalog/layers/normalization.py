"""Normalization layers: what brings activations, or the weights of another layer, to a common scale."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, PlainValidator, model_validator
from typing_extensions import TypedDict

from spec_compiler.catalog.costs import Cost
from spec_compiler.catalog.fields import (
    Constraint,
    Finite,
    Fraction,
    Initializer,
    Integers,
    NonNegativeFloat,
    PositiveRounds,
    Regularizer,
    show,
)
from spec_compiler.catalog.initializers.constant import Ones
from spec_compiler.catalog.initializers.distributions import TruncatedNormal
from spec_compiler.catalog.intervals import UNKNOWN, Interval, Ranged, spread
from spec_compiler.catalog.layers.base import (
    MASK,
    TRAINING,
    Arguments,
    CallArgument,
    Callee,
    InnerLayerField,
    LayerConfig,
    tensor,
)
from spec_compiler.catalog.layers.floating import FloatLayer, require_float, require_mask, require_real
from spec_compiler.catalog.mask_rules import LOSES, PROPAGATES, USES_AND_PROPAGATES, MaskRule
from spec_compiler.catalog.rules import RankError, ShapeError, axis_of, conflict, invalid, known
from spec_compiler.catalog.shapes import broadcasts_into, volume
from spec_compiler.catalog.tensors import Inferred, TensorType, Weight, format_shape, one

INPUTS = tensor("inputs", "The tensor that is normalized.")


class Epsilon(Arguments):
    """The argument that keeps a division from being one by zero."""

    epsilon: NonNegativeFloat = Field(1e-3, description="A small number, added to the variance before the division.")


class Scaling(Arguments):
    """The arguments about the learned scale (gamma) and offset (beta) of what was normalized."""

    center: bool = Field(True, description="Whether a learned offset is added.")
    scale: bool = Field(True, description="Whether the result is multiplied with a learned factor.")
    beta_initializer: Initializer = Field(
        "zeros", validate_default=True, description="What the offset is before training."
    )
    gamma_initializer: Initializer = Field(
        "ones", validate_default=True, description="What the factor is before training."
    )
    beta_regularizer: Regularizer = Field(None, description="What is added to the loss for the offset.")
    gamma_regularizer: Regularizer = Field(None, description="What is added to the loss for the factor.")
    beta_constraint: Constraint = Field(None, description="What the offset is forced into after each step.")
    gamma_constraint: Constraint = Field(None, description="What the factor is forced into after each step.")


class ScaledLayer(Scaling, Epsilon, FloatLayer):
    """A layer that normalizes and then applies a learned scale and offset."""

    mask_rule: ClassVar[MaskRule] = PROPAGATES
    calls: ClassVar[tuple[CallArgument, ...]] = (INPUTS,)

    def scaling_weights(self, shape: tuple[int, ...]) -> list[Weight]:
        """The factor and the offset, as far as there are any."""
        weights = []
        if self.scale:
            weights.append(self.weight("gamma", shape, self.gamma_initializer))
        if self.center:
            weights.append(self.weight("beta", shape, self.beta_initializer))
        return weights


class OneAxis(Arguments):
    """The argument about the axis of the channels."""

    axis: int = Field(-1, description="The axis of the channels; negative numbers count from the last axis.")


class SeveralAxes(Arguments):
    """The argument about the axes that are normalized together."""

    axis: Annotated[tuple[int, ...] | int, Integers(single=True)] = Field(
        -1, description="The axis that is normalized over, or a list of them; negative numbers count from the last."
    )

    @model_validator(mode="after")
    def _some_axis(self) -> Self:
        if self.axis == ():
            raise conflict("axis", "`axis` is an empty list, and at least one axis is normalized over")
        return self

    def axes(self, rank: int) -> tuple[int, ...]:
        """The axes as they were given, in the order in which Keras sorts them.

        Raises:
            ShapeError: A tensor of the rank has no such axis, or one is named twice.
        """
        axes = self.axis if isinstance(self.axis, tuple) else (self.axis,)
        if len({axis_of(axis, rank) for axis in axes}) < len(axes):
            raise ShapeError(f"has `axis` {show(axes)}, which names an axis twice", argument="axis")
        return tuple(sorted(axes))


class RenormClipping(TypedDict, total=False):
    """The bounds of the two corrections of batch renormalization."""

    rmax: Finite | None
    rmin: Finite | None
    dmax: NonNegativeFloat | None


class BatchNormalization(OneAxis, ScaledLayer):
    """Gives each channel mean 0 and variance 1 over the batch (Ioffe and Szegedy, 2015).

    Works with the batch's own statistics in training and with running averages of them afterwards.
    """

    removes_mean: ClassVar[bool] = True
    mask_rule: ClassVar[MaskRule] = USES_AND_PROPAGATES
    example: ClassVar[str] = "inputs: image"
    calls: ClassVar[tuple[CallArgument, ...]] = (INPUTS, TRAINING, MASK)

    momentum: Fraction = Field(0.99, description="How much of a running average each step of training keeps.")
    moving_mean_initializer: Initializer = Field(
        "zeros", validate_default=True, description="What the running mean is before training."
    )
    moving_variance_initializer: Initializer = Field(
        "ones", validate_default=True, description="What the running variance is before training."
    )
    renorm: bool = Field(
        False, description="Whether training corrects the batch's statistics by running ones (Ioffe, 2017)."
    )
    renorm_clipping: RenormClipping | None = Field(
        None, description="The bounds of that correction: factor from `rmin` to `rmax`, offset up to `dmax`."
    )
    renorm_momentum: Fraction = Field(0.99, description="How much of those running statistics each step keeps.")
    synchronized: bool = Field(
        False, description="Whether the statistics are those of the batches of all devices together."
    )

    @model_validator(mode="after")
    def _ordered_bounds(self) -> Self:
        clipping = self.renorm_clipping or {}
        smallest, largest = clipping.get("rmin"), clipping.get("rmax")
        if smallest is not None and largest is not None and largest < smallest:
            raise conflict("renorm_clipping", f"`rmax` is {show(largest)}, less than `rmin`, which is {show(smallest)}")
        return self

    def infer(self, inputs: TensorType, training: bool | None = None, mask: TensorType | None = None) -> Inferred:
        """The shape of the input; a mask has all axes but the last."""
        require_real(inputs, ragged=mask is None)
        axis_of(self.axis, inputs.rank)
        channels = known(inputs, self.axis)
        if mask is not None:
            self._check_mask(inputs, mask, channels)
        weights = self.scaling_weights((channels,))
        weights += [
            self.weight("moving_mean", (channels,), self.moving_mean_initializer, trainable=False),
            self.weight("moving_variance", (channels,), self.moving_variance_initializer, trainable=False),
        ]
        if self.renorm:
            # The two deviations begin with the root of what the initializer of the variance gives.
            weights += [
                self.weight("moving_stddev", (channels,), None, trainable=False),
                self.weight("renorm_mean", (channels,), self.moving_mean_initializer, trainable=False),
                self.weight("renorm_stddev", (channels,), None, trainable=False),
            ]
        return one(TensorType(inputs.shape, self.compute_dtype), *weights)

    def _check_mask(self, inputs: TensorType, mask: TensorType, channels: int) -> None:
        require_mask(mask, "mask")
        if mask.rank != inputs.rank - 1:
            raise RankError(
                f"takes a mask of rank {inputs.rank - 1}, one less than the input's, and gets "
                f"{format_shape(mask.shape)}",
                "mask",
            )
        if not broadcasts_into((*mask.shape, 1), inputs.shape):
            raise ShapeError(
                f"takes a mask of shape {format_shape(inputs.shape[:-1])}, and gets {format_shape(mask.shape)}", "mask"
            )
        if channels == 1 and self.axis != -1:
            raise ShapeError("takes a mask only with `axis` -1 where there is one channel", "mask", argument="axis")


class LayerNormalization(SeveralAxes, ScaledLayer):
    """Gives each example mean 0 and variance 1 over some axes (Ba et al., 2016)."""

    example: ClassVar[str] = "inputs: sequence"

    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)

    rms_scaling: bool = Field(
        False,
        description="Deprecated by Keras for `RMSNormalization`: divides by the deviation and leaves the mean.",
    )

    def interval(self, output: int, of: TensorType, inputs: Ranged) -> Interval:
        """Without a learned scale, no element is farther from the mean than the root of their number."""
        if self.rms_scaling or self.scale or self.center:
            return UNKNOWN
        return spread(volume(tuple(inputs.type.shape[axis] for axis in self.axes(inputs.type.rank))))

    def infer(self, inputs: TensorType) -> Inferred:
        """The shape of the input."""
        require_float(inputs, ragged=True)
        axes = self.axes(inputs.rank)
        weights: list[Weight] = []
        if self.scale or self.center or self.rms_scaling:
            shape = tuple(known(inputs, axis) for axis in axes)
            weights = self.scaling_weights(shape)
            if weights and len(axes) == inputs.rank and not broadcasts_into(shape, inputs.shape):
                raise ShapeError(
                    f"takes all axes in order, and has `axis` {show(self.axis)}", "inputs", argument="axis"
                )
        return one(TensorType(inputs.shape, self.compute_dtype), *weights)

    def scaling_weights(self, shape: tuple[int, ...]) -> list[Weight]:
        """The factor and the offset; with `rms_scaling` always the factor alone."""
        if self.rms_scaling:
            return [self.weight("gamma", shape, self.gamma_initializer)]
        return super().scaling_weights(shape)


def _groups(value: object) -> int:
    if type(value) is not int or (value < 1 and value != -1):
        raise invalid(f"takes a whole number above 0, or -1 for a group for each channel, not {show(value)}")
    return value


Groups = Annotated[int, PlainValidator(_groups, json_schema_input_type=Annotated[int, Field(ge=1)] | Literal[-1])]


class GroupNormalization(OneAxis, ScaledLayer):
    """Gives each group of channels of an example mean 0 and variance 1 (Wu and He, 2018)."""

    example: ClassVar[str] = "groups: 3, inputs: image"

    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)

    groups: Groups = Field(
        32, description="How many groups the channels are divided into; -1 for a group for each channel."
    )

    def interval(self, output: int, of: TensorType, inputs: Ranged) -> Interval:
        """Without a learned scale, no element is farther from the mean of its group than the root of their number."""
        elements = volume(inputs.type.shape[1:])
        if self.scale or self.center or elements is None:
            return UNKNOWN
        return spread(elements // (self.groups if self.groups > 0 else known(inputs.type, self.axis)))

    def infer(self, inputs: TensorType) -> Inferred:
        """The shape of the input."""
        require_float(inputs)
        if axis_of(self.axis, inputs.rank) == 0:
            raise ShapeError("has the batch as `axis`, and groups the channels of each example", argument="axis")
        channels = known(inputs, self.axis)
        if channels % self.groups:
            raise ShapeError(
                f"divides its channels into {self.groups} groups, and {channels} channels cannot be divided so",
                "inputs",
                argument="groups",
            )
        return one(TensorType(inputs.shape, self.compute_dtype), *self.scaling_weights((channels,)))


class UnitNormalization(SeveralAxes, FloatLayer):
    """Divides by the Euclidean norm, so that it is 1 over some axes."""

    mask_rule: ClassVar[MaskRule] = PROPAGATES
    example: ClassVar[str] = "inputs: x"
    calls: ClassVar[tuple[CallArgument, ...]] = (INPUTS,)
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    built_from_the_start: ClassVar[bool] = True

    def interval(self, output: int, of: TensorType, inputs: Ranged) -> Interval:
        """Cosines with the axes, of the sign of the input."""
        x = inputs.interval
        return Interval(0.0 if x.low >= 0 else -1.0, 0.0 if x.high <= 0 else 1.0)

    def infer(self, inputs: TensorType) -> Inferred:
        """The shape of the input."""
        require_float(inputs, ragged=True)
        self.axes(inputs.rank)
        return one(TensorType(inputs.shape, self.compute_dtype))


class RMSNormalization(SeveralAxes, Epsilon, FloatLayer):
    """Divides by the root of the mean square over some axes (Zhang and Sennrich, 2019)."""

    mask_rule: ClassVar[MaskRule] = LOSES
    example: ClassVar[str] = "inputs: sequence"
    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("x", "The tensor that is normalized."),)

    epsilon: NonNegativeFloat = Field(1e-6, description="A small number, added to the mean square before the root.")

    def infer(self, x: TensorType) -> Inferred:
        """The shape of the input."""
        require_float(x, "x", ragged=True)
        shape = tuple(known(x, axis, "x") for axis in self.axes(x.rank))
        if not broadcasts_into(shape, x.shape):
            # Keras multiplies with the factor without moving its axes to where they belong.
            raise ShapeError(
                f"has a learned factor of shape {format_shape(shape)}, which does not fit the last axes of "
                f"{format_shape(x.shape)}",
                "x",
                argument="axis",
            )
        return one(TensorType(x.shape, self.compute_dtype), self.weight("scale", shape, Ones()))


class SpectralNormalization(FloatLayer):
    """Holds the largest singular value of another layer's kernel at 1 in training (Miyato et al., 2018)."""

    example: ClassVar[str] = "layer: {type: Dense, units: 4}, inputs: x"
    nested: ClassVar[tuple[str, ...]] = ("layer",)
    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("inputs", "What the layer takes."), TRAINING)
    default_training: ClassVar[bool | None] = False
    keeps_inner_kernel: ClassVar[bool] = True

    layer: InnerLayerField = Field(description="The layer, with a kernel or with a table of embeddings.")
    power_iterations: PositiveRounds = Field(
        1, description="How many steps each call in training takes towards the singular value."
    )

    @model_validator(mode="after")
    def _fitting_layer(self) -> Self:
        config = self.layer.config
        if not isinstance(config, LayerConfig) or not config.takes_one():
            raise conflict(
                "layer", f"`SpectralNormalization` takes a layer of one tensor, and `{config.keras_name}` is none"
            )
        if getattr(config, "lora_rank", None) is not None:
            raise conflict("layer", "`SpectralNormalization` changes the kernel, which `lora_rank` keeps as it is")
        return self

    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)

    def interval(self, output: int, of: TensorType, inputs: Ranged, **call: Any) -> Interval:
        """What the layer makes of the input."""
        return self.layer.interval(of, inputs)

    def mask_rule_of(self, **flags: Any) -> MaskRule:
        """Returns the rule of the layer."""
        return self.layer.mask_rule

    def infer(self, inputs: TensorType, training: bool | None = None) -> Inferred:
        """What the layer gives."""
        # Keras casts the result back to the dtype of the input: of a fraction, whole numbers would be left.
        require_float(inputs)
        (argument,) = self.layer.config.signature().positional
        config = self.layer.config
        assert isinstance(config, LayerConfig)
        with self.layer.to_blame():
            result = config.apply(**{argument.name: self.cast(inputs)})
        (output,) = result.outputs
        kernel = self._kernel(result.weights)
        vector = self.weight(
            "vector_u", (1, kernel.shape[-1]), TruncatedNormal(stddev=0.02), trainable=False, dtype=kernel.dtype
        )
        weights = self.layer.own(result.weights, self.layer.name)
        return one(TensorType(output.shape, self.compute_dtype), *weights, vector)

    def call_cost(self, result: Inferred, **call: Any) -> Cost:
        """What the layer costs."""
        x = self.cast(call["inputs"])
        return self.layer.cost(x, self.layer.infer(x))

    def _kernel(self, weights: tuple[Weight, ...]) -> Weight:
        names = _kernel_names(self.layer.config)
        for weight in weights:
            if weight.name in names:
                return weight
        raise ShapeError(
            f"takes a layer with a kernel or embeddings, and `{self.layer.config.keras_name}` has none",
            argument="layer",
        )


def _kernel_names(config: Callee) -> tuple[str, ...]:
    """What the kernel of a layer may be called: a spectral normalization has that of its own layer."""
    if isinstance(config, SpectralNormalization):
        inner = config.layer
        return tuple(name if inner.shared else f"{inner.name}/{name}" for name in _kernel_names(inner.config))
    return ("kernel", "embeddings")
