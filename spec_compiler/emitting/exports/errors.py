"""What goes wrong in writing for another runtime."""

from __future__ import annotations


class UnsupportedError(Exception):
    """A runtime cannot do what a model does.

    Attributes:
        runtime: The runtime.
        layers: The names of the layers that ask for it; none if that cannot be told.
        hint: What may be written instead; None if nothing is known.
    """

    def __init__(self, runtime: str, reason: str, layers: tuple[str, ...] = (), hint: str | None = None) -> None:
        super().__init__(reason)
        self.runtime = runtime
        self.layers = layers
        self.hint = hint
