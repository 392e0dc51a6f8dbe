"""Data that is larger than memory: it is read while a model trains, in an order that the seed and the epoch draw."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from itertools import count as counted
from math import prod
from typing import Any, NamedTuple

import numpy as np

from spec_compiler.analysing.data_contract import WantedData
from spec_compiler.catalog.data_forms import DataKind
from spec_compiler.diagnostics.report import Report
from spec_compiler.training.check_data import DataCheck
from spec_compiler.training.data_sets import DataSet
from spec_compiler.training.samples import NumpyArray, Samples, UnreadableDataError
from spec_compiler.views import GraphView

_BUFFER_SAMPLES = 16_384
_BUFFER_BYTES = 256 * 2**20
"""What a stream is shuffled by: so many samples, or as many as take so many bytes."""

Rows = Mapping[str, NumpyArray]
"""Some samples: arrays of one length, by the names of inputs and targets."""


class Share(NamedTuple):
    """What one of several processes takes of the data."""

    number: int
    of: int


WHOLE = Share(0, 1)


class Stream:
    """Data that is read while the model trains: never more of it is in memory than a buffer and what is read ahead.

    Attributes:
        epoch: The epoch that is at work or comes next. The order of the samples depends on it and on the seed alone, so
            that a run that goes on sees what it would have seen.
        batch_size: How many samples make a batch.
        report: What was wrong with a stretch, and has ended the stream.

    Args:
        graph: The graph of the model.
        data: The files.
        first: The arrays of a first stretch, which say what shapes there are.
        with_targets: Whether there are targets.
        batch_size: How many samples make a batch.
        seed: What draws the order of the samples; drawn itself if there is none.
    """

    def __init__(
        self,
        graph: GraphView,
        data: DataSet,
        first: Rows,
        *,
        with_targets: bool,
        batch_size: int,
        seed: int | None,
    ) -> None:
        self._graph = graph
        self._data = data
        contract = graph.data_contract
        self._asked = (*contract.inputs, *contract.targets) if with_targets else contract.inputs
        self._wanted = tuple(each for each in self._asked if each.name in first)
        self._shapes = {each.name: first[each.name].shape[1:] for each in self._wanted}
        self._with_targets = with_targets
        self.batch_size = batch_size
        self.seed = secrets.randbelow(2**31) if seed is None else seed
        self.epoch = 0
        # What does not know its end beforehand runs a step too far into it, in which random layers draw once more.
        self.count = data.count(self._wanted)
        self._shares: dict[Share, DataSet | None] = {}
        self.report: Report | None = None

    def dataset(self, *, shuffled: bool = False, steps: int | None = None) -> Any:
        """A `tf.data.Dataset` of batches, which reads the files again each time that it is gone through.

        Args:
            shuffled: Whether the samples are shuffled, anew in each epoch.
            steps: How many batches make an epoch, where it is not the whole of the data: there is no end then.
        """
        import tensorflow as tf

        signature = {
            each.name: tf.TensorSpec((None, *self._open(each)), each.dtype, name=each.name) for each in self._wanted
        }
        batches = tf.data.Dataset.from_generator(
            lambda: self.batches(shuffled=shuffled, steps=steps), output_signature=signature
        ).map(self.apart)
        if steps is None:
            batches = batches.apply(tf.data.experimental.assert_cardinality(-(-self.count // self.batch_size)))
        return batches.prefetch(tf.data.AUTOTUNE)

    def batches(self, *, shuffled: bool = False, steps: int | None = None) -> Iterator[Rows]:
        """The batches of the epoch; with a number of steps, those of all epochs from it on.

        Raises:
            BadDataError: A stretch of data is not as it is wanted; the stream has the report.
        """
        if steps is None:
            return rebatched(self.samples(self.epoch, shuffled=shuffled), self.batch_size)
        begun, skipped = divmod(self.epoch * steps * self.batch_size, self.count)
        passes = (rows for number in counted(begun) for rows in self.samples(number, shuffled=shuffled))
        return rebatched(_without_first(passes, skipped), self.batch_size)

    def apart(self, values: Mapping[str, Any]) -> Any:
        """Inputs and targets, as Keras takes them."""
        names = {each.name for each in self._wanted if each.role == "target"}
        inputs = {name: value for name, value in values.items() if name not in names}
        return (inputs, alone(self._graph, {name: values[name] for name in names})) if names else inputs

    def _open(self, wanted: WantedData) -> tuple[int | None, ...]:
        """The lengths of the axes, open where the model leaves them so."""
        shape = self._shapes[wanted.name]
        stated = wanted.shape[1:] if wanted.shape is not None else ()
        return tuple(stated) if len(stated) == len(shape) else shape

    def _buffer(self) -> int:
        takes = sum(4 * int(prod(shape)) for shape in self._shapes.values())
        return max(self.batch_size, min(_BUFFER_SAMPLES, _BUFFER_BYTES // max(takes, 1)))

    def samples(self, number: int, *, shuffled: bool = False, share: Share = WHOLE) -> Iterator[Rows]:
        """The samples of one pass through the data: in order, or as the seed and the number of the pass draw it.

        Args:
            number: The number of the pass.
            shuffled: Whether they are shuffled.
            share: The samples that are asked for: of files of its own, where the files can be shared out evenly.
        """
        own = self._files_of(share)
        # With images each file is a sample, with shards a stretch: files are drawn first, then samples of a buffer.
        draw = np.random.default_rng((self.seed, number)) if shuffled else None
        found = self._stretches(own or self._data, draw)
        if own is None:
            found = _every(found, share)
        yield from found if draw is None else shuffled_rows(found, min(self._buffer(), self.count), draw)

    def count_of_each(self, shares: int) -> int:
        """How many samples there are for each of some shares: as many as the one has that has the fewest."""
        parts = [self._files_of(Share(number, shares)) for number in range(shares)]
        return min(part.count(self._wanted) if part is not None else self.count // shares for part in parts)

    def _files_of(self, share: Share) -> DataSet | None:
        if share not in self._shares:
            self._shares[share] = self._data.share(share.number, share.of, self._wanted)
        return self._shares[share]

    def _stretches(self, data: DataSet, order: np.random.Generator | None) -> Iterator[Rows]:
        """The arrays of one stretch after the other; what is wrong with one ends it, and is kept as the report."""
        check = DataCheck(self._graph)
        try:
            for samples in data.stretches(self._asked, order):
                yield self._held(check, samples)
        except UnreadableDataError as error:
            check.cannot_read(error)
            self.report = check.report()
            raise BadDataError from error

    def _held(self, check: DataCheck, samples: Samples) -> Rows:
        arrays = check.hold_stretch(samples, with_targets=self._with_targets)
        if check.findings.errors:
            self.report = check.report()
            raise BadDataError
        return {each.name: self._value(each, arrays[each.name]) for each in self._wanted}

    def _value(self, wanted: WantedData, array: NumpyArray) -> NumpyArray:
        return array.astype(object if wanted.kind is DataKind.TEXT else wanted.dtype, copy=False)


class BadDataError(Exception):
    """A stretch of data is not as it is wanted; the stream has the report."""


def alone(graph: GraphView, targets: Mapping[str, Any]) -> Any:
    """Targets as Keras takes them: those of a model with one output without its name."""
    return next(iter(targets.values())) if len(graph.outputs) == 1 else dict(targets)


def length_of(rows: Rows) -> int:
    """How many samples there are."""
    return len(next(iter(rows.values()), ()))


def shuffled_rows(stretches: Iterator[Rows], size: int, draw: np.random.Generator) -> Iterator[Rows]:
    """Samples in an order that is drawn through a buffer: what comes in takes the place of what is drawn to leave."""
    buffer: dict[str, NumpyArray] = {}
    filled = 0
    for stretch in stretches:
        for first in range(0, length_of(stretch), size):
            rows = {name: array[first : first + size] for name, array in stretch.items()}
            if not buffer:
                buffer = {name: np.empty((size, *array.shape[1:]), array.dtype) for name, array in rows.items()}
            taken = min(size - filled, length_of(rows))
            for name, array in rows.items():
                buffer[name][filled : filled + taken] = array[:taken]
            filled += taken
            coming = length_of(rows) - taken
            if coming:
                places = draw.permutation(filled)[:coming]
                leaving = {name: array[places] for name, array in buffer.items()}
                for name, array in rows.items():
                    buffer[name][places] = array[taken:]
                yield leaving
    places = draw.permutation(filled)
    for first in range(0, filled, _BLOCK_ROWS):
        yield {name: array[places[first : first + _BLOCK_ROWS]] for name, array in buffer.items()}


_BLOCK_ROWS = 1024


def rebatched(blocks: Iterator[Rows], size: int) -> Iterator[Rows]:
    """Samples in batches of one size, but for the last."""
    parts: list[Rows] = []
    held = 0
    for block in blocks:
        first, length = 0, length_of(block)
        while first < length:
            taken = min(size - held, length - first)
            parts.append({name: array[first : first + taken] for name, array in block.items()})
            held, first = held + taken, first + taken
            if held == size:
                yield _joined(parts)
                parts, held = [], 0
    if held:
        yield _joined(parts)


def _joined(parts: list[Rows]) -> Rows:
    return {name: np.concatenate([each[name] for each in parts]) for name in parts[0]}


def _every(blocks: Iterator[Rows], share: Share) -> Iterator[Rows]:
    """Of samples one out of as many as there are shares."""
    passed = 0
    for block in blocks:
        first = (share.number - passed) % share.of
        passed += length_of(block)
        yield {name: array[first :: share.of] for name, array in block.items()}


def _without_first(blocks: Iterator[Rows], skipped: int) -> Iterator[Rows]:
    """Samples without the first ones."""
    for block in blocks:
        length = length_of(block)
        if skipped < length:
            yield {name: array[skipped:] for name, array in block.items()}
        skipped = max(0, skipped - length)
