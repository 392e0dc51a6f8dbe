"""What outputs are trained for → the arguments of `compile`, as a person gives them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.objects import Named
from spec_compiler.graph.graph import Output


def of_outputs(outputs: Sequence[Output], made: Callable[[Config | Named], Any]) -> dict[str, Any]:
    """The losses, weights and metrics: of one output what it has, of several a list with an item for each.

    Args:
        outputs: The outputs in their order.
        made: What stands for a loss or a metric.
    """
    each = [output.settings for output in outputs]
    losses = [None if output.loss is None else made(output.loss) for output in each]
    metrics = [list(map(made, output.metrics)) for output in each]
    weighted = [list(map(made, output.weighted_metrics)) for output in each]
    weights = [output.weight_in_total for output in each]
    return {
        "loss": _alone(losses) if any(losses) else None,
        "loss_weights": weights if are_weighted(outputs) else None,
        "metrics": _alone(metrics) if any(metrics) else None,
        "weighted_metrics": _alone(weighted) if any(weighted) else None,
    }


def are_weighted(outputs: Sequence[Output]) -> bool:
    """Whether some loss is multiplied before the losses are added."""
    return any(output.settings.weight_in_total not in (None, 1.0) for output in outputs)


def _alone(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
