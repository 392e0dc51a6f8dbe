"""What layers that prepare data share: dtypes that they take, shapes of encoded categories, arrays as fields."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Annotated, Any, ClassVar, Literal, Protocol, Self, runtime_checkable

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, PlainValidator, model_validator
from pydantic_core import CoreSchema, core_schema

from spec_compiler.catalog.dtypes import FLOATS, INTEGERS
from spec_compiler.catalog.fields import Finite, Integers, show
from spec_compiler.catalog.intervals import NOT_NEGATIVE, TRUTH, UNKNOWN, Interval
from spec_compiler.catalog.layers.base import LayerConfig
from spec_compiler.catalog.operands import NUMBERS, Elements, require_elements
from spec_compiler.catalog.rules import DtypeError, RankError, UnknownDimensionError, conflict, invalid
from spec_compiler.catalog.tensors import Dimension, Inferred, Shape, TensorType, format_shape

REALS_OR_BOOL = Elements("real numbers or truth values", frozenset((*FLOATS, *INTEGERS, "bool")))
TEXT = Elements("text", frozenset(("string",)))

FloatList = Annotated[tuple[Finite, ...], Field(strict=False)]
"""A list of numbers."""


def without(elements: Elements, *dtypes: str) -> Elements:
    """A group of dtypes less a few."""
    return Elements(f"{elements.name} other than {' and '.join(dtypes)}", elements.dtypes - {*dtypes})


def check_policy(layer: str, given: str | None, compute_dtype: str, possible: Elements) -> None:
    """Refuse a dtype policy that Keras cannot run a layer in.

    Raises:
        PydanticCustomError: Its compute dtype is none of those possible.
    """
    if compute_dtype not in possible.dtypes:
        raise conflict("dtype", f"`{layer}` computes with {possible.name}, and `dtype` is `{given}`")


@runtime_checkable
class Traced(Protocol):
    """A layer that makes something else of a tensor than it says, when TensorFlow traces its call.

    In a symbolic call Keras asks a layer for its shape and dtype; inside a `Pipeline` it runs the layer to find out.
    """

    def traced(self, x: TensorType) -> Inferred:
        """What the layer really makes of a tensor.

        Raises:
            RuleError: It cannot be traced, for want of a dimension that is not known.
        """
        ...


class DataLayer(LayerConfig):
    """A layer that prepares data, in TensorFlow's own pipelines too.

    `computes` are the dtypes that Keras can run it in, `takes` those that it can be given.
    """

    computes: ClassVar[Elements] = NUMBERS
    takes: ClassVar[Elements] = NUMBERS

    @model_validator(mode="after")
    def _dtype_to_compute_in(self) -> Self:
        check_policy(self.keras_name, self.dtype, self.compute_dtype, self.can_compute())
        return self

    def can_compute(self) -> Elements:
        """The dtypes that Keras can run the layer in, with the arguments that it has."""
        return self.computes

    def traced(self, x: TensorType) -> Inferred:
        """What the layer makes of a tensor where TensorFlow traces it."""
        return self.infer(self.given(x))

    def given(self, x: TensorType) -> TensorType:
        """A tensor as the layer is given it where TensorFlow traces it: all numbers are cast, whole ones too.

        Raises:
            DtypeError: It is text, which cannot be cast.
        """
        require_elements(x, NUMBERS, self.calls[0].name)
        return x.with_dtype(self.compute_dtype)


def _salt(value: Any) -> tuple[int, int] | int | None:
    parsed = Integers(single=True, optional=True).parse(value)
    if isinstance(parsed, tuple) and len(parsed) != 2:
        raise invalid(f"takes a whole number or a list of 2, not {show(value)}")
    return parsed  # type: ignore[return-value]


Salt = Annotated[
    tuple[int, int] | int | None,
    PlainValidator(_salt, json_schema_input_type=tuple[int, int] | int | None),
]


COUNTED = ("float32", "float64", "int32", "int64")
"""The dtypes that TensorFlow counts in."""


def check_counting(mode: str, x: TensorType, dtype: str) -> None:
    """Refuse an encoding in a dtype that TensorFlow cannot count in.

    Raises:
        DtypeError: Up to rank 2 its `bincount` is used, which does not have the dtype.
    """
    if mode in ("multi_hot", "count") and x.rank <= 2 and dtype not in COUNTED:
        raise DtypeError(f"counts in {', '.join(COUNTED)}, and would have to in {dtype}", argument="dtype")


def require_samples(mode: str, x: TensorType) -> None:
    """Refuse to count in tensors of which Keras states another result than it gives.

    It says that it sums over the last axis, and sums over the second.

    Raises:
        RankError: There are more axes than these two.
    """
    if mode not in ("int", "one_hot") and x.rank > 2:
        raise RankError(
            f"makes one vector of each sample with `output_mode: {mode}`, of (batch, n), and gets "
            f"{format_shape(x.shape)}; of each step of a sequence, `TimeDistributed` of it makes one",
            "inputs",
        )


OutputMode = Literal["int", "one_hot", "multi_hot", "count"]


def encoded(shape: Shape, mode: str, depth: Dimension) -> Shape:
    """The shape of encoded categories: `one_hot` adds an axis of `depth`, `multi_hot` and `count` sum over the second.

    Source: `keras.src.utils.numerical_utils.encode_categorical_inputs`.
    """
    if mode == "int":
        return shape
    if mode == "one_hot":
        return (*(shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape), depth)
    return (shape[0], *shape[2:], depth) if len(shape) > 1 else (depth,)


def encoded_interval(mode: str) -> Interval:
    """Between which bounds encoded categories lie: zeros and ones, or counts, or counts with weights."""
    if mode in ("one_hot", "multi_hot"):
        return TRUTH
    return NOT_NEGATIVE if mode == "count" else UNKNOWN


def encoded_when_traced(shape: Shape, mode: str, depth: Dimension) -> Shape:
    """The shape of encoded categories where TensorFlow traces the encoding.

    Raises:
        UnknownDimensionError: It is not known whether the last axis has length 1, which `one_hot` drops.
    """
    if mode == "one_hot" and len(shape) > 1 and shape[-1] is None:
        raise UnknownDimensionError(f"needs to know the length of the last axis of {format_shape(shape)}", "inputs")
    return encoded(shape or (1,), mode, depth) if mode != "int" else shape


NumberOrArray = float | tuple[Any, ...]
"""A number, or numbers in rows, rows of rows, and so on."""


@dataclass(frozen=True)
class ArrayOf:
    """The annotation of a field that takes a number, or a list of numbers, or lists of such lists of one shape."""

    optional: bool = False
    minimum: float | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def parse(self, value: Any) -> NumberOrArray | None:
        """The numbers of a value of a spec.

        Raises:
            PydanticCustomError: It holds something else, or its rows are of different lengths.
        """
        if value is None and self.optional:
            return None
        if isinstance(value, (list, tuple)):
            rows = tuple(ArrayOf(minimum=self.minimum).parse(item) for item in value)
            if len({array_shape(row) for row in rows}) > 1:
                raise invalid("takes lists of one length inside a list, and these are of several")
            return rows
        if type(value) not in (int, float) or not isfinite(value):
            raise invalid(f"takes a number or a list of numbers, not {show(value)}")
        if self.minimum is not None and value < self.minimum:
            raise invalid(f"takes numbers of {show(self.minimum)} or more, not {show(value)}")
        return value  # type: ignore[no-any-return]

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        number: dict[str, Any] = {"type": "number"}
        if self.minimum is not None:
            number["minimum"] = self.minimum
        return {"anyOf": [number, {"type": "array"}, *([{"type": "null"}] if self.optional else [])]}


def array_shape(value: Any) -> tuple[int, ...]:
    """The lengths of the axes of an array; () for a number."""
    if not isinstance(value, tuple):
        return ()
    return (len(value), *(array_shape(value[0]) if value else ()))
