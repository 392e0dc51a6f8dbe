"""The typed graph as text: the table that `show` prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import prod
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from spec_compiler.analysing.sharing import first_uses, sharing
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.layers.base import InnerLayer
from spec_compiler.catalog.objects import Named
from spec_compiler.catalog.tensors import format_shape
from spec_compiler.catalog.values import Scalar, TextVisitor
from spec_compiler.diagnostics.visible import visible
from spec_compiler.emitting.facts import fact_columns
from spec_compiler.emitting.table import TableColumn, table
from spec_compiler.graph.flat import ConstantOperand, FlatOperand, NumberOperand
from spec_compiler.graph.typed import TypedGraph

if TYPE_CHECKING:
    from spec_compiler.analysing.cost import GraphCost, NodeCost

_UNKNOWN = "?"
_FEW = 4
"""So many elements of a constant are shown."""
_BATCH = {
    "caller": "",
    "inputs": " (as the inputs state)",
    "fit.batch_size": " (`fit.batch_size`)",
    "default": " (Keras's default)",
}


def summary(
    graph: TypedGraph, cost: GraphCost | None = None, width: int | None = None, facts: tuple[str, ...] = ()
) -> str:
    """A table of the nodes, then totals, shared layers, and what each output is trained for.

    Args:
        graph: The graph.
        cost: What it costs; without it, the table does not say.
        width: How many characters a line may have: texts are folded, and columns that do not fit are left out. Without
            it, lines are as long as they need to be.
        facts: What is said of the tensors besides, out of `masks`, `ranges` and `gradients`.
    """
    nodes = table([*node_columns(graph, cost, facts), *(fact_columns(graph, facts) if facts else ())], width)
    lines = [f"model {graph.name}", "", *nodes.lines, ""]
    if nodes.left_out:
        lines += wrapped([f"columns that do not fit: {', '.join(nodes.left_out)}"], width)
    return "\n".join(map(visible, [*lines, *wrapped(totals(graph, cost), width)]))


def wrapped(lines: Iterable[str], width: int | None) -> Iterator[str]:
    """Lines of a width at most, where words allow; what goes on is indented."""
    for line in lines:
        if width is None or len(line) <= width:
            yield line
        else:
            yield from wrap(line, width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def totals(graph: TypedGraph, cost: GraphCost | None = None) -> list[str]:
    """What stands below the table: totals, shared layers, outputs and the optimizer, a line each."""
    total, trained = graph.parameter_count, graph.trainable_parameter_count
    lines = [
        f"parameters: {total:,} ({trained:,} trainable, {total - trained:,} not), {bytes_text(graph.weight_bytes)}"
    ]
    if cost is not None:
        lines += _cost_totals(graph, cost)
    shared = sharing(graph)
    if shared:
        lines.append("shared layers:")
        for layer in shared:
            users = ", ".join(layer.nodes)
            lines.append(f"  {layer.layer}: called by {users}; {layer.saved:,} parameters saved")
    else:
        lines.append("shared layers: none")
    return [*lines, "outputs:", *_outputs(graph), *_models(graph.whole)]


def _models(whole: TypedGraph | None) -> list[str]:
    """The other models of a spec: what each takes, and what it gives."""
    if whole is None:
        return []
    lines = ["models:"]
    for name, (inputs, ends) in whole.parts.items():
        taken, given = (", ".join(map(whole.tensor_name, each)) for each in (inputs, ends.values()))
        lines.append(f"  {name}: {taken} -> {given}")
    return lines


def node_columns(graph: TypedGraph, cost: GraphCost | None = None, facts: tuple[str, ...] = ()) -> list[TableColumn]:
    """The columns of the table, with a cell for each node; with facts, parameters are the first to be left out."""
    first = first_uses(graph)
    rows = [_row(graph, name, first[name]) for name in graph.nodes]
    node, kind, inputs, shape, dtype, parameters = zip(*rows, strict=True) if rows else ((),) * 6
    columns = [
        TableColumn("node", node, narrowest=12),
        TableColumn("type", kind, narrowest=12, spare=1),
        TableColumn("inputs", inputs, narrowest=12, spare=3),
        TableColumn("output shape", shape, narrowest=12, spare=2),
        TableColumn("dtype", dtype, narrowest=5, spare=4),
        TableColumn("parameters", parameters, spare=5 if facts else 1 if cost is not None else 0),
    ]
    return columns if cost is None else [*columns, *_cost_columns(cost, first, spare=6 if facts else 0)]


def operand_text(source: FlatOperand) -> str:
    """What flows in: a reference, a number, or a constant, of a large one only its shape."""
    if isinstance(source, NumberOperand):
        return str(source.value)
    if isinstance(source, ConstantOperand) and prod(source.shape) > _FEW:
        return f"constant {format_shape(source.shape)}"
    return str(source)


def _row(graph: TypedGraph, name: str, used: tuple[str, ...]) -> tuple[str, ...]:
    node = graph.nodes[name]
    layer = graph.layers[node.layer]
    outputs = graph.results[name].outputs
    kind = f"{layer.type} ({layer.key})" if layer.shared else layer.type
    inputs = ", ".join(map(operand_text, node.sources()))
    parameters = f"{sum(map(graph.layer_parameters, used)):,}" if used else "shared"
    shapes = " ".join(format_shape(tensor.shape) for tensor in outputs)
    dtypes = " ".join(dict.fromkeys(tensor.dtype for tensor in outputs))
    return (name, kind, inputs, shapes, dtypes, parameters)


def _cost_columns(cost: GraphCost, first: Mapping[str, tuple[str, ...]], spare: int) -> list[TableColumn]:
    rows = [_cost_row(each, bool(first[each.node])) for each in cost.nodes]
    weights, activations, products = zip(*rows, strict=True) if rows else ((),) * 3
    titles = ("weights", "activations", "multiply-adds")
    cells = (weights, activations, products)
    return [TableColumn(title, texts, spare=spare) for title, texts in zip(titles, cells, strict=True)]


def _cost_row(cost: NodeCost, first: bool) -> tuple[str, ...]:
    weights = bytes_text(cost.weight_bytes) if first else "shared"
    activations = _UNKNOWN if cost.activation_bytes is None else bytes_text(cost.activation_bytes)
    products = _UNKNOWN if cost.multiply_adds is None else f"{cost.multiply_adds:,}"
    return (weights, activations, products)


def _cost_totals(graph: TypedGraph, cost: GraphCost) -> list[str]:
    """What all nodes cost; where something is not known, the least that it can be."""
    activations = "at least " * any(node.activation_bytes is None for node in cost.nodes)
    products = "at least " * any(node.multiply_adds is None for node in cost.nodes)
    batch = f"a batch of {cost.batch_size}{_BATCH[cost.stated_by]}"
    peak = cost.peak_activation_bytes
    at_once = "" if peak is None else f", at most {bytes_text(peak)} at one time in inference"
    lines = [
        f"activations: {activations}{bytes_text(cost.activation_bytes)} for {batch}{at_once}",
        f"multiply-adds: {products}{cost.multiply_adds:,} a sample",
    ]
    open_axes = [name for name in graph.inputs if None in graph.results[name].outputs[0].shape[1:]]
    if cost.length is None and open_axes:
        names = ", ".join(f"`{name}`" for name in open_axes)
        lines.append(f"lengths that are open: those of {names}; `--length NUMBER` states them")
    return lines


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


class NamesWithArguments(TextVisitor):
    """Values as text; losses, metrics and optimizers with the arguments that the spec gives: `Huber(delta=2.0)`."""

    def scalar(self, value: Scalar) -> str:
        """As Python writes it, a text without its quotes."""
        return str(value)

    def config(self, value: Config) -> str:
        """Its name, and its arguments if it has any."""
        arguments = ", ".join(f"{key}={self.visit(item)}" for key, item in value.arguments().items())
        return f"{value.keras_name}({arguments})" if arguments else value.keras_name

    def inner(self, value: InnerLayer) -> str:
        """Its name."""
        return value.name


def name_of(config: Config | Named) -> str:
    """A loss, metric or optimizer with the arguments that the spec gives: `Huber(delta=2.0)`."""
    return value_text(config)


def value_text(value: Any) -> str:
    """A value of an argument, as Python writes it."""
    return NamesWithArguments().visit(value)


class _SpecWords(NamesWithArguments):
    """The same in the words of a spec."""

    def scalar(self, value: Scalar) -> str:
        return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)

    def inner(self, value: InnerLayer) -> str:
        return value.name if value.shared or not isinstance(value.config, Config) else self.config(value.config)


def spec_text(value: Any) -> str:
    """A value of an argument, in the words of a spec."""
    return _SpecWords().visit(value)


def bytes_text(count: int) -> str:
    """A number of bytes, in the unit that suits it."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024:
            return f"{count:.1f} {unit}" if unit != "B" else f"{count} B"
        count /= 1024  # type: ignore[assignment]
    return f"{count:.1f} TiB"
