"""What loops over steps have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from spec_compiler.catalog.costs import kernel_size, times
from spec_compiler.catalog.intervals import Interval, Ranged
from spec_compiler.catalog.layers.base import (
    MASK,
    TRAINING,
    CallArgument,
    LayerConfig,
    Loop,
    tensor,
    tensors,
)
from spec_compiler.catalog.layers.recurrent_cells.base import Cell, check_states, flat_sizes
from spec_compiler.catalog.mask_rules import USES_AND_ENDS, USES_AND_PROPAGATES, MaskRule
from spec_compiler.catalog.operands import NUMBERS, require_elements
from spec_compiler.catalog.rules import (
    RangeError,
    ShapeError,
    UnknownDimensionError,
    known,
    require_rank,
)
from spec_compiler.catalog.shapes import agree
from spec_compiler.catalog.tensors import Dimension, Inferred, TensorType, Weight, format_shape

SEQUENCES = tensor("sequences", "The sequences: (batch, steps, features).")
INITIAL_STATE = tensors(
    "initial_state", "The states to begin with, one tensor each; zeros if left out.", required=False
)


class Recurrent(Loop, LayerConfig):
    """A layer that goes through sequences step by step."""

    calls: ClassVar[tuple[CallArgument, ...]] = (SEQUENCES, INITIAL_STATE, MASK, TRAINING)
    state_names: ClassVar[tuple[str, ...]] = ("state",)
    default_training: ClassVar[bool | None] = False
    built_for: ClassVar[tuple[str, ...] | None] = ("sequences", "initial_state")

    def mask_rule_of(self, **flags: Any) -> MaskRule:
        """Returns the rule: a mask is used, and propagated with the sequences."""
        return USES_AND_PROPAGATES if self.return_sequences else USES_AND_ENDS

    @property
    def loop(self) -> Loop:
        """The layer itself."""
        return self

    @property
    def steps(self) -> Cell:
        """What is done in one step."""
        raise NotImplementedError

    def loop_weights(self, width: int) -> tuple[Weight, ...]:
        """The weights for inputs of a width."""
        raise NotImplementedError

    ranged_by: ClassVar[tuple[str, ...]] = ("initial_state",)

    def interval(
        self, output: int, of: TensorType, initial_state: Sequence[Ranged] | None = None, **call: Any
    ) -> Interval:
        """What the cell gives, step by step."""
        return self.steps.interval(output, of, states=initial_state)

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
        if mask is not None:
            check_steps_mask(mask, sequences)
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


def check_steps_mask(mask: TensorType, sequences: TensorType) -> None:
    """Refuse a mask that does not say of each step whether it counts; an axis of length 1 may stand behind the steps.

    Raises:
        ShapeError: It does not.
    """
    steps = mask.shape[:-1] if mask.rank == 3 and mask.shape[-1] in (1, None) else mask.shape
    batch, length = sequences.shape[:2]
    if len(steps) != 2 or not (steps[0] == 1 or agree(steps[0], batch)) or not agree(steps[1], length):
        raise ShapeError(
            f"takes a mask of shape {format_shape((batch, length))}, and gets {format_shape(mask.shape)}", "mask"
        )


_MOST_UNROLLED = 10_000
"""The most steps that are unrolled: each is some hundred kilobytes of graph, and a twentieth of a second to make it."""


def check_loop(layer: Loop, sequences: TensorType) -> None:
    """Refuse what a loop cannot do with an unknown batch size or number of steps.

    Raises:
        UnknownDimensionError: A stateful layer does not know the batch size, or an unrolled one the steps.
        RangeError: There are more steps than can be unrolled.
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
    if layer.unroll and steps is not None and steps > _MOST_UNROLLED:
        raise RangeError(
            f"is unrolled for at most {_MOST_UNROLLED:,} steps, and gets {steps:,}",
            "sequences",
            argument="unroll",
            hint="leave out `unroll`: a loop takes any number of steps",
        )
