"""What all ops have: functions of Keras from tensors to tensors, without weights."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from spec_compiler.catalog.families import ACTIVATIONS
from spec_compiler.catalog.layers.base import CallArgument, Operation, of_activation, of_operands, tensor
from spec_compiler.catalog.mask_rules import LOSES, UNKNOWN, MaskRule
from spec_compiler.catalog.operands import Elements, require_dense, require_elements
from spec_compiler.catalog.rules import UnknownDimensionError
from spec_compiler.catalog.tensors import TensorType, format_shape

X = tensor("x", "The tensor that the op is applied to.")
X1 = tensor("x1", "The first tensor or number.")
X2 = tensor("x2", "The second tensor or number.")


OpPattern = Literal["identity", "elementwise", "axiswise", "movement", "reduction", "combination", "opaque"]
"""How the elements of an op's result depend on those of its tensors.

- `identity`: they are the same, in the same places, but for their dtype.
- `elementwise`: each depends on those in its own place, as far as the tensors are broadcast.
- `axiswise`: each depends on those along some axes, and the axes stay, as in a softmax.
- `movement`: they are the same in other places: reshaped, transposed, sliced, repeated, padded.
- `reduction`: each depends on those along some axes, which are gone.
- `combination`: each depends on several tensors that play the same part: joins, products, distances.
- `opaque`: anything else.
"""


class Op(Operation):
    """An op: its fields are the arguments that are no tensors, its `calls` the tensors, in Keras's order.

    Its `keras_name` is the name below `keras.ops`: by default that of the class, as in `log1p` for `Log1p`.
    A plain number among the tensors comes as a scalar of the dtype `int` or `float`, which gives way to the dtype
    of what it meets (`promote` knows these).
    """

    keras_module: ClassVar[str] = "keras.ops"
    calls: ClassVar[tuple[CallArgument, ...]] = (X,)
    takes_numbers: ClassVar[bool] = True
    op_pattern: ClassVar[OpPattern]
    """It has no default: each class states it, by itself or through its family. `merges` and `rearranges` follow."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Take the class's own name as Keras's, in Keras's form, unless the class states another."""
        if "keras_name" not in cls.__dict__:
            cls.keras_name = re.sub("(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()
        pattern = getattr(cls, "op_pattern", None)
        cls.merges = pattern == "combination" or (pattern == "elementwise" and len(cls.calls) > 1)
        cls.rearranges = pattern == "movement"
        if "interval" not in cls.__dict__ and cls.interval in (of_activation, of_operands):
            if pattern in ("identity", "movement"):
                cls.ranged_by, cls.interval = (cls.calls[0].name,), of_operands
            elif cls.interval is of_operands and "op_pattern" in cls.__dict__:
                cls.ranged_by, cls.interval = (), of_activation
        super().__pydantic_init_subclass__(**kwargs)

    @classmethod
    def positional_tensors(cls) -> tuple[CallArgument, ...]:
        """A list of inputs is taken for the tensors of the op in order, the optional ones too."""
        return cls.calls

    def mask_rule_of(self, **flags: Any) -> MaskRule:
        """Returns the rule: no op takes or gives a mask, and some certainly leave the steps where they are."""
        return LOSES if self.op_pattern in ("identity", "elementwise", "axiswise") else UNKNOWN

    @property
    def may_move_batch(self) -> bool:
        """Whether it may: what works on each element leaves all axes where they are, unless shapes are broadcast."""
        return self.op_pattern not in ("identity", "axiswise") and (self.op_pattern != "elementwise" or self.merges)

    @property
    def passes_through(self) -> bool:
        """Whether the result has the values of the input, unchanged."""
        return self.op_pattern == "identity"

    def applied_activation(self, rank: int) -> str | None:
        """Returns the activation that the op is, or None if it is none, or one with other arguments than by name."""
        fields = type(self).model_fields
        is_default = all(getattr(self, name) == field.default for name, field in fields.items())
        return self.keras_name if self.keras_name in ACTIVATIONS and is_default else None

    def keras_arguments(self) -> dict[str, Any]:
        """The arguments that were given, in the form in which Keras's function takes them."""
        return self.arguments()


class TensorOp(Op):
    """An op of tensors alone: it takes no plain numbers."""

    takes_numbers: ClassVar[bool] = False


def require_computable(x: TensorType, elements: Elements, operand: str | int = "x") -> None:
    """Refuse a tensor that is not dense, or whose elements cannot be computed with.

    Raises:
        DtypeError: It is one.
    """
    require_dense(x, operand)
    require_elements(x, elements, operand)


def known_lengths(x: TensorType, operand: str | int = "x", axes: Sequence[int] | None = None) -> tuple[int, ...]:
    """The lengths of some axes (of all, by default) that an op has to know before there is data.

    Raises:
        UnknownDimensionError: One is not known.
    """
    lengths = []
    for axis in range(x.rank) if axes is None else axes:
        length = x.shape[axis]
        if length is None:
            raise UnknownDimensionError(
                f"needs to know the length of axis {axis % x.rank} of {format_shape(x.shape)}", operand
            )
        lengths.append(length)
    return tuple(lengths)


def dense(x: TensorType) -> TensorType:
    """The type of the dense tensor with the same elements."""
    return TensorType(x.shape, x.dtype)
