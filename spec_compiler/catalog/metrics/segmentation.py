"""Metrics of how far predicted and true regions overlap."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.dtypes import COMPUTE_INTEGERS, FLOATS
from spec_compiler.catalog.fields import Finite, Integers, NameOf, PositiveInt
from spec_compiler.catalog.metrics.base import Metric
from spec_compiler.catalog.rules import conflict
from spec_compiler.catalog.scores import IgnoringClass, OverAxis

COUNTING_DTYPES = (*FLOATS, *COMPUTE_INTEGERS)

ClassNumbers = Annotated[tuple[int, ...], Integers(minimum=0, least=1)]


class Overlap(Metric):
    """The intersection of predicted and true regions over their union."""

    default_dtype: ClassVar[str | None] = None

    dtype: Annotated[str | None, NameOf("counting dtype", COUNTING_DTYPES, optional=True)] = Field(
        None, description="The dtype that elements are counted in; int64 if left out."
    )


class OfClasses(Overlap):
    """An overlap of the regions of some classes."""

    target_class_ids: ClassNumbers = Field(description="The classes whose overlaps are averaged.")


class AmongClasses(Overlap, IgnoringClass, OverAxis):
    """An overlap of regions that are given by class numbers, or by one prediction a class."""

    num_classes: PositiveInt = Field(description="How many classes there are.")

    @model_validator(mode="after")
    def _classes_exist(self) -> Self:
        for number in getattr(self, "target_class_ids", ()):
            if number >= self.num_classes:
                raise conflict(
                    "target_class_ids",
                    f"`target_class_ids` has class {number}, and with `num_classes` {self.num_classes} the last one "
                    f"is {self.num_classes - 1}",
                )
        return self


class Sparse(AmongClasses):
    """An overlap whose targets and predictions are class numbers unless told otherwise."""

    sparse_y_true: bool = Field(True, description="Whether targets are class numbers rather than one-hot.")
    sparse_y_pred: bool = Field(True, description="Whether predictions are class numbers rather than one a class.")


class OneHot(AmongClasses):
    """An overlap whose targets are one-hot, and whose predictions are unless told otherwise."""

    sparse_y_pred: bool = Field(False, description="Whether predictions are class numbers rather than one a class.")


class IoU(OfClasses, Sparse):
    """The intersection over the union of the regions of some classes."""


class MeanIoU(Sparse):
    """The intersection over the union of the regions of all classes."""


class OneHotIoU(OfClasses, OneHot):
    """The intersection over the union of the regions of some classes, for one-hot targets."""


class OneHotMeanIoU(OneHot):
    """The intersection over the union of the regions of all classes, for one-hot targets."""


class BinaryIoU(Overlap):
    """The intersection over the union of the regions above and below a threshold."""

    target_class_ids: ClassNumbers = Field((0, 1), description="Which of 0 and 1 are averaged.")
    threshold: Finite = Field(0.5, description="What is at least this counts as 1.")

    @model_validator(mode="after")
    def _two_classes(self) -> Self:
        if max(self.target_class_ids) > 1:
            raise conflict("target_class_ids", "`target_class_ids` are 0, 1 or both")
        return self
