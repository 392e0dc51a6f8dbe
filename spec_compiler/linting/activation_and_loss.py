"""SC605: what an output gives is not what its loss takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from spec_compiler.analysing.final_activation import FinalActivation, final_activation
from spec_compiler.analysing.ranges import Ranges
from spec_compiler.catalog import families
from spec_compiler.catalog.activations import LINEAR, SHARING
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.intervals import COSINES, Interval
from spec_compiler.catalog.losses_and_metrics import LOGITS, PROBABILITIES, LossOrMetric, Predictions, Targets
from spec_compiler.catalog.objects import Named
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.typed import TensorRef, TypedGraph
from spec_compiler.linting.rule import Rule

_GATES = frozenset(("hard_sigmoid", "sigmoid"))
_NO_LOGITS = _GATES | SHARING | {"sparsemax"}


class _Misfit(NamedTuple):
    message: str
    hint: str


class _Given(NamedTuple):
    """What a loss is given: the node and the activation that it ends with, how wide it is, and where it lies."""

    output: str
    node: str
    activation: str | None
    width: int | None
    interval: Interval


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find losses whose output has not the activation, the bounds or the units that they are made for."""
    for output in graph.outputs:
        end = graph.ends.get(output.name)
        loss = output.settings.loss
        if end is None or loss is None:
            continue
        takes, targets = _takes(loss)
        if takes is None:
            continue
        found = final_activation(graph, end)
        misfit = _misfit(loss, takes, targets, _given(graph, output.name, end, found))
        if misfit is not None:
            related = (Remark(found.place, f"`{found.node.name}` ends here"),) if found else ()
            yield Finding(
                codes.ACTIVATION_AND_LOSS,
                misfit.message,
                output.place / "loss",
                hint=misfit.hint,
                related=related,
                scope=found.node.scope if found else None,
            )


def _takes(loss: Config | Named) -> tuple[Predictions | None, Targets | None]:
    """What a loss takes as predictions and as targets; None if it is one of the caller's own."""
    config = families.losses().plain_form(loss)
    if config is None:
        return PROBABILITIES, None  # The cross-entropy that Keras chooses by what the targets are.
    return (config.predictions, config.targets) if isinstance(config, LossOrMetric) else (None, None)


def _given(graph: TypedGraph, output: str, end: TensorRef, found: FinalActivation | None) -> _Given:
    node, activation = (found.node.name, found.activation) if found is not None else (end.node, None)
    width = next(iter(graph.type_of(end).shape[-1:]), None)
    return _Given(output, node, activation, width, graph.table(Ranges).of(end))


def _misfit(loss: Config | Named, takes: Predictions, targets: Targets | None, given: _Given) -> _Misfit | None:
    of_classes = targets in (Targets.ONE_HOT, Targets.CLASS_NUMBERS) and takes.along == -1
    if takes.along == -1 and given.width == 1:
        if given.activation == "softmax":
            return None  # What SC601 says.
        return _of_one_unit(loss.keras_name, of_classes, given)
    return (
        _other_classes(loss.keras_name, targets, of_classes, given)
        or _one_sided(loss.keras_name, takes, given)
        or _outside(loss.keras_name, takes, targets, given)
    )


def _of_one_unit(name: str, of_classes: bool, given: _Given) -> _Misfit:
    """One number is compared with nothing."""
    if not of_classes:
        return _Misfit(
            f"`{name}` compares the directions of vectors, and `{given.output}` has one unit, whose direction is its "
            "sign alone",
            "for numbers, write `loss: mse`; for vectors, as many units as they have",
        )
    return _Misfit(
        f"`{name}` compares one unit a class, and `{given.output}` has one unit",
        "for a yes or no, write `activation: sigmoid` and `loss: binary_crossentropy`; for several classes, as "
        "many units",
    )


def _other_classes(name: str, targets: Targets | None, of_classes: bool, given: _Given) -> _Misfit | None:
    """Shares of one class out of several where each is on its own, and the other way round."""
    if targets is Targets.YES_OR_NO and given.activation == "softmax" and given.width != 1:
        return _Misfit(
            f"`{name}` takes each unit as a yes or no, and the units of `{given.node}` share their sum of 1 by "
            "`softmax`",
            "for one class out of several, write `loss: categorical_crossentropy`; for several that can be true "
            "together, `activation: sigmoid`",
        )
    if of_classes and given.activation == "sigmoid":
        return _Misfit(
            f"`{name}` takes shares of classes that sum to 1, and `{given.node}` ends with `sigmoid`, each unit on "
            "its own",
            "for one class out of several, write `activation: softmax`; for several that can be true together, "
            "`loss: binary_crossentropy`",
        )
    return None


def _one_sided(name: str, takes: Predictions, given: _Given) -> _Misfit | None:
    """Logits and margins that keep to one side of 0, or close to it."""
    if not takes.both_signs:
        return None
    of_logits = takes.meaning == LOGITS.meaning
    if of_logits and given.activation in _NO_LOGITS:
        return _Misfit(
            f"`{name}` takes logits by `from_logits: true`, and `{given.node}` ends with `{given.activation}`",
            "leave out one of the two",
        )
    if given.interval.low >= 0 or (of_logits and given.interval.within(COSINES)):
        return _Misfit(
            f"`{name}` takes {takes.meaning}, far to both sides of 0, and `{given.node}` gives {given.interval}",
            f"leave out the activation of `{given.node}`"
            if given.activation not in (None, LINEAR)
            else f"take a loss that is made for what `{given.node}` gives",
        )
    return None


def _outside(name: str, takes: Predictions, targets: Targets | None, given: _Given) -> _Misfit | None:
    """Numbers that lie where the loss cannot be taken."""
    if not given.interval.reached or given.interval.within(takes.interval):
        return None
    is_probability = takes.interval == PROBABILITIES.interval
    wanted = "sigmoid" if targets in (Targets.YES_OR_NO, Targets.OTHER) or given.width == 1 else "softmax"
    if is_probability and given.activation == LINEAR:
        takes_logits = targets not in (Targets.OTHER, Targets.DISTRIBUTIONS)
        logits = ", or `from_logits: true` with the loss" if takes_logits else ""
        return _Misfit(
            f"`{name}` takes probabilities, and `{given.node}` has no activation",
            f"write `activation: {wanted}` on `{given.node}`{logits}",
        )
    hint = f"end with `activation: {wanted if is_probability else 'softplus'}`"
    return _Misfit(f"`{name}` takes {takes.meaning}, and `{given.node}` gives {given.interval}", hint)


RULE = Rule(codes.ACTIVATION_AND_LOSS, check, of_outputs=True)
