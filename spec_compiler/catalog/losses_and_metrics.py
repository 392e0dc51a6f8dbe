"""What losses and metrics have in common: both hold predictions against targets."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any, ClassVar, NamedTuple

from pydantic import Field

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.dtypes import FLOATS
from spec_compiler.catalog.fields import Fraction, NameOf
from spec_compiler.catalog.intervals import SHARES, UNKNOWN, Interval


class Targets(Enum):
    """What kind of targets a loss or a metric compares predictions with."""

    YES_OR_NO = "a yes or no for each unit"
    ZEROS_AND_ONES = "a number from 0 to 1 for each unit, for one class out of several or for each on its own"
    ONE_HOT = "a number for each class, of which one is 1"
    CLASS_NUMBERS = "the number of a class"
    NUMBERS = "numbers, whose distance counts"
    DIRECTIONS = "vectors, whose direction counts"
    DISTRIBUTIONS = "shares that sum to 1"
    COUNTS = "numbers that are not negative"
    SIGNS = "-1 or 1 for each unit; 0 counts as -1, if there are but 0 and 1"
    REGIONS = "a number from 0 to 1 for each place: whether it is part of a region"
    LABELS = "the number of a class, one of as many as there are"
    LABEL_SEQUENCES = "the numbers of classes in a row, without the steps that they stand at"
    OTHER = "something else"


class Predictions(NamedTuple):
    """What a loss or a metric takes as predictions.

    Attributes:
        interval: Where they have to lie.
        both_signs: Whether they have to be able to go to both sides of 0, as logits and margins do.
        meaning: What they are, in words.
        along: The axis whose numbers are compared with each other, as the scores of classes are; None if each
            number stands for itself.
        threshold: Where they are parted into 0 and 1; None if they are not.
        rank: How many axes they have to have; None if any number will do.
        class_numbers: Whether they are the numbers of classes, and not one number for each.
    """

    interval: Interval = UNKNOWN
    both_signs: bool = False
    meaning: str = "numbers"
    along: int | None = None
    threshold: float | None = None
    rank: int | None = None
    class_numbers: bool = False


PROBABILITIES = Predictions(SHARES, meaning="probabilities")
"""Numbers from 0 to 1, each on its own or the shares of classes."""
LOGITS = Predictions(both_signs=True, meaning="logits")
MARGINS = Predictions(both_signs=True, meaning="margins, for targets of -1 and 1")
CLASS_MARGINS = Predictions(both_signs=True, meaning="scores, of which the right class is to be ahead by 1", along=-1)
SCORES = Predictions(meaning="scores of classes", along=-1)
CLASS_NUMBERS = Predictions(meaning="class numbers", class_numbers=True)
VECTORS = Predictions(meaning="vectors", along=-1)


FloatDtype = Annotated[str | None, NameOf("floating-point dtype", FLOATS, optional=True)]


def named(default: str | None) -> Any:
    """The field `name`, with the name that Keras gives to such a loss or metric."""
    return Field(default, description="What it is called, as in the logs; null for a name made of the class's.")


class LossOrMetric(Config):
    """Something that holds predictions against targets.

    `default_dtype` is what it computes in unless told otherwise.
    """

    default_dtype: ClassVar[str] = "float32"
    targets: ClassVar[Targets]
    """What it takes as targets. It has no default: each class states it."""
    takes: ClassVar[Predictions] = Predictions()
    """What it takes as predictions, where that does not depend on its arguments."""
    target_interval: ClassVar[Interval] = UNKNOWN
    """Between which bounds targets lie that are numbers."""

    dtype: FloatDtype = Field(None, description="The dtype that it computes in; float32 if left out.")

    @property
    def predictions(self) -> Predictions:
        """What it takes as predictions."""
        return self.takes


class FromLogits(LossOrMetric):
    """A score of probabilities that also takes logits."""

    takes: ClassVar[Predictions] = PROBABILITIES

    from_logits: bool = Field(False, description="Whether predictions are logits rather than probabilities.")

    @property
    def predictions(self) -> Predictions:
        """Probabilities or logits; of classes, one number each along an axis."""
        found = LOGITS if self.from_logits else self.takes
        of_classes = self.targets in (Targets.ONE_HOT, Targets.CLASS_NUMBERS)
        return found._replace(along=getattr(self, "axis", -1)) if of_classes else found


class Smoothed(LossOrMetric):
    """A score whose targets can be smoothed."""

    label_smoothing: Fraction = Field(0.0, description="How far targets are moved towards all classes being equal.")


class OverAxis(LossOrMetric):
    """A score that is taken along one axis."""

    axis: int = Field(-1, description="The axis along which predictions and targets are compared.")


class IgnoringClass(LossOrMetric):
    """A score of class numbers that can leave one class out."""

    ignore_class: int | None = Field(None, description="The number of a class that does not count.")
