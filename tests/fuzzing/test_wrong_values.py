"""Each value of a spec, replaced by values of all kinds and left out, is answered: whatever comes of it, no exception."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from tests.fuzzing.answers import answer

pytestmark = pytest.mark.slow

SPEC = {
    "spec": 1,
    "name": "m",
    "description": "d",
    "params": {"k": 1},
    "defaults": {"Dense": {"units": 3}},
    "layers": {"shared": {"type": "Dense", "units": 2}},
    "blocks": {
        "b": {
            "params": {"n": 2},
            "inputs": ["i"],
            "nodes": {"d": {"type": "Dense", "units": "${n}", "inputs": "i", "repeat": 2}},
            "outputs": ["d"],
        }
    },
    "nodes": {
        "x": {"type": "Input", "shape": [3]},
        "y": {
            "type": "Dense",
            "name": "q",
            "inputs": "x",
            "units": 3,
            "when": True,
            "repeat": 1,
            "call": {"training": True},
            "kernel_initializer": {"type": "RandomNormal", "stddev": 0.1},
        },
        "z_${i}": {"for": {"i": [1, 2]}, "type": "b", "inputs": "y", "n": 3, "repeat": 2},
        "s": {"use": "shared", "inputs": ["x"]},
        "t": {"type": "Dense"},
        "w": {"type": "TimeDistributed", "layer": {"type": "Dense", "units": 2}, "inputs": "v"},
        "v": {"type": "Reshape", "target_shape": [3, "${k}"], "inputs": "x"},
        "u": {"type": "Flatten", "inputs": "w"},
        "c": {"type": "concatenate", "inputs": ["z_*", "s", "t", "u"], "axis": -1},
    },
    "edges": ["x -> t"],
    "inputs": ["x"],
    "outputs": {"o": {"from": "c", "loss": "mse", "loss_weight": 1.0, "metrics": ["mae", {"type": "AUC"}]}},
    "compile": {"optimizer": {"type": "Adam", "learning_rate": 0.1}},
    "fit": {"epochs": 1, "batch_size": 2},
}
WRONG: list[Any] = ["3", "abc", "", "$", "${", "${k}", "${none}", "1:", -1, 0, 2.5, 10**30, True, None]
WRONG += [[], [1], [[]], [{}], {}, {"a": 1}, {"type": "Dense"}]


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths to all values inside one."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*place, key)
        yield from places(item, (*place, key))


def changed(place: tuple[Any, ...]) -> Iterator[Any]:
    """The spec with another value at a place, and with none."""
    for wrong in (*WRONG, ...):
        spec: Any = deepcopy(SPEC)
        around = spec
        for step in place[:-1]:
            around = around[step]
        if wrong is ...:
            del around[place[-1]]
        else:
            around[place[-1]] = wrong
        yield spec


def test_the_spec_itself_is_right():
    assert answer(json.dumps(SPEC)).ok


@pytest.mark.parametrize("place", list(places(SPEC)), ids=lambda place: "/".join(map(str, place)))
def test_a_wrong_value_is_answered(place):
    for spec in changed(place):
        text = json.dumps(spec)
        try:
            answer(text)
        except Exception as error:
            raise AssertionError(f"{type(error).__name__}: {error}\n{text}") from error
