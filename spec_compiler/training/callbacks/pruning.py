"""A trial of a sweep: its values are reported epoch by epoch, and it ends early if others did better by then."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras

from spec_compiler.emitting.files import Target, write_all
from spec_compiler.emitting.keras_model.files import FilesOfModel


class Reporting(keras.callbacks.Callback):  # type: ignore[misc]
    """Reports a logged value to a trial of Optuna, and keeps the model at its best, if no trial before was better."""

    def __init__(self, trial: Any, monitor: str, mode: str, path: Path) -> None:
        super().__init__()
        self._trial = trial
        self._monitor = monitor
        self._sign = 1 if mode == "min" else -1
        self._path = path
        self._best = math.inf
        self.is_pruned = False

    @property
    def best(self) -> float:
        """The best value."""
        return self._sign * self._best

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Report the value, and end training if that of most others was better by then."""
        value = float((logs or {}).get(self._monitor, math.nan))
        if self._sign * value < self._best:
            self._best = self._sign * value
            if self._is_best_of_all(value):
                write_all([Target(self._path, ".keras", FilesOfModel(self.model).write_keras)])
        if math.isnan(value):
            self.is_pruned = self.model.stop_training = True
            return
        self._trial.report(value, epoch)
        if self._trial.should_prune():
            self.is_pruned = self.model.stop_training = True

    def _is_best_of_all(self, value: float) -> bool:
        try:
            return self._sign * value <= self._sign * float(self._trial.study.best_value)
        except ValueError:  # no trial has come to its end yet
            return True
