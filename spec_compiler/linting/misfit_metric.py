"""SC606: a metric that does not fit the loss or the output that it stands with."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.catalog.objects import Named
from spec_compiler.catalog.thing import Thing
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Remark
from spec_compiler.graph.ir import Output
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting import scores
from spec_compiler.linting.ending import LINEAR, Ending, ending
from spec_compiler.linting.rule import Doubt, Rule

_OF_CLASS_NUMBERS = frozenset(
    ("sparsecategoricalaccuracy", "sparsecategoricalcrossentropy", "sparsetopkcategoricalaccuracy")
)
_OF_ONE_HOT = frozenset(("categoricalaccuracy", "categoricalcrossentropy", "topkcategoricalaccuracy"))
_YES_OR_NO = frozenset(("binaryaccuracy", "binarycrossentropy"))
_COUNTS = frozenset((
    "auc", "f1score", "fbetascore", "falsenegatives", "falsepositives", "precision", "precisionatrecall", "recall",
    "recallatprecision", "sensitivityatspecificity", "specificityatsensitivity", "truenegatives", "truepositives",
))  # fmt: skip
_DIFFERENCES = frozenset((
    "meanabsoluteerror", "meanabsolutepercentageerror", "meansquarederror", "meansquaredlogarithmicerror",
    "rootmeansquarederror",
))  # fmt: skip
_OF_EACH_UNIT = _YES_OR_NO | _COUNTS | _DIFFERENCES
_OF_CLASSES = _OF_CLASS_NUMBERS | _OF_ONE_HOT | _YES_OR_NO | _COUNTS | {"accuracy"}
_UNBOUNDED = frozenset((LINEAR, "relu", "softplus"))


def look(graph: TypedGraph) -> Iterator[Doubt]:
    """Find metrics whose targets or predictions are of another kind than those of their output."""
    for output in graph.outputs:
        end = graph.ends.get(output.name)
        if end is None:
            continue
        settings = output.settings
        found = ending(graph, end) if settings.metrics or settings.weighted_metrics else None
        width = next(iter(graph.type_of(end).shape[-1:]), None)
        for section, metrics in (("metrics", settings.metrics), ("weighted_metrics", settings.weighted_metrics)):
            for index, metric in enumerate(metrics):
                reason = _misfit(metric, output, width, found)
                if reason is not None:
                    related = (Remark(output.place / "loss", "the loss"),) if settings.loss is not None else ()
                    message, hint = reason
                    yield Doubt(message, output.place / section / index, hint=hint, related=related)


def _misfit(
    metric: Thing | Named, output: Output, width: int | None, found: Ending | None
) -> tuple[str, str | None] | None:
    """What is wrong with a metric, and what to do about it."""
    loss = output.settings.loss
    key, name = scores.key(metric), scores.title(metric)
    trained = scores.key(loss) if loss is not None else ""
    title = scores.title(loss) if loss is not None else ""
    activation = found.activation if found is not None else None
    if trained in scores.SPARSE and width != 1:
        if key in _OF_ONE_HOT:
            other = "sparse_" + name if isinstance(metric, Named) else "Sparse" + name
            return f"`{name}` takes one-hot targets, and `{title}` takes class numbers", f"write `{other}`"
        if key in _OF_EACH_UNIT:
            return (
                f"`{name}` takes a target for each unit, and `{title}` takes class numbers",
                "write `sparse_categorical_accuracy`, or train on one-hot targets with `categorical_crossentropy`",
            )
    if trained in scores.ONE_HOT and key in _OF_CLASS_NUMBERS:
        other = name.replace("sparse_", "").replace("Sparse", "")
        return f"`{name}` takes class numbers as targets, and `{title}` takes one-hot ones", f"write `{other}`"
    if trained in scores.BINARY and (key in _OF_CLASS_NUMBERS or (key in _OF_ONE_HOT and width == 1)):
        return (
            f"`{name}` looks for one class out of several, and `{title}` takes each unit as a yes or no",
            "write `binary_accuracy`",
        )
    if activation == "softmax" and key in _YES_OR_NO and trained not in scores.BINARY and (width is None or width > 2):
        return (
            f"`{name}` takes each unit as a yes or no, and the units of `{output.name}` share their sum of 1 by "
            "`softmax`",
            "write `accuracy`, which Keras turns into the one that fits",
        )
    if trained in scores.NUMERIC and activation in _UNBOUNDED and key in _OF_CLASSES:
        return (
            f"`{name}` is for classes, and `{output.name}` is trained for numbers by `{title}`",
            "write `mae`, or a loss for classes",
        )
    return None


RULE = Rule(codes.MISFIT_METRIC, look)
