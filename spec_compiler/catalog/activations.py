"""What activations can be applied to. A test holds the tables against Keras by running each on each dtype."""

from __future__ import annotations

import math
from dataclasses import replace

from spec_compiler.catalog.dtypes import is_integer, promote
from spec_compiler.catalog.intervals import EVERY, GATE, NOT_NEGATIVE, SHARES, UNKNOWN, Image, Interval, Rising, Valley
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

LINEAR = "linear"
"""The activation that leaves everything as it is: none."""

TAKES: dict[str, Elements] = {
    LINEAR: ANYTHING,
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

CUTTING = frozenset(("relu", "relu6"))
"""The activations that make 0 of every number below that."""

SHARING = frozenset(("softmax",))
"""The activations whose results are shares of 1 along the last axis."""

NEEDS_ARGUMENTS = frozenset(("threshold",))
"""The activations that Keras finds by name and cannot call, because they have arguments without defaults."""


_KEEPS = frozenset((None, LINEAR, "relu", "relu6"))


def activated_dtype(name: str | None, dtype: str) -> str:
    """The dtype of an activation of elements that it can be applied to: most make fractions of whole numbers."""
    return "float32" if name not in _KEEPS and is_integer(dtype) else dtype


def check_activation(name: str | None, x: TensorType, operand: str = "inputs") -> None:
    """Refuse an activation of a tensor where Keras cannot compute it.

    Raises:
        RuleError: The activation cannot be used by name.
        DtypeError: It cannot compute with such elements.
        RankError: It works along an axis, and there is none.
        ShapeError: It halves an axis of odd length.
    """
    if name is None or name == LINEAR:
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


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def _softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def elu(alpha: float, scale: float = 1.0) -> Rising:
    """An exponential linear unit, whose `alpha` is not negative."""
    return Rising(lambda x: scale * (x if x > 0 else alpha * math.expm1(x)), low=-scale * alpha)


def leaky(slope: float) -> Rising:
    """A rectifier with a slope below zero that is not negative."""
    return Rising(
        lambda x: x if x > 0 else slope * x, low=-math.inf if slope else 0.0, low_reached=not slope, strictly=slope > 0
    )


def shrink(threshold: float, *, soft: bool) -> Rising:
    """Zero near zero, and elsewhere the number, or the number moved towards zero."""
    moved = threshold if soft else 0.0
    return Rising(lambda x: 0.0 if abs(x) <= threshold else x - math.copysign(moved, x), strictly=False)


def squareplus(b: float) -> Rising:
    """A smooth rectifier, without exponentials."""
    return Rising(lambda x: (x + math.sqrt(x * x + b)) / 2, low=0.0)


def _hard_swish(x: float) -> float:
    return x * min(max(x / 6 + 0.5, 0.0), 1.0)


def _sparse_plus(x: float) -> float:
    return 0.0 if x <= -1 else x if x >= 1 else (x + 1) ** 2 / 4


_RECTIFIER = leaky(0.0)
_SILU = Valley(lambda x: x * _sigmoid(x), -1.2784645, 0.0, math.inf, -0.2784646)
_HARD_SWISH = Valley(_hard_swish, -1.5, 0.0, math.inf, -0.375)

IMAGES: dict[str, Image] = {
    LINEAR: lambda x: x,
    "celu": elu(1.0),
    "elu": elu(1.0),
    "exponential": Rising(math.exp, low=0.0),
    # Computed with `tanh`, as by default, it falls a little lower.
    "gelu": Valley(lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2, -0.7517916, 0.0, math.inf, -0.1701),
    "hard_shrink": shrink(0.5, soft=False),
    "hard_sigmoid": Rising(lambda x: min(max(x / 6 + 0.5, 0.0), 1.0), 0.0, 1.0, True, True, False),
    "hard_silu": _HARD_SWISH,
    "hard_swish": _HARD_SWISH,
    "hard_tanh": Rising(lambda x: min(max(x, -1.0), 1.0), -1.0, 1.0, True, True, False),
    "leaky_relu": leaky(0.2),
    "log_sigmoid": Rising(lambda x: -_softplus(-x), high=0.0),
    "log_softmax": lambda x: Interval(high=0.0, reached=x == EVERY),
    "mish": Valley(lambda x: x * math.tanh(_softplus(x)), -1.1924, 0.0, math.inf, -0.30885),
    "relu": _RECTIFIER,
    "relu6": Rising(lambda x: min(max(x, 0.0), 6.0), 0.0, 6.0, True, True, False),
    "selu": elu(1.6732632423543772, 1.0507009873554805),
    "sigmoid": Rising(_sigmoid, 0.0, 1.0),
    "silu": _SILU,
    "soft_shrink": shrink(0.5, soft=True),
    "softmax": lambda x: replace(SHARES, low_open=True, reached=x == EVERY),
    "softplus": Rising(_softplus, low=0.0),
    "softsign": Rising(lambda x: x / (abs(x) + 1), -1.0, 1.0),
    "sparse_plus": Rising(_sparse_plus, low=0.0, low_reached=True, strictly=False),
    "sparse_sigmoid": Rising(lambda x: min(max((x + 1) / 2, 0.0), 1.0), 0.0, 1.0, True, True, False),
    "sparsemax": lambda _: NOT_NEGATIVE,  # Keras adds up too much for its threshold: these are no shares of 1.
    "squareplus": squareplus(4.0),
    "swish": _SILU,
    "tanh": Rising(math.tanh, -1.0, 1.0),
    "tanh_shrink": Rising(lambda x: x - math.tanh(x)),
    # One half of the axis times a share.
    "glu": lambda x: replace(x * GATE, reached=x == EVERY),
}
"""What each activation makes of the numbers of an interval."""


def activated(name: str | None, x: Interval) -> Interval:
    """What an activation makes of the numbers of an interval; of one of the caller's own, that is unknown."""
    if name is None:
        return x
    image = IMAGES.get(name)
    return image(x) if image is not None else UNKNOWN
