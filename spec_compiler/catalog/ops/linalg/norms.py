"""Norms of vectors and matrices, determinants and ranks."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import Annotated, Any, ClassVar

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from spec_compiler.catalog.dtypes import COMPLEX, is_integer
from spec_compiler.catalog.fields import NonNegativeFloat, show
from spec_compiler.catalog.gradient_flow import Flow
from spec_compiler.catalog.intervals import NOT_NEGATIVE, Interval, Ranged
from spec_compiler.catalog.operands import NUMBERS, Elements
from spec_compiler.catalog.ops.base import require_computable
from spec_compiler.catalog.ops.linalg.base import REAL, WIDE, MatrixOp, OneEach
from spec_compiler.catalog.ops.reductions import KeepsAxes, Reduction
from spec_compiler.catalog.ops.rules import reduced
from spec_compiler.catalog.rules import DtypeError, RankError, RuleError, axis_of, invalid
from spec_compiler.catalog.tensors import Inferred, TensorType, format_shape, one


class Det(OneEach):
    """The determinant of each matrix."""

    takes: ClassVar[Elements] = WIDE


class MatrixRank(MatrixOp):
    """The rank of each matrix: how many of its singular values are not zero, within a tolerance."""

    takes: ClassVar[Elements] = REAL

    tol: NonNegativeFloat | None = Field(
        None, description="The greatest value that counts as zero; null to estimate it."
    )

    ranged_by: ClassVar[tuple[str, ...]] = ("x",)

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """No more than the matrix has rows, or columns."""
        known = [length for length in x.type.shape[-2:] if length is not None]
        return Interval(0, min(known)) if known else NOT_NEGATIVE

    def infer(self, x: TensorType) -> Inferred:
        """(…, m, n) to (…), of int32."""
        self.check(x)
        return one(TensorType(x.shape[:-2], "int32"))


@dataclass(frozen=True)
class _Order:
    """The annotation of a field that takes a number, an infinite one too, or the name of a norm of matrices."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def parse(value: Any) -> float | str | None:
            number = type(value) in (int, float) and not isnan(value)
            if not number and value not in (None, "fro", "nuc"):
                raise invalid(f"takes a number, `fro`, `nuc` or null, not {show(value)}")
            return value  # type: ignore[no-any-return]

        return core_schema.no_info_plain_validator_function(parse)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"type": "number"}, {"enum": ["fro", "nuc", None]}]}


NormOrder = Annotated[float | str | None, _Order()]
_INFINITE = float("inf")
_OF_SINGULAR_VALUES = ("nuc", 2, -2)
_OF_MATRICES = (None, "fro", *_OF_SINGULAR_VALUES, 1, -1, _INFINITE, -_INFINITE)
_OF_COMPLEX_VECTORS = (None, 2, 0, _INFINITE, -_INFINITE)


class Norm(KeepsAxes, Reduction):
    """The norm of vectors along one axis, or of matrices along two."""

    ord: NormOrder = Field(
        None,
        description="Which norm: a number p for (Σ |x|ᵖ)^(1/p), 0 for how many are not zero; for matrices `fro`, "
        "`nuc`, 1, -1, 2, -2; null for the root of the sum of squares.",
    )

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """Never negative."""
        return NOT_NEGATIVE

    @property
    def flow(self) -> Flow:
        """What comes back: of a count, nothing."""
        return Flow.NONE if self.ord == 0 else super().flow

    def infer(self, x: TensorType) -> Inferred:
        """The shape without the axes, or with length 1 for them; integers and booleans become float32."""
        require_computable(x, NUMBERS)
        shape = reduced(x.shape, self.axis, keepdims=self.keepdims)
        axes = range(x.rank) if self.axis is None else (self.axis,) if isinstance(self.axis, int) else self.axis
        if len(axes) not in (1, 2):
            raise RankError(
                f"is a norm along one axis or two, and goes along {len(axes)} of {format_shape(x.shape)}",
                "x",
                argument="axis",
            )
        if len(axes) == 1:
            self._check_vectors(x)
        else:
            self._check_matrices(x, axes[0], axes[1])
        return one(TensorType(shape, "float32" if is_integer(x.dtype) or x.dtype == "bool" else x.dtype))

    def _check_vectors(self, x: TensorType) -> None:
        if isinstance(self.ord, str):
            raise RuleError(f"has `ord` {self.ord}, a norm of matrices, and one axis", "x", argument="ord")
        if x.dtype in COMPLEX and self.ord not in _OF_COMPLEX_VECTORS:
            raise DtypeError(f"has `ord` {show(self.ord)}, which Keras cannot compute of complex numbers", "x")

    def _check_matrices(self, x: TensorType, row: int, column: int) -> None:
        if self.ord not in _OF_MATRICES:
            raise RuleError(f"has `ord` {show(self.ord)}, which is no norm of matrices", "x", argument="ord")
        if self.ord not in _OF_SINGULAR_VALUES:
            return
        if x.dtype == "bfloat16":
            raise DtypeError(f"has `ord` {show(self.ord)}, which cannot be computed of bfloat16", "x")
        # Keras puts them back one after the other, counting a negative one from the end of a shorter shape.
        if self.keepdims and not 0 <= row < axis_of(column, x.rank):
            raise RuleError(
                f"has `keepdims` and `ord` {show(self.ord)}, for which the axes must ascend, the first counted "
                "from the front",
                "x",
                argument="axis",
            )
