"""The typed graph as text: the table that `show` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from spec_compiler.catalog.objects import Named
from spec_compiler.catalog.tensors import format_shape
from spec_compiler.catalog.thing import Thing
from spec_compiler.graph.typed import TypedGraph

if TYPE_CHECKING:
    from spec_compiler.graph.cost import GraphCost, NodeCost

_HEADER = ("node", "type", "inputs", "output shape", "dtype", "parameters")
_COSTS = ("weights", "activations", "multiply-adds")
_UNKNOWN = "?"
_BATCH = {
    "caller": "",
    "inputs": " (as the inputs state)",
    "fit.batch_size": " (`fit.batch_size`)",
    "default": " (Keras's default)",
}


def summary(graph: TypedGraph, cost: GraphCost | None = None) -> str:
    """A table of the nodes, then totals, shared layers, and what each output is trained for."""
    rows = [_HEADER, *(_row(graph, name) for name in graph.nodes)]
    if cost is not None:
        more = (_COSTS, *(_cost_row(each, bool(graph.first_uses[each.node])) for each in cost.nodes))
        rows = [row + cells for row, cells in zip(rows, more, strict=True)]
    lines = [f"model {graph.name}", "", *_table(rows, numbers=len(rows[0]) - 5), ""]
    total, trained = graph.parameter_count, graph.trainable_parameter_count
    lines.append(
        f"parameters: {total:,} ({trained:,} trainable, {total - trained:,} not), {_bytes(graph.weight_bytes)}"
    )
    if cost is not None:
        lines += _cost_totals(graph, cost)
    shared = graph.sharing()
    if shared:
        lines.append("shared layers:")
        for layer in shared:
            users = ", ".join(layer.nodes)
            lines.append(f"  {layer.layer}: called by {users}; {layer.saved:,} parameters saved")
    else:
        lines.append("shared layers: none")
    lines += ["outputs:", *_outputs(graph)]
    return "\n".join(lines)


def _row(graph: TypedGraph, name: str) -> tuple[str, ...]:
    node = graph.nodes[name]
    layer = graph.layers[node.layer]
    outputs = graph.results[name].outputs
    kind = f"{layer.type} ({layer.key})" if layer.shared else layer.type
    inputs = ", ".join(str(source) if not hasattr(source, "value") else str(source.value) for source in node.sources())
    used = graph.first_uses[name]
    parameters = f"{sum(map(graph.layer_parameters, used)):,}" if used else "shared"
    shapes = " ".join(format_shape(tensor.shape) for tensor in outputs)
    dtypes = " ".join(dict.fromkeys(tensor.dtype for tensor in outputs))
    return (name, kind, inputs, shapes, dtypes, parameters)


def _cost_row(cost: NodeCost, first: bool) -> tuple[str, ...]:
    weights = _bytes(cost.weight_bytes) if first else "shared"
    activations = _UNKNOWN if cost.activation_bytes is None else _bytes(cost.activation_bytes)
    products = _UNKNOWN if cost.multiply_adds is None else f"{cost.multiply_adds:,}"
    return (weights, activations, products)


def _cost_totals(graph: TypedGraph, cost: GraphCost) -> list[str]:
    """What all nodes cost; where something is not known, the least that it can be."""
    activations = "at least " * any(node.activation_bytes is None for node in cost.nodes)
    products = "at least " * any(node.multiply_adds is None for node in cost.nodes)
    batch = f"a batch of {cost.batch_size}{_BATCH[cost.stated_by]}"
    peak = cost.peak_activation_bytes
    at_once = "" if peak is None else f", at most {_bytes(peak)} at one time in inference"
    lines = [
        f"activations: {activations}{_bytes(cost.activation_bytes)} for {batch}{at_once}",
        f"multiply-adds: {products}{cost.multiply_adds:,} a sample",
    ]
    open_axes = [name for name in graph.inputs if None in graph.results[name].outputs[0].shape[1:]]
    if cost.length is None and open_axes:
        names = ", ".join(f"`{name}`" for name in open_axes)
        lines.append(f"lengths that are open: those of {names}; `--length NUMBER` states them")
    return lines


def _table(rows: Sequence[Sequence[str]], numbers: int) -> list[str]:
    """Columns aligned, the last ones (as many as `numbers`) to the right; a line below the first row."""
    widths = [min(max(len(row[column]) for row in rows), 48) for column in range(len(rows[0]))]
    text = len(widths) - numbers
    lines = []
    for index, row in enumerate(rows):
        cells = [_fit(cell, width) for cell, width in zip(row[:text], widths[:text], strict=True)]
        cells += [cell.rjust(width) for cell, width in zip(row[text:], widths[text:], strict=True)]
        lines.append("  ".join(cells).rstrip())
        if index == 0:
            lines.append("  ".join("-" * width for width in widths))
    return lines


def _fit(cell: str, width: int) -> str:
    return cell.ljust(width) if len(cell) <= width else cell[: width - 1] + "…"


def _outputs(graph: TypedGraph) -> list[str]:
    lines = []
    width = max((len(output.name) for output in graph.outputs), default=0)
    for output in graph.outputs:
        settings = output.settings
        if settings.loss is None:
            trained = "no loss"
        else:
            weight = 1.0 if settings.loss_weight is None else settings.loss_weight
            trained = f"loss {name_of(settings.loss)}, weight {weight:g}"
        if settings.metrics:
            trained += ", metrics " + ", ".join(name_of(metric) for metric in settings.metrics)
        if settings.weighted_metrics:
            trained += ", weighted metrics " + ", ".join(name_of(metric) for metric in settings.weighted_metrics)
        lines.append(f"  {output.name.ljust(width)}  {trained}")
    if graph.graph.compile is not None:
        lines.append(f"optimizer: {name_of(graph.graph.compile.optimizer)}")
    return lines


def name_of(thing: Thing | Named) -> str:
    """A loss, metric or optimizer with the arguments that the spec gives: `Huber(delta=2.0)`."""
    if isinstance(thing, Named):
        return thing.name
    arguments = ", ".join(
        f"{key}={name_of(value) if isinstance(value, (Thing, Named)) else value}"
        for key, value in thing.arguments().items()
    )
    return f"{thing.keras_name}({arguments})" if arguments else thing.keras_name


def _bytes(count: int) -> str:
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024:
            return f"{count:.1f} {unit}" if unit != "B" else f"{count} B"
        count /= 1024  # type: ignore[assignment]
    return f"{count:.1f} TiB"
