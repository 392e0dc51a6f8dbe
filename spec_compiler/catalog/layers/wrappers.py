"""Layers that apply other layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.costs import Cost, times, together, total
from spec_compiler.catalog.layers.base import MASK, TRAINING, CallArgument, Inner, InnerLayer, Layer, Trainable, tensor
from spec_compiler.catalog.layers.recurrent import INITIAL_STATE, SEQUENCES, Recurrent
from spec_compiler.catalog.rules import ArityError, RankError, ShapeError, conflict
from spec_compiler.catalog.tensors import Dimension, Inferred, TensorType, Weight, format_shape, one


class TimeDistributed(Layer):
    """Applies a layer to each step of a sequence, with the same weights."""

    nested: ClassVar[tuple[str, ...]] = ("layer",)
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("inputs", "The sequences: (batch, steps, …)."),
        TRAINING,
        MASK,
    )

    layer: InnerLayer = Field(description="The layer for each step.")

    @model_validator(mode="after")
    def _layer_of_one_tensor(self) -> Self:
        if not self.layer.config.takes_one():
            raise conflict(
                "layer", f"`TimeDistributed` takes a layer of one tensor, and `{self.layer.name}` takes several"
            )
        return self

    @model_validator(mode="after")
    def _layer_of_known_shape(self) -> Self:
        without = _without_shape(self.layer.config)
        if without is not None:
            raise conflict(
                "layer",
                f"`TimeDistributed` asks for the shape that a layer gives, and `{without.keras_name}` has no "
                "`compute_output_shape`",
            )
        return self

    def infer(self, inputs: TensorType, training: bool | None = None, mask: TensorType | None = None) -> Inferred:
        """(batch, steps, …) to what the layer makes of (batch, …), with the steps as second axis."""
        if inputs.rank < 3:
            raise RankError(f"takes (batch, steps, …), rank 3 or more, and gets {format_shape(inputs.shape)}", "inputs")
        steps = inputs.shape[1]
        step = self.layer.infer(self._step(inputs))
        if len(step.outputs) != 1:
            raise ShapeError(
                f"takes a layer with one output, and `{self.layer.config.keras_name}` has {len(step.outputs)}",
                argument="layer",
            )
        (result,) = step.outputs
        shape = (result.shape[0], steps, *result.shape[1:])
        return one(TensorType(shape, self.compute_dtype), *step.weights)

    def call_cost(self, result: Inferred, **call: Any) -> Cost:
        """What the layer costs, for each step."""
        steps, step = call["inputs"].shape[1], self._step(call["inputs"])
        cost = self.layer.cost(step, self.layer.infer(step))
        return Cost(times(steps, cost.multiply_adds), times(steps, cost.activation_bytes))

    def _step(self, inputs: TensorType) -> TensorType:
        """One step of the sequences."""
        batch, _, *rest = inputs.shape
        return self.cast(inputs).with_shape((batch, *rest))


def _without_shape(config: Trainable) -> Trainable | None:
    """The layer, or the layer inside it, that does not say what shape it gives."""
    if not config.states_shape:
        return config
    if isinstance(config, Sequential):
        return next(filter(None, (_without_shape(inner.config) for inner in config.layers)), None)
    return _without_shape(config.layer.config) if isinstance(config, TimeDistributed) else None


class Bidirectional(Layer):
    """Applies a recurrent layer forwards and a copy of it backwards, and merges the results."""

    nested: ClassVar[tuple[str, ...]] = ("layer", "backward_layer")
    copies: ClassVar[bool] = True
    calls: ClassVar[tuple[CallArgument, ...]] = (SEQUENCES, INITIAL_STATE, MASK, TRAINING)

    layer: InnerLayer = Field(description="The recurrent layer that goes forwards.")
    merge_mode: Literal["sum", "mul", "concat", "ave"] | None = Field(
        "concat", description="How the two results become one; null for both."
    )
    backward_layer: InnerLayer | None = Field(None, description="The layer that goes backwards; a copy if left out.")

    @model_validator(mode="after")
    def _fitting_layers(self) -> Self:
        forward = self.layer.config
        if not isinstance(forward, Recurrent):
            raise conflict("layer", f"`Bidirectional` takes a recurrent layer, and `{forward.keras_name}` is none")
        if self.backward_layer is not None:
            backward = self.backward_layer.config
            if not isinstance(backward, Recurrent):
                raise conflict(
                    "backward_layer", f"`Bidirectional` takes a recurrent layer, and `{backward.keras_name}` is none"
                )
            if backward.go_backwards == forward.go_backwards:
                raise conflict("backward_layer", "one of the two layers, and not both, must have `go_backwards: true`")
            for name in ("stateful", "return_sequences", "return_state"):
                if getattr(backward, name) != getattr(forward, name):
                    raise conflict("backward_layer", f"the two layers must have the same `{name}`")
        elif forward.go_backwards:
            raise conflict("layer", "the layer that goes forwards has `go_backwards: true`, as its copy has")
        return self

    @property
    def _directions(self) -> tuple[Inner, Inner]:
        """The two layers under the names that Keras gives them."""
        name = self.layer.name
        forward = Inner("forward_" + name.removeprefix("forward_"), self.layer.config)
        return forward, self.backward_layer or Inner("backward_" + name.removeprefix("backward_"), self.layer.config)

    def infer(
        self,
        sequences: TensorType,
        initial_state: Sequence[TensorType] | None = None,
        mask: TensorType | None = None,
        training: bool | None = None,
    ) -> Inferred:
        """What the layer gives, twice as wide for `concat`; states of the forward layer before the backward ones."""
        forward, backward = self._directions
        assert isinstance(forward.config, Recurrent)
        assert isinstance(backward.config, Recurrent)
        if initial_state is not None:
            half = forward.config.state_count
            if len(initial_state) != half + backward.config.state_count:
                raise ArityError(
                    f"takes {2 * half} states as `initial_state`, {half} for each direction, "
                    f"and gets {len(initial_state)}"
                )
            forward.config.check_initial_state(sequences, initial_state[:half])
            backward.config.check_initial_state(sequences, initial_state[half:])
        results = [direction.infer(self.cast(sequences)) for direction in (forward, backward)]
        weights: tuple[Weight, ...] = (*results[0].weights, *results[1].weights)
        main = [result.outputs[0].with_dtype(self.compute_dtype) for result in results]
        states = [state for result in results for state in result.outputs[1:]]
        names: tuple[str, ...] = ()
        if self.merge_mode is None:
            return Inferred((*main, *states), weights)
        if main[0].shape[:-1] != main[1].shape[:-1] or (self.merge_mode != "concat" and main[0].shape != main[1].shape):
            raise ShapeError("has two layers of different widths", argument="backward_layer")
        width = (main[0].shape[-1] or 0) + (main[1].shape[-1] or 0)
        output = main[0].with_shape((*main[0].shape[:-1], width)) if self.merge_mode == "concat" else main[0]
        if states and results[0].names and results[1].names:
            names = ("output", *(f"forward_{_short(name)}" for name in results[0].names[1:]))
            names += tuple(f"backward_{_short(name)}" for name in results[1].names[1:])
        return Inferred((output, *states), weights, names)

    def multiply_adds(self, result: Inferred, sequences: TensorType, **call: Any) -> Dimension:
        """Those of both directions."""
        x = self.cast(sequences)
        return total(direction.cost(x, direction.infer(x)).multiply_adds for direction in self._directions)


def _short(name: str) -> str:
    """`state_h` → `h`; `state` stays."""
    return name.removeprefix("state_")


class Sequential(Trainable):
    """A chain of layers, each applied to what the one before gives."""

    nested: ClassVar[tuple[str, ...]] = ("layers",)
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("inputs", "What the first layer takes."),
        TRAINING,
        MASK,
    )

    layers: tuple[InnerLayer, ...] = Field(strict=False, min_length=1, description="The layers, from first to last.")

    @model_validator(mode="after")
    def _layers_of_one_tensor(self) -> Self:
        for inner in self.layers:
            if not inner.config.takes_one():
                raise conflict("layers", f"`Sequential` chains layers of one tensor, and `{inner.name}` takes several")
        names = [inner.name for inner in self.layers if not inner.shared]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise conflict("layers", f"two layers of a `Sequential` are named `{twice}`")
        return self

    def infer(self, inputs: TensorType, training: bool | None = None, mask: TensorType | None = None) -> Inferred:
        """What the last layer gives."""
        x = inputs
        weights: list[Weight] = []
        for _, _, result in self._steps(inputs):
            (x,) = result.outputs
            weights += result.weights
        return one(x, *weights)

    def call_cost(self, result: Inferred, **call: Any) -> Cost:
        """What all layers cost."""
        return together(inner.cost(x, given) for inner, x, given in self._steps(call["inputs"]))

    def _steps(self, x: TensorType) -> Iterator[tuple[Inner, TensorType, Inferred]]:
        """Each layer with what it takes and what it gives."""
        for inner in self.layers:
            result = inner.infer(x)
            if len(result.outputs) != 1:
                raise ShapeError(f"chains layers with one output, and `{inner.name}` has {len(result.outputs)}")
            yield inner, x, result
            (x,) = result.outputs
