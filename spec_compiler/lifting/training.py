"""What a configuration says of training → the outputs and the `compile` of a spec."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from spec_compiler.catalog.keras_config.deserialize import ConfigPath, NoConfigError, UnreadableConfigError, deserialize
from spec_compiler.catalog.keras_config.form import ConfigData
from spec_compiler.catalog.spec_values import SpecValues


class LiftedTraining:
    """Reads a `compile_config`. What it cannot read it collects, each with its place.

    Args:
        data: The configuration; None of a model that is not compiled.
        path: Where it stands.
        names: The names of the outputs as Keras has them, in order.

    Attributes:
        outputs: What each output is trained for, as a spec says it.
        compile: The options of `compile`; None if the model is not compiled.
        path: Where the configuration stands.
        problems: What cannot be read.
    """

    def __init__(self, data: ConfigData | None, path: ConfigPath, names: Sequence[str]) -> None:
        self._data = data or {}
        self.path = path
        self._names = names
        self.problems: list[UnreadableConfigError] = []
        self.outputs = self._outputs()
        self.compile = self._compile()

    @property
    def is_compiled(self) -> bool:
        """Whether the model is compiled."""
        return self._data.get("optimizer") is not None

    def _outputs(self) -> list[ConfigData]:
        """What each output is trained for, as a spec says it."""
        found: list[ConfigData] = [{} for _ in self._names]
        if not self.is_compiled:
            return found
        weights = self._each("loss_weights")
        for index, (loss, path) in enumerate(self._each("loss")):
            if loss is None:
                continue
            found[index]["loss"] = self._value(loss, path)
            weight = weights[index][0]
            if weight is not None and weight != 1:
                found[index]["loss_weight"] = weight
        for key in ("metrics", "weighted_metrics"):
            for index, (metrics, path) in enumerate(self._each(key, several=True)):
                several = [self._value(metric, place) for metric, place in _listed(metrics, path) if metric is not None]
                if several:
                    found[index][key] = several
        return found

    def _compile(self) -> ConfigData | None:
        """The options of `compile`; None if the model is not compiled."""
        if not self.is_compiled:
            return None
        settings: ConfigData = {"optimizer": self._value(self._data["optimizer"], (*self.path, "optimizer"))}
        # Keras asks the machine whether to use XLA, and saves the answer: only a yes says that it was wanted.
        for key, usual in (("jit_compile", (None, False, "auto")), ("run_eagerly", (None, False))):
            if self._data.get(key) not in usual:
                settings[key] = self._data[key]
        if self._data.get("steps_per_execution") not in (None, 1):
            settings["steps_per_execution"] = self._data["steps_per_execution"]
        return settings

    def _each(self, key: str, *, several: bool = False) -> list[tuple[Any, ConfigPath]]:
        """What is said under a key for each output: a list in order, a mapping by name, or one thing for the only one.

        `several` says that each output may have a list of them.
        """
        value = self._data.get(key)
        path = (*self.path, key)
        nothing: list[tuple[Any, ConfigPath]] = [(None, path)] * len(self._names)
        if value is None:
            return nothing
        if isinstance(value, dict) and not _is_object(value):
            return self._by_name(value, path)
        if isinstance(value, list):
            flat = several and len(self._names) == 1 and not (len(value) == 1 and isinstance(value[0], list))
            items = [value] if flat else value
            if len(items) == len(self._names):
                return [(item, path if flat else (*path, index)) for index, item in enumerate(items)]
        elif len(self._names) == 1 or key == "loss":
            # One loss is that of every output.
            return [(value, path)] * len(self._names)
        self.problems.append(
            NoConfigError(f"`{key}` does not say what it is for each of {len(self._names)} outputs", path)
        )
        return nothing

    def _by_name(self, value: ConfigData, path: ConfigPath) -> list[tuple[Any, ConfigPath]]:
        unknown = [name for name in value if name not in self._names]
        if unknown:
            self.problems.append(NoConfigError(f"`{unknown[0]}` is no output of the model", (*path, unknown[0])))
        return [(value.get(name), (*path, name)) for name in self._names]

    def _value(self, data: Any, path: ConfigPath) -> Any:
        """A loss, a metric or an optimizer as a spec writes it."""
        if isinstance(data, str):
            return data.replace("${", "$${")
        try:
            return SpecValues(defaults=False).visit(deserialize(data))
        except UnreadableConfigError as error:
            error.path = (*path, *error.path)
            self.problems.append(error)
            return None


def _is_object(data: ConfigData) -> bool:
    return "class_name" in data and "config" in data


def _listed(metrics: Any, path: ConfigPath) -> Iterator[tuple[Any, ConfigPath]]:
    """The metrics of one output, of which there may be one."""
    if not isinstance(metrics, list):
        yield metrics, path
        return
    for index, metric in enumerate(metrics):
        yield metric, (*path, index)
