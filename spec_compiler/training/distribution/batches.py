"""Batches for Keras on any of its backends, of each of which a process takes its part."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from queue import Queue
from threading import Event, Thread
from typing import Any

import keras
import numpy as np

from spec_compiler.training.distribution.parts import BatchPart
from spec_compiler.training.samples import NumpyArray
from spec_compiler.training.stream import Rows, Stream, length_of, rebatched

_AHEAD = 4
"""How many batches are read ahead."""


class ArrayBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches of arrays in memory, in an order that the seed and the epoch draw.

    Attributes:
        epoch: The epoch that is at work or comes next.

    Args:
        rows: The arrays.
        apart: Makes inputs and targets of them.
        batch_size: How many samples all processes together take in a step.
        part: What of each batch is this process's.
        seed: What draws the order; None for the order in which the samples stand.
        steps: How many batches make an epoch, where it is not the whole of the data.
    """

    def __init__(
        self,
        rows: Rows,
        apart: Callable[[Mapping[str, NumpyArray]], Any],
        batch_size: int,
        part: BatchPart,
        *,
        seed: int | None = None,
        steps: int | None = None,
    ) -> None:
        super().__init__()
        self._rows = rows
        self._apart = apart
        self._batch_size = batch_size
        self._part = part
        self._seed = seed
        self._steps = steps
        count = length_of(rows)
        left = count % batch_size // part.replicas * part.replicas
        self._count = count // batch_size * batch_size + left
        self._in_a_pass = -(-self._count // batch_size)
        self._drawn: tuple[int, NumpyArray] | None = None
        self.epoch = 0

    def __len__(self) -> int:
        return self._steps or self._in_a_pass

    def __getitem__(self, index: int) -> Any:
        number, index = divmod(self.epoch * len(self) + index, self._in_a_pass)
        first = index * self._batch_size
        taken = self._part.of(self._order(number)[first : min(first + self._batch_size, self._count)])
        return self._apart({name: array[taken] for name, array in self._rows.items()})

    def _order(self, number: int) -> NumpyArray:
        """The order of the samples in a pass."""
        count = length_of(self._rows)
        if self._seed is None:
            return np.arange(count)
        if self._drawn is None or self._drawn[0] != number:
            self._drawn = number, np.random.default_rng((self._seed, number)).permutation(count)
        return self._drawn[1]


class StreamBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches of a stream, read ahead, of samples that are this process's alone.

    Args:
        stream: The stream.
        part: What of each batch is this process's.
        shuffled: Whether the samples are shuffled, anew in each epoch.
        steps: How many batches make an epoch, where it is not the whole of the data.
    """

    def __init__(
        self,
        stream: Stream,
        part: BatchPart,
        *,
        shuffled: bool = False,
        steps: int | None = None,
    ) -> None:
        super().__init__()
        self._stream = stream
        self._part = part
        self._shuffled = shuffled
        self._steps = steps
        pieces = len(part.pieces)
        self._size = stream.batch_size // part.replicas * pieces
        self._count = stream.count_of_each(part.share.of) // pieces * pieces
        self._reading: Iterator[Rows] = iter(())

    def __len__(self) -> int:
        return self._steps or -(-self._count // self._size)

    def __getitem__(self, index: int) -> Any:
        if index == 0:
            self._reading = read_ahead(self._batches())
        return self._stream.apart(next(self._reading))

    def _batches(self) -> Iterator[Rows]:
        epoch = self._stream.epoch
        if self._steps is None:
            return rebatched(self._samples(epoch), self._size)
        number, skipped = divmod(epoch * self._steps, -(-self._count // self._size))
        return islice(self._passes(number), skipped, skipped + self._steps)

    def _passes(self, number: int) -> Iterator[Rows]:
        while True:
            yield from rebatched(self._samples(number), self._size)
            number += 1

    def _samples(self, number: int) -> Iterator[Rows]:
        """The samples of a pass: in each process as many."""
        left = self._count
        for rows in self._stream.samples(number, shuffled=self._shuffled, share=self._part.share):
            length = min(left, length_of(rows))
            if length:
                yield {name: array[:length] for name, array in rows.items()}
            left -= length
            if not left:
                return


def read_ahead(batches: Iterator[Rows]) -> Iterator[Rows]:
    """What an iterator gives, read by a thread before it is asked for."""
    queue: Queue[tuple[Rows | None, BaseException | None]] = Queue(_AHEAD)
    over = Event()

    def read() -> None:
        try:
            for batch in batches:
                if over.is_set():
                    return
                queue.put((batch, None))
            queue.put((None, None))
        except BaseException as error:
            queue.put((None, error))

    Thread(target=read, daemon=True).start()
    try:
        while True:
            batch, error = queue.get()
            if error is not None:
                raise error
            if batch is None:
                return
            yield batch
    finally:
        over.set()
        while not queue.empty():
            queue.get_nowait()
