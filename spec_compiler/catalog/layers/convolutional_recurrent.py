"""Recurrent layers whose steps are convolutions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, Generic, Self

from pydantic import model_validator

from spec_compiler.catalog.costs import kernel_size, times
from spec_compiler.catalog.intervals import UNKNOWN, Interval, Ranged, hull, number
from spec_compiler.catalog.layers.base import MASK, TRAINING, CallArgument, Kernel, tensor
from spec_compiler.catalog.layers.convolutional import Convolution, Filters
from spec_compiler.catalog.layers.floating import require_float, require_mask
from spec_compiler.catalog.layers.recurrent.base import INITIAL_STATE, Recurrent, check_loop
from spec_compiler.catalog.layers.recurrent_cells.base import Gates, Recurrence, TanhActivated, gated
from spec_compiler.catalog.layers.recurrent_cells.lstm import UnitForgetBias
from spec_compiler.catalog.layers.windows import Padding, Window1D, Window2D, Window3D, WindowT
from spec_compiler.catalog.rules import ArityError, ShapeError, conflict, known, require_rank
from spec_compiler.catalog.shapes import agree
from spec_compiler.catalog.tensors import Dimension, Inferred, Shape, TensorType, Weight, format_shape

SEQUENCES = tensor("sequences", "The sequences: (batch, steps, …, channels).")


class ConvLSTM(
    Filters,
    TanhActivated,
    Gates,
    Kernel,
    Recurrence,
    UnitForgetBias,
    Convolution[WindowT, Padding],
    Recurrent,
    Generic[WindowT],
):
    """A long short-term memory with convolutions in place of its matrix products (Shi et al., 2015)."""

    affine: ClassVar[bool] = False
    calls: ClassVar[tuple[CallArgument, ...]] = (SEQUENCES, INITIAL_STATE, MASK, TRAINING)
    state_names: ClassVar[tuple[str, ...]] = ("state_h", "state_c")

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        self.check_strides()
        for argument in ("activation", "recurrent_activation"):
            if getattr(self, argument) == "glu":
                raise conflict(argument, f"`{argument}` is `glu`, which halves the channels that the state keeps")
        return self

    def applied_activation(self, rank: int) -> str | None:
        """Returns None: the activation is one factor of the result."""
        return None

    def interval(
        self, output: int, of: TensorType, initial_state: Sequence[Ranged] | None = None, **call: Any
    ) -> Interval:
        """The gate times an activation of the carry, or the state before; the carry adds up."""
        if output > 1:
            return UNKNOWN
        step = gated(self.recurrent_activation, self.activation, self.sums)
        before = initial_state[0].interval if initial_state is not None else number(0.0)
        return replace(hull((step, before, number(0.0))), reached=step.reached)

    def lost_by_saving(self, frozen: bool) -> str | None:
        """Keras makes the cell inside anew, and does not tell it that it is not trained."""
        return "is trained again, which it is not now" if frozen else None

    @property
    def state_count(self) -> int:
        """The state and the carry."""
        return 2

    def infer(
        self,
        sequences: TensorType,
        initial_state: Sequence[TensorType] | None = None,
        mask: TensorType | None = None,
        training: bool | None = None,
    ) -> Inferred:
        """(batch, steps, …, channels) to (batch, …, filters), or all steps of that with `return_sequences`."""
        state = self._state_shape(sequences)
        check_loop(self, sequences)
        if initial_state is not None:
            self.check_initial_state(sequences, initial_state)
        if mask is not None:
            self._check_mask(sequences, mask)
        batch, steps = sequences.shape[:2]
        shapes = [(batch, steps, *state[1:]) if self.return_sequences else state]
        shapes += [state] * (self.state_count if self.return_state else 0)
        return Inferred(
            tuple(TensorType(shape, self.compute_dtype) for shape in shapes),
            self.loop_weights(known(sequences, 2 if self.channel_axis == 1 else -1, "sequences")),
            self.names(len(shapes)),
        )

    def multiply_adds(self, result: Inferred, **call: Any) -> Dimension:
        """Both kernels at each place of the state, for each step."""
        sequences = call["sequences"]
        places = self.slide_kernel(_step(sequences))
        return times(*sequences.shape[:2], *places, kernel_size(result.weights))

    def loop_weights(self, width: int) -> tuple[Weight, ...]:
        """Four gates, each with a kernel for the inputs and one for the state."""
        gates = 4 * self.filters
        weights = [
            self.weight("kernel", (*self.kernel_size, width, gates), self.kernel_initializer),
            self.weight("recurrent_kernel", (*self.kernel_size, self.filters, gates), self.recurrent_initializer),
        ]
        if self.use_bias:
            self.check_initializer("bias", (gates,), self.variable_dtype, self.bias_initializer)
            # With `unit_forget_bias` Keras puts the bias together of two initializers.
            initializer = None if self.unit_forget_bias else self.bias_initializer
            weights.append(self.weight("bias", (gates,), initializer))
        return tuple(replace(weight, name=f"conv_lstm_cell/{weight.name}") for weight in weights)

    def check_initial_state(self, sequences: TensorType, states: Sequence[TensorType]) -> None:
        """Refuse states that are not two, or not of the shape of a step's output.

        Raises:
            ArityError: Their number is wrong.
            ShapeError: The shape of one is wrong.
        """
        if len(states) != self.state_count:
            raise ArityError(f"takes {self.state_count} states as `initial_state`, and gets {len(states)}")
        expected = self._state_shape(sequences)
        for state in states:
            require_float(state, "initial_state")
            if len(state.shape) != len(expected) or not all(map(agree, state.shape, expected)):
                raise ShapeError(
                    f"takes states of shape {format_shape(expected)}, and gets {format_shape(state.shape)}",
                    "initial_state",
                )

    def arrange(self, argument: str, values: list[Any]) -> Any:
        """The states as they are."""
        return values

    def _state_shape(self, sequences: TensorType) -> Shape:
        axes = self._axis_names().replace("batch", "batch, steps", 1)
        require_rank(sequences, self.rank + 3, axes, "sequences")
        require_float(sequences, "sequences")
        for axis in self.spatial_axes:
            known(sequences, axis + 1, "sequences")
        step = _step(sequences)
        return self.join(step.shape[0], self.slide_kernel(step), self.filters).shape

    def _check_mask(self, sequences: TensorType, mask: TensorType) -> None:
        require_mask(mask, "mask")
        require_rank(mask, 2, "(batch, steps)", "mask")
        if not all(map(agree, mask.shape, sequences.shape)):
            raise ShapeError(
                f"takes a mask of shape {format_shape(sequences.shape[:2])}, and gets {format_shape(mask.shape)}",
                "mask",
            )


def _step(sequences: TensorType) -> TensorType:
    """One step of sequences."""
    return sequences.with_shape((sequences.shape[0], *sequences.shape[2:]))


class ConvLSTM1D(ConvLSTM[Window1D]):
    """A long short-term memory of convolutions along one axis (Shi et al., 2015)."""

    example: ClassVar[str] = "filters: 8, kernel_size: 3, inputs: lines"
    rank: ClassVar[int] = 1


class ConvLSTM2D(ConvLSTM[Window2D]):
    """A long short-term memory of convolutions over height and width (Shi et al., 2015)."""

    example: ClassVar[str] = "filters: 8, kernel_size: 3, inputs: frames"
    rank: ClassVar[int] = 2


class ConvLSTM3D(ConvLSTM[Window3D]):
    """A long short-term memory of convolutions over depth, height and width (Shi et al., 2015)."""

    example: ClassVar[str] = "filters: 8, kernel_size: 3, inputs: clips"
    rank: ClassVar[int] = 3
