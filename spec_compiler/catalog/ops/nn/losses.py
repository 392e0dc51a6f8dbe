"""Losses of predictions against targets: cross-entropies, and connectionist temporal classification (CTC)."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.dtypes import promote
from spec_compiler.catalog.fields import PositiveInt
from spec_compiler.catalog.intervals import INFINITY, NOT_NEGATIVE, SHARES, UNKNOWN, Interval, Ranged
from spec_compiler.catalog.layers.base import Arguments, CallArgument, tensor
from spec_compiler.catalog.operands import FLOATING, NUMBERS, REALS
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, require_computable
from spec_compiler.catalog.ops.rules import ORDERED, WHOLE, without
from spec_compiler.catalog.rules import (
    DtypeError,
    RuleError,
    ShapeError,
    axis_of,
    conflict,
    describe_shapes,
    require_rank,
    require_rank_at_least,
)
from spec_compiler.catalog.shapes import agree
from spec_compiler.catalog.tensors import Inferred, TensorType, one

_PAIR = (tensor("target", "The targets."), tensor("output", "The predictions."))


class Crossentropy(TensorOp):
    """A cross-entropy of predicted probabilities against targets."""

    op_pattern: ClassVar[OpPattern] = "opaque"
    calls: ClassVar[tuple[CallArgument, ...]] = _PAIR

    from_logits: bool = Field(False, description="Whether predictions are logits rather than probabilities.")


class OverClasses(Arguments):
    """The argument about the axis of the classes."""

    axis: int = Field(-1, description="The axis of the classes.")


def require_same_shape(target: TensorType, output: TensorType) -> None:
    """Refuse tensors of two shapes. For Keras, a known length is another one than an unknown.

    Raises:
        ShapeError: The shapes differ.
    """
    if target.shape != output.shape:
        raise ShapeError(
            f"takes tensors of one shape, and gets {describe_shapes((target.shape, output.shape))}", "target", "output"
        )


def require_same_dtype(target: TensorType, output: TensorType) -> None:
    """Refuse tensors of two dtypes, which TensorFlow does not convert here.

    Raises:
        DtypeError: The dtypes differ.
    """
    if target.dtype != output.dtype:
        raise DtypeError(f"takes tensors of one dtype, and gets {target.dtype} and {output.dtype}", "target", "output")


class BinaryCrossentropy(Crossentropy):
    """The binary cross-entropy of each element."""

    example: ClassVar[str] = "inputs: {target: x, output: y}"

    ranged_by: ClassVar[tuple[str, ...]] = ("target",)

    def interval(self, output: int, of: TensorType, target: Ranged) -> Interval:
        """Never negative against probabilities."""
        return NOT_NEGATIVE if target.interval.within(SHARES) else UNKNOWN

    def infer(self, target: TensorType, output: TensorType) -> Inferred:
        """Two tensors of one shape to that shape."""
        for operand, x in (("target", target), ("output", output)):
            require_computable(x, FLOATING, operand)
        require_same_shape(target, output)
        require_same_dtype(target, output)
        return one(output)


class CategoricalCrossentropy(OverClasses, Crossentropy):
    """The cross-entropy of predictions against one-hot classes."""

    example: ClassVar[str] = "inputs: {target: x, output: y}"

    ranged_by: ClassVar[tuple[str, ...]] = ("target",)

    def interval(self, output: int, of: TensorType, target: Ranged) -> Interval:
        """Never negative against what is not."""
        return NOT_NEGATIVE if target.interval.low >= 0 else UNKNOWN

    def infer(self, target: TensorType, output: TensorType) -> Inferred:
        """(…, classes) and (…, classes) to (…)."""
        require_computable(target, ORDERED if self.from_logits else FLOATING, "target")
        require_computable(output, FLOATING, "output")
        require_same_shape(target, output)
        if not self.from_logits:
            require_same_dtype(target, output)
        require_rank_at_least(output, 1, "output")
        axis = axis_of(self.axis, output.rank)
        if self.from_logits and self.axis < -1:
            raise RuleError(
                f"has `axis` {self.axis}, and takes -1 or an axis counted from the front with `from_logits`",
                "output",
                argument="axis",
            )
        # Keras states the shape without the last axis, whichever axis is left out.
        stated = output.shape[:-1]
        if not all(map(agree, stated, without(output.shape, (axis,)))):
            raise ShapeError(
                f"has `axis` {self.axis}, and Keras states the shape that the last one would give",
                "output",
                argument="axis",
                hint="move the classes to the last axis first",
            )
        return one(output.with_shape(stated))


class SparseCategoricalCrossentropy(OverClasses, Crossentropy):
    """The cross-entropy of predictions against class indices."""

    example: ClassVar[str] = "inputs: {target: classes, output: x}"

    def interval(self, output: int, of: TensorType) -> Interval:
        """Never negative."""
        return NOT_NEGATIVE

    def infer(self, target: TensorType, output: TensorType) -> Inferred:
        """(…) or (…, 1), and (…, classes), to (…)."""
        require_rank_at_least(output, 1, "output")
        require_computable(target, NUMBERS, "target")
        require_computable(output, FLOATING, "output")
        if self.axis not in (-1, output.rank - 1):
            raise RuleError(
                f"takes classes on the last axis only, and has `axis` {self.axis}", "output", argument="axis"
            )
        shape = output.shape[:-1]
        if target.shape not in (shape, (*shape, 1)):
            raise ShapeError(
                "takes a class number for each prediction, and gets " + describe_shapes((target.shape, output.shape)),
                "target",
                "output",
            )
        return one(output.with_shape(shape))


class CtcLoss(TensorOp):
    """The connectionist temporal classification (CTC) loss of sequences of labels (Graves et al., 2006)."""

    example: ClassVar[str] = "inputs: {target: places, output: scores, target_length: classes, output_length: lengths}"
    op_pattern: ClassVar[OpPattern] = "opaque"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("target", "The labels: (batch, labels)."),
        tensor("output", "The logits of each label and of the blank: (batch, steps, labels + 1)."),
        tensor("target_length", "How many labels count: (batch,)."),
        tensor("output_length", "How many steps count: (batch,)."),
    )

    mask_index: int = Field(0, description="The index of the blank label.")

    def infer(
        self, target: TensorType, output: TensorType, target_length: TensorType, output_length: TensorType
    ) -> Inferred:
        """(batch, labels), (batch, steps, labels + 1), (batch,) and (batch,) to (batch,)."""
        require_rank(target, 2, "(batch, labels)", "target")
        require_rank(output, 3, "(batch, steps, labels)", "output")
        for operand, x in (("target", target), ("output", output)):
            require_computable(x, ORDERED, operand)
        for operand, x in (("target_length", target_length), ("output_length", output_length)):
            require_rank(x, 1, "(batch,)", operand)
            require_computable(x, WHOLE if operand == "target_length" else REALS, operand)
            if x.shape[0] != output.shape[0] or target.shape[0] != output.shape[0]:
                raise ShapeError(
                    "takes tensors of one batch, and gets " + describe_shapes((target.shape, output.shape, x.shape)),
                    "target",
                    "output",
                    operand,
                )
        return one(TensorType((target.shape[0],), promote(output.dtype, "float32")))


class CtcDecode(TensorOp):
    """The likeliest sequences of labels by CTC, and their scores (Graves et al., 2006)."""

    stops_gradient: ClassVar[bool] = True

    example: ClassVar[str] = "inputs: {inputs: scores, sequence_lengths: lengths}"
    op_pattern: ClassVar[OpPattern] = "opaque"
    several_outputs: ClassVar[bool] = True
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("inputs", "The logits of each label and of the blank: (batch, steps, labels + 1)."),
        tensor("sequence_lengths", "How many steps count: (batch,)."),
    )

    strategy: Literal["greedy", "beam_search"] = Field(
        "greedy", description="Whether the likeliest label of each step is taken, or a beam search made."
    )
    beam_width: PositiveInt = Field(100, description="The width of the beam of `beam_search`.")
    top_paths: PositiveInt = Field(1, description="How many paths `beam_search` returns.")
    merge_repeated: bool = Field(True, description="Whether `greedy` merges repeated labels.")
    mask_index: int | None = Field(0, description="The index of the blank label; null for the last one.")

    @model_validator(mode="after")
    def _wide_enough(self) -> Self:
        if self.strategy == "beam_search" and self.top_paths > self.beam_width:
            raise conflict("top_paths", f"`top_paths` {self.top_paths} is greater than `beam_width` {self.beam_width}")
        return self

    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)

    def interval(self, output: int, of: TensorType, inputs: Ranged) -> Interval:
        """Labels, -1 after the last one; and any score."""
        labels = inputs.type.shape[-1]
        return UNKNOWN if output else Interval(-1, INFINITY if labels is None else labels - 1)

    def infer(self, inputs: TensorType, sequence_lengths: TensorType) -> Inferred:
        """(batch, steps, labels) and (batch,) to labels (paths, batch, steps) and scores (batch, paths)."""
        require_rank(inputs, 3, "(batch, steps, labels)", "inputs")
        require_rank(sequence_lengths, 1, "(batch,)", "sequence_lengths")
        require_computable(inputs, ORDERED, "inputs")
        require_computable(sequence_lengths, NUMBERS, "sequence_lengths")
        batch, steps, labels = inputs.shape
        if not agree(batch, sequence_lengths.shape[0]):
            raise ShapeError(
                "takes as many sequences as lengths, and gets "
                + describe_shapes((inputs.shape, sequence_lengths.shape)),
                "inputs",
                "sequence_lengths",
            )
        greedy = self.strategy == "greedy"
        if greedy and self.mask_index is not None and labels is not None and not -labels <= self.mask_index < labels:
            raise ShapeError(
                f"has `mask_index` {self.mask_index}, and there are {labels} labels", "inputs", argument="mask_index"
            )
        paths = 1 if greedy else self.top_paths
        if labels == 1 and paths > 1:
            raise ShapeError(
                f"has `top_paths` {paths}, and there is one path only where there are no labels",
                "inputs",
                argument="top_paths",
            )
        return Inferred(
            (
                TensorType((paths, batch, steps), "int32"),
                TensorType((batch, paths), promote(inputs.dtype, "float32")),
            ),
            names=("labels", "scores"),
        )
