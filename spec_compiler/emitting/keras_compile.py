"""What a spec says of training → `keras.Model.compile`."""

from __future__ import annotations

from typing import Any

import keras

from spec_compiler.catalog.objects import Named
from spec_compiler.catalog.thing import Thing
from spec_compiler.emitting.keras_objects import keras_object
from spec_compiler.graph.typed import TypedGraph


def compile_model(model: keras.Model, graph: TypedGraph) -> None:
    """Compile a model as its spec says; leave it uncompiled if the spec says nothing of training."""
    settings = graph.graph.compile
    if settings is None:
        return
    each = [output.settings for output in graph.outputs]
    losses = [_object(output.loss) for output in each]
    weights = [
        None if output.loss is None else 1.0 if output.loss_weight is None else float(output.loss_weight)
        for output in each
    ]
    metrics = [[_object(metric) for metric in output.metrics] for output in each]
    weighted = [[_object(metric) for metric in output.weighted_metrics] for output in each]
    model.compile(
        optimizer=_optimizer(
            settings.optimizer, settings.auto_scale_loss and graph.graph.dtype_policy == "mixed_float16"
        ),
        loss=losses if any(losses) else None,
        loss_weights=weights if any(losses) else None,
        metrics=metrics if any(metrics) else None,
        weighted_metrics=weighted if any(weighted) else None,
        run_eagerly=settings.run_eagerly,
        steps_per_execution=settings.steps_per_execution,
        jit_compile=settings.jit_compile,
        auto_scale_loss=settings.auto_scale_loss,
    )
    if len(graph.outputs) == 1:
        _accept_target_by_name(model, graph.outputs[0].name)


def _accept_target_by_name(model: keras.Model, name: str) -> None:
    """Let a model with one output take its target as ``{name: array}`` too.

    With several outputs Keras finds the targets of a dict by name; with one output it does not (Keras 3.15), and
    fails on the name. `compute_loss` and `compute_metrics` are the places that Keras offers for this.
    """

    def alone(value: Any) -> Any:
        return value[name] if isinstance(value, dict) and value.keys() == {name} else value

    def compute_loss(
        x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        return type(model).compute_loss(model, x, alone(y), y_pred, alone(sample_weight), training)

    def compute_metrics(x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        return type(model).compute_metrics(model, x, alone(y), y_pred, alone(sample_weight))

    model.compute_loss = compute_loss
    model.compute_metrics = compute_metrics


def _object(thing: Thing | Named | None) -> Any:
    return keras_object(thing) if isinstance(thing, Thing) else thing.name if thing is not None else None


def _optimizer(thing: Thing | Named, scale_loss: bool) -> Any:
    """The optimizer, with the loss scaled where small gradients would be lost in 16 bits.

    Keras would wrap it by itself, and does not save a functional model's policy: the wrapper would be lost.
    """
    optimizer = keras_object(thing) if isinstance(thing, Thing) else keras.optimizers.get(thing.name)
    if scale_loss and not isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        return keras.optimizers.LossScaleOptimizer(optimizer, name="loss_scale_optimizer")
    return optimizer
