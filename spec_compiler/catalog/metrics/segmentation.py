"""Metrics of how far predicted and true regions overlap."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.dtypes import COMPUTE_INTEGERS, FLOATS
from spec_compiler.catalog.fields import Finite, Integers, NameOf, PositiveInt
from spec_compiler.catalog.losses_and_metrics import (
    CLASS_NUMBERS,
    SCORES,
    IgnoringClass,
    OverAxis,
    Predictions,
    Targets,
)
from spec_compiler.catalog.metrics.base import Metric
from spec_compiler.catalog.rules import conflict

COUNTING_DTYPES = (*FLOATS, *COMPUTE_INTEGERS)

ClassNumbers = Annotated[tuple[int, ...], Integers(minimum=0, least=1)]


class Overlap(Metric):
    """The intersection of predicted and true regions over their union."""

    targets: ClassVar[Targets] = Targets.OTHER

    default_dtype: ClassVar[str] = "int64"

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


class SparseOverlap(AmongClasses):
    """An overlap whose targets and predictions are class numbers unless told otherwise."""

    sparse_y_true: bool = Field(True, description="Whether targets are class numbers rather than one-hot.")
    sparse_y_pred: bool = Field(True, description="Whether predictions are class numbers rather than one a class.")

    @property
    def predictions(self) -> Predictions:
        """The numbers of classes, or a score for each."""
        return CLASS_NUMBERS if self.sparse_y_pred else SCORES._replace(along=self.axis)


class OneHotOverlap(AmongClasses):
    """An overlap whose targets are one-hot, and whose predictions are unless told otherwise."""

    sparse_y_pred: bool = Field(False, description="Whether predictions are class numbers rather than one a class.")

    @property
    def predictions(self) -> Predictions:
        """A score for each class, or their numbers."""
        return CLASS_NUMBERS if self.sparse_y_pred else SCORES._replace(along=self.axis)


class IoU(OfClasses, SparseOverlap):
    """The intersection over the union of the regions of some classes."""


class MeanIoU(SparseOverlap):
    """The intersection over the union of the regions of all classes."""


class OneHotIoU(OfClasses, OneHotOverlap):
    """The intersection over the union of the regions of some classes, for one-hot targets."""


class OneHotMeanIoU(OneHotOverlap):
    """The intersection over the union of the regions of all classes, for one-hot targets."""


class BinaryIoU(Overlap):
    """The intersection over the union of the regions above and below a threshold."""

    target_class_ids: ClassNumbers = Field((0, 1), description="Which of 0 and 1 are averaged.")
    threshold: Finite = Field(0.5, description="What is at least this counts as 1.")

    @property
    def predictions(self) -> Predictions:
        """Numbers that are parted at the threshold."""
        return Predictions(threshold=self.threshold)

    @model_validator(mode="after")
    def _two_classes(self) -> Self:
        if max(self.target_class_ids) > 1:
            raise conflict("target_class_ids", "`target_class_ids` are 0, 1 or both")
        return self
