"""Core layers: inputs, dense layers, embeddings, masking."""

from __future__ import annotations

from collections.abc import Callable
from math import tanh
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, field_validator, model_validator

from spec_compiler.catalog.activations import LINEAR, activated, activated_dtype, check_activation, check_result
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.costs import kernel_size, times
from spec_compiler.catalog.dtypes import FLOATS, promote
from spec_compiler.catalog.fields import (
    ActivationName,
    Constraint,
    DtypeName,
    Finite,
    Initializer,
    Integers,
    KnownOrNotShape,
    NameOf,
    PositiveFloat,
    PositiveInt,
    Regularizer,
    show,
)
from spec_compiler.catalog.initializers import HeUniform, Zeros, counting
from spec_compiler.catalog.intervals import Interval, Ranged, Rising
from spec_compiler.catalog.layers import einsum_rules
from spec_compiler.catalog.layers.base import (
    INPUTS,
    TRAINING,
    Activated,
    Arguments,
    Bias,
    CallArgument,
    Kernel,
    LayerConfig,
    NumbersTaken,
    Operation,
    Unregularized,
    flag,
    of_operands,
    of_operands_or_zero,
)
from spec_compiler.catalog.layers.floating import FloatLayer
from spec_compiler.catalog.mask_rules import ENDS, LOSES, MAKES, PROPAGATES, MaskRule
from spec_compiler.catalog.operands import NUMBERS, refuse_ragged, refuse_sparse, require_dense, require_elements
from spec_compiler.catalog.rules import ShapeError, conflict, invalid, known, require_rank_at_least
from spec_compiler.catalog.tensors import Dimension, Inferred, Shape, TensorType, Weight, format_shape, one


class Input(Operation):
    """An input of the model: what is fed to it."""

    mask_rule: ClassVar[MaskRule] = ENDS
    example: ClassVar[str] = "shape: [8]"
    calls: ClassVar[tuple[CallArgument, ...]] = ()
    built_from_the_start: ClassVar[bool] = True

    shape: KnownOrNotShape = Field(
        None, description="The lengths of the axes, without the batch axis; null for an unknown one."
    )
    batch_shape: KnownOrNotShape = Field(
        None, description="The lengths of all axes, the batch axis first; instead of `shape`."
    )
    batch_size: PositiveInt | None = Field(None, description="The length of the batch axis; with `shape` only.")
    dtype: DtypeName | None = Field(None, description="The dtype of what is fed; float32 if left out.")
    sparse: bool = Field(False, description="Whether sparse tensors are fed.")
    ragged: bool = Field(False, description="Whether ragged tensors are fed.")
    optional: bool = Field(False, description="Whether nothing may be fed.")

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        if self.shape is None and self.batch_shape is None:
            raise conflict("shape", "an `Input` needs a `shape`")
        if self.shape is not None and self.batch_shape is not None:
            raise conflict("batch_shape", "an `Input` has `shape` or `batch_shape`, not both")
        if self.batch_shape == ():
            raise conflict("batch_shape", "`batch_shape` begins with the batch axis, and is empty")
        if self.batch_size is not None and self.batch_shape is not None:
            raise conflict("batch_size", "an `Input` has `batch_size` or `batch_shape`, not both")
        if self.sparse and self.ragged:
            raise conflict("ragged", "an `Input` is sparse or ragged, not both")
        if self.ragged and len(self.full_shape) < 2:
            raise conflict("ragged", "a ragged `Input` needs an axis besides the batch axis")
        return self

    @property
    def full_shape(self) -> Shape:
        """The shape with the batch axis."""
        return self.batch_shape if self.batch_shape is not None else (self.batch_size, *(self.shape or ()))

    def infer(self) -> Inferred:
        """The input as it stands."""
        return one(TensorType(self.full_shape, self.dtype or "float32", self.sparse, self.ragged))


class Lora(Arguments):
    """The arguments about a low-rank update of a matrix (Hu et al., 2021), trained in place of the matrix."""

    lora_rank: PositiveInt | None = Field(None, description="Trains an update of this rank and not the matrix itself.")
    lora_alpha: PositiveFloat | None = Field(None, description="Scales the update by `lora_alpha / lora_rank`.")


def lora_weights(layer: LayerConfig, name: str, shape: tuple[int, ...], rank: int | None) -> tuple[Weight, ...]:
    """The two factors of a low-rank update of a weight, if there is one; Keras keeps them in float32."""
    if rank is None:
        return ()
    return (
        layer.weight(f"lora_{name}_a", (*shape[:-1], rank), HeUniform(), dtype="float32"),
        layer.weight(f"lora_{name}_b", (rank, shape[-1]), Zeros(), dtype="float32"),
    )


def check_lora(rank: int | None, constraint: object, argument: str) -> None:
    """Refuse a low-rank update of a weight that has a constraint.

    Raises:
        PydanticCustomError: There are both.
    """
    if rank is not None and constraint is not None:
        raise conflict(argument, f"`{argument}` and `lora_rank` do not go together")


class DenseLayer(Kernel, Activated, Lora, FloatLayer):
    """A layer that multiplies with a kernel."""

    affine: ClassVar[bool] = True
    calls: ClassVar[tuple[CallArgument, ...]] = (INPUTS, TRAINING)

    def applied_activation(self, rank: int) -> str | None:
        """Returns the activation that is applied to the sums."""
        return self.activation or LINEAR

    @model_validator(mode="after")
    def _update_or_constraint(self) -> Self:
        check_lora(self.lora_rank, self.kernel_constraint, "kernel_constraint")
        return self

    def kernel_weights(self, shape: tuple[int, ...], initializer: Config | None = None) -> tuple[Weight, ...]:
        """The kernel and its update; the initializer is the layer's, if no other is given."""
        initializer = initializer or self.kernel_initializer
        kernel = self.weight("kernel", shape, initializer, trainable=self.lora_rank is None)
        return (kernel, *lora_weights(self, "kernel", shape, self.lora_rank))

    def activated(self, x: TensorType, shape: Shape) -> TensorType:
        """The output of a shape, of numbers of `x` and weights.

        Raises:
            RuleError: The activation cannot be applied to it.
        """
        check_result(self.activation, TensorType(shape, x.dtype), self.compute_dtype)
        return TensorType(shape, self.compute_dtype)


class Dense(Bias, DenseLayer):
    """A dense layer: weighted sums over the last axis, plus a bias, through an activation."""

    mask_rule: ClassVar[MaskRule] = PROPAGATES
    mixes_freely: ClassVar[bool] = True
    example: ClassVar[str] = "units: 4, activation: relu, inputs: x"

    units: PositiveInt = Field(description="The length of the last axis of the output.")

    def infer(self, inputs: TensorType, training: bool | None = None) -> Inferred:
        """(…, n) to (…, units)."""
        require_rank_at_least(inputs, 2)
        require_elements(inputs, NUMBERS, "inputs")
        refuse_ragged(inputs, "inputs")
        if inputs.rank > 2:
            refuse_sparse(inputs, "inputs")
        width = known(inputs, -1)
        weights = self.kernel_weights((width, self.units))
        if self.use_bias:
            weights += (self.weight("bias", (self.units,), self.bias_initializer),)
        return one(self.activated(self.cast(inputs), (*inputs.shape[:-1], self.units)), *weights)

    def multiply_adds(self, result: Inferred, inputs: TensorType, training: bool | None = None) -> Dimension:
        """The kernel, for each row."""
        return times(*inputs.shape[:-1], kernel_size(result.weights))


class EinsumDense(DenseLayer):
    """A dense layer over any axes: the product of input and kernel that an equation in Einstein's notation states."""

    mask_rule: ClassVar[MaskRule] = LOSES
    example: ClassVar[str] = 'equation: "abc,cd->abd", output_shape: [null, 16], bias_axes: d, inputs: sequence'

    equation: str = Field(description="The axes of input, kernel and output, as in `abc,cd->abd` or `...x,xy->...y`.")
    output_shape: Annotated[tuple[int | None, ...] | int, Integers(single=True, minimum=1, unknown=True)] = Field(
        description="The lengths of the output's axes without the batch axis and those of dots; null for any length."
    )
    bias_axes: str | None = Field(None, description="The axes of the output that a bias is added along; null for none.")
    bias_initializer: Initializer = Field(
        "zeros", validate_default=True, description="What the bias is before training."
    )
    bias_regularizer: Regularizer = Field(None, description="What is added to the loss for the bias.")
    bias_constraint: Constraint = Field(None, description="What the bias is forced into after each step.")

    @field_validator("equation")
    @classmethod
    def _computable(cls, value: str) -> str:
        equation = einsum_rules.parse(value)
        if equation is None:
            raise invalid(
                f"takes the form `ab,bc->ac`, `...ab,bc->...ac` or `ab...,bc->ac...`, with letters, not {show(value)}"
            )
        problem = einsum_rules.problem(equation)
        if problem is not None:
            raise invalid(f"cannot be computed: {problem}")
        return value

    @model_validator(mode="after")
    def _bias_of_the_output(self) -> Self:
        if self.bias_axes is not None:
            if not self.bias_axes:
                raise conflict("bias_axes", "`bias_axes` is empty; null stands for no bias")
            for letter in self.bias_axes:
                if letter not in self.parsed.output:
                    raise conflict("bias_axes", f"`bias_axes` names `{letter}`, which is no axis of the output")
        return self

    @property
    def parsed(self) -> einsum_rules.Equation:
        """The parts of the equation."""
        equation = einsum_rules.parse(self.equation)
        assert equation is not None
        return equation

    def infer(self, inputs: TensorType, training: bool | None = None) -> Inferred:
        """The axes of the input to those of the output, as the equation says."""
        require_elements(inputs, NUMBERS, "inputs")
        require_dense(inputs, "inputs")
        stated = (self.output_shape,) if isinstance(self.output_shape, int) else self.output_shape
        shapes = einsum_rules.shapes(self.parsed, inputs.shape, stated, self.bias_axes)
        initializer = counting(self.kernel_initializer, shapes.input_axes, shapes.output_axes)
        weights = self.kernel_weights(shapes.kernel, initializer)
        if shapes.bias is not None:
            weights += (self.weight("bias", shapes.bias, self.bias_initializer),)
        x = self.cast(inputs)
        output = self.activated(x, shapes.output)
        return one(output.with_dtype(promote(x.dtype, output.dtype)), *weights)

    def multiply_adds(self, result: Inferred, inputs: TensorType, training: bool | None = None) -> Dimension:
        """One for each combination of places along the axes of input and kernel."""
        equation = self.parsed
        elided = inputs.rank - len(equation.inputs)
        dots, named = (inputs.shape[:elided], inputs.shape[elided:]) if equation.leading else ((), inputs.shape)
        lengths: dict[str, Dimension] = dict(zip(equation.kernel, result.weights[0].shape, strict=True))
        lengths.update(zip(equation.inputs, named, strict=False))
        return times(*dots, *named[len(equation.inputs) :], *lengths.values())


class EmbeddingTable(Lora, FloatLayer):
    """A layer with a table of vectors."""

    input_dim: PositiveInt = Field(description="How many rows the table has: one more than the largest number.")
    output_dim: PositiveInt = Field(description="How long each vector is.")
    embeddings_initializer: Initializer = Field(
        "uniform", validate_default=True, description="What the table is before training."
    )
    embeddings_regularizer: Regularizer = Field(None, description="What is added to the loss for the table.")
    embeddings_constraint: Constraint = Field(None, description="What the table is forced into after each step.")
    mask_zero: bool = Field(False, description="Whether the number 0 stands for padding, to be masked.")

    @model_validator(mode="after")
    def _update_or_constraint(self) -> Self:
        check_lora(self.lora_rank, self.embeddings_constraint, "embeddings_constraint")
        return self

    def mask_rule_of(self, reverse: bool | None = None, **flags: Any) -> MaskRule:
        """Returns the rule: vectors have a mask with `mask_zero`, and scores of the rows have none."""
        return MAKES if self.mask_zero and not reverse else ENDS

    def numbers_taken(self, reverse: bool | None = None, **flags: Any) -> NumbersTaken | None:
        """Returns the rows of the table; a larger number fails."""
        return None if reverse else NumbersTaken("inputs", self.input_dim, "input_dim", True)

    def table_weights(self) -> tuple[Weight, ...]:
        """The table and its update."""
        size = (self.input_dim, self.output_dim)
        table = self.weight("embeddings", size, self.embeddings_initializer, trainable=self.lora_rank is None)
        return (table, *lora_weights(self, "embeddings", size, self.lora_rank))

    def interval(self, output: int, of: TensorType, **call: Any) -> Interval:
        """Whatever the rows of the table hold."""
        return self.sums

    def looked_up(self, inputs: TensorType) -> TensorType:
        """A vector for each number.

        Raises:
            DtypeError: There are no numbers.
        """
        require_elements(inputs, NUMBERS, "inputs")
        return TensorType((*inputs.shape, self.output_dim), self.compute_dtype, ragged=inputs.ragged)


class Embedding(EmbeddingTable):
    """A table of vectors: each whole number is replaced by the vector of that row."""

    stops_gradient: ClassVar[bool] = True

    example: ClassVar[str] = "input_dim: 1000, output_dim: 16, inputs: words"

    def infer(self, inputs: TensorType) -> Inferred:
        """(…) to (…, output_dim)."""
        return one(self.looked_up(inputs), *self.table_weights())


class ReversibleEmbedding(EmbeddingTable):
    """A table of vectors that can also be called in reverse, from a vector to a score for each row.

    The scores come from the same table (Press and Wolf, 2016) or of a matrix of their own.
    """

    example: ClassVar[str] = "input_dim: 1000, output_dim: 16, inputs: words"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        INPUTS,
        flag("reverse", "Whether vectors are turned into scores of the rows; numbers into vectors otherwise."),
    )
    attaches_masks: ClassVar[bool] = False

    tie_weights: bool = Field(True, description="Whether the table is used in reverse too, or a matrix of its own.")
    reverse_dtype: Annotated[str | None, NameOf("dtype", FLOATS, optional=True)] = Field(
        None, description="The dtype to compute scores in; the layer's compute dtype if left out."
    )
    logit_soft_cap: PositiveFloat | None = Field(
        None, description="Bounds the scores by `cap · tanh(score / cap)`; null for no bound."
    )

    @model_validator(mode="after")
    def _update_or_own_matrix(self) -> Self:
        if self.lora_rank is not None and not self.tie_weights:
            # Keras would add the matrix after the layer is closed for new weights.
            raise conflict("lora_rank", "`lora_rank` and `tie_weights: false` do not go together")
        return self

    def interval(self, output: int, of: TensorType, reverse: bool | None = None, **call: Any) -> Interval:
        """Whatever the rows hold; scores are within the cap on them."""
        cap = self.logit_soft_cap
        return Rising(lambda x: cap * tanh(x / cap), -cap, cap)(self.sums) if reverse and cap else self.sums

    def infer(self, inputs: TensorType, reverse: bool | None = None) -> Inferred:
        """(…) to (…, output_dim); in reverse, (…, output_dim) to (…, input_dim)."""
        weights = self.table_weights()
        if not self.tie_weights:
            size = (self.output_dim, self.input_dim)
            weights += (self.weight("reverse_embeddings", size, self.embeddings_initializer),)
        if not reverse:
            return one(self.looked_up(inputs), *weights)
        require_elements(inputs, NUMBERS, "inputs")
        require_dense(inputs, "inputs")
        require_rank_at_least(inputs, 1)
        if inputs.shape[-1] not in (self.output_dim, None):
            raise ShapeError(
                f"takes vectors of length {self.output_dim} in reverse, and gets {format_shape(inputs.shape)}", "inputs"
            )
        return one(TensorType((*inputs.shape[:-1], self.input_dim), self.compute_dtype), *weights)

    def multiply_adds(self, result: Inferred, inputs: TensorType, reverse: bool | None = None) -> Dimension:
        """The table in reverse, for each vector."""
        return times(*inputs.shape[:-1], self.output_dim, self.input_dim) if reverse else 0


class Masking(LayerConfig):
    """Masks the steps at which every feature has a certain value."""

    mask_rule: ClassVar[MaskRule] = MAKES
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    interval: ClassVar[Callable[..., Interval]] = of_operands_or_zero
    example: ClassVar[str] = "mask_value: 0.0, inputs: sequence"
    built_from_the_start: ClassVar[bool] = True

    mask_value: Finite = Field(0.0, description="The value that stands for padding.")

    def infer(self, inputs: TensorType) -> Inferred:
        """The shape of the input."""
        require_rank_at_least(inputs, 1)
        require_elements(inputs, NUMBERS, "inputs")
        require_dense(inputs, "inputs")
        dtype = self.cast(inputs).dtype
        # A product with truth values.
        return one(TensorType(inputs.shape, "int32" if dtype == "bool" else dtype))


class Identity(Unregularized):
    """Returns its input unchanged."""

    mask_rule: ClassVar[MaskRule] = PROPAGATES
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    interval: ClassVar[Callable[..., Interval]] = of_operands
    example: ClassVar[str] = "inputs: x"
    built_from_the_start: ClassVar[bool] = True

    @property
    def passes_through(self) -> bool:
        """It does."""
        return True

    def infer(self, inputs: TensorType) -> Inferred:
        """The input, unchanged."""
        return one(self.cast(inputs))


class Activation(LayerConfig):
    """Applies an activation to each element."""

    mask_rule: ClassVar[MaskRule] = PROPAGATES
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    example: ClassVar[str] = "activation: relu, inputs: x"
    built_from_the_start: ClassVar[bool] = True

    activation: ActivationName = Field(description="The name of the activation.")

    @property
    def passes_through(self) -> bool:
        """Whether the activation is none."""
        return self.activation in (None, LINEAR)

    def applied_activation(self, rank: int) -> str | None:
        """Returns the activation, whatever the axes are."""
        return self.activation or LINEAR

    def interval(self, output: int, of: TensorType, inputs: Ranged, **call: Any) -> Interval:
        """What the activation makes of the input."""
        return activated(self.activation, inputs.interval)

    def infer(self, inputs: TensorType) -> Inferred:
        """The shape of the input."""
        x = self.cast(inputs)
        check_activation(self.activation, x)
        return one(x.with_dtype(activated_dtype(self.activation, x.dtype)))
