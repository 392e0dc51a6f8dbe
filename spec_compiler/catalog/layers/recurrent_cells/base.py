"""What cells have in common, with each other and with their layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from pydantic import Field

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
from spec_compiler.catalog.intervals import Interval, Ranged, hull, number
from spec_compiler.catalog.layers.base import (
    TRAINING,
    Activated,
    Arguments,
    CallArgument,
    InnerLayer,
    LayerConfig,
    tensor,
    tensors,
)
from spec_compiler.catalog.layers.floating import require_float, require_real
from spec_compiler.catalog.mask_rules import ENDS, MaskRule
from spec_compiler.catalog.rules import (
    ArityError,
    DtypeError,
    ShapeError,
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


def gated(gate: str | None, activation: str | None, sums: Interval) -> Interval:
    """What a gate times an activation can be, both of sums of their own."""
    return replace(activated(gate, sums) * activated(activation, sums), reached=sums.reached)


def cell_of(inner: InnerLayer) -> Cell:
    """The cell that stands inside another layer, which has made sure that it is one."""
    assert isinstance(inner.config, Cell)
    return inner.config
