"""What a file of weights holds: layers by name, each with its weights in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal


class UnreadableWeightsError(Exception):
    """A file that is not read: it is no file of weights, it is damaged, or it asks for what is never done.

    Attributes:
        kind: `format` (no such file, or damaged), `size` (it holds more than the limit), or `link` (it names values
            outside of itself).
    """

    def __init__(self, kind: Literal["format", "size", "link"], message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class HeldWeight:
    """One array of a file: its name below the layer, its shape and dtype, and where it stands in the HDF5 file."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    location: str


@dataclass(frozen=True, slots=True)
class HeldLayer:
    """A layer of a file: its own weights, and the layers inside it, if it is a model."""

    weights: tuple[HeldWeight, ...] = ()
    layers: Mapping[str, HeldLayer] | None = None

    def all_weights(self) -> Iterator[HeldWeight]:
        """Yields its own weights and those of the layers inside it."""
        yield from self.weights
        for layer in (self.layers or {}).values():
            yield from layer.all_weights()
