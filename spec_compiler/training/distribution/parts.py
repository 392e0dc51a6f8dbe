"""Which part of each batch a process takes."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from spec_compiler.training.stream import Share


class BatchPart(NamedTuple):
    """What of each batch is one process's: some of as many equal pieces as there are replicas of the model.

    Attributes:
        pieces: The numbers of the pieces, which follow each other.
        replicas: How many pieces there are.
    """

    pieces: tuple[int, ...]
    replicas: int

    @property
    def share(self) -> Share:
        """The same as a share of all samples."""
        return Share(self.pieces[0] // len(self.pieces), self.replicas // len(self.pieces))

    def of(self, rows: Any) -> Any:
        """The part of the rows of a batch. What is too little for all pieces is left out."""
        size = len(rows) // self.replicas
        return np.concatenate([rows[piece * size : (piece + 1) * size] for piece in self.pieces])


ALONE = BatchPart((0,), 1)
"""The part of a process that trains by itself: everything."""
