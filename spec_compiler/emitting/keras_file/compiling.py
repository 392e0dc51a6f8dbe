"""What a spec says of training → the `compile_config` that Keras writes."""

from __future__ import annotations

from typing import Any

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.families import optimizers
from spec_compiler.catalog.keras_config.form import ConfigData
from spec_compiler.catalog.keras_config.serialize import serialize
from spec_compiler.catalog.objects import Named
from spec_compiler.catalog.optimizers.composite import LossScaleOptimizer
from spec_compiler.emitting.trained_outputs import of_outputs
from spec_compiler.graph.typed import TypedGraph


def compile_config(graph: TypedGraph) -> ConfigData:
    """What Keras writes of how a model is compiled; nothing if it is not."""
    settings = graph.graph.compile
    optimizer = optimizer_of(graph)
    if settings is None or optimizer is None:
        return {}
    return {
        "optimizer": serialize(optimizer),
        **of_outputs(graph.outputs, _object),
        "run_eagerly": settings.run_eagerly,
        "steps_per_execution": settings.steps_per_execution,
        # Keras asks the machine, and on one without a GPU TensorFlow has it so.
        "jit_compile": False if settings.jit_compile == "auto" else settings.jit_compile,
    }


def optimizer_of(graph: TypedGraph) -> Config | None:
    """The optimizer that a model is compiled with, if it is."""
    settings = graph.graph.compile
    if settings is None:
        return None
    optimizer = settings.optimizer
    if isinstance(optimizer, Named):
        optimizer = optimizers().parse(optimizer.name)
    assert isinstance(optimizer, Config)
    if graph.graph.scales_loss and not isinstance(optimizer, LossScaleOptimizer):
        return LossScaleOptimizer.model_validate({"inner_optimizer": optimizer, "name": "loss_scale_optimizer"})
    return optimizer


def _object(config: Config | Named) -> Any:
    return config.name if isinstance(config, Named) else serialize(config)
