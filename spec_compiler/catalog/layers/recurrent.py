"""Recurrent layers and the cells that they repeat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from spec_compiler.catalog.costs import kernel_size, times
from spec_compiler.catalog.dtypes import COMPLEX, is_float
from spec_compiler.catalog.fields import (
    ActivationName,
    Constraint,
    Initializer,
    PositiveInt,
    Rate,
    Regularizer,
    Seed,
    show,
)
from spec_compiler.catalog.layers.base import (
    MASK,
    TRAINING,
    Activated,
    Arguments,
    Bias,
    CallArgument,
    Inner,
    InnerLayer,
    Kernel,
    Layer,
    tensor,
    tensors,
)
from spec_compiler.catalog.layers.floating import FloatLayer, require_float, require_real
from spec_compiler.catalog.operands import NUMBERS, require_elements
from spec_compiler.catalog.rules import (
    ArityError,
    DtypeError,
    ShapeError,
    UnknownDimensionError,
    conflict,
    invalid,
    known,
    require_rank,
)
from spec_compiler.catalog.tensors import Dimension, Inferred, TensorType, Weight, format_shape

SEQUENCES = tensor("sequences", "The sequences: (batch, steps, features).")
INITIAL_STATE = tensors(
    "initial_state", "The states to begin with, one tensor each; zeros if left out.", required=False
)


def _cudnn_choice(value: Any) -> bool | str:
    if isinstance(value, bool) or value == "auto":
        return value  # type: ignore[no-any-return]
    raise invalid(f"takes true, false or `auto`, not {show(value)}")


CudnnChoice = Annotated[bool | str, PlainValidator(_cudnn_choice, json_schema_input_type=bool | Literal["auto"])]
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


class Loop(Arguments):
    """The arguments about the loop over the steps."""

    return_sequences: bool = Field(False, description="Whether the output of every step is returned, or the last one.")
    return_state: bool = Field(False, description="Whether the last states are returned too.")
    go_backwards: bool = Field(False, description="Whether the steps are taken from the last to the first.")
    stateful: bool = Field(False, description="Whether a batch begins with the states that the last one ended with.")
    unroll: bool = Field(False, description="Whether the loop is unrolled: faster for short sequences.")


class Units(Arguments):
    """The argument about how wide the state is."""

    units: PositiveInt = Field(description="The length of the output and of each state.")


class Tanh(Activated):
    """The activation of recurrent layers."""

    activation: ActivationName = Field("tanh", description="The function that is applied to the result; null for none.")


class Gates(Arguments):
    """The argument about the activation of gates."""

    recurrent_activation: ActivationName = Field("sigmoid", description="The function that is applied to the gates.")


class UnitForgetBias(Arguments):
    """The argument about the bias of the forget gate."""

    unit_forget_bias: bool = Field(True, description="Whether the bias of the forget gate begins with ones.")


class ResetAfter(Arguments):
    """The argument about the variant of the gated recurrent unit."""

    reset_after: bool = Field(True, description="Whether the reset gate is applied after the matrix product.")


class Cell(Layer):
    """What a recurrent layer does in one step: (inputs, states) to (output, states)."""

    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("inputs", "The inputs of the step: (batch, features)."),
        STATES,
        TRAINING,
    )

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
        outputs = tuple(TensorType((batch, size), self.compute_dtype) for size in sizes)
        return Inferred(outputs, self.step_weights(known(inputs, -1)))

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


def matrix_weights(cell: Layer, width: int, units: int, gates: int, bias: tuple[int, ...] | None) -> tuple[Weight, ...]:
    """Kernel, recurrent kernel and bias of a cell with some gates; `bias` is the bias's shape, if there is one."""
    kernels = (
        cell.weight("kernel", (width, units * gates), cell.kernel_initializer),  # type: ignore[attr-defined]
        cell.weight("recurrent_kernel", (units, units * gates), cell.recurrent_initializer),  # type: ignore[attr-defined]
    )
    if bias is None:
        return kernels
    return (*kernels, cell.weight("bias", bias, cell.bias_initializer))  # type: ignore[attr-defined]


class SimpleRNNCell(Units, Tanh, Kernel, Bias, Recurrence, Cell, FloatLayer):
    """One step of a fully connected recurrent layer."""

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


class GRUCell(Units, Tanh, Gates, Kernel, Bias, Recurrence, ResetAfter, Cell, FloatLayer):
    """One step of a gated recurrent unit (Cho et al., 2014)."""

    @property
    def state_sizes(self) -> tuple[tuple[int, ...], ...]:
        """One state."""
        return ((self.units,),)

    def step_weights(self, width: int) -> tuple[Weight, ...]:
        """Three gates; with `reset_after` a bias for the inputs and one for the state."""
        bias = (2, 3 * self.units) if self.reset_after else (3 * self.units,)
        return matrix_weights(self, width, self.units, 3, bias if self.use_bias else None)


class LSTMCell(Units, Tanh, Gates, Kernel, Bias, Recurrence, UnitForgetBias, Cell, FloatLayer):
    """One step of a long short-term memory (Hochreiter and Schmidhuber, 1997)."""

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


class StackedRNNCells(Cell):
    """Several cells, each working on the output of the one before."""

    nested: ClassVar[tuple[str, ...]] = ("cells",)

    cells: tuple[InnerLayer, ...] = Field(strict=False, min_length=1, description="The cells, from first to last.")

    @model_validator(mode="after")
    def _only_cells(self) -> Self:
        for inner in self.cells:
            if not isinstance(inner.config, Cell):
                raise conflict("cells", f"`{inner.config.keras_name}` is not a cell of a recurrent layer")
        return self

    @property
    def state_sizes(self) -> tuple[tuple[int, ...], ...]:
        """The states of all cells."""
        return tuple(group for inner in self.cells for group in _cell(inner).state_sizes)

    @property
    def output_size(self) -> int:
        """The output of the last cell."""
        return _cell(self.cells[-1]).output_size

    def check_inputs(self, inputs: TensorType, operand: str) -> None:
        """They are those of the first cell."""
        _cell(self.cells[0]).check_inputs(inputs, operand)

    def check_state_types(self, states: Sequence[TensorType]) -> None:
        """Each cell has its own."""
        waiting = list(states)
        for inner in self.cells:
            count = len(flat_sizes(_cell(inner)))
            _cell(inner).check_state_types(waiting[:count])
            waiting = waiting[count:]

    def step_weights(self, width: int) -> tuple[Weight, ...]:
        """The weights of all cells."""
        weights: list[Weight] = []
        for inner in self.cells:
            cell = _cell(inner)
            weights += inner.own(cell.step_weights(width), inner.name)
            width = cell.output_size
        return tuple(weights)


def _cell(inner: Inner) -> Cell:
    assert isinstance(inner.config, Cell)
    return inner.config


class Recurrent(Loop, Layer):
    """A layer that goes through sequences step by step."""

    calls: ClassVar[tuple[CallArgument, ...]] = (SEQUENCES, INITIAL_STATE, MASK, TRAINING)
    state_names: ClassVar[tuple[str, ...]] = ("state",)

    @property
    def steps(self) -> Cell:
        """What is done in one step."""
        raise NotImplementedError

    def loop_weights(self, width: int) -> tuple[Weight, ...]:
        """The weights for inputs of a width."""
        raise NotImplementedError

    def infer(
        self,
        sequences: TensorType,
        initial_state: Sequence[TensorType] | None = None,
        mask: TensorType | None = None,
        training: bool | None = None,
    ) -> Inferred:
        """(batch, steps, features) to (batch, units), or (batch, steps, units) with `return_sequences`."""
        require_rank(sequences, 3, "(batch, steps, features)", "sequences")
        batch, steps, _ = sequences.shape
        check_loop(self, sequences)
        cell = self.steps
        cell.check_inputs(sequences, "sequences")
        if initial_state is not None:
            self.check_initial_state(sequences, initial_state)
        size = cell.output_size
        shape = (batch, steps, size) if self.return_sequences else (batch, size)
        outputs = [TensorType(shape, self.compute_dtype)]
        if self.return_state:
            outputs += [TensorType((batch, size), self.compute_dtype) for size in flat_sizes(cell)]
        return Inferred(tuple(outputs), self.loop_weights(known(sequences, -1, "sequences")), self.names(len(outputs)))

    def multiply_adds(self, result: Inferred, **call: Any) -> Dimension:
        """The kernels of all cells, for each step."""
        return times(*call["sequences"].shape[:2], kernel_size(result.weights))

    @property
    def state_count(self) -> int:
        """How many states there are."""
        return len(flat_sizes(self.steps))

    def check_initial_state(self, sequences: TensorType, states: Sequence[TensorType]) -> None:
        """Refuse states that the loop over some sequences cannot begin with.

        Raises:
            ArityError: Their number is wrong.
            ShapeError: The shape of one is wrong.
        """
        check_states(self.steps, states, "initial_state")
        for state in states:
            require_elements(state, NUMBERS, "initial_state")

    def names(self, outputs: int) -> tuple[str, ...]:
        """The names of the outputs, if states are returned and there is a name for each."""
        return ("output", *self.state_names) if outputs == 1 + len(self.state_names) > 1 else ()

    def arrange(self, argument: str, values: list[Any]) -> Any:
        """The initial state as the cells want it."""
        return self.steps.arrange(argument, values)


def check_loop(layer: Loop, sequences: TensorType) -> None:
    """Refuse what a loop cannot do with an unknown batch size or number of steps.

    Raises:
        UnknownDimensionError: A stateful layer does not know the batch size, or an unrolled one the steps.
    """
    batch, steps = sequences.shape[:2]
    if layer.stateful and batch is None:
        raise UnknownDimensionError(
            "is stateful and needs to know the batch size",
            "sequences",
            argument="stateful",
            hint="give the `Input` a `batch_shape`",
        )
    if layer.unroll and steps is None:
        raise UnknownDimensionError("is unrolled and needs to know the number of steps", "sequences", argument="unroll")


class CellLayer(Recurrent, FloatLayer):
    """A recurrent layer whose cell is a layer of Keras's own."""

    cell_class: ClassVar[type[Cell]]
    cell_name: ClassVar[str]

    @property
    def steps(self) -> Cell:
        """The cell, with the arguments that the layer hands to it."""
        shared = {name: getattr(self, name) for name in self.cell_class.model_fields if name in type(self).model_fields}
        return self.cell_class.model_construct(**{**shared, "activity_regularizer": None})

    def loop_weights(self, width: int) -> tuple[Weight, ...]:
        """The weights of the cell."""
        return tuple(
            replace(weight, name=f"{self.cell_name}/{weight.name}") for weight in self.steps.step_weights(width)
        )


class SimpleRNN(Units, Tanh, Kernel, Bias, Recurrence, CellLayer):
    """A fully connected recurrent layer: the output of a step goes into the next one."""

    cell_class: ClassVar[type[Cell]] = SimpleRNNCell
    cell_name: ClassVar[str] = "simple_rnn_cell"


class GRU(Units, Tanh, Gates, Kernel, Bias, Recurrence, ResetAfter, CellLayer):
    """A gated recurrent unit (Cho et al., 2014)."""

    cell_class: ClassVar[type[Cell]] = GRUCell
    cell_name: ClassVar[str] = "gru_cell"

    use_cudnn: CudnnChoice = Field("auto", description="Whether cuDNN is used: true, false, or `auto` where it can be.")


class LSTM(Units, Tanh, Gates, Kernel, Bias, Recurrence, UnitForgetBias, CellLayer):
    """A long short-term memory (Hochreiter and Schmidhuber, 1997)."""

    cell_class: ClassVar[type[Cell]] = LSTMCell
    cell_name: ClassVar[str] = "lstm_cell"
    state_names: ClassVar[tuple[str, ...]] = ("state_h", "state_c")

    use_cudnn: CudnnChoice = Field("auto", description="Whether cuDNN is used: true, false, or `auto` where it can be.")


def _cells(value: Any) -> Inner | tuple[Inner, ...]:
    several = tuple(value) if isinstance(value, (list, tuple)) else (value,)
    if not several or not all(isinstance(inner, Inner) for inner in several):
        raise invalid("takes a cell or a list of cells: mappings with `type` and the arguments")
    return several if isinstance(value, (list, tuple)) else several[0]


_CELL_SCHEMA = {"x-definition": "nested_layer"}
_CELLS_SCHEMA = {"anyOf": [_CELL_SCHEMA, {"type": "array", "items": _CELL_SCHEMA, "minItems": 1}]}
Cells = Annotated[Inner | tuple[Inner, ...], PlainValidator(_cells), WithJsonSchema(_CELLS_SCHEMA)]


class RNN(Recurrent):
    """A recurrent layer made of a cell, or of several cells on top of each other."""

    nested: ClassVar[tuple[str, ...]] = ("cell",)

    cell: Cells = Field(description="The cell, or a list of cells, each on top of the one before.")
    zero_output_for_mask: bool = Field(False, description="Whether masked steps give zeros, or the step before again.")

    @model_validator(mode="after")
    def _only_cells(self) -> Self:
        for inner in self.cells:
            if not isinstance(inner.config, Cell):
                raise conflict("cell", f"`{inner.config.keras_name}` is not a cell of a recurrent layer")
        return self

    @model_validator(mode="after")
    def _real_dtype(self) -> Self:
        if self.compute_dtype in (*COMPLEX, "string"):
            raise conflict("dtype", f"`dtype` is {self.dtype}, and the layer computes with real numbers")
        return self

    @property
    def cells(self) -> tuple[Inner, ...]:
        """The cells, also if there is one."""
        return self.cell if isinstance(self.cell, tuple) else (self.cell,)

    @property
    def state_names(self) -> tuple[str, ...]:  # type: ignore[override]
        """The names of the states of the one cell, where it has names for them."""
        if isinstance(self.cell, tuple) or isinstance(self.cell.config, StackedRNNCells):
            return ()
        return LSTM.state_names if isinstance(self.cell.config, LSTMCell) else ("state",)

    @property
    def steps(self) -> Cell:
        """The cell, or the cells as one."""
        return StackedRNNCells(cells=self.cell) if isinstance(self.cell, tuple) else _cell(self.cell)

    def loop_weights(self, width: int) -> tuple[Weight, ...]:
        """The weights of the cells."""
        if isinstance(self.cell, tuple):
            name = "stacked_rnn_cells"
            return Inner(name, self.steps).own(self.steps.step_weights(width), name)
        return self.cell.own(self.steps.step_weights(width), self.cell.name)
