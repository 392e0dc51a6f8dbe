"""The ops that NumPy computes, but under other names or with other arguments: a function of arrays for each.

A function takes the op and its tensors by their names, numbers in double precision, but for those of `BITWISE`.
"""

from __future__ import annotations

from collections.abc import Callable
from math import copysign, erf, erfc, exp, inf, nan, pi, prod, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np

from spec_compiler.emitting.constants.alignments import ALIGNMENTS
from spec_compiler.emitting.constants.filters import FILTERS
from spec_compiler.emitting.constants.geometry import GEOMETRY
from spec_compiler.emitting.constants.images import IMAGES
from spec_compiler.emitting.constants.matrices import MATRICES
from spec_compiler.emitting.constants.neural import NEURAL, log_softmax, logsumexp
from spec_compiler.emitting.constants.scattering import SCATTERING
from spec_compiler.emitting.constants.spectra import SPECTRA
from spec_compiler.emitting.constants.windows import WINDOWS

AnyArray = Any

# Activations


def _relu(x: AnyArray) -> AnyArray:
    return np.maximum(x, 0)


def _relu6(x: AnyArray) -> AnyArray:
    return np.clip(x, 0, 6)


def _sigmoid(x: AnyArray) -> AnyArray:
    return np.exp(-np.logaddexp(0, -x))


def _elu(x: AnyArray, alpha: float) -> AnyArray:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def _celu(op: Any, x: AnyArray) -> AnyArray:
    return np.maximum(x, 0) + op.alpha * np.expm1(np.minimum(x, 0) / op.alpha)


def _selu(_: Any, x: AnyArray) -> AnyArray:
    return 1.0507009873554804934193349852946 * _elu(x, 1.6732632423543772848170429916717)


def _gelu(op: Any, x: AnyArray) -> AnyArray:
    if op.approximate:
        return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
    return 0.5 * x * (1 + np.vectorize(erf, [float])(x / np.sqrt(2)))


def _glu(op: Any, x: AnyArray) -> AnyArray:
    values, gates = np.split(x, 2, axis=op.axis)
    return values * _sigmoid(gates)


def _soft_shrink(op: Any, x: AnyArray) -> AnyArray:
    return np.sign(x) * np.maximum(np.abs(x) - op.threshold, 0)


def _sparse_plus(_: Any, x: AnyArray) -> AnyArray:
    return np.where(x <= -1, 0, np.where(x < 1, (x + 1) ** 2 / 4, x))


def _erfinv(y: float) -> float:
    if abs(y) >= 1:
        return copysign(inf, y) if abs(y) == 1 else nan
    x = NormalDist().inv_cdf((y + 1) / 2) / sqrt(2)
    return x - (erf(x) - y) * sqrt(pi) / 2 * exp(x * x)


# Windows


def _window(length: int, terms: tuple[float, ...]) -> AnyArray:
    """A sum of cosines, of which each has a whole number of periods in the window; a window of one number is 1."""
    if length == 1:
        return np.ones(1)
    angle = 2 * np.pi * np.arange(length) / (length - 1)
    return np.sum([term * np.cos(index * angle) for index, term in enumerate(terms)], axis=0)


# Counted, and filled


def _arange(op: Any) -> AnyArray:
    start, _, step = op.progression()
    return start + step * np.arange(op.lengths()[0])


def _diagonal(op: Any) -> AnyArray:
    """How far above the main diagonal each element of a matrix is."""
    rows, columns = op.lengths()
    return np.arange(columns) - np.arange(rows)[:, None]


# Elements and places


def _one_hot(op: Any, x: AnyArray) -> AnyArray:
    found = x[..., None] == np.arange(op.num_classes)
    return np.moveaxis(found, -1, op.axis)


def _slice(op: Any, inputs: AnyArray, start_indices: AnyArray) -> AnyArray:
    starts = [
        min(int(start), length - size)
        for start, length, size in zip(start_indices, inputs.shape, op.shape, strict=True)
    ]
    return inputs[tuple(slice(start, start + size) for start, size in zip(starts, op.shape, strict=True))]


def _slice_update(_: Any, inputs: AnyArray, start_indices: AnyArray, updates: AnyArray) -> AnyArray:
    changed = inputs.copy()
    places = zip(start_indices, updates.shape, strict=True)
    changed[tuple(slice(int(start), int(start) + size) for start, size in places)] = updates
    return changed


def _cdist(_: Any, x: AnyArray, y: AnyArray) -> AnyArray:
    apart = x[..., :, None, :].astype(np.float64) - y[..., None, :, :].astype(np.float64)
    return np.sqrt((apart**2).sum(-1))


def _unstack(op: Any, x: AnyArray) -> AnyArray:
    return [np.squeeze(part, op.axis) for part in np.split(x, x.shape[op.axis], op.axis)]


def _top_k(op: Any, x: AnyArray) -> AnyArray:
    places = np.argsort(-x, axis=-1, kind="stable")[..., : op.k]
    return np.take_along_axis(x, places, -1), places


def _in_top_k(op: Any, targets: AnyArray, predictions: AnyArray) -> AnyArray:
    own = np.take_along_axis(predictions, targets[:, None], -1)
    return np.sum(predictions > own, axis=-1) < op.k


def _saturate_cast(op: Any, x: AnyArray) -> AnyArray:
    limits = np.iinfo(op.dtype) if "int" in op.dtype else np.finfo(op.dtype)
    return np.clip(x, limits.min, limits.max)


def _unique(op: Any, x: AnyArray) -> AnyArray:
    """The different numbers in order, as many as are asked for.

    Raises:
        ValueError: More is asked for.
    """
    if not op.sorted or op.return_index or op.return_inverse or op.return_counts or op.axis is not None:
        raise ValueError("more than the numbers")
    found = np.unique(x)[: op.size]
    missing = 0 if op.size is None else op.size - len(found)
    return np.pad(found, (0, missing), constant_values=op.fill_value or 0)


def _rearrange(op: Any, tensor: AnyArray) -> AnyArray:
    before, after = op.sides()
    lengths = op.lengths(tensor.shape)
    split = tensor.reshape([lengths[axis] for group in before for axis in group])
    order = [axis for group in before for axis in group]
    turned = split.transpose([order.index(axis) for group in after for axis in group])
    return turned.reshape([prod(lengths[axis] for axis in group) for group in after])


def _progression(make: Callable[..., AnyArray], *more: str) -> Callable[..., AnyArray]:
    """Numbers from one to another."""

    def compute(op: Any, start: AnyArray, stop: AnyArray) -> AnyArray:
        settings = {name: getattr(op, name) for name in ("num", "endpoint", "axis", *more)}
        return make(start.astype(float), stop.astype(float), **settings)

    return compute


def _pad(op: Any, x: AnyArray) -> AnyArray:
    settings = {} if op.constant_values is None else {"constant_values": op.constant_values}
    width = op.pad_width
    return np.pad(x, width, mode=op.mode, **settings)


def _divided(_: Any, x1: AnyArray, x2: AnyArray) -> AnyArray:
    return np.where(x2 == 0, 0, x1 / np.where(x2 == 0, 1, x2))


def _given(_: Any, **tensors: AnyArray) -> AnyArray:
    (x,) = tensors.values()
    return x


def _of(function: Callable[[AnyArray], AnyArray]) -> Callable[..., AnyArray]:
    """A function of one tensor, without arguments."""
    return lambda _op, **tensors: function(*tensors.values())


BITWISE = frozenset(("view",))
"""What takes the bits of its tensors, and so the dtypes that they have."""

FUNCTIONS: dict[str, Callable[..., AnyArray]] = {
    **ALIGNMENTS,
    **FILTERS,
    **GEOMETRY,
    **IMAGES,
    **MATRICES,
    **NEURAL,
    **SCATTERING,
    **SPECTRA,
    **WINDOWS,
    **dict.fromkeys(("cast", "convert_to_tensor", "stop_gradient"), _given),
    "arange": _arange,
    "bartlett": lambda op: np.bartlett(op.x),
    "blackman": lambda op: _window(op.x, (0.42, -0.5, 0.08)),
    "cdist": _cdist,
    "celu": _celu,
    "cholesky": lambda op, x: np.swapaxes(np.linalg.cholesky(x), -1, -2) if op.upper else np.linalg.cholesky(x),
    "clip": lambda op, x: np.clip(x, op.x_min, op.x_max),
    "det": _of(np.linalg.det),
    "divide_no_nan": _divided,
    "einsum": lambda op, operands: np.einsum(op.subscripts, *operands),
    "elu": lambda op, x: _elu(x, op.alpha),
    "empty_like": _of(np.zeros_like),
    "erf": _of(np.vectorize(erf, [float])),
    "erfc": _of(np.vectorize(erfc, [float])),
    "erfinv": _of(np.vectorize(_erfinv, [float])),
    "expand_dims": lambda op, x: np.expand_dims(x, op.axis),
    "eye": lambda op: _diagonal(op) == op.k,
    "full": lambda op, fill_value: np.broadcast_to(fill_value, op.shape),
    "full_like": lambda _op, x, fill_value: np.broadcast_to(fill_value, x.shape),
    "gelu": _gelu,
    "geomspace": _progression(np.geomspace),
    "get_item": lambda op, x: x[op.keras_arguments()["key"]],
    "glu": _glu,
    "hamming": lambda op: _window(op.x, (0.54, -0.46)),
    "hanning": lambda op: _window(op.x, (0.5, -0.5)),
    "hard_shrink": lambda op, x: np.where(np.abs(x) > op.threshold, x, 0),
    "hard_sigmoid": lambda _op, x: _relu6(x + 3) / 6,
    "hard_silu": lambda _op, x: x * _relu6(x + 3) / 6,
    "hard_tanh": lambda _op, x: np.clip(x, -1, 1),
    "identity": lambda op: np.identity(op.n),
    "in_top_k": _in_top_k,
    "inv": _of(np.linalg.inv),
    "kaiser": lambda op: np.kaiser(op.x, op.beta),
    "ldexp": lambda _op, x1, x2: x1 * 2.0**x2,
    "leaky_relu": lambda op, x: np.where(x > 0, x, op.negative_slope * x),
    "linspace": lambda op, start, stop: _progression(np.linspace, "retstep")(op, start, stop),
    "log_sigmoid": lambda _op, x: -np.logaddexp(0, -x),
    "log_softmax": lambda op, x: log_softmax(x, op.axis),
    "logspace": _progression(np.logspace, "base"),
    "logsumexp": lambda op, x: logsumexp(x, op.axis, keepdims=op.keepdims),
    "meshgrid": lambda op, x: np.meshgrid(*x, indexing=op.indexing),
    "moments": lambda op, x: (np.mean(x, op.axes, keepdims=op.keepdims), np.var(x, op.axes, keepdims=op.keepdims)),
    "norm": lambda op, x: np.linalg.norm(x, op.ord, op.axis, op.keepdims),
    "one_hot": _one_hot,
    "ones": lambda op: np.ones(op.shape),
    "pad": _pad,
    "rearrange": _rearrange,
    "relu": _of(_relu),
    "relu6": _of(_relu6),
    "reshape": lambda op, x: np.reshape(x, op.newshape),
    "rsqrt": lambda _op, x: 1 / np.sqrt(x),
    "saturate_cast": _saturate_cast,
    "select": lambda _op, condlist, choicelist, default=0: np.select(condlist, choicelist, default),
    "selu": _selu,
    "sigmoid": _of(_sigmoid),
    "silu": lambda _op, x: x * _sigmoid(x),
    "slice": _slice,
    "slice_update": _slice_update,
    "slogdet": _of(np.linalg.slogdet),
    "soft_shrink": _soft_shrink,
    "softmax": lambda op, x: np.exp(log_softmax(x, op.axis)),
    "softplus": lambda _op, x: np.logaddexp(0, x),
    "softsign": lambda _op, x: x / (1 + np.abs(x)),
    "sparse_plus": _sparse_plus,
    "sparse_sigmoid": lambda _op, x: np.clip((x + 1) / 2, 0, 1),
    "squareplus": lambda op, x: (x + np.sqrt(x**2 + op.b)) / 2,
    "tanh_shrink": lambda _op, x: x - np.tanh(x),
    "threshold": lambda op, x: np.where(x > op.threshold, x, op.default_value),
    "tile": lambda op, x: np.tile(x, op.repeats),
    "top_k": _top_k,
    "tri": lambda op: _diagonal(op) <= op.k,
    "unique": _unique,
    "unstack": _unstack,
    "view": lambda op, x: np.ascontiguousarray(x).view(op.dtype or x.dtype),
    "view_as_real": lambda _op, x: np.stack([x.real, x.imag], -1),
    "zeros": lambda op: np.zeros(op.shape),
}
