"""The global random numbers, seeded for a while and put back as they were."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


@contextmanager
def seeded(seed: int | None) -> Iterator[None]:
    """Seed what shuffles data: Python's random numbers, NumPy's and TensorFlow's; leave all as they are without a seed.

    It is what `keras.utils.set_random_seed` does, which cannot be undone.
    """
    if seed is None:
        yield
        return
    python, numpy = random.getstate(), np.random.get_state()
    random.seed(seed)
    np.random.seed(seed % 2**32)
    try:
        with _seeded_tensorflow(seed):
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)


@contextmanager
def _seeded_tensorflow(seed: int) -> Iterator[None]:
    import keras

    if keras.backend.backend() != "tensorflow":
        yield
        return
    import tensorflow as tf
    from tensorflow.python.eager import context

    tensorflow = context.context()
    kept = {name: getattr(tensorflow, name, None) for name in ("_seed", "_rng")}
    tf.random.set_seed(seed)
    try:
        yield
    finally:
        for name, value in kept.items():
            setattr(tensorflow, name, value)
