"""Which metrics do not fit the loss that they stand beside, or what the output gives: one table, row by row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from spec_compiler.catalog import families
from spec_compiler.catalog.activations import LINEAR
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.intervals import SHARES, Interval
from spec_compiler.catalog.losses_and_metrics import LOGITS, VECTORS, LossOrMetric, Targets
from spec_compiler.catalog.objects import Named

_OF_EACH_UNIT = (Targets.YES_OR_NO, Targets.ZEROS_AND_ONES, Targets.NUMBERS)
_OF_CLASSES = (Targets.CLASS_NUMBERS, Targets.ONE_HOT, Targets.YES_OR_NO, Targets.ZEROS_AND_ONES)
_UNBOUNDED = frozenset((LINEAR, "relu", "softplus"))
_HALF = 0.5
_CHOSEN_BY: dict[Targets | None, str] = {Targets.CLASS_NUMBERS: "sparse_categorical_", Targets.ONE_HOT: "categorical_"}


def chosen_metric(metric: Config | Named, targets: Targets | None, width: int | None) -> LossOrMetric | None:
    """The metric that Keras takes for `accuracy` and the like, for the targets of a loss and as many units; else None.

    Source: `keras.src.trainers.compile_utils.get_metric`.
    """
    family = families.metrics()
    full = family.full_name(metric.name) if isinstance(metric, Named) else None
    if full not in family.chosen:
        return None
    kind = "binary_" if width == 1 else _CHOSEN_BY.get(targets)
    found = family.plain_form(Named(f"{kind}{full}")) if kind is not None else None
    return found if isinstance(found, LossOrMetric) else None


def unfit_shape(metric: LossOrMetric, targets: Targets | None, rank: int | None, width: int | None) -> str | None:
    """Why a metric cannot be taken of predictions of a shape, whatever they are; None if it can.

    `rank` is how many axes they have, and `width` how long the last one is, as far as that is known.
    """
    takes = metric.predictions
    if takes.rank is not None and rank not in (None, takes.rank):
        return f"takes (batch, units), rank {takes.rank}"
    if takes.class_numbers and targets is Targets.CLASS_NUMBERS and width not in (None, 1):
        return "compares class numbers, one each"
    return None


@dataclass(frozen=True, slots=True)
class MetricBesideLoss:
    """A metric on an output, beside the loss that the output is trained by.

    Attributes:
        written: The metric as the spec has it.
        loss: What the output is trained by; None if it is not.
        output: The name of the output.
        width: How many units it has, if that is known.
        activation: The activation that it comes out of, if that is known.
        interval: Where its numbers lie.
    """

    written: Config | Named
    loss: Config | Named | None
    output: str
    width: int | None
    activation: str | None
    interval: Interval

    @property
    def name(self) -> str:
        """What the metric is called."""
        return self.written.keras_name

    @property
    def metric(self) -> LossOrMetric | None:
        """What the metric is; None if Keras chooses it, or it is one of the caller's own."""
        found = families.metrics().plain_form(self.written)
        return found if isinstance(found, LossOrMetric) else None

    @property
    def trained(self) -> Targets | None:
        """What the loss takes as targets, if that is known."""
        found = families.losses().class_of(self.loss) if self.loss is not None else None
        return found.targets if found is not None and issubclass(found, LossOrMetric) else None

    @property
    def taken(self) -> Targets | None:
        """What the metric takes as targets, if that is known."""
        return self.metric.targets if self.metric is not None else None

    @property
    def is_accuracy(self) -> bool:
        """Whether it is the share of right predictions: the one that Keras chooses, or that of equal values."""
        found = families.metrics().class_of(self.written)
        return found is None or found.keras_name == "Accuracy"

    @property
    def of_logits(self) -> bool:
        """Whether the output is trained to give logits, and gives more than shares."""
        found = families.losses().plain_form(self.loss) if self.loss is not None else None
        takes_logits = isinstance(found, LossOrMetric) and found.predictions.meaning == LOGITS.meaning
        return takes_logits and not self.interval.within(SHARES)

    @property
    def metric_of_logits(self) -> LossOrMetric | None:
        """The metric that would be taken of logits. Keras's guides take binary accuracy of them: what lies between 0
        and 0.5 counts as a no.
        """
        if self.metric is not None and self.metric.keras_name == "BinaryAccuracy":
            return None
        return self.metric or chosen_metric(self.written, self.trained, self.width)

    @property
    def classes(self) -> int | None:
        """How many classes the metric counts, if it says so."""
        return getattr(self.metric, "num_classes", None)

    def text(self, template: str) -> str:
        """A template, filled in."""
        return template.format(
            metric=self.name,
            loss=self.loss.keras_name if self.loss is not None else "",
            output=self.output,
            width=self.width,
            interval=self.interval,
            classes=self.classes,
            takes=self.metric.predictions.meaning if self.metric is not None else "",
        )


@dataclass(frozen=True, slots=True)
class UnfitMetric:
    """A row of the table.

    Attributes:
        holds: Whether a metric is one of this row.
        problem: What is wrong with it, as a template.
        hint: What to write instead: a template, or what finds it.
    """

    holds: Callable[[MetricBesideLoss], bool]
    problem: str
    hint: str | Callable[[MetricBesideLoss], str | None] | None = None


def _sparse(it: MetricBesideLoss) -> str | None:
    """The metric of class numbers in the place of one of one-hot targets."""
    other = f"sparse_{it.name}" if isinstance(it.written, Named) else f"Sparse{it.name}"
    return f"write `{other}`" if other in families.metrics().names else None


def _of_one_hot(it: MetricBesideLoss) -> str:
    """The metric of one-hot targets in the place of one of class numbers."""
    return f"write `{it.name.replace('sparse_', '').replace('Sparse', '')}`"


def _parted_at_zero(it: MetricBesideLoss) -> str | None:
    """The argument by which a metric parts logits."""
    metric = it.metric_of_logits
    fields = type(metric).model_fields if metric is not None else {}
    argument = next((each for each in ("threshold", "thresholds") if each in fields), None)
    if metric is None or argument is None or metric.keras_name.startswith("F"):
        return None
    return f"write `{{type: {metric.keras_name}, {argument}: 0.0}}`"


def _from_logits(it: MetricBesideLoss) -> str | None:
    """The argument by which a metric takes logits."""
    metric = it.metric_of_logits
    takes = metric is not None and "from_logits" in type(metric).model_fields
    return f"write `{{type: {metric.keras_name}, from_logits: true}}`" if metric is not None and takes else None


TARGETS = (
    UnfitMetric(
        lambda it: it.trained is Targets.CLASS_NUMBERS and it.width != 1 and it.taken is Targets.ONE_HOT,
        "`{metric}` takes one-hot targets, and `{loss}` takes class numbers",
        _sparse,
    ),
    UnfitMetric(
        lambda it: it.trained is Targets.CLASS_NUMBERS and it.width != 1 and it.taken in _OF_EACH_UNIT,
        "`{metric}` takes a target for each unit, and `{loss}` takes class numbers",
        "write `sparse_categorical_accuracy`, or train on one-hot targets with `categorical_crossentropy`",
    ),
    UnfitMetric(
        lambda it: it.trained is Targets.ONE_HOT and it.taken is Targets.CLASS_NUMBERS,
        "`{metric}` takes class numbers as targets, and `{loss}` takes one-hot ones",
        _of_one_hot,
    ),
    UnfitMetric(
        lambda it: (
            it.trained is Targets.YES_OR_NO
            and (it.taken is Targets.CLASS_NUMBERS or (it.taken is Targets.ONE_HOT and it.width == 1))
        ),
        "`{metric}` looks for one class out of several, and `{loss}` takes each unit as a yes or no",
        "write `binary_accuracy`",
    ),
    UnfitMetric(
        lambda it: (
            it.activation == "softmax"
            and it.taken is Targets.YES_OR_NO
            and it.trained is not it.taken
            and (it.width is None or it.width > 2)
        ),
        "`{metric}` takes each unit as a yes or no, and the units of `{output}` share their sum of 1 by `softmax`",
        "write `accuracy`, which Keras turns into the one that fits",
    ),
    UnfitMetric(
        lambda it: (
            it.trained is Targets.NUMBERS
            and it.activation in _UNBOUNDED
            and (it.taken in _OF_CLASSES or it.is_accuracy)
        ),
        "`{metric}` is for classes, and `{output}` is trained for numbers by `{loss}`",
        "write `mae`, or a loss for classes",
    ),
)
"""Metrics whose targets are others than those that the loss takes."""

OF_LOGITS = (
    UnfitMetric(
        lambda it: it.metric_of_logits is not None and it.metric_of_logits.predictions.threshold == _HALF,
        "`{metric}` parts predictions at 0.5, and `{output}` gives logits, which part at 0",
        _parted_at_zero,
    ),
    UnfitMetric(
        lambda it: it.metric_of_logits is not None and it.metric_of_logits.predictions.interval == SHARES,
        "`{metric}` takes probabilities, and `{output}` is trained to give logits",
        _from_logits,
    ),
)
"""Metrics that take probabilities, of an output that is trained to give logits."""

PREDICTIONS = (
    UnfitMetric(
        lambda it: _class_numbers(it) and it.trained is not Targets.CLASS_NUMBERS and it.width not in (None, 1),
        "`{metric}` compares class numbers, and `{output}` has {width} units, one for each class",
        "write `sparse_y_pred: false`",
    ),
    UnfitMetric(
        lambda it: _class_numbers(it) and it.width == 1 and it.interval.within(SHARES),
        "`{metric}` cuts predictions down to class numbers, and `{output}` gives {interval}",
        "write `BinaryIoU`, which parts them at a `threshold`",
    ),
    UnfitMetric(
        lambda it: (
            it.metric is not None
            and it.metric.predictions.along == -1
            and it.classes is not None
            and it.width not in (None, it.classes)
        ),
        "`{metric}` counts {classes} classes, and `{output}` has {width} units",
        "write `num_classes: {width}`",
    ),
    UnfitMetric(
        lambda it: it.metric is not None and it.metric.predictions == VECTORS and it.width == 1,
        "`{metric}` compares the directions of vectors, and `{output}` has one unit, whose direction is a sign",
        "write `mae`, or give the output as many units as the vectors have",
    ),
    UnfitMetric(
        lambda it: (
            it.metric is not None and it.interval.reached and not it.interval.within(it.metric.predictions.interval)
        ),
        "`{metric}` takes {takes}, and `{output}` gives {interval}",
    ),
)
"""Metrics that cannot be taken of what the output gives, whatever the targets are."""


def _class_numbers(it: MetricBesideLoss) -> bool:
    """Whether the metric takes the numbers of classes as predictions."""
    return it.metric is not None and it.metric.predictions.class_numbers


def misfit(it: MetricBesideLoss) -> tuple[str, str | None] | None:
    """What is wrong with a metric, and what to write instead; None if it fits."""
    for row in (*TARGETS, *(OF_LOGITS if it.of_logits else PREDICTIONS)):
        if row.holds(it):
            return it.text(row.problem), it.text(row.hint) if isinstance(row.hint, str) else row.hint and row.hint(it)
    return None
