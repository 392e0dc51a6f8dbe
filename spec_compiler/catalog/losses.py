"""Losses: what training makes small."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from spec_compiler.catalog.fields import Axes, Fraction, NonNegativeFloat, Numbers, PositiveFloat, ScopeName
from spec_compiler.catalog.intervals import NOT_NEGATIVE, POSITIVE, Interval
from spec_compiler.catalog.losses_and_metrics import (
    CLASS_MARGINS,
    MARGINS,
    PROBABILITIES,
    VECTORS,
    FromLogits,
    IgnoringClass,
    LossOrMetric,
    OverAxis,
    Predictions,
    Smoothed,
    Targets,
    named,
)

ClassWeights = Annotated[tuple[float, ...] | float, Numbers(single=True, minimum=0)]


class Loss(LossOrMetric):
    """What training makes small."""

    keras_module: ClassVar[str] = "keras.losses"

    name: ScopeName | None = named(None)
    reduction: Literal["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none"] | None = Field(
        "sum_over_batch_size", description="How the losses of a batch become one number."
    )


class MeanSquaredError(Loss):
    """The mean of the squared differences."""

    targets: ClassVar[Targets] = Targets.NUMBERS

    name: ScopeName | None = named("mean_squared_error")


class MeanAbsoluteError(Loss):
    """The mean of the absolute differences."""

    targets: ClassVar[Targets] = Targets.NUMBERS

    name: ScopeName | None = named("mean_absolute_error")


class MeanAbsolutePercentageError(Loss):
    """The mean of the absolute differences, in percent of the targets."""

    targets: ClassVar[Targets] = Targets.NUMBERS

    name: ScopeName | None = named("mean_absolute_percentage_error")


class MeanSquaredLogarithmicError(Loss):
    """The mean of the squared differences of log(1 + x)."""

    targets: ClassVar[Targets] = Targets.NUMBERS
    takes: ClassVar[Predictions] = Predictions(NOT_NEGATIVE, meaning="numbers that are not negative")
    target_interval: ClassVar[Interval] = NOT_NEGATIVE

    name: ScopeName | None = named("mean_squared_logarithmic_error")


class CosineSimilarity(OverAxis, Loss):
    """Minus the cosine of the angle between predictions and targets."""

    targets: ClassVar[Targets] = Targets.DIRECTIONS
    takes: ClassVar[Predictions] = VECTORS

    name: ScopeName | None = named("cosine_similarity")


class Huber(Loss):
    """Squared for small differences and linear for large ones, after Huber (1964)."""

    targets: ClassVar[Targets] = Targets.NUMBERS

    name: ScopeName | None = named("huber_loss")
    delta: PositiveFloat = Field(1.0, description="The difference at which the loss becomes linear.")


class LogCosh(Loss):
    """The mean of the logarithm of the hyperbolic cosine of the differences."""

    targets: ClassVar[Targets] = Targets.NUMBERS

    name: ScopeName | None = named("log_cosh")


class Hinge(Loss):
    """The mean of max(1 − target · prediction, 0), for targets of −1 and 1."""

    targets: ClassVar[Targets] = Targets.SIGNS
    takes: ClassVar[Predictions] = MARGINS

    name: ScopeName | None = named("hinge")


class SquaredHinge(Loss):
    """The mean of max(1 − target · prediction, 0)², for targets of −1 and 1."""

    targets: ClassVar[Targets] = Targets.SIGNS
    takes: ClassVar[Predictions] = MARGINS

    name: ScopeName | None = named("squared_hinge")


class CategoricalHinge(Loss):
    """How far the best wrong class comes within 1 of the right one."""

    targets: ClassVar[Targets] = Targets.ONE_HOT
    takes: ClassVar[Predictions] = CLASS_MARGINS

    name: ScopeName | None = named("categorical_hinge")


class KLDivergence(Loss):
    """The Kullback–Leibler divergence of the predicted distribution from the target."""

    targets: ClassVar[Targets] = Targets.DISTRIBUTIONS
    takes: ClassVar[Predictions] = PROBABILITIES

    name: ScopeName | None = named("kl_divergence")


class Poisson(Loss):
    """The mean of prediction − target · log(prediction)."""

    targets: ClassVar[Targets] = Targets.COUNTS
    takes: ClassVar[Predictions] = Predictions(POSITIVE, meaning="positive numbers")

    name: ScopeName | None = named("poisson")


class BinaryCrossentropy(FromLogits, Smoothed, OverAxis, Loss):
    """The cross-entropy of yes-or-no targets."""

    targets: ClassVar[Targets] = Targets.YES_OR_NO

    name: ScopeName | None = named("binary_crossentropy")


class CategoricalCrossentropy(FromLogits, Smoothed, OverAxis, Loss):
    """The cross-entropy of one-hot targets."""

    targets: ClassVar[Targets] = Targets.ONE_HOT

    name: ScopeName | None = named("categorical_crossentropy")


class SparseCategoricalCrossentropy(FromLogits, IgnoringClass, OverAxis, Loss):
    """The cross-entropy of targets that are class numbers."""

    targets: ClassVar[Targets] = Targets.CLASS_NUMBERS

    name: ScopeName | None = named("sparse_categorical_crossentropy")


class Focal(FromLogits, Smoothed, OverAxis, Loss):
    """A cross-entropy in which what is already predicted well counts less, after Lin et al. (2017)."""

    gamma: NonNegativeFloat = Field(2.0, description="How much less well-predicted examples count; 0 is not at all.")


class BinaryFocalCrossentropy(Focal):
    """The focal cross-entropy of yes-or-no targets, after Lin et al. (2017)."""

    targets: ClassVar[Targets] = Targets.YES_OR_NO

    name: ScopeName | None = named("binary_focal_crossentropy")
    apply_class_balancing: bool = Field(False, description="Whether the two classes are weighted by `alpha`.")
    alpha: Fraction = Field(0.25, description="The weight of class 1; class 0 has the rest to 1.")


class CategoricalFocalCrossentropy(Focal):
    """The focal cross-entropy of one-hot targets, after Lin et al. (2017)."""

    targets: ClassVar[Targets] = Targets.ONE_HOT

    name: ScopeName | None = named("categorical_focal_crossentropy")
    alpha: ClassWeights = Field(0.25, description="The weight of all classes, or a list with the weight of each.")


class CategoricalGeneralizedCrossEntropy(Loss):
    """A loss between cross-entropy and mean absolute error, robust to wrong labels, after Zhang and Sabuncu (2018)."""

    targets: ClassVar[Targets] = Targets.CLASS_NUMBERS
    takes: ClassVar[Predictions] = PROBABILITIES._replace(along=-1)

    name: ScopeName | None = named("categorical_generalized_cross_entropy")
    q: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.5, description="Towards 0 the loss is cross-entropy, towards 1 mean absolute error."
    )


class CTC(Loss):
    """Connectionist temporal classification: targets of unknown alignment, after Graves et al. (2006)."""

    targets: ClassVar[Targets] = Targets.LABEL_SEQUENCES

    name: ScopeName | None = named("ctc")


class Dice(Loss):
    """One minus the Sørensen–Dice coefficient of two masks, after Milletari et al. (2016)."""

    targets: ClassVar[Targets] = Targets.REGIONS
    takes: ClassVar[Predictions] = PROBABILITIES

    name: ScopeName | None = named("dice")
    axis: Axes = Field(None, description="The axes that the loss is computed over; null for all.")


class Tversky(Loss):
    """One minus the Tversky index of two masks, after Salehi et al. (2017)."""

    targets: ClassVar[Targets] = Targets.REGIONS
    takes: ClassVar[Predictions] = PROBABILITIES

    name: ScopeName | None = named("tversky")
    alpha: NonNegativeFloat = Field(0.5, description="The weight of what was wrongly predicted.")
    beta: NonNegativeFloat = Field(0.5, description="The weight of what was wrongly left out.")
    axis: Axes = Field(None, description="The axes that the loss is computed over; null for all.")


class Circle(Loss):
    """Brings embeddings of one class together and those of others apart, after Sun et al. (2020)."""

    targets: ClassVar[Targets] = Targets.LABELS

    name: ScopeName | None = named("circle")
    gamma: PositiveFloat = Field(80.0, description="The scale of the similarities.")
    margin: Fraction = Field(0.4, description="How far apart classes are to be.")
    remove_diagonal: bool = Field(True, description="Whether an example is left out of its own neighbours.")
