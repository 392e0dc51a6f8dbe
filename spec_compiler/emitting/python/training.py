"""What a spec says of training → `model.compile(…)` and the options of `model.fit`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.objects import Named
from spec_compiler.emitting.python.arguments import WrittenArguments, family_of
from spec_compiler.emitting.python.code import Bracketed, Fragment, call, dict_of, list_of, text_of
from spec_compiler.emitting.python.settled import holds_expression
from spec_compiler.emitting.python.values import PythonValues
from spec_compiler.emitting.trained_outputs import are_weighted
from spec_compiler.graph.graph import Graph, Output

_VALUES = PythonValues()
_COMPILE_OPTIONS = ("run_eagerly", "steps_per_execution", "jit_compile", "auto_scale_loss")


class TrainingCode:
    """Writes the training of a graph.

    Args:
        graph: The graph.
        written: What writes values that hold expressions; without it all are written as what they have become.
        compiling: The `compile` of the spec as it is written.
        outputs: Its outputs, likewise.
    """

    def __init__(
        self,
        graph: Graph,
        written: WrittenArguments | None = None,
        compiling: Mapping[str, Any] | None = None,
        outputs: Mapping[str, Any] | None = None,
    ) -> None:
        self._graph = graph
        self._written = written
        self._compiling = compiling or {}
        self._outputs = outputs or {}

    def compile_call(self, model: str) -> Bracketed | None:
        """The call that compiles a model; None if the spec says nothing of training."""
        settings = self._graph.compile
        if settings is None:
            return None
        outputs = self._graph.outputs
        arguments: dict[str, Fragment] = {"optimizer": self._optimizer()}
        if any(output.settings.loss for output in outputs):
            losses = [self._of(output, "loss") for output in outputs]
            arguments["loss"] = losses[0] if len(losses) == 1 else list_of(losses)
            if are_weighted(outputs):
                arguments["loss_weights"] = list_of(map(self._loss_weight, outputs))
        for key in ("metrics", "weighted_metrics"):
            if any(getattr(output.settings, key) for output in outputs):
                lists = [self._of(output, key) for output in outputs]
                arguments[key] = lists[0] if len(lists) == 1 else list_of(lists)
        fields = type(settings).model_fields
        for option in _COMPILE_OPTIONS:
            if getattr(settings, option) != fields[option].default:
                arguments[option] = self._value(settings, option, self._compiling)
        return call(f"{model}.compile", **arguments)

    def _of(self, output: Output, key: str) -> Fragment:
        return self._value(output.settings, key, self._outputs.get(output.name) or {})

    def _value(self, settings: BaseModel, key: str, written: Mapping[str, Any]) -> Fragment:
        """A setting: as it is written, if it holds an expression."""
        value = getattr(settings, key)
        if self._written is not None and holds_expression(written.get(key)):
            return self._written.value(written[key], family_of(type(settings), key))
        is_list = isinstance(value, tuple) and not isinstance(value, Named)
        return list_of(map(_VALUES.visit, value)) if is_list else _VALUES.visit(value)

    def _loss_weight(self, output: Output) -> Fragment:
        if output.settings.loss is None or output.settings.loss_weight is None:
            return repr(output.settings.weight_in_total)
        return self._of(output, "loss_weight")

    def _optimizer(self) -> Fragment:
        settings = self._graph.compile
        assert settings is not None
        optimizer = settings.optimizer
        code = self._value(settings, "optimizer", self._compiling)
        is_wrapped = isinstance(optimizer, Config) and optimizer.keras_name == "LossScaleOptimizer"
        if self._graph.scales_loss and not is_wrapped:
            if isinstance(optimizer, Named):
                code = call("keras.optimizers.get", code)
            return call("keras.optimizers.LossScaleOptimizer", code, name=text_of("loss_scale_optimizer"))
        return code


def fit_options(graph: Graph) -> Bracketed | None:
    """The options of `fit` as a dict; None if the spec has none."""
    if graph.fit is None:
        return None
    given = [name for name in type(graph.fit).model_fields if name in graph.fit.model_fields_set]
    return dict_of({text_of(name): _fit_option(getattr(graph.fit, name)) for name in given}) if given else None


def phase_options(graph: Graph) -> Bracketed | None:
    """The phases of training as a list of dicts; None if the spec has none."""
    if not graph.phases:
        return None
    return list_of(
        dict_of({text_of(name): _fit_option(value) for name, value in phase if value is not None})
        for phase in graph.phases
    )


def _fit_option(value: Any) -> Fragment:
    is_list = isinstance(value, tuple) and any(isinstance(item, (Config, Named)) for item in value)
    return list_of(map(_VALUES.visit, value)) if is_list else _VALUES.visit(value)
