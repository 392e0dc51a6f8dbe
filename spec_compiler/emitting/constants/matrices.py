"""What is computed of matrices, and has one answer.

Eigenvectors and singular vectors are found up to signs, which differ from machine to machine. The factors of QR have
those of Householder's reflections everywhere, as long as the columns are independent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

AnyArray = Any

_STEP = float(np.finfo(np.float32).eps)
"""The step of single precision after 1, by which Keras tells zero from what is small."""


def _triangle(x: AnyArray, *, lower: bool) -> AnyArray:
    return np.tril(x) if lower else np.triu(x)


def _cholesky_inverse(op: Any, x: AnyArray) -> AnyArray:
    inverse = np.linalg.inv(_triangle(x, lower=not op.upper))
    turned = np.swapaxes(inverse, -1, -2)
    return inverse @ turned if op.upper else turned @ inverse


def _solve(_: Any, a: AnyArray, b: AnyArray) -> AnyArray:
    return np.linalg.solve(a, b[..., None])[..., 0] if b.ndim == a.ndim - 1 else np.linalg.solve(a, b)


def _solve_triangular(op: Any, a: AnyArray, b: AnyArray) -> AnyArray:
    return _solve(op, _triangle(a, lower=op.lower), b)


def _logdet(_: Any, x: AnyArray) -> AnyArray:
    return 2 * np.sum(np.log(np.diagonal(np.linalg.cholesky(x), axis1=-2, axis2=-1)), axis=-1)


def _lstsq(op: Any, a: AnyArray, b: AnyArray) -> AnyArray:
    least = _STEP * max(a.shape) if op.rcond is None else op.rcond if op.rcond >= 0 else _STEP
    return np.linalg.pinv(a, rcond=least) @ b


def _matrix_rank(op: Any, x: AnyArray) -> AnyArray:
    values = np.linalg.svd(x, compute_uv=False)
    least = values.max(axis=-1, keepdims=True) * max(x.shape[-2:]) * _STEP if op.tol is None else op.tol
    return np.sum(values > least, axis=-1)


def _pinv(op: Any, x: AnyArray) -> AnyArray:
    least = 10 * max(x.shape[-2:]) * _STEP if op.rcond is None else op.rcond
    return np.linalg.pinv(x, rcond=least)


_INDEPENDENT = 1e-3
"""The share of the largest element of a triangle, from which on one of its diagonal is told from zero anywhere."""


def _qr(op: Any, x: AnyArray) -> AnyArray:
    q, r = np.linalg.qr(x, op.mode)
    diagonal = np.abs(np.diagonal(r, axis1=-2, axis2=-1))
    if (diagonal <= _INDEPENDENT * np.abs(r).max(axis=(-2, -1))[..., None]).any():
        raise ValueError("columns that depend on each other")
    return q, r


def _singular_values(op: Any, x: AnyArray) -> AnyArray:
    if op.compute_uv:
        raise ValueError("vectors that are found up to their signs")
    return np.linalg.svd(x, compute_uv=False)


MATRICES: dict[str, Callable[..., AnyArray]] = {
    "cholesky_inverse": _cholesky_inverse,
    "logdet": _logdet,
    "lstsq": _lstsq,
    "matrix_rank": _matrix_rank,
    "pinv": _pinv,
    "qr": _qr,
    "solve": _solve,
    "solve_triangular": _solve_triangular,
    "svd": _singular_values,
}
