"""What can be built and not be run: found by what is known of the tensors of a graph, and refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from spec_compiler.analysing.batches import Batch, Batches
from spec_compiler.analysing.gradients import Gradients
from spec_compiler.analysing.implicit_masks import check_implicit_masks
from spec_compiler.analysing.ranges import layer_arguments, numbers_looked_up, place_of_count
from spec_compiler.catalog import families
from spec_compiler.catalog.gradient_flow import Flow
from spec_compiler.catalog.intervals import interval_of_dtype
from spec_compiler.catalog.losses_and_metrics import LossOrMetric, Targets
from spec_compiler.catalog.metrics_beside_losses import unfit_shape
from spec_compiler.catalog.tensors import TensorType, format_shape
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Remark
from spec_compiler.graph.graph import Node, Output
from spec_compiler.graph.typed import TensorRef, TypedGraph, tensors
from spec_compiler.spans import Place


def check_runnable(graph: TypedGraph, findings: Findings) -> None:
    """Refuse what always fails at training or prediction, though it can be built."""
    check_implicit_masks(graph, findings)
    _check_places(graph, findings)
    for model in _models(graph):
        _check_batches(model, findings)
        _check_metrics(model, findings)
        _check_gradient(model, findings)
        _check_derivatives(model, findings)


def _models(graph: TypedGraph) -> Iterable[TypedGraph]:
    """The graphs of all models of a spec."""
    if not graph.graph.parts:
        return (graph,)
    from spec_compiler.analysing.models import all_models  # few specs have parts

    return all_models(graph).values()


# Ids and the rows of tables


def _check_places(graph: TypedGraph, findings: Findings) -> None:
    """A table has a row for each number that it certainly gets; of those that it may get, SC639 speaks."""
    for found in numbers_looked_up(graph):
        within, name, taken, source, numbers = found
        most = interval_of_dtype(within.type_of(source).dtype).high
        if taken.fails and numbers.reached and taken.below <= numbers.high < most:
            node, origin = within.nodes[name], within.nodes[source.node]
            findings.add(
                codes.TOO_FEW_ROWS,
                f"`{name}` has {taken.below} rows, and `{within.tensor_name(source)}` gives numbers up to "
                f"{numbers.high}",
                place_of_count(found),
                hint=f"write `{taken.argument}: {int(numbers.high) + 1}`",
                related=(Remark(origin.place.key(), f"`{source.node}` gives the numbers"),),
                scope=node.scope,
            )


# The batch


def _check_batches(graph: TypedGraph, findings: Findings) -> None:
    """What is trained on has one row a sample, as its targets have; one row alone would be stretched over all.

    What a node takes together has equally many rows.
    """
    for name, found in graph.table(Batches).unequal.items():
        node = graph.nodes[name]
        findings.add(
            codes.BATCH_LOST,
            f"`{name}` takes tensors with equally many rows, and `{graph.tensor_name(found.first)}` has "
            f"{_rows(found.first_times)}, `{graph.tensor_name(found.second)}` {_rows(found.second_times)}",
            node.place.key(),
            hint="axis 0 is the batch: work along another axis",
            related=tuple(
                Remark(graph.nodes[batch.made].place.key(), f"`{batch.made}` {_what_became(batch)}")
                for each in (found.first, found.second)
                if (batch := graph.table(Batches).of(each)) is not None and batch.times != 1
            )[:1],
            scope=node.scope,
        )
    for output in graph.outputs:
        end = graph.ends.get(output.name)
        if end is None or not _is_keras_loss(output):
            continue
        batch = graph.table(Batches).of(end)
        x = graph.type_of(end)
        if batch is None or batch.axis == 0 == batch.times - 1 or (batch.axis is None and x.shape[:1] in ((), (1,))):
            continue
        made = graph.nodes[batch.made]
        written = layer_arguments(graph.layers[made.layer])
        findings.add(
            codes.BATCH_LOST,
            f"`{batch.made}` {_what_became(batch)}, and `{output.name}` has to have one row a sample",
            made.place / "axis" if "axis" in written else made.place.key(),
            hint="axis 0 is the batch: work along another axis, or reshape what one sample has with "
            "`{type: Reshape, target_shape: […]}`",
            related=(Remark(output.place.key(), f"the output gives {format_shape(x.shape)}"),),
            scope=made.scope,
        )


def _rows(times: float) -> str:
    """How many rows there are for each sample, in words."""
    return f"{times:g} for each sample" if times >= 1 else f"one for {1 / times:g} samples"


def _what_became(batch: Batch) -> str:
    if batch.axis is None:
        return "leaves no axis for the batch"
    if batch.axis:
        return f"moves the batch to axis {batch.axis}"
    return f"makes {batch.times:g} rows of each sample" if batch.times > 1 else "makes one row of several samples"


def _is_keras_loss(output: Output) -> bool:
    """Whether an output is trained on by a loss of Keras, which compares it with targets row by row."""
    loss = output.settings.loss
    if loss is None:
        return False
    found = families.losses().class_of(loss)
    return found is None or issubclass(found, LossOrMetric)


# Metrics


def _check_metrics(graph: TypedGraph, findings: Findings) -> None:
    """A metric is taken of predictions of the shape that it is made for."""
    for output in graph.outputs:
        end = graph.ends.get(output.name)
        settings = output.settings
        if end is None or not (settings.metrics or settings.weighted_metrics):
            continue
        x = graph.type_of(end)
        for section, metrics in (("metrics", settings.metrics), ("weighted_metrics", settings.weighted_metrics)):
            for index, metric in enumerate(metrics):
                config = families.metrics().plain_form(metric)
                reason = _unfit(config, output, x) if isinstance(config, LossOrMetric) else None
                if reason is not None:
                    findings.add(
                        codes.METRIC_MISMATCH,
                        f"`{metric.keras_name}` {reason}, and `{output.name}` gives {x}",
                        output.place / section / index,
                        hint=_metric_hint(config),
                        scope=None,
                    )


def _unfit(metric: LossOrMetric, output: Output, x: TensorType) -> str | None:
    loss = output.settings.loss
    found = families.losses().class_of(loss) if loss is not None else None
    targets: Targets | None = found.targets if found is not None and issubclass(found, LossOrMetric) else None
    return unfit_shape(metric, targets, x.rank, x.shape[-1] if x.shape else 1)


def _metric_hint(metric: object) -> str | None:
    if getattr(metric, "sparse_y_pred", False):
        return "write `sparse_y_pred: false`, for one number a class"
    return "measure another output, or another metric: it is taken of vectors"


# Gradients


def _check_gradient(graph: TypedGraph, findings: Findings) -> None:
    """A loss has to come to some weights: Keras refuses to train a model that has weights and none that a loss reaches.

    What regularizers add to the loss reaches weights, too; where there are any, nothing is said.
    """
    trained = [output for output in graph.outputs if output.settings.loss is not None and output.name in graph.ends]
    if findings.errors or not trained or not graph.trainable_parameter_count or _is_trained(graph, trained):
        return
    stops = {output.name: _stop(graph, graph.ends[output.name]) for output in trained}
    if not any(stops.values()):
        findings.add(
            codes.NO_GRADIENT,
            f"no weight leads to {' or '.join(f'`{output.name}`' for output in trained)}, and no other output has a "
            "loss",
            trained[0].place.key(),
            hint="give a `loss` to an output that the weights of the model lead to",
        )
        return
    for output in trained:
        stop = stops[output.name]
        _add_no_gradient(output, graph.nodes[stop] if stop is not None else None, findings)


def _check_derivatives(graph: TypedGraph, findings: Findings) -> None:
    """What Keras has no gradient of cannot stand between a loss and weights that training changes."""
    trained = [each for each in graph.outputs if each.settings.loss is not None and each.name in graph.ends]
    reported: set[Place] = set()
    ends = [graph.ends[output.name] for output in trained]
    for within, name, lacking in graph.table(Gradients).without_derivative(ends):
        node = within.nodes[name]
        place, called = node.place.key(), name
        if lacking.route:
            layer = within.layers[node.layer]
            place, called = layer.place.below(lacking.route), ".".join(map(str, (layer.key, *lacking.route)))
        if lacking.argument is not None:
            place = (place if lacking.route else node.place) / lacking.argument
        if place not in reported:
            reported.add(place)
            findings.add(
                codes.NO_GRADIENT,
                f"{lacking.reason}, and weights that are trained lead to `{called}`",
                place,
                hint=lacking.hint,
                scope=node.scope,
            )


def _is_trained(graph: TypedGraph, trained: Sequence[Output]) -> bool:
    """Whether a gradient comes to some weights: of the loss of an output, or of what regularizers add to it."""
    gradients = graph.table(Gradients)
    if any(gradients.to_weights(graph.ends[output.name]) is not Flow.NONE for output in trained):
        return True
    from spec_compiler.analysing.treatment import treatments  # few specs come this far

    held = [each for found in graph.table(treatments).values() for each in found if each.regularizer]
    return any(each.weight is not None or _comes_of_weights(graph, each.layer) for each in held)


def _comes_of_weights(graph: TypedGraph, layer: str) -> bool:
    """Whether the results of a layer are computed of weights that a gradient of them comes to."""
    if layer not in graph.layers:
        return True  # it is inside another, of which no more is asked
    ends = [TensorRef(name, 0) for name in graph.calls if graph.nodes[name].layer == layer]
    return any(graph.table(Gradients).to_weights(end) is not Flow.NONE for end in ends)


def _add_no_gradient(output: Output, stop: Node | None, findings: Findings) -> None:
    """Report that the loss of an output changes no weight, and the node that stops the gradient, if one does."""
    hint = "train on what comes before it, and give its result as an output with `loss: null`"
    if stop is None:
        message = f"no weight leads to `{output.name}`"
        findings.add(codes.NO_GRADIENT, message, output.place.key(), hint=hint)
        return
    findings.add(
        codes.NO_GRADIENT,
        f"no gradient comes back through `{stop.name}`, so that the loss of `{output.name}` changes no weight",
        stop.place.key(),
        hint=hint,
        related=(Remark(output.place.key(), "the output with the loss"),),
        scope=stop.scope,
    )


def _stop(graph: TypedGraph, end: TensorRef) -> str | None:
    """The first node on the way from a tensor back to some weights through which no gradient comes."""
    gradients = graph.table(Gradients)
    waiting, seen = [end] if gradients.carries(end) else [], {end}
    stops = [] if waiting else [end.node]
    while waiting:
        name = waiting.pop().node
        before = [each for each in tensors(graph.calls[name]) if each not in seen]
        seen.update(before)
        carried = [each for each in before if gradients.carries(each)]
        if gradients.through(name) is Flow.NONE or len(carried) < len(before):
            stops.append(name)
        if gradients.through(name) is not Flow.NONE:
            waiting += carried
    return next((name for name in stops if _has_weights_behind(graph, name)), None)


def _has_weights_behind(graph: TypedGraph, name: str) -> bool:
    gradients = graph.table(Gradients)
    waiting, seen = [name], {name}
    while waiting:
        name = waiting.pop()
        if gradients.trains(name):
            return True
        before = {each.node for each in tensors(graph.calls[name])} - seen
        seen |= before
        waiting += before
    return False
