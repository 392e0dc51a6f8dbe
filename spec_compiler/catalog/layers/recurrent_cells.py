"""The cells that recurrent layers repeat, and the arguments that both have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.activations import activated
from spec_compiler.catalog.costs import kernel_size, times
from spec_compiler.catalog.dtypes import is_float
from spec_compiler.catalog.fields import (
    ActivationName,
    Constraint,
    Initializer,
    PositiveInt,
    Rate,
    Regularizer,
    Seed,
)
from spec_compiler.catalog.initializers import Constant
from spec_compiler.catalog.intervals import SHARES, UNKNOWN, Interval, Ranged, hull, number
from spec_compiler.catalog.layers.base import (
    TRAINING,
    Activated,
    Arguments,
    Bias,
    CallArgument,
    InnerLayer,
    InnerLayerField,
    Kernel,
    LayerConfig,
    tensor,
    tensors,
)
from spec_compiler.catalog.layers.floating import FloatLayer, require_float, require_real
from spec_compiler.catalog.mask_rules import ENDS, MaskRule
from spec_compiler.catalog.rules import (
    ArityError,
    DtypeError,
    ShapeError,
    conflict,
    known,
    require_rank,
)
from spec_compiler.catalog.tensors import Dimension, Inferred, TensorType, Weight, format_shape

STATES = tensors("states", "The states of the step before, one tensor each.")


class Recurrence(Arguments):
    """The arguments about what goes from step to step."""

    recurrent_initializer: Initializer = Field(
        "orthogonal", validate_default=True, description="What the recurrent kernel is before training."
    )
    recurrent_regularizer: Regularizer = Field(None, description="What is added to the loss for the recurrent kernel.")
    recurrent_constraint: Constraint = Field(None, description="What the recurrent kernel is forced into.")
    dropout: Rate = Field(0.0, description="The share of the inputs that is dropped in training.")
    recurrent_dropout: Rate = Field(0.0, description="The share of the states that is dropped in training.")
    seed: Seed | None = Field(None, description="Makes the dropout the same each time.")


class Units(Arguments):
    """The argument about how wide the state is."""

    units: PositiveInt = Field(description="The length of the output and of each state.")


class TanhActivated(Activated):
    """The activation of recurrent layers."""

    activation: ActivationName = Field("tanh", description="The function that is applied to the result; null for none.")


class Gates(Arguments):
    """The argument about the activation of gates."""

    recurrent_activation: ActivationName = Field("sigmoid", description="The function that is applied to the gates.")


class UnitForgetBias(Arguments):
    """The argument about the bias of the forget gate."""

    unit_forget_bias: bool = Field(True, description="Whether the bias of the forget gate begins with ones.")

    @model_validator(mode="after")
    def _no_list_for_the_bias(self) -> Self:
        initializer = getattr(self, "bias_initializer", None)
        if self.unit_forget_bias and isinstance(initializer, Constant) and isinstance(initializer.value, tuple):
            message = "`bias_initializer` says all numbers of the bias, and `unit_forget_bias` some of them"
            raise conflict("unit_forget_bias", message)
        return self


class ResetAfter(Arguments):
    """The argument about the variant of the gated recurrent unit."""

    reset_after: bool = Field(True, description="Whether the reset gate is applied after the matrix product.")


class Cell(LayerConfig):
    """What a recurrent layer does in one step: (inputs, states) to (output, states)."""

    several_outputs: ClassVar[bool] = True
    mask_rule: ClassVar[MaskRule] = ENDS
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("inputs", "The inputs of the step: (batch, features)."),
        STATES,
        TRAINING,
    )

    ranged_by: ClassVar[tuple[str, ...]] = ("states",)
    default_training: ClassVar[bool | None] = False

    def interval(self, output: int, of: TensorType, states: Sequence[Ranged] | None = None, **call: Any) -> Interval:
        """What a step gives, and all steps of a loop: also one that is masked, and gives zeros or the state before."""
        state = max(output - 1, 0)
        before = states[state].interval if states is not None else number(0.0)
        step = self.step_interval(state, before)
        return replace(hull((step, before, number(0.0))), reached=step.reached)

    def step_interval(self, state: int, before: Interval) -> Interval:
        """What a step makes of a state; the output is the first one."""
        raise NotImplementedError

    @property
    def state_sizes(self) -> tuple[tuple[int, ...], ...]:
        """The widths of the states, grouped by cell."""
        raise NotImplementedError

    @property
    def output_size(self) -> int:
        """The width of the output."""
        return self.state_sizes[-1][0]

    def step_weights(self, width: int) -> tuple[Weight, ...]:
        """The weights for inputs of a width."""
        raise NotImplementedError

    def check_inputs(self, inputs: TensorType, operand: str) -> None:
        """Refuse inputs that a step cannot be computed of, or that dropout cannot scale.

        Raises:
            DtypeError: They are complex or text, or no floating-point numbers where some are dropped.
        """
        require_real(inputs, operand)
        if getattr(self, "dropout", 0) and not is_float(inputs.dtype):
            raise DtypeError(
                f"drops some of its inputs, which takes floating-point numbers, and gets {inputs.dtype}",
                operand,
                argument="dropout",
            )

    def check_state_types(self, states: Sequence[TensorType]) -> None:
        """Refuse states that a step cannot begin with.

        Raises:
            DtypeError: One is not of floating-point numbers.
        """
        for state in states:
            require_float(state, "states")

    def infer(self, inputs: TensorType, states: Sequence[TensorType], training: bool | None = None) -> Inferred:
        """(batch, features) and the states to (batch, output) and the states."""
        operand = type(self).calls[0].name
        require_rank(inputs, 2, "(batch, features)", operand)
        check_states(self, states, "states")
        self.check_inputs(inputs, operand)
        self.check_state_types(states)
        batch = inputs.shape[0]
        sizes = (self.output_size, *flat_sizes(self))
        outputs = tuple(
            TensorType((batch, size), dtype) for size, dtype in zip(sizes, self.result_dtypes(), strict=True)
        )
        return Inferred(outputs, self.step_weights(known(inputs, -1)))

    def result_dtypes(self) -> tuple[str, ...]:
        """The dtypes of the output and of the states."""
        return (self.compute_dtype,) * (1 + len(flat_sizes(self)))

    def multiply_adds(self, result: Inferred, **call: Any) -> Dimension:
        """The kernels of all cells, for each row."""
        return times(call[self.calls[0].name].shape[0], kernel_size(result.weights))

    def arrange(self, argument: str, values: list[Any]) -> Any:
        """The states as Keras wants them: of stacked cells, a list for each cell with several."""
        groups = self.state_sizes
        if argument not in ("states", "initial_state") or len(groups) == 1:
            return values
        arranged: list[Any] = []
        for group in groups:
            taken, values = values[: len(group)], values[len(group) :]
            arranged.append(taken if len(group) > 1 else taken[0])
        return arranged


def flat_sizes(cell: Cell) -> tuple[int, ...]:
    """The widths of all states of a cell, one after another."""
    return tuple(size for group in cell.state_sizes for size in group)


def check_states(cell: Cell, states: Sequence[TensorType], operand: str) -> None:
    """Refuse states that are too few, too many or of another width than the cell's.

    Raises:
        ArityError: Their number is wrong.
        ShapeError: A width is wrong.
    """
    sizes = flat_sizes(cell)
    if len(states) != len(sizes):
        raise ArityError(f"takes {len(sizes)} state{'s' * (len(sizes) > 1)} as `{operand}`, and gets {len(states)}")
    for state, size in zip(states, sizes, strict=True):
        if state.rank != 2 or state.shape[1] not in (size, None):
            raise ShapeError(f"takes states of shape (batch, {size}), and gets {format_shape(state.shape)}", operand)


def matrix_weights(
    cell: LayerConfig, width: int, units: int, gates: int, bias: tuple[int, ...] | None
) -> tuple[Weight, ...]:
    """Kernel, recurrent kernel and bias of a cell with some gates; `bias` is the bias's shape, if there is one."""
    kernels = (
        cell.weight("kernel", (width, units * gates), cell.kernel_initializer),  # type: ignore[attr-defined]
        cell.weight("recurrent_kernel", (units, units * gates), cell.recurrent_initializer),  # type: ignore[attr-defined]
    )
    if bias is None:
        return kernels
    return (*kernels, cell.weight("bias", bias, cell.bias_initializer))  # type: ignore[attr-defined]


class SimpleRNNCell(Units, TanhActivated, Kernel, Bias, Recurrence, Cell, FloatLayer):
    """One step of a fully connected recurrent layer."""

    def step_interval(self, state: int, before: Interval) -> Interval:
        """An activation of sums."""
        return activated(self.activation, self.sums)

    example: ClassVar[str] = "units: 4, inputs: {sequence: x, states: [z]}"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("sequence", "The inputs of the step: (batch, features)."),
        STATES,
        TRAINING,
    )

    @property
    def state_sizes(self) -> tuple[tuple[int, ...], ...]:
        """One state."""
        return ((self.units,),)

    def infer(self, sequence: TensorType, states: Sequence[TensorType], training: bool | None = None) -> Inferred:
        """(batch, features) and the state to (batch, units) and the state."""
        return super().infer(sequence, states)

    def check_state_types(self, states: Sequence[TensorType]) -> None:
        """Whole numbers are taken too, unless some of them are dropped."""
        for state in states:
            if self.recurrent_dropout:
                require_float(state, "states")
            else:
                require_real(state, "states")

    def step_weights(self, width: int) -> tuple[Weight, ...]:
        """One matrix for the inputs, one for the state."""
        return matrix_weights(self, width, self.units, 1, (self.units,) if self.use_bias else None)


class GRUCell(Units, TanhActivated, Gates, Kernel, Bias, Recurrence, ResetAfter, Cell, FloatLayer):
    """One step of a gated recurrent unit (Cho et al., 2014)."""

    def step_interval(self, state: int, before: Interval) -> Interval:
        """Means of the state before and of an activation of sums."""
        is_mean = activated(self.recurrent_activation, self.sums).within(SHARES) and not self.recurrent_dropout
        return activated(self.activation, self.sums) if is_mean else UNKNOWN

    example: ClassVar[str] = "units: 4, inputs: {inputs: x, states: [z]}"

    @property
    def state_sizes(self) -> tuple[tuple[int, ...], ...]:
        """One state."""
        return ((self.units,),)

    def step_weights(self, width: int) -> tuple[Weight, ...]:
        """Three gates; with `reset_after` a bias for the inputs and one for the state."""
        bias = (2, 3 * self.units) if self.reset_after else (3 * self.units,)
        return matrix_weights(self, width, self.units, 3, bias if self.use_bias else None)


class LSTMCell(Units, TanhActivated, Gates, Kernel, Bias, Recurrence, UnitForgetBias, Cell, FloatLayer):
    """One step of a long short-term memory (Hochreiter and Schmidhuber, 1997)."""

    def step_interval(self, state: int, before: Interval) -> Interval:
        """The gate times an activation of the carry; the carry adds up."""
        return UNKNOWN if state else gated(self.recurrent_activation, self.activation, self.sums)

    example: ClassVar[str] = "units: 4, inputs: {inputs: x, states: [z, z]}"

    @property
    def state_sizes(self) -> tuple[tuple[int, ...], ...]:
        """The state and the carry."""
        return ((self.units, self.units),)

    def step_weights(self, width: int) -> tuple[Weight, ...]:
        """Four gates."""
        weights = matrix_weights(self, width, self.units, 4, (4 * self.units,) if self.use_bias else None)
        if not (self.use_bias and self.unit_forget_bias):
            return weights
        # Keras puts the bias together of two initializers.
        *kernels, bias = weights
        return (*kernels, replace(bias, initializer=None))


def gated(gate: str | None, activation: str | None, sums: Interval) -> Interval:
    """What a gate times an activation can be, both of sums of their own."""
    return replace(activated(gate, sums) * activated(activation, sums), reached=sums.reached)


class StackedRNNCells(Cell):
    """Several cells, each working on the output of the one before."""

    example: ClassVar[str] = (
        "cells: [{type: GRUCell, units: 4}, {type: SimpleRNNCell, units: 8}], inputs: {inputs: x, states: [z, y]}"
    )
    nested: ClassVar[tuple[str, ...]] = ("cells",)

    cells: tuple[InnerLayerField, ...] = Field(strict=False, min_length=1, description="The cells, from first to last.")

    @model_validator(mode="after")
    def _only_cells(self) -> Self:
        for inner in self.cells:
            if not isinstance(inner.config, Cell):
                raise conflict("cells", f"`{inner.config.keras_name}` is not a cell of a recurrent layer")
        return self

    @property
    def state_sizes(self) -> tuple[tuple[int, ...], ...]:
        """The states of all cells."""
        return tuple(group for inner in self.cells for group in cell_of(inner).state_sizes)

    def interval(self, output: int, of: TensorType, states: Sequence[Ranged] | None = None, **call: Any) -> Interval:
        """What the last cell gives, or the cell whose state it is."""
        counts = [len(flat_sizes(cell_of(inner))) for inner in self.cells]
        index, first = len(counts) - 1, sum(counts[:-1])
        if output:
            index, first = 0, 0
            while first + counts[index] < output:
                first += counts[index]
                index += 1
        own = None if states is None else states[first : first + counts[index]]
        return cell_of(self.cells[index]).interval(output - first if output else 0, of, states=own)

    @property
    def output_size(self) -> int:
        """The output of the last cell."""
        return cell_of(self.cells[-1]).output_size

    def result_dtypes(self) -> tuple[str, ...]:
        """Each cell has a policy of its own."""
        states = [dtype for inner in self.cells for dtype in cell_of(inner).result_dtypes()[1:]]
        return (cell_of(self.cells[-1]).result_dtypes()[0], *states)

    def check_inputs(self, inputs: TensorType, operand: str) -> None:
        """They are those of the first cell."""
        cell_of(self.cells[0]).check_inputs(inputs, operand)

    def check_state_types(self, states: Sequence[TensorType]) -> None:
        """Each cell has its own."""
        waiting = list(states)
        for inner in self.cells:
            count = len(flat_sizes(cell_of(inner)))
            cell_of(inner).check_state_types(waiting[:count])
            waiting = waiting[count:]

    def step_weights(self, width: int) -> tuple[Weight, ...]:
        """The weights of all cells."""
        weights: list[Weight] = []
        for inner in self.cells:
            cell = cell_of(inner)
            weights += inner.own(cell.step_weights(width), inner.name)
            width = cell.output_size
        return tuple(weights)


def cell_of(inner: InnerLayer) -> Cell:
    """The cell that stands inside another layer, which has made sure that it is one."""
    assert isinstance(inner.config, Cell)
    return inner.config
