"""Weights → safetensors: a file of arrays under the names of Keras, which any framework reads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from safetensors import SafetensorError, TensorSpec, serialize_file

if TYPE_CHECKING:
    from numpy.typing import NDArray


class NamedWeight(NamedTuple):
    """A weight of a model.

    Attributes:
        name: The path that Keras gives it, as `lstm/lstm_cell/kernel`.
        dtype: Its dtype.
        values: Its value; of bfloat16, the bits may stand for it.
    """

    name: str
    dtype: str
    values: NDArray[Any]


def write_safetensors(weights: Iterable[NamedWeight], path: Path) -> None:
    """Write weights, all of which are in memory at once.

    Raises:
        OSError: They cannot be written.
    """
    held = [weight._replace(values=np.ascontiguousarray(weight.values)) for weight in weights]
    arrays = {
        weight.name: TensorSpec(
            dtype=weight.dtype,
            shape=weight.values.shape,
            data_ptr=weight.values.ctypes.data,
            data_len=weight.values.nbytes,
        )
        for weight in held
    }
    try:
        serialize_file(arrays, str(path), {"format": "keras"})
    except SafetensorError as error:
        number = re.search(r"os error (\d+)", str(error))
        if number is None:
            raise
        raise OSError(int(number[1]), str(error)) from error
