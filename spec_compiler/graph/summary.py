"""The typed graph as text: the table that `show` prints."""

from __future__ import annotations

from collections.abc import Sequence

from spec_compiler.catalog.objects import Named
from spec_compiler.catalog.tensors import format_shape
from spec_compiler.catalog.thing import Thing
from spec_compiler.graph.typed import TypedGraph

_HEADER = ("node", "type", "inputs", "output shape", "dtype", "parameters")


def summary(graph: TypedGraph) -> str:
    """A table of the nodes, then totals, shared layers, and what each output is trained for."""
    rows = [_row(graph, name) for name in graph.nodes]
    lines = [f"model {graph.name}", "", *_table([_HEADER, *rows]), ""]
    total, trained = graph.parameter_count, graph.trainable_parameter_count
    lines.append(
        f"parameters: {total:,} ({trained:,} trainable, {total - trained:,} not), {_bytes(graph.weight_bytes)}"
    )
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


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns aligned, the last one to the right; a line below the first row."""
    widths = [min(max(len(row[column]) for row in rows), 48) for column in range(len(rows[0]))]
    lines = []
    for index, row in enumerate(rows):
        cells = [_fit(cell, width) for cell, width in zip(row, widths, strict=True)]
        cells[-1] = cells[-1].strip().rjust(widths[-1])
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
