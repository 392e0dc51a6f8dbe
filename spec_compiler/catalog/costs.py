"""What a call costs: products of numbers, and bytes of what it gives.

A multiply-add is one product of two numbers that a matrix product, a convolution or an equation in Einstein's
notation forms; all else (biases, activations, sums, means, look-ups, decompositions) counts nothing. It is what papers
state of models; TensorFlow's profiler counts two operations for each.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import NamedTuple

from spec_compiler.catalog.dtypes import BITS
from spec_compiler.catalog.tensors import Dimension, TensorType, Weight


class Cost(NamedTuple):
    """What a call on a whole batch costs; None where that depends on a length that is not known.

    Attributes:
        multiply_adds: The products of two numbers that it forms.
        activation_bytes: The size of what it gives, and of what the models inside it give at each step.
    """

    multiply_adds: Dimension
    activation_bytes: Dimension


def times(*factors: Dimension) -> Dimension:
    """A product: nothing if one factor is nothing, else not known if one is not."""
    if 0 in factors:
        return 0
    known = [factor for factor in factors if factor is not None]
    return prod(known) if len(known) == len(factors) else None


def total(summands: Iterable[Dimension]) -> Dimension:
    """A sum; not known if one summand is not."""
    found = 0
    for summand in summands:
        if summand is None:
            return None
        found += summand
    return found


def together(costs: Iterable[Cost]) -> Cost:
    """What several calls cost."""
    several = list(costs)
    return Cost(total(cost.multiply_adds for cost in several), total(cost.activation_bytes for cost in several))


def bytes_of(*tensors: TensorType | Weight) -> Dimension:
    """The size of some tensors or weights in memory."""
    return total(times(*tensor.shape, BITS.get(tensor.dtype, 32) // 8) for tensor in tensors)


def kernel_size(weights: Iterable[Weight]) -> int:
    """How many numbers the kernels among some weights have: what is multiplied at each place."""
    return sum(weight.size for weight in weights if is_kernel(weight))


def is_kernel(weight: Weight) -> bool:
    """Whether inputs are multiplied with a weight: `kernel`, `recurrent_kernel`, `query/kernel`."""
    return weight.name.endswith("kernel")
