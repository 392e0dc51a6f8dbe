"""What layers have in common that compute with floating-point numbers and with nothing else."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from spec_compiler.catalog.dtypes import COMPLEX, is_float
from spec_compiler.catalog.layers.base import LayerConfig
from spec_compiler.catalog.rules import DtypeError, conflict
from spec_compiler.catalog.tensors import TensorType


class FloatLayer(LayerConfig):
    """A layer whose result is a floating-point number, whatever it is applied to."""

    @model_validator(mode="after")
    def _float_dtype(self) -> Self:
        if not is_float(self.compute_dtype):
            raise conflict("dtype", f"`dtype` is {self.dtype}, and the layer computes with floating-point numbers")
        return self


def require_float(x: TensorType, operand: str | int = "inputs", *, ragged: bool = False) -> None:
    """Refuse whole numbers, truth values, complex numbers and text.

    Raises:
        DtypeError: It is not a dense (or, with `ragged`, a ragged) tensor of floating-point numbers.
    """
    if not is_float(x.dtype):
        raise DtypeError(f"takes floating-point numbers, and gets {x.dtype}", operand)
    require_dense(x, operand, ragged=ragged)


def require_real(x: TensorType, operand: str | int = "inputs", *, ragged: bool = False) -> None:
    """Refuse complex numbers and text.

    Raises:
        DtypeError: It is not a dense (or, with `ragged`, a ragged) tensor of real numbers.
    """
    if x.dtype in (*COMPLEX, "string"):
        raise DtypeError(f"takes real numbers, and gets {x.dtype}", operand)
    require_dense(x, operand, ragged=ragged)


def require_dense(x: TensorType, operand: str | int = "inputs", *, ragged: bool = False) -> None:
    """Refuse sparse tensors and, unless `ragged`, ragged ones.

    Raises:
        DtypeError: It is one of them.
    """
    if x.sparse or (x.ragged and not ragged):
        raise DtypeError(f"takes a dense tensor, and gets a {'sparse' if x.sparse else 'ragged'} one", operand)


def require_mask(x: TensorType, operand: str | int) -> None:
    """Refuse a mask that cannot be read as truth values.

    Raises:
        DtypeError: It is complex or text.
    """
    if x.dtype in (*COMPLEX, "string"):
        raise DtypeError(f"takes a boolean mask, and gets {x.dtype}", operand)
    require_dense(x, operand)
