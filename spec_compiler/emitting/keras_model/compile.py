"""What a spec says of training → `keras.Model.compile`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.objects import Named
from spec_compiler.emitting.keras_model.objects import keras_object
from spec_compiler.emitting.trained_outputs import of_outputs
from spec_compiler.graph.typed import TypedGraph


def compile_model(model: keras.Model, graph: TypedGraph, learning_rate: float | Config | None = None) -> None:
    """Compile a model as its spec says; leave it uncompiled if the spec says nothing of training.

    Args:
        model: The model.
        graph: Its graph.
        learning_rate: What the optimizer is to take instead of its own.
    """
    settings = graph.graph.compile
    if settings is None:
        return
    model.compile(
        optimizer=_optimizer(settings.optimizer, graph.graph.scales_loss, learning_rate),
        **of_outputs(graph.outputs, keras_object),
        run_eagerly=settings.run_eagerly,
        steps_per_execution=settings.steps_per_execution,
        jit_compile=settings.jit_compile,
        auto_scale_loss=settings.auto_scale_loss,
    )
    accept_targets_by_name(model, graph)


def accept_targets_by_name(model: keras.Model, graph: TypedGraph) -> None:
    """Let a model take the targets and sample weights of its outputs by their names, of those alone that need them."""
    if len(graph.outputs) == 1:
        _accept_target_by_name(model, graph.outputs[0].name)
    else:
        _accept_some_targets_by_name(model, graph)


def _accept_target_by_name(model: keras.Model, name: str) -> None:
    """Let a model with one output take its target as ``{name: array}`` too.

    With several outputs Keras finds the targets of a dict by name; with one output it does not (Keras 3.15), and
    fails on the name.
    """

    def alone(value: Any) -> Any:
        return value[name] if isinstance(value, dict) and value.keys() == {name} else value

    def fit(x: Any = None, y: Any = None, *others: Any, **options: Any) -> Any:
        # Class weights are made sample weights while the data is read, which is long before any loss.
        if options.get("class_weight") is not None:
            x, y = _map_targets(x, alone), alone(y)
        return type(model).fit(model, x, y, *others, **options)

    _take_targets(model, alone, alone)
    model.fit = fit


def _map_targets(x: Any, change: Callable[[Any], Any]) -> Any:
    """The data that `fit` is given, where it is a `tf.data.Dataset` with its targets changed; else as it is."""
    if hasattr(x, "element_spec") and hasattr(x, "map"):
        return x.map(lambda inputs, targets, *weights: (inputs, change(targets), *weights))
    return x


def _accept_some_targets_by_name(model: keras.Model, graph: TypedGraph) -> None:
    """Let a model with several outputs take targets by name of those alone that have a loss or metrics.

    Keras wants an entry for each output, if only None; and it finds targets by name, but no sample weights.
    """
    names = [output.name for output in graph.outputs]
    needed = {output.name for output in graph.outputs if output.settings.needs_targets}

    def in_order(value: Any) -> Any:
        return [value.get(name) for name in names] if isinstance(value, dict) and value.keys() <= set(names) else value

    def targets(value: Any) -> Any:
        return in_order(value) if isinstance(value, dict) and needed <= value.keys() else value

    _take_targets(model, targets, in_order)


def _take_targets(model: keras.Model, targets: Callable[[Any], Any], weights: Callable[[Any], Any]) -> None:
    """Let a model change its targets and sample weights before its losses and metrics see them.

    `compute_loss` and `compute_metrics` are the places that Keras offers for this.
    """

    def compute_loss(
        x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        return type(model).compute_loss(model, x, targets(y), y_pred, weights(sample_weight), training)

    def compute_metrics(x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        return type(model).compute_metrics(model, x, targets(y), y_pred, weights(sample_weight))

    model.compute_loss = compute_loss
    model.compute_metrics = compute_metrics


def _optimizer(config: Config | Named, scale_loss: bool, learning_rate: float | Config | None = None) -> Any:
    """The optimizer, with the loss scaled where small gradients would be lost in 16 bits.

    Keras would wrap it by itself, and does not save a functional model's policy: the wrapper would be lost.
    """
    optimizer = keras_object(config) if isinstance(config, Config) else keras.optimizers.get(config.name)
    if learning_rate is not None:
        rate = keras_object(learning_rate) if isinstance(learning_rate, Config) else learning_rate
        # An optimizer that scales the loss has its rate inside.
        wrapped = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
        inner = optimizer.inner_optimizer if wrapped else optimizer
        inner = type(inner).from_config({**inner.get_config(), "learning_rate": rate})
        optimizer = keras.optimizers.LossScaleOptimizer(inner, name=optimizer.name) if wrapped else inner
    if scale_loss and not isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        return keras.optimizers.LossScaleOptimizer(optimizer, name="loss_scale_optimizer")
    return optimizer
