"""Layers that prepare numbers, and the layer that chains preparations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.costs import Cost, together
from spec_compiler.catalog.fields import Integers
from spec_compiler.catalog.initializers import Ones, Zeros
from spec_compiler.catalog.layers.base import MASK, TRAINING, CallArgument, Inner, InnerLayer, Trainable, tensor
from spec_compiler.catalog.layers.preprocessing_rules import (
    Array,
    ArrayOf,
    DataLayer,
    Traced,
    array_shape,
    without,
)
from spec_compiler.catalog.operands import NUMBERS, REALS, require_dense, require_elements
from spec_compiler.catalog.rules import ShapeError, axis_of, conflict, known
from spec_compiler.catalog.shapes import broadcasts_into
from spec_compiler.catalog.tensors import Inferred, TensorType, Weight, format_shape, one


class Rescaling(DataLayer):
    """Multiplies its input by a number and adds another."""

    computes = without(NUMBERS, "bool")

    scale: Annotated[Array, ArrayOf()] = Field(description="What the input is multiplied by: a number, or several.")
    offset: Annotated[Array, ArrayOf()] = Field(0.0, description="What is added then: a number, or several.")

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


class Normalization(DataLayer):
    """Shifts and scales its input to mean 0 and variance 1: of data that it is adapted to, or of numbers given here."""

    computes = REALS

    axis: Annotated[tuple[int, ...] | int | None, Integers(single=True, optional=True)] = Field(
        -1, description="The axis, or axes, each of whose places has a mean of its own; null for one mean of all."
    )
    mean: Annotated[Array | None, ArrayOf(optional=True)] = Field(
        None, description="The mean, or means; learnt from data if left out."
    )
    variance: Annotated[Array | None, ArrayOf(optional=True, minimum=0.0)] = Field(
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
    def axes(self) -> tuple[int, ...]:
        """The axes, also if there is one."""
        if self.axis is None:
            return ()
        return self.axis if isinstance(self.axis, tuple) else (self.axis,)

    def infer(self, inputs: TensorType) -> Inferred:
        """The shape of the input."""
        require_elements(inputs, self.takes, "inputs")
        require_dense(inputs, "inputs")
        kept = sorted(axis_of(axis, inputs.rank) for axis in self.axes)
        if len(set(kept)) < len(kept):
            raise ShapeError("names an axis twice in `axis`", argument="axis")
        lengths = tuple(known(inputs, axis) for axis in kept)
        output = TensorType(inputs.shape, self.compute_dtype)
        if self.mean is None:
            return one(output, *self._statistics(lengths))
        shape = array_shape(self.mean)
        for ours, theirs in zip(reversed(shape), reversed(lengths), strict=False):
            if ours not in (1, theirs):
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

    nested: ClassVar[tuple[str, ...]] = ("layers",)
    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("inputs", "What the first layer takes."), TRAINING, MASK)

    layers: tuple[InnerLayer, ...] = Field(strict=False, min_length=1, description="The layers, from first to last.")

    @model_validator(mode="after")
    def _layers_of_one_tensor(self) -> Self:
        if "trainable" in self.model_fields_set:
            raise conflict("trainable", "`Pipeline` has no argument `trainable`")
        for inner in self.layers:
            if not inner.config.takes_one():
                raise conflict("layers", f"`Pipeline` chains layers of one tensor, and `{inner.name}` takes several")
        return self

    def infer(self, inputs: TensorType, training: bool | None = None, mask: TensorType | None = None) -> Inferred:
        """What the last layer gives."""
        outputs: tuple[TensorType, ...] = (inputs,)
        weights: list[Weight] = []
        for _, _, result in self._steps(inputs):
            weights += result.weights
            outputs = result.outputs
        return Inferred(outputs, tuple(weights))

    def call_cost(self, result: Inferred, **call: Any) -> Cost:
        """What all layers cost."""
        return together(inner.cost(x, given) for inner, x, given in self._steps(call["inputs"]))

    def _steps(self, inputs: TensorType) -> Iterator[tuple[Inner, TensorType, Inferred]]:
        """Each layer with what it takes and what it gives."""
        outputs: tuple[TensorType, ...] = (inputs,)
        for inner in self.layers:
            if len(outputs) != 1:
                raise ShapeError(f"chains layers with one output, and the one before `{inner.name}` has {len(outputs)}")
            # Keras runs the layers to learn what comes out, and does not ask them.
            config: Any = inner.config
            if isinstance(config, Traced):
                traced = config.traced(outputs[0])
                result = Inferred(traced.outputs, inner.own(traced.weights, inner.name))
            else:
                result = inner.infer(outputs[0])
            yield inner, outputs[0], result
            outputs = result.outputs
