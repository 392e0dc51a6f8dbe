"""Variables → HDF5, as Keras's `H5IOStore` lays them out: one weight in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any, Protocol

import h5py
import numpy as np

from spec_compiler.catalog.keras_config.names import AutomaticNames
from spec_compiler.emitting.keras_file.initial_values import in_dtype
from spec_compiler.emitting.keras_file.optimizer_state import OptimizerSlot, OptimizerState
from spec_compiler.emitting.keras_file.states import State, Variable


class Values(Protocol):
    """What variables are."""

    def of(self, variable: Variable) -> Any:
        """The value of a variable, in its dtype; of bfloat16, its bits."""


_CHUNK = 1 << 18
"""How many equal numbers are written at once."""


def write_weights(path: Path, model: State, optimizer: OptimizerState | None, values: Values) -> None:
    """Write the variables of a model, and those of its optimizer if there are any.

    Raises:
        OSError: They cannot be written.
    """
    # Through a file of Python's: where HDF5 itself cannot write, it ends the process.
    with open(path, "w+b") as opened, h5py.File(opened, "w") as file:
        for place, state in placed(model):
            group = _group(file, place, state.name)
            for index, variable in enumerate(state.own):
                _write(group, str(index), values.of(variable), variable.weight.dtype)
            for name, numbers in state.tables.items():
                _write(group, name, np.array(numbers, np.float32), "float32")
        if optimizer is not None:
            _write_optimizer(file, "optimizer", optimizer, values)


def placed(model: State) -> Iterator[tuple[str, State]]:
    """All that a model holds, each at the place where Keras comes by first."""
    seen: set[State] = set()

    def walk(state: State, place: str) -> Iterator[tuple[str, State]]:
        if state in seen:
            return
        seen.add(state)
        yield place, state
        for attribute, child in state.children:
            below = f"{place}/{attribute}" if place else attribute
            if isinstance(child, State):
                yield from walk(child, below)
                continue
            names = AutomaticNames()
            for each in child:
                yield from walk(each, f"{below}/{names.next(each.class_name)}")

    return walk(model, "")


def _group(file: Any, place: str, name: str) -> Any:
    group = file.create_group(f"{place}/vars" if place else "vars")
    group.attrs["name"] = name
    return group


def _write(group: Any, name: str, values: Any, dtype: str) -> None:
    dataset = group.create_dataset(name, data=values)
    if dtype == "bfloat16":
        dataset.attrs["dtype"] = dtype


def _write_optimizer(file: Any, place: str, optimizer: OptimizerState, values: Values) -> None:
    group = _group(file, place, optimizer.name)
    for index, slot in enumerate(optimizer.slots):
        if isinstance(slot.fill, float):
            _write_equal(group, str(index), slot, slot.fill)
        else:
            _write(group, str(index), values.of(slot.fill), slot.dtype)
    for part, inner in optimizer.inside:
        _write_optimizer(file, f"{place}/{part}", inner, values)


def _write_equal(group: Any, name: str, slot: OptimizerSlot, value: float) -> None:
    """Write one number everywhere. Keras refuses what is declared and not stored, so all of it is written."""
    size = prod(slot.shape)
    rows = slot.shape[0] if slot.shape else 1
    at_once = max(1, _CHUNK // max(1, size // max(1, rows)))
    if at_once >= rows:
        _write(group, name, _equal(slot.shape, value, slot.dtype), slot.dtype)
        return
    some = _equal((at_once, *slot.shape[1:]), value, slot.dtype)
    dataset = group.create_dataset(name, shape=slot.shape, dtype=some.dtype)
    for start in range(0, rows, at_once):
        dataset[start : start + at_once] = some[: rows - start]
    if slot.dtype == "bfloat16":
        dataset.attrs["dtype"] = slot.dtype


def _equal(shape: tuple[int, ...], value: float, dtype: str) -> Any:
    return in_dtype(np.full(shape, value, np.float32 if dtype == "bfloat16" else dtype), dtype)
