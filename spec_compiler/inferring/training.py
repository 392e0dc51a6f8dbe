"""What a spec says of training, held against the types of its inputs and outputs."""

from __future__ import annotations

from spec_compiler.catalog.callbacks.base import Monitor
from spec_compiler.catalog.layers.base import LayerConfig, Trainable, inner_layers
from spec_compiler.catalog.layers.core.input import Input
from spec_compiler.catalog.metrics.base import Metric
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Remark
from spec_compiler.graph.graph import Layer
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.spans import Place

_FIT = Place(("fit",))
_LOSS = "float32"


def check_training(graph: TypedGraph, findings: Findings) -> None:
    """Refuse what cannot be trained so."""
    _check_class_weight(graph, findings)
    _check_batch_size(graph, findings)
    if any(output.settings.loss is not None for output in graph.outputs):
        _check_average(graph, findings)
        _check_monitored_numbers(graph, findings)
        _check_penalties(graph, findings)


def _check_class_weight(graph: TypedGraph, findings: Findings) -> None:
    """Keras makes sample weights of class weights: it takes the class of each sample, of which there must be one."""
    if graph.fit is None or graph.fit.class_weight is None or len(graph.outputs) != 1:
        return
    output = graph.outputs[0]
    end = graph.ends.get(output.name)
    if end is None:
        return
    x = graph.type_of(end)
    if any(length != 1 for length in x.shape[1:-1]):
        findings.add(
            codes.FIT_MISMATCH,
            f"`class_weight` is for one class a sample, and `{output.name}` gives {x}",
            (_FIT / "class_weight").key(),
            hint="give a `sample_weight` of the targets' shape to `fit` in the calling program, or take a focal loss "
            "such as `CategoricalFocalCrossentropy`",
            related=(Remark(output.place.key(), "the output"),),
        )


def _check_average(graph: TypedGraph, findings: Findings) -> None:
    """An optimizer keeps a moving average of the weights that training changes, of which there must be some."""
    settings = graph.graph.compile
    is_kept = settings is not None and getattr(settings.optimizer, "use_ema", False)
    if is_kept and not findings.errors and not graph.trainable_parameter_count:
        findings.add(
            codes.FIT_MISMATCH,
            "the optimizer keeps an average of the weights that training changes, and the model has none",
            Place(("compile", "optimizer", "use_ema")),
            hint="leave `use_ema` out",
        )


def _check_monitored_numbers(graph: TypedGraph, findings: Findings) -> None:
    """A callback compares what it watches from epoch to epoch, so that is one number."""
    if graph.fit is None or not graph.fit.callbacks or len(graph.ends) < len(graph.outputs):
        return
    from spec_compiler.catalog.logs import VALIDATION, measured  # few specs have callbacks

    several = {}
    for each in measured({output.name: output.settings for output in graph.outputs}):
        units = next(iter(graph.type_of(graph.ends[each.output]).shape[-1:]), None)
        if isinstance(each.metric, Metric) and each.metric.results(units) not in (1, None):
            several[each.logged_as] = each.metric
    for index, callback in enumerate(graph.fit.callbacks):
        watched = getattr(callback, "monitor", "").removeprefix(VALIDATION)
        if isinstance(callback, Monitor) and watched in several:
            findings.add(
                codes.UNKNOWN_DIRECTION,
                f"`{callback.keras_name}` compares one number, and `{callback.monitor}` is several: one for each "
                "class, output or threshold",
                _FIT / "callbacks" / index / "monitor",
                hint=several[watched].one_result,
            )


def _check_batch_size(graph: TypedGraph, findings: Findings) -> None:
    """An input whose batches have a length takes no others."""
    if graph.fit is None or graph.fit.batch_size is None:
        return
    for name in graph.inputs:
        layer = graph.layers[graph.nodes[name].layer]
        if not isinstance(layer.config, Input):
            continue
        length = layer.config.full_shape[0] if layer.config.full_shape else None
        if length is not None and length != graph.fit.batch_size:
            findings.add(
                codes.FIT_MISMATCH,
                f"`fit` makes batches of {graph.fit.batch_size}, and the input `{name}` takes batches of {length}",
                _FIT / "batch_size",
                hint=f"write `batch_size: {length}`, or give `{name}` a `shape` in place of `batch_shape`",
                related=(Remark(layer.place.key(), "the input"),),
            )
            return


def _check_penalties(graph: TypedGraph, findings: Findings) -> None:
    """Keras adds what regularizers give, which has the dtype of what they are of, to the losses, which are float32."""
    for key, layer in graph.layers.items():
        if layer.key in graph.models:
            _check_penalties(graph.models[key], findings)
            continue
        found = _other_penalty(graph, layer)
        if found is not None:
            what, dtype = found
            findings.add(
                codes.PENALTY_DTYPE,
                f"what `{key}` adds to the loss for {what} is {dtype}, and Keras adds it to losses of {_LOSS} alone",
                layer.place.key(),
                hint=f"leave the regularizer out, or give the layer `dtype: {_LOSS}`",
                scope=layer.scope,
            )


def _other_penalty(graph: TypedGraph, layer: Layer) -> tuple[str, str] | None:
    """What a layer adds to the loss for in another dtype than that of losses, and the dtype; None if nothing."""
    config = layer.config
    if not isinstance(config, Trainable) or layer.key not in graph.weights:
        return None
    if config.trainable:
        for weight in graph.weights[layer.key]:
            if weight.regularizer is not None and weight.trainable and weight.dtype != _LOSS:
                return f"its weight `{weight.name}`", weight.dtype
    if isinstance(config, LayerConfig) and config.penalizes_output:
        results = (graph.results[name] for name, node in graph.nodes.items() if node.layer == layer.key)
        for dtype in (output.dtype for result in results for output in result.outputs):
            if dtype != _LOSS:
                return "its output", dtype
    for inner in inner_layers(config):
        inside = inner.config
        if isinstance(inside, LayerConfig) and inside.penalizes_output and inside.compute_dtype != _LOSS:
            return f"the output of `{inner.name}`", inside.compute_dtype
    return None
