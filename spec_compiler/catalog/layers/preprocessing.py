"""Layers that prepare numbers, and the layer that chains preparations."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.costs import Cost, together
from spec_compiler.catalog.dtypes import is_integer
from spec_compiler.catalog.fields import Integers
from spec_compiler.catalog.gradient_flow import Flow, NoDerivative
from spec_compiler.catalog.initializers.constant import Ones, Zeros
from spec_compiler.catalog.intervals import UNKNOWN, Interval, Ranged, hull, number
from spec_compiler.catalog.layers.base import (
    MASK,
    TRAINING,
    CallArgument,
    InnerLayer,
    InnerLayerField,
    Trainable,
    chain_without_derivative,
    distinct,
    shape_through_outside_training,
    tensor,
    through,
)
from spec_compiler.catalog.layers.preprocessing_rules import (
    ArrayOf,
    DataLayer,
    NumberOrArray,
    Traced,
    array_shape,
    without,
)
from spec_compiler.catalog.mask_rules import PROPAGATES, MaskRule, chained
from spec_compiler.catalog.operands import NUMBERS, REALS, require_dense, require_elements
from spec_compiler.catalog.rules import ShapeError, axis_of, conflict, known
from spec_compiler.catalog.shapes import broadcasts_into
from spec_compiler.catalog.tensors import Inferred, Shape, TensorType, Weight, format_shape, one


class Rescaling(DataLayer):
    """Multiplies its input by a number and adds another."""

    mask_rule: ClassVar[MaskRule] = PROPAGATES
    example: ClassVar[str] = "scale: 0.5, offset: -1.0, inputs: image"

    computes = without(NUMBERS, "bool")

    scale: Annotated[NumberOrArray, ArrayOf()] = Field(
        description="What the input is multiplied by: a number, or several."
    )
    offset: Annotated[NumberOrArray, ArrayOf()] = Field(0.0, description="What is added then: a number, or several.")

    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)

    def interval(self, output: int, of: TensorType, inputs: Ranged) -> Interval:
        """The input times the numbers, and the others added."""
        if not isinstance(self.scale, tuple) and not isinstance(self.offset, tuple):
            return inputs.interval * number(self.scale) + number(self.offset)
        return inputs.interval * _hull_of(self.scale) + _hull_of(self.offset)

    def infer(self, inputs: TensorType) -> Inferred:
        """The shape of the input."""
        require_elements(inputs, self.takes, "inputs")
        require_dense(inputs, "inputs")
        for name in ("scale", "offset"):
            shape = array_shape(getattr(self, name))
            # A longer or wider array would make the result larger than Keras says that it is.
            if not broadcasts_into(shape, inputs.shape):
                raise ShapeError(
                    f"has `{name}` of shape {format_shape(shape)}, which does not fit {format_shape(inputs.shape)}",
                    "inputs",
                    argument=name,
                )
        return one(TensorType(inputs.shape, self.compute_dtype))


def _hull_of(array: NumberOrArray) -> Interval:
    """The interval of the numbers in rows, rows of rows, and so on."""
    return hull(map(_hull_of, array)) if isinstance(array, tuple) else number(array)


_CERTAIN = 1e-6
"""Variances that are not smaller are what Keras divides by the root of."""


def _numbers_of(array: Any) -> Iterator[float]:
    """Yields the numbers in rows, rows of rows, and so on; none of what is left out."""
    if isinstance(array, tuple):
        for row in array:
            yield from _numbers_of(row)
    elif array is not None:
        yield array


class Normalization(DataLayer):
    """Shifts and scales its input to mean 0 and variance 1: of data that it is adapted to, or of numbers given here."""

    mask_rule: ClassVar[MaskRule] = PROPAGATES
    example: ClassVar[str] = "mean: 0.5, variance: 4.0, inputs: x"

    computes = REALS

    axis: Annotated[tuple[int, ...] | int | None, Integers(single=True, optional=True)] = Field(
        -1, description="The axis, or axes, each of whose places has a mean of its own; null for one mean of all."
    )
    mean: Annotated[NumberOrArray | None, ArrayOf(optional=True)] = Field(
        None, description="The mean, or means; learnt from data if left out."
    )
    variance: Annotated[NumberOrArray | None, ArrayOf(optional=True, minimum=0.0)] = Field(
        None, description="The variance, or variances; goes with `mean`."
    )
    invert: bool = Field(False, description="Whether the layer undoes a normalization.")

    @model_validator(mode="after")
    def _mean_and_variance(self) -> Self:
        if (self.mean is None) != (self.variance is None):
            given, missing = ("mean", "variance") if self.variance is None else ("variance", "mean")
            raise conflict(missing, f"`{given}` is given, and `{missing}` is not")
        if self.mean is None:
            return self
        mean, variance = array_shape(self.mean), array_shape(self.variance)
        if mean != variance:
            raise conflict(
                "variance", f"`mean` has shape {format_shape(mean)}, and `variance` {format_shape(variance)}"
            )
        if len(mean) > len(self.axes):
            raise conflict("mean", f"`mean` has {len(mean)} axes, and `axis` names {len(self.axes)}")
        return self

    @property
    def needs_adapting(self) -> bool:
        """Whether mean and variance are those of data."""
        return self.mean is None

    @property
    def axes(self) -> tuple[int, ...]:
        """The axes, also if there is one."""
        if self.axis is None:
            return ()
        return self.axis if isinstance(self.axis, tuple) else (self.axis,)

    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)

    def interval(self, output: int, of: TensorType, inputs: Ranged) -> Interval:
        """The input shifted and scaled, where mean and variance are given."""
        pairs = [*zip(_numbers_of(self.mean), _numbers_of(self.variance), strict=True)]
        # Keras divides by no less than a small number that a program can set.
        if not pairs or any(variance < _CERTAIN for _, variance in pairs) or of.dtype not in ("float32", "float64"):
            return UNKNOWN
        x = inputs.interval
        if self.invert:
            return hull(x * number(sqrt(variance)) + number(mean) for mean, variance in pairs).unreached()
        return hull((x - number(mean)) * number(1 / sqrt(variance)) for mean, variance in pairs).unreached()

    def infer(self, inputs: TensorType) -> Inferred:
        """The shape of the input."""
        require_elements(inputs, self.takes, "inputs")
        require_dense(inputs, "inputs")
        kept = sorted(axis_of(axis, inputs.rank) for axis in self.axes)
        if len(set(kept)) < len(kept):
            raise ShapeError("names an axis twice in `axis`", argument="axis")
        lengths = tuple(known(inputs, axis) for axis in kept)
        # Whatever the policy, what is divided by a standard deviation is a fraction.
        output = TensorType(inputs.shape, "float32" if is_integer(self.compute_dtype) else self.compute_dtype)
        if self.mean is None:
            return one(output, *self._statistics(lengths))
        shape = array_shape(self.mean)
        for stated, length in zip(reversed(shape), reversed(lengths), strict=False):
            if stated not in (1, length):
                raise ShapeError(
                    f"has `mean` of shape {format_shape(shape)}, and its axes have lengths {format_shape(lengths)}",
                    "inputs",
                    argument="mean",
                )
        return one(output)

    def _statistics(self, lengths: tuple[int, ...]) -> tuple[Weight, ...]:
        """What is learnt when the layer is adapted to data."""
        return (
            self.weight("mean", lengths, Zeros(), trainable=False),
            self.weight("variance", lengths, Ones(), trainable=False),
            self.weight("count", (), Zeros(), trainable=False, dtype="int64"),
        )


class Pipeline(Trainable):
    """A chain of layers that prepare data, each applied to what the one before gives."""

    example: ClassVar[str] = (
        "layers: [{type: Rescaling, scale: 0.5}, {type: CenterCrop, height: 24, width: 24}], inputs: image"
    )
    nested: ClassVar[tuple[str, ...]] = ("layers",)
    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("inputs", "What the first layer takes."), TRAINING, MASK)

    # Keras gives this layer no such argument, unlike others.
    trainable: ClassVar[bool] = True  # type: ignore[misc]
    default_training: ClassVar[bool | None] = True
    converts_inputs: ClassVar[bool] = False
    attaches_masks: ClassVar[bool] = False

    layers: tuple[InnerLayerField, ...] = Field(
        strict=False, min_length=1, description="The layers, from first to last."
    )

    @model_validator(mode="after")
    def _layers_of_one_tensor(self) -> Self:
        for index, inner in enumerate(self.layers):
            if not inner.config.takes_one():
                message = f"`Pipeline` chains layers of one tensor, and `{inner.name}` takes several"
                raise conflict("layers", message, index)
        return self

    def mask_rule_of(self, **flags: Any) -> MaskRule:
        """Returns the rule of the layers in turn."""
        return chained(inner.mask_rule for inner in self.layers)

    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)

    def interval(self, output: int, of: TensorType, inputs: Ranged, **call: Any) -> Interval:
        """What the layers make of the input in turn."""
        return through(self.steps(inputs.type), inputs.interval)

    @property
    def flow(self) -> Flow:
        """What comes back through all layers."""
        return min(inner.flow for inner in self.layers)

    def without_derivative(self, result: Inferred, trained: bool, frozen: bool, **call: Any) -> NoDerivative | None:
        """Returns what of the layers in turn has none."""
        return chain_without_derivative(self.steps(call["inputs"]), trained, frozen)

    def shape_outside_training(self, x: TensorType) -> Shape | None:
        """Returns that of the first layer with another one."""
        return shape_through_outside_training(self.steps(x))

    def infer(self, inputs: TensorType, training: bool | None = None, mask: TensorType | None = None) -> Inferred:
        """What the last layer gives."""
        outputs: tuple[TensorType, ...] = (inputs,)
        weights: list[Weight] = []
        for _, _, result in self.steps(inputs):
            weights += result.weights
            outputs = result.outputs
        return Inferred(outputs, distinct(weights))

    def call_cost(self, result: Inferred, **call: Any) -> Cost:
        """What all layers cost."""
        return together(inner.cost(x, given) for inner, x, given in self.steps(call["inputs"]))

    def steps(self, inputs: TensorType) -> Iterator[tuple[InnerLayer, TensorType, Inferred]]:
        """Each layer with what it takes and what it gives."""
        outputs: tuple[TensorType, ...] = (inputs,)
        for inner in self.layers:
            if len(outputs) != 1:
                raise ShapeError(f"chains layers with one output, and the one before `{inner.name}` has {len(outputs)}")
            # Keras runs the layers to learn what comes out, and does not ask them.
            config: Any = inner.config
            if isinstance(config, Traced):
                with inner.to_blame():
                    traced = config.traced(outputs[0])
                result = Inferred(traced.outputs, inner.own(traced.weights, inner.name))
            else:
                result = inner.infer(outputs[0])
            yield inner, outputs[0], result
            outputs = result.outputs
