"""Layers that apply other layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Literal, Self, cast

from pydantic import Field, model_validator

from spec_compiler.catalog.costs import Cost, times, together, total
from spec_compiler.catalog.dtypes import is_float, promote
from spec_compiler.catalog.gradient_flow import Flow, NoDerivative
from spec_compiler.catalog.intervals import Interval, Ranged, hull
from spec_compiler.catalog.layers.base import (
    MASK,
    TRAINING,
    CallArgument,
    Callee,
    InnerLayer,
    InnerLayerField,
    LayerConfig,
    Loop,
    NumbersTaken,
    Trainable,
    chain_without_derivative,
    distinct,
    shape_through_outside_training,
    tensor,
    through,
)
from spec_compiler.catalog.layers.recurrent.base import INITIAL_STATE, SEQUENCES, Recurrent, check_steps_mask
from spec_compiler.catalog.mask_rules import PROPAGATES, MaskRule, ResultMask, chained
from spec_compiler.catalog.rules import ArityError, RankError, ShapeError, conflict
from spec_compiler.catalog.tensors import Dimension, Inferred, Shape, TensorType, Weight, format_shape, one


class TimeDistributed(LayerConfig):
    """Applies a layer to each step of a sequence, with the same weights."""

    example: ClassVar[str] = "layer: {type: Dense, units: 4}, inputs: sequence"
    nested: ClassVar[tuple[str, ...]] = ("layer",)
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("inputs", "The sequences: (batch, steps, …)."),
        TRAINING,
        MASK,
    )

    layer: InnerLayerField = Field(description="The layer for each step.")

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

    def mask_rule_of(self, **flags: Any) -> MaskRule:
        """Returns the rule: the mask of the sequences is propagated, and the layer gets the part of each step."""
        return PROPAGATES._replace(uses=self.layer.mask_rule.uses)

    @property
    def hides_mask(self) -> bool:
        """Whether the layer makes one: what it makes of each step is put together without."""
        return self.layer.mask_rule.result is ResultMask.MADE

    @property
    def passes_through(self) -> bool:
        """Whether the layer does."""
        return self.layer.passes_through

    def numbers_taken(self, **flags: Any) -> NumbersTaken | None:
        """Returns which numbers the layer takes."""
        return self.layer.numbers_taken("inputs")

    @property
    def flow(self) -> Flow:
        """What comes back through the layer."""
        return min(super().flow, self.layer.flow)

    def without_derivative(self, result: Inferred, trained: bool, frozen: bool, **call: Any) -> NoDerivative | None:
        """Returns what of the layer has none, applied to a step."""
        return self.layer.without_derivative(self._step(call["inputs"]), trained, frozen or not self.trainable)

    @property
    def may_move_batch(self) -> bool:
        """Whether the layer may."""
        return self.layer.may_move_batch

    def applied_activation(self, rank: int) -> str | None:
        """Returns the activation of the layer, whose results have one axis less."""
        return self.layer.applied_activation(rank - 1)

    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)

    def interval(self, output: int, of: TensorType, inputs: Ranged, **call: Any) -> Interval:
        """What the layer makes of a step."""
        step = Ranged(self._step(inputs.type), inputs.interval)
        return self.layer.interval(self.layer.infer(step.type).outputs[0], step)

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
        return one(TensorType(shape, self._result_dtype(self.cast(inputs).dtype, result.dtype)), *step.weights)

    def _result_dtype(self, given: str, dtype: str) -> str:
        """The dtype of what the layer gives: Keras does not cast for it, but hands it what is cast for this one.

        Under a mixed policy of this layer, the weights inside are cast as well.
        """
        inside = self.layer.config
        if not is_float(dtype) or not isinstance(inside, LayerConfig) or inside.nested:
            return dtype
        return promote(given, self.compute_dtype if self.has_mixed_policy else inside.variable_dtype)

    def call_cost(self, result: Inferred, **call: Any) -> Cost:
        """What the layer costs, for each step."""
        steps, step = call["inputs"].shape[1], self._step(call["inputs"])
        cost = self.layer.cost(step, self.layer.infer(step))
        return Cost(times(steps, cost.multiply_adds), times(steps, cost.activation_bytes))

    def _step(self, inputs: TensorType) -> TensorType:
        """One step of the sequences."""
        batch, _, *rest = inputs.shape
        return self.cast(inputs).with_shape((batch, *rest))


def _without_shape(config: Callee) -> Callee | None:
    """The layer, or the layer inside it, that does not say what shape it gives."""
    if not config.states_shape:
        return config
    if isinstance(config, Sequential):
        return next(filter(None, (_without_shape(inner.config) for inner in config.layers)), None)
    return _without_shape(config.layer.config) if isinstance(config, TimeDistributed) else None


class Bidirectional(LayerConfig):
    """Applies a recurrent layer forwards and a copy of it backwards, and merges the results."""

    example: ClassVar[str] = "layer: {type: LSTM, units: 4}, inputs: sequence"
    nested: ClassVar[tuple[str, ...]] = ("layer", "backward_layer")
    copies: ClassVar[bool] = True
    calls: ClassVar[tuple[CallArgument, ...]] = (SEQUENCES, INITIAL_STATE, MASK, TRAINING)
    built_for: ClassVar[tuple[str, ...] | None] = ("sequences", "initial_state")

    layer: InnerLayerField = Field(description="The recurrent layer that goes forwards.")
    merge_mode: Literal["sum", "mul", "concat", "ave"] | None = Field(
        "concat", description="How the two results become one; null for both."
    )
    backward_layer: InnerLayerField | None = Field(
        None, description="The layer that goes backwards; a copy if left out."
    )

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
            if forward.return_state and forward.state_count != backward.state_count:
                # Keras counts on as many of each.
                raise conflict("backward_layer", "the two layers must return as many states each")
        elif forward.go_backwards:
            raise conflict("layer", "the layer that goes forwards has `go_backwards: true`, as its copy has")
        return self

    def mask_rule_of(self, **flags: Any) -> MaskRule:
        """Returns the rule of the layer, for the results of both directions if they are not merged."""
        return self.layer.mask_rule._replace(outputs=1 if self.merge_mode else 2)

    @property
    def loop(self) -> Loop | None:
        """The layer that goes forwards; the other has the same arguments about sequences and states."""
        return self.layer.layer.loop

    ranged_by: ClassVar[tuple[str, ...]] = ("initial_state",)

    def interval(
        self, output: int, of: TensorType, initial_state: Sequence[Ranged] | None = None, **call: Any
    ) -> Interval:
        """What the two layers give, each for itself or together."""
        layers = [cast(Recurrent, direction.config) for direction in self._directions]
        half = layers[0].state_count
        states = [None, None] if initial_state is None else [initial_state[:half], initial_state[half:]]

        def of_layer(index: int, output: int) -> Interval:
            return layers[index].interval(output, of, initial_state=states[index])

        together = 1 if self.merge_mode else 2
        if output >= together:
            number_of_state = output - together
            return of_layer(number_of_state // half, number_of_state % half + 1)
        if self.merge_mode is None:
            return of_layer(output, 0)
        forward, backward = of_layer(0, 0), of_layer(1, 0)
        found = {
            "sum": forward + backward,
            "mul": forward * backward,
            "ave": hull((forward, backward)),
            "concat": hull((forward, backward)),
        }[self.merge_mode]
        return replace(found, reached=forward.reached and backward.reached)

    @property
    def _directions(self) -> tuple[InnerLayer, InnerLayer]:
        """The two layers under the names that Keras gives them."""
        name = self.layer.name
        forward = replace(self.layer, name="forward_" + name.removeprefix("forward_"))
        return forward, self.backward_layer or replace(self.layer, name="backward_" + name.removeprefix("backward_"))

    def infer(
        self,
        sequences: TensorType,
        initial_state: Sequence[TensorType] | None = None,
        mask: TensorType | None = None,
        training: bool | None = None,
    ) -> Inferred:
        """What the layer gives, twice as wide for `concat`; states of the forward layer before the backward ones."""
        if mask is not None and sequences.rank == 3:
            check_steps_mask(mask, sequences)
        if initial_state is not None:
            self._check_initial_state(sequences, initial_state)
        forward, backward = (direction.infer(self.cast(sequences)) for direction in self._directions)
        weights = (*forward.weights, *backward.weights)
        states = (*forward.outputs[1:], *backward.outputs[1:])
        ahead, back = (each.outputs[0].with_dtype(self.compute_dtype) for each in (forward, backward))
        if self.merge_mode is None:
            return Inferred((ahead, back, *states), weights)
        names: tuple[str, ...] = ()
        if states and forward.names and backward.names:
            of_forward = (f"forward_{_short(name)}" for name in forward.names[1:])
            names = ("output", *of_forward, *(f"backward_{_short(name)}" for name in backward.names[1:]))
        return Inferred((self._merged(ahead, back), *states), weights, names)

    def _check_initial_state(self, sequences: TensorType, states: Sequence[TensorType]) -> None:
        """Refuse states that the two layers cannot begin with."""
        forward, backward = (direction.config for direction in self._directions)
        assert isinstance(forward, Recurrent)
        assert isinstance(backward, Recurrent)
        half = forward.state_count
        if len(states) != half + backward.state_count:
            raise ArityError(
                f"takes {2 * half} states as `initial_state`, {half} for each direction, and gets {len(states)}"
            )
        forward.check_initial_state(sequences, states[:half])
        backward.check_initial_state(sequences, states[half:])

    def _merged(self, ahead: TensorType, back: TensorType) -> TensorType:
        """The results of both directions as one."""
        is_joined = self.merge_mode == "concat"
        if ahead.shape[:-1] != back.shape[:-1] or (not is_joined and ahead.shape != back.shape):
            raise ShapeError("has two layers of different widths", argument="backward_layer")
        if not is_joined:
            return ahead
        return ahead.with_shape((*ahead.shape[:-1], (ahead.shape[-1] or 0) + (back.shape[-1] or 0)))

    def multiply_adds(self, result: Inferred, sequences: TensorType, **call: Any) -> Dimension:
        """Those of both directions."""
        x = self.cast(sequences)
        return total(direction.cost(x, direction.infer(x)).multiply_adds for direction in self._directions)


def _short(name: str) -> str:
    """`state_h` → `h`; `state` stays."""
    return name.removeprefix("state_")


class Sequential(Trainable):
    """A chain of layers, each applied to what the one before gives."""

    keras_module: ClassVar[str] = "keras"
    example: ClassVar[str] = "layers: [{type: Dense, units: 16, activation: relu}, {type: Dense, units: 4}], inputs: x"
    nested: ClassVar[tuple[str, ...]] = ("layers",)
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("inputs", "What the first layer takes."),
        TRAINING,
        MASK,
    )
    attaches_masks: ClassVar[bool] = False

    layers: tuple[InnerLayerField, ...] = Field(
        strict=False, min_length=1, description="The layers, from first to last."
    )

    @model_validator(mode="after")
    def _layers_of_one_tensor(self) -> Self:
        names: set[str] = set()
        for index, inner in enumerate(self.layers):
            if not inner.config.takes_one():
                message = f"`Sequential` chains layers of one tensor, and `{inner.name}` takes several"
                raise conflict("layers", message, index)
            if not inner.shared and inner.name in names:
                raise conflict("layers", f"two layers of a `Sequential` are named `{inner.name}`", index)
            names |= {inner.name} if not inner.shared else set()
        return self

    def mask_rule_of(self, **flags: Any) -> MaskRule:
        """Returns the rule of the layers in turn."""
        return chained(inner.mask_rule for inner in self.layers)

    @property
    def passes_through(self) -> bool:
        """Whether all layers do."""
        return all(inner.passes_through for inner in self.layers)

    def numbers_taken(self, **flags: Any) -> NumbersTaken | None:
        """Returns which numbers the first layer takes."""
        return self.layers[0].numbers_taken("inputs")

    @property
    def flow(self) -> Flow:
        """What comes back through all layers."""
        return min(inner.flow for inner in self.layers)

    def without_derivative(self, result: Inferred, trained: bool, frozen: bool, **call: Any) -> NoDerivative | None:
        """Returns what of the layers in turn has none."""
        return chain_without_derivative(self.steps(call["inputs"]), trained, frozen or not self.trainable)

    @property
    def may_move_batch(self) -> bool:
        """Whether any layer may."""
        return any(inner.may_move_batch for inner in self.layers)

    def applied_activation(self, rank: int) -> str | None:
        """Returns the activation of the last layer that has a say."""
        last = next((inner for inner in reversed(self.layers) if not inner.passes_through), None)
        return None if last is None else last.applied_activation(rank)

    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)

    def interval(self, output: int, of: TensorType, inputs: Ranged, **call: Any) -> Interval:
        """What the layers make of the input in turn."""
        return through(self.steps(inputs.type), inputs.interval)

    def shape_outside_training(self, x: TensorType) -> Shape | None:
        """Returns that of the first layer with another one."""
        return shape_through_outside_training(self.steps(x))

    def infer(self, inputs: TensorType, training: bool | None = None, mask: TensorType | None = None) -> Inferred:
        """What the last layer gives."""
        x = inputs
        weights: list[Weight] = []
        for _, _, result in self.steps(inputs):
            (x,) = result.outputs
            weights += result.weights
        return one(x, *distinct(weights))

    def call_cost(self, result: Inferred, **call: Any) -> Cost:
        """What all layers cost."""
        return together(inner.cost(x, given) for inner, x, given in self.steps(call["inputs"]))

    def steps(self, x: TensorType) -> Iterator[tuple[InnerLayer, TensorType, Inferred]]:
        """Each layer with what it takes and what it gives."""
        for inner in self.layers:
            result = inner.infer(x)
            if len(result.outputs) != 1:
                with inner.to_blame():
                    raise ShapeError(f"has {len(result.outputs)} outputs, and `Sequential` chains layers with one")
            yield inner, x, result
            (x,) = result.outputs
