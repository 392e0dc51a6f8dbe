"""The data of the examples, by the names of their specs: of scikit-learn's package, and headlines that are made up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

Arrays = Mapping[str, np.ndarray[Any, Any]]


def digits() -> Arrays:
    """Pictures of 8 × 8 numbers from 0 to 16, and the digit that each shows."""
    from sklearn.datasets import load_digits

    found = load_digits()
    return {"picture": found.images[..., None].astype("float32"), "digit": found.target}


def first_digits() -> Arrays:
    """The pictures of the digits 0 … 4."""
    return _some_digits(range(5))


def transfer() -> Arrays:
    """A few pictures of the digits 5 … 9, counted from 0."""
    arrays = _some_digits(range(5, 10))
    return {name: array[:200] for name, array in arrays.items()}


def _some_digits(which: range) -> Arrays:
    arrays = digits()
    is_meant = np.isin(arrays["digit"], which)
    return {"picture": arrays["picture"][is_meant], "digit": arrays["digit"][is_meant] - which.start}


def breast_cancer() -> Arrays:
    """Thirty measures of a tumour's cells, and whether it is benign."""
    from sklearn.datasets import load_breast_cancer

    found = load_breast_cancer()
    return {"cells": found.data.astype("float32"), "benign": found.target}


def wine() -> Arrays:
    """Thirteen measures of a wine, and the grower that it is of."""
    from sklearn.datasets import load_wine

    found = load_wine()
    return {"measures": found.data.astype("float32"), "grower": found.target}


def diabetes() -> Arrays:
    """Ten measures of a patient, and how the illness went on within a year."""
    from sklearn.datasets import load_diabetes

    found = load_diabetes()
    return {"patient": found.data.astype("float32"), "progression": found.target.astype("float32")}


_WORDS = 10_000
_LENGTH = 100


def news(count: int = 1024) -> Arrays:
    """Headlines as numbers of words, with 0 before them, five facts about each, and whether it was read much.

    They are made up: a headline is read much if words of one of its two topics outweigh those of the other, and it
    stands high on the page.
    """
    draw = np.random.default_rng(0)
    words = np.zeros((count, _LENGTH), "int32")
    facts = draw.random((count, 5)).astype("float32")
    read = np.zeros(count, "int32")
    for row in range(count):
        length = draw.integers(6, 15)
        is_liked = draw.random() < 0.5
        topic = draw.integers(1, 40, length) + (0 if is_liked else 40)
        others = draw.integers(100, _WORDS, length)
        words[row, -length:] = np.where(draw.random(length) < 0.6, topic, others)
        read[row] = is_liked if facts[row, 0] > 0.1 else 1 - is_liked
    return {"main_input": words, "aux_input": facts, "main_output": read, "aux_output": read}


EXAMPLES: Mapping[str, Callable[[], Arrays]] = {
    each.__name__: each for each in (digits, breast_cancer, wine, diabetes, news, first_digits, transfer)
}
"""What makes the data of each example."""


def write(name: str, folder: Path) -> None:
    """Write the data of an example: a fifth of it, drawn always the same, apart for evaluation."""
    arrays = EXAMPLES[name]()
    order = np.random.default_rng(0).permutation(len(next(iter(arrays.values()))))
    held_out = len(order) // 5
    folder.mkdir(parents=True, exist_ok=True)
    for suffix, rows in (("", order[held_out:]), ("_held_out", order[:held_out])):
        np.savez(folder / f"{name}{suffix}.npz", **{each: array[rows] for each, array in arrays.items()})
