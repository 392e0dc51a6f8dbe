"""What becomes of a gradient on its way back through a call."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Flow(IntEnum):
    """What comes back to a tensor, or to a weight."""

    NONE = 0
    """No gradient: TensorFlow gives None."""
    ZERO = 1
    """A gradient that is zero everywhere."""
    SOME = 2
    """A gradient."""


class NoDerivative(NamedTuple):
    """What a gradient would have to come back through, and of which Keras has none: training ends with an error there.

    `argument` is what says so, if one does; `route` leads to the layer inside that it is, if it is one.
    """

    reason: str
    hint: str
    argument: str | None = None
    route: tuple[str | int, ...] = ()


OF_AREAS = NoDerivative(
    "Keras has no gradient of `interpolation: area`",
    "write `interpolation: bilinear`, with `antialias: true` where images become smaller, or resize before anything "
    "that is trained",
    "interpolation",
)
"""TensorFlow has no gradient of means over areas, and Keras's other backends have no such means."""


def of_moved_pixels(dtype: str, hint: str) -> NoDerivative:
    """What TensorFlow lacks for pixels that are moved in half precision."""
    return NoDerivative(f"TensorFlow has no gradient of pixels that are moved in {dtype}", hint)
