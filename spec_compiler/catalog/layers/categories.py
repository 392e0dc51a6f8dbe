"""Layers that turn numbers and text into categories, and categories into vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, PlainValidator, model_validator

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.dtypes import COMPLEX, INTEGERS, Policy, is_float, policy
from spec_compiler.catalog.fields import DtypePolicy, PositiveFloat, PositiveInt, Regularizer, show
from spec_compiler.catalog.intervals import UNKNOWN, Interval, places
from spec_compiler.catalog.layers.base import (
    INPUTS,
    CallArgument,
    NumbersTaken,
    Trainable,
    regularized,
    tensor,
    tensors,
)
from spec_compiler.catalog.layers.preprocessing_rules import (
    COUNTED,
    REALS_OR_BOOL,
    DataLayer,
    FloatList,
    OutputMode,
    Salt,
    check_counting,
    check_policy,
    encoded,
    encoded_interval,
    encoded_when_traced,
    require_samples,
    without,
)
from spec_compiler.catalog.mask_rules import LOSES, MaskRule
from spec_compiler.catalog.operands import NUMBERS, Elements, require_dense, require_elements
from spec_compiler.catalog.rules import (
    ArityError,
    DtypeError,
    RankError,
    ShapeError,
    conflict,
    describe_shapes,
    invalid,
)
from spec_compiler.catalog.tensors import Inferred, TensorType, format_shape, one


class Discretization(DataLayer):
    """Puts numbers into bins."""

    stops_gradient: ClassVar[bool] = True

    mask_rule: ClassVar[MaskRule] = LOSES
    example: ClassVar[str] = "bin_boundaries: [0, 1, 2], inputs: x"

    takes = without(REALS_OR_BOOL, "uint64")

    # Keras gives this layer no such arguments, unlike others.
    trainable: ClassVar[bool] = True  # type: ignore[misc]
    activity_regularizer: ClassVar[Config | None] = None  # type: ignore[misc]

    bin_boundaries: FloatList | None = Field(
        None, description="Where one bin ends and the next begins, rising; the first and last bins have no end."
    )
    num_bins: PositiveInt | None = Field(None, description="How many bins are made of data, instead of boundaries.")
    epsilon: PositiveFloat = Field(0.01, description="How exact the boundaries are that are made of data.")
    output_mode: OutputMode = Field("int", description="Whether a bin is given as its number or as a vector, and how.")
    sparse: bool = Field(False, description="Whether vectors are sparse tensors.")

    @model_validator(mode="after")
    def _bins(self) -> Self:
        if self.bin_boundaries is None and self.num_bins is None:
            raise conflict("bin_boundaries", "`Discretization` needs `bin_boundaries` or `num_bins`")
        if self.bin_boundaries is not None and self.num_bins is not None:
            raise conflict("num_bins", "`Discretization` has `bin_boundaries` or `num_bins`, not both")
        if self.bin_boundaries is not None and list(self.bin_boundaries) != sorted(self.bin_boundaries):
            raise conflict("bin_boundaries", "`bin_boundaries` are not in rising order")
        if self.sparse and self.output_mode == "int":
            raise conflict("sparse", "`sparse` goes with vectors, and `output_mode` is `int`")
        return self

    @property
    def depth(self) -> int:
        """How many bins there are."""
        if self.bin_boundaries is not None:
            return len(self.bin_boundaries) + 1
        assert self.num_bins is not None
        return self.num_bins

    @property
    def needs_adapting(self) -> bool:
        """Whether the boundaries are made of data."""
        return self.bin_boundaries is None

    @property
    def output_dtype(self) -> str:
        """Bins are whole numbers; vectors are in the compute dtype."""
        return "int32" if self.output_mode == "int" else self.compute_dtype

    def lost_by_saving(self, frozen: bool) -> str | None:
        """Keras saves the name of one dtype, and no mixed policy."""
        return (
            "computes in another dtype, since its mixed policy is lost"
            if self.has_mixed_policy and self.output_mode != "int"
            else None
        )

    def interval(self, output: int, of: TensorType, **call: Any) -> Interval:
        """The numbers of the bins, or vectors of zeros and ones or of counts."""
        if self.output_mode == "int":
            return replace(places(self.depth), reached=self.bin_boundaries is not None)
        return encoded_interval(self.output_mode)

    def infer(self, inputs: TensorType) -> Inferred:
        """(…) to (…), (…, bins), or (batch, …, bins) without the second axis."""
        require_elements(inputs, self.takes, "inputs")
        require_dense(inputs, "inputs")
        check_counting(self.output_mode, inputs, self.output_dtype)
        return one(TensorType(encoded(inputs.shape, self.output_mode, self.depth), self.output_dtype))

    def traced(self, x: TensorType) -> Inferred:
        """The same, of which the boundaries must be known."""
        if self.bin_boundaries is None:
            raise ShapeError("has no boundaries before it is adapted to data", argument="bin_boundaries")
        self.infer(self.given(x))
        return one(TensorType(encoded_when_traced(x.shape, self.output_mode, self.depth), self.output_dtype))


class CategoryEncoding(DataLayer):
    """Turns the numbers of categories into vectors."""

    stops_gradient: ClassVar[bool] = True

    mask_rule: ClassVar[MaskRule] = LOSES
    example: ClassVar[str] = "num_tokens: 12, inputs: words"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        INPUTS,
        tensor("count_weights", "How much each category counts, in the shape of the input.", required=False),
    )
    converts_inputs: ClassVar[bool] = False

    num_tokens: PositiveInt | None = Field(None, description="How many categories there are; must be given.")
    output_mode: Literal["multi_hot", "one_hot", "count", "binary"] = Field(
        "multi_hot", description="How a vector is made: one for each category, or one for each sample."
    )
    sparse: bool = Field(False, description="Whether vectors are sparse tensors.")

    @model_validator(mode="after")
    def _size(self) -> Self:
        if self.num_tokens is None:
            raise conflict("num_tokens", "`CategoryEncoding` needs `num_tokens`")
        return self

    def numbers_taken(self, **flags: Any) -> NumbersTaken | None:
        """Returns the categories; a larger number is left out."""
        return NumbersTaken("inputs", self.num_tokens or 0, "num_tokens", False)

    @property
    def mode(self) -> str:
        """The mode; `binary` is an old name of `multi_hot`."""
        return "multi_hot" if self.output_mode == "binary" else self.output_mode

    def interval(self, output: int, of: TensorType, **call: Any) -> Interval:
        """Zeros and ones, or counts; with weights, sums of these."""
        return UNKNOWN if "count_weights" in call else encoded_interval(self.mode)

    ranged_by: ClassVar[tuple[str, ...]] = ("count_weights",)

    def infer(self, inputs: TensorType, count_weights: TensorType | None = None) -> Inferred:
        """(…, n) to (…, n, tokens) for `one_hot`, which drops an n of 1; to (…, tokens) for the others."""
        self._check(inputs)
        require_samples(self.mode, inputs)
        if count_weights is not None:
            self._check_weights(inputs, count_weights)
        shape = inputs.shape
        if self.mode == "one_hot" or not shape:
            shape = encoded(shape, "one_hot", self.num_tokens)
        else:
            shape = (*shape[:-1], self.num_tokens)
        return one(TensorType(shape, self.variable_dtype, sparse=self.sparse))

    def _check(self, inputs: TensorType) -> None:
        require_elements(inputs, self.takes, "inputs")
        require_dense(inputs, "inputs")
        if self.mode != "one_hot" and inputs.rank <= 2 and inputs.dtype in INTEGERS and inputs.dtype not in COUNTED:
            raise DtypeError(f"counts whole numbers of int32 or int64, and gets {inputs.dtype}", "inputs")
        # Keras makes these vectors in the variable dtype, and says that they are in the compute dtype.
        check_counting(self.mode, inputs, self.variable_dtype)

    def _check_weights(self, inputs: TensorType, weights: TensorType) -> None:
        if self.mode != "count":
            raise ArityError(f"takes `count_weights` with `output_mode: count`, and has `{self.mode}`", "count_weights")
        fits = weights.rank == inputs.rank and all(
            None in pair or pair[0] == pair[1] for pair in zip(weights.shape, inputs.shape, strict=True)
        )
        if not fits:
            raise ShapeError(
                f"takes `count_weights` in the shape of its input, and gets {format_shape(weights.shape)} "
                f"for {format_shape(inputs.shape)}",
                "count_weights",
            )

    def traced(self, x: TensorType) -> Inferred:
        """(…, n) to (…, n, tokens) for `one_hot`; to (batch, …, tokens) without the second axis for the others."""
        self._check(self.given(x))
        shape = encoded_when_traced(x.shape, self.mode, self.num_tokens)
        return one(TensorType(shape, self.variable_dtype, sparse=self.sparse))


def _mask_value(value: Any) -> int | float | str | None:
    if value is None or type(value) in (int, float, str):
        return value  # type: ignore[no-any-return]
    raise invalid(f"takes a number, text or null, not {show(value)}")


CROSSED = Elements("integers or text", frozenset((*INTEGERS, "string")))


class HashLayer(Trainable):
    """A layer that puts categories into bins by a hash of them.

    Keras gives it a dtype of its own, whatever the policy of the model is: int64 for the numbers of bins.
    """

    mask_rule: ClassVar[MaskRule] = LOSES
    needs_tensorflow: ClassVar[bool] = True
    converts_inputs: ClassVar[bool] = False

    dtype: DtypePolicy = Field(None, description="The dtype of the bins: int64, or float32 if they are vectors.")
    activity_regularizer: Regularizer = Field(None, description="What is added to the loss for the layer's output.")
    num_bins: PositiveInt = Field(description="How many bins there are.")
    output_mode: OutputMode = Field("int", description="Whether a bin is given as its number or as a vector, and how.")
    sparse: bool = Field(False, description="Whether vectors are sparse tensors.")

    @model_validator(mode="after")
    def _dtype_to_compute_in(self) -> Self:
        check_policy(self.keras_name, self.dtype, self.bin_policy.compute, self.can_compute())
        return self

    def interval(self, output: int, of: TensorType, **call: Any) -> Interval:
        """The numbers of the bins, or vectors of zeros and ones or of counts."""
        if not self.gives_vectors:
            return replace(places(self.num_bins), reached=True)
        return encoded_interval(self.output_mode)

    @property
    def gives_vectors(self) -> bool:
        """Whether a bin is given as a vector."""
        return self.output_mode != "int"

    @property
    def bin_policy(self) -> Policy:
        """The dtypes of the layer."""
        return policy(self.dtype or ("float32" if self.gives_vectors else "int64"))

    def can_compute(self) -> Elements:
        """The dtypes that Keras can run the layer in, with the arguments that it has."""
        return NUMBERS

    def apply(self, **call: Any) -> Inferred:
        """What `infer` says, if there can be an activity regularizer on the output."""
        return regularized(self.infer(**call), self.activity_regularizer)


class Hashing(HashLayer):
    """Puts categories into bins by their hash."""

    example: ClassVar[str] = "num_bins: 100, inputs: words"

    mask_value: Annotated[
        int | float | str | None,
        PlainValidator(_mask_value, json_schema_input_type=int | float | str | None),
    ] = Field(None, description="The value that stands for padding, and goes to bin 0.")
    salt: Salt = Field(None, description="A whole number, or two, that make another hash: SipHash instead of FarmHash.")

    @model_validator(mode="after")
    def _vectors(self) -> Self:
        if self.sparse and self.output_mode == "int":
            raise conflict("sparse", "`sparse` goes with vectors, and `output_mode` is `int`")
        return self

    def can_compute(self) -> Elements:
        """The numbers of bins are int32 or int64."""
        return NUMBERS if self.gives_vectors else Elements("int32 or int64", frozenset(("int32", "int64")))

    def infer(self, inputs: TensorType) -> Inferred:
        """(…) to (…), or (…, n) to (…, bins)."""
        self._check(inputs)
        require_samples(self.output_mode, inputs)
        if self.output_mode == "one_hot" and inputs.shape[-1] != 1:
            raise ShapeError(
                f"makes a vector of (batch, 1) with `output_mode: one_hot`, and gets {format_shape(inputs.shape)}; "
                "vectors of several numbers are made by a `CategoryEncoding` behind it",
                "inputs",
            )
        shape = inputs.shape if self.output_mode == "int" else (*inputs.shape[:-1], self.num_bins)
        return one(TensorType(shape, self.bin_policy.variable))

    def _check(self, inputs: TensorType) -> None:
        check_counting(self.output_mode, inputs, self.bin_policy.variable)
        if self.output_mode == "one_hot" and not inputs.shape:
            raise RankError("takes a tensor of rank 1 or more for `output_mode: one_hot`, and gets a number", "inputs")
        if self.mask_value is None or self.num_bins == 1:
            return
        fits = (
            inputs.dtype == "string"
            if isinstance(self.mask_value, str)
            else inputs.dtype not in ("string", "bool")
            and (isinstance(self.mask_value, int) or is_float(inputs.dtype) or inputs.dtype in COMPLEX)
        )
        if not fits:
            raise DtypeError(
                f"compares its input with `mask_value` {show(self.mask_value)}, and gets {inputs.dtype}",
                "inputs",
                argument="mask_value",
            )

    def traced(self, x: TensorType) -> Inferred:
        """(…) to (…), (…, bins), or (batch, …, bins) without the second axis."""
        self._check(x)
        return one(TensorType(encoded_when_traced(x.shape, self.output_mode, self.num_bins), self.bin_policy.variable))


class HashedCrossing(HashLayer):
    """Puts pairs of categories, each from one of two inputs, into bins by their hash."""

    example: ClassVar[str] = "num_bins: 100, inputs: [text, marks]"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensors("inputs", "Two tensors of categories: (batch) or (batch, 1).", minimum=2, maximum=2),
    )
    output_mode: Literal["int", "one_hot"] = Field(
        "int", description="Whether a bin is given as its number or as a vector."
    )

    def lost_by_saving(self, frozen: bool) -> str | None:
        """Keras saves the name of one dtype, and no mixed policy."""
        return (
            "computes in another dtype, since its mixed policy is lost"
            if self.gives_vectors and self.bin_policy.compute != self.bin_policy.variable
            else None
        )

    def infer(self, inputs: Sequence[TensorType]) -> Inferred:
        """(batch) or (batch, 1) twice to the same, or to (batch, bins)."""
        if len(inputs) != 2:
            raise ArityError(f"takes 2 tensors, and gets {len(inputs)}", "inputs")
        for index, x in enumerate(inputs):
            require_elements(x, CROSSED, index)
            require_dense(x, index)
            if x.rank not in (1, 2) or (x.rank == 2 and x.shape[1] not in (1, None)):
                raise ShapeError(f"takes (batch) or (batch, 1), and gets {format_shape(x.shape)}", index)
        first, second = (x.shape for x in inputs)
        if (
            len(first) != len(second)
            or first[-1] != second[-1]
            or (None not in (first[0], second[0]) and first[0] != second[0])
        ):
            raise ShapeError(f"takes two tensors of one shape, and gets {describe_shapes([first, second])}", 0, 1)
        if self.output_mode == "int":
            return one(TensorType(first, self.bin_policy.compute))
        base = first if first[-1] != 1 else first[:-1]
        return one(TensorType((*base, self.num_bins), self.bin_policy.compute))
