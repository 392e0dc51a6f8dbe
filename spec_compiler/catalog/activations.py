"""What activations can be applied to. A test holds the tables against Keras by running each on each dtype."""

from __future__ import annotations

from spec_compiler.catalog.dtypes import promote
from spec_compiler.catalog.operands import (
    ANYTHING,
    FLOATING,
    FLOATING_OR_COMPLEX,
    NUMBERS,
    REALS,
    Elements,
    refuse_sparse,
    require_elements,
)
from spec_compiler.catalog.rules import RuleError, ShapeError, require_rank_at_least
from spec_compiler.catalog.tensors import TensorType, format_shape

TAKES: dict[str, Elements] = {
    "linear": ANYTHING,
    **dict.fromkeys(("exponential", "tanh"), NUMBERS),
    **dict.fromkeys(
        ("glu", "hard_shrink", "sigmoid", "silu", "squareplus", "swish", "tanh_shrink"), FLOATING_OR_COMPLEX
    ),
    **dict.fromkeys(("leaky_relu", "relu", "relu6"), REALS),
}
"""The activations that do not need floating-point numbers, and what they take."""

TAKES_SPARSE = frozenset(("exponential", "linear", "tanh"))
"""The activations that can be applied to a sparse tensor."""

ALONG_AN_AXIS = frozenset(("glu", "log_softmax", "softmax", "sparsemax"))
"""The activations that look at all elements of the last axis."""

NEEDS_ARGUMENTS = frozenset(("threshold",))
"""The activations that Keras finds by name and cannot call, because they have arguments without defaults."""


def check_activation(name: str | None, x: TensorType, operand: str = "inputs") -> None:
    """Refuse an activation of a tensor where Keras cannot compute it.

    Raises:
        RuleError: The activation cannot be used by name.
        DtypeError: It cannot compute with such elements.
        RankError: It works along an axis, and there is none.
        ShapeError: It halves an axis of odd length.
    """
    if name is None or name == "linear":
        return
    if name in NEEDS_ARGUMENTS:
        raise RuleError(f"has the activation `{name}`, which needs arguments of its own", argument="activation")
    require_elements(x, TAKES.get(name, FLOATING), operand)
    if name not in TAKES_SPARSE:
        refuse_sparse(x, operand)
    if name in ALONG_AN_AXIS:
        require_rank_at_least(x, 1, operand)
    if name == "glu" and x.shape[-1] is not None and x.shape[-1] % 2:
        raise ShapeError(
            f"halves the last axis by `glu`, and {format_shape(x.shape)} has an odd one", operand, argument="activation"
        )


def check_result(name: str | None, x: TensorType, compute_dtype: str) -> None:
    """Refuse an activation of what a layer computes of numbers and of weights in its compute dtype.

    Raises:
        RuleError: As of `check_activation`.
    """
    check_activation(name, x.with_dtype(promote(x.dtype, compute_dtype)))
