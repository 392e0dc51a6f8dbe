"""Dense layers by an Einstein sum."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, field_validator, model_validator

from spec_compiler.catalog.costs import times
from spec_compiler.catalog.dtypes import promote
from spec_compiler.catalog.fields import (
    Constraint,
    Initializer,
    Integers,
    Regularizer,
    show,
)
from spec_compiler.catalog.initializers.fans import counting
from spec_compiler.catalog.layers import einsum_rules
from spec_compiler.catalog.layers.core.dense import DenseLayer
from spec_compiler.catalog.mask_rules import LOSES, MaskRule
from spec_compiler.catalog.operands import NUMBERS, require_dense, require_elements
from spec_compiler.catalog.rules import conflict, invalid
from spec_compiler.catalog.tensors import Dimension, Inferred, TensorType, one


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
