"""The order of what is streamed: drawn by the seed and the epoch alone, through a buffer that is bounded."""

from __future__ import annotations

import numpy as np
import pytest

from spec_compiler.training import stream as streams
from spec_compiler.training.data_sets import data_set
from spec_compiler.training.stream import Stream
from tests.training.data import graph

SPEC = """\
spec: 1
nodes: {x: {type: Input, shape: [1]}, y: {type: Dense, units: 1, inputs: x}}
outputs: {y: {loss: mse}}
"""
COUNT = 30


def streamed(folder, **options):
    given = {"with_targets": True, "batch_size": 4, "seed": 1} | options
    first = {"x": np.zeros((1, 1), "float32"), "y": np.zeros((1, 1), "float32")}
    return Stream(graph(SPEC), data_set(str(folder)), first, **given)


@pytest.fixture
def folder(tmp_path):
    for number in range(3):
        x = np.arange(10.0) + 10 * number
        np.savez(tmp_path / f"part-{number}.npz", x=x, y=-x)
    return tmp_path


def orders(stream, epoch, **options):
    stream.epoch = epoch
    batches = list(stream.batches(shuffled=True, **options))
    for batch in batches:
        assert (batch["x"] == -batch["y"]).all()
    return [int(value) for batch in batches for value in batch["x"].ravel()], [len(batch["x"]) for batch in batches]


@pytest.mark.parametrize("buffer", [1, 7, 16_384])
def test_each_epoch_has_all_samples_in_an_order_that_the_seed_and_the_epoch_draw(folder, buffer, monkeypatch):
    monkeypatch.setattr(streams, "_BUFFER_SAMPLES", buffer)
    drawn = [orders(streamed(folder), epoch) for epoch in range(3)]
    for order, sizes in drawn:
        assert (sorted(order), sizes) == (list(range(COUNT)), [4] * 7 + [2])
    assert len({tuple(order) for order, _ in drawn}) == 3
    whole = streamed(folder)
    assert [orders(whole, epoch) for epoch in (2, 0, 1)] == [drawn[2], drawn[0], drawn[1]]
    assert orders(streamed(folder, seed=2), 0) != drawn[0]


def test_steps_go_on_where_the_epochs_before_have_ended(folder):
    from itertools import islice

    def taken(epoch, count):
        stream = streamed(folder)
        stream.epoch = epoch
        return [batch["x"].ravel().tolist() for batch in islice(stream.batches(shuffled=True, steps=5), count)]

    whole = taken(0, 20)
    assert taken(1, 15) == whole[5:]
    assert taken(3, 5) == whole[15:]


def test_samples_that_are_not_shuffled_come_in_order(folder):
    batches = [batch["x"].ravel().tolist() for batch in streamed(folder).batches()]
    assert [int(value) for batch in batches for value in batch] == list(range(COUNT))
