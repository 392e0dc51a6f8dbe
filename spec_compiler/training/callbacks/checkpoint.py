"""A training run that can be cut short at any moment: after each epoch, all that it goes on from is kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import keras
import numpy as np

from spec_compiler.emitting.files import Target, write_all
from spec_compiler.emitting.keras_model.files import FilesOfModel
from spec_compiler.training.run_folder import RunFolder

_STATE = ("wait", "best", "best_epoch", "stopped_epoch", "cooldown_counter", "_total_batches_seen")
"""What callbacks of Keras know of the epochs before, where they have it."""


class Checkpoint(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps the history, the best model, and all that training goes on from.

    Args:
        folder: Where.
        monitor: By which value the best model is known.
        mode: Whether lower or higher values of it are better: `min` or `max`.
        others: The callbacks of the spec, whose state is kept too.
        state: What an earlier part of the run has kept; None for a new run.
        writes: Whether this process writes what is kept, of several that train together.
        whole: Has the weights of the model whole while they are written, which may be divided over several processes.
    """

    def __init__(
        self,
        folder: RunFolder,
        monitor: str,
        mode: str,
        others: Sequence[Any] = (),
        state: Mapping[str, Any] | None = None,
        *,
        writes: bool = True,
        whole: Callable[[Any], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        super().__init__()
        self._folder = folder
        self._monitor = monitor
        self._sign = 1 if mode == "min" else -1
        self._others = others
        self._state = state
        self.epochs: list[int] = list(state["epochs"]) if state is not None else []
        self.values: dict[str, list[float]] = {
            name: list(values) for name, values in (state["history"] if state is not None else {}).items()
        }
        self._best = float(state["best"]) if state is not None and state["best"] is not None else math.inf
        self._number = int(state["number"]) if state is not None else 0
        self._writes = writes
        self._whole = whole
        self.interrupted = False

    def restore(self, model: keras.Model) -> None:
        """Put a model where the run was left."""
        if self._state is None:
            return
        model.optimizer.build(model.trainable_variables)
        model.load_weights(self._folder.checkpoint.parent / self._state["weights"])

    def on_train_begin(self, logs: Any = None) -> None:
        """Put the callbacks where they were left, after they have begun anew themselves."""
        if self._state is None:
            return
        arrays: Mapping[str, Any] = {}
        if self._state["arrays"] is not None:
            with np.load(self._folder.checkpoint.parent / self._state["arrays"], allow_pickle=False) as found:
                arrays = dict(found)
        for index, (callback, kept) in enumerate(zip(self._others, self._state["callbacks"], strict=True)):
            for name, value in kept.items():
                setattr(callback, name, value)
            best = [arrays[name] for name in sorted(arrays) if name.startswith(f"{index}.")]
            if best:
                callback.best_weights = best
        self._draw_on(arrays)
        self._state = None  # a further phase begins anew

    def _draw_on(self, arrays: Mapping[str, Any]) -> None:
        """Have random numbers go on where they were left."""
        for number, state in enumerate(_states_of_seeds(self.model)):
            if f"seed.{number}" in arrays:
                state.assign(arrays[f"seed.{number}"])
        if "numpy" in arrays:
            *keys, position = arrays["numpy"]
            np.random.set_state(("MT19937", np.array(keys, np.uint32), int(position), 0, 0.0))

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Keep what the epoch has come to; of one that was interrupted, the weights alone."""
        if self.interrupted:
            self._keep(epoch)
            return
        self.epochs.append(epoch)
        for name, value in (logs or {}).items():
            column = self.values.setdefault(name, [math.nan] * (len(self.epochs) - 1))
            column.append(float(value))
        for column in self.values.values():
            column += [math.nan] * (len(self.epochs) - len(column))
        watched = self._sign * float((logs or {}).get(self._monitor, math.nan))
        if watched < self._best:
            self._best = watched
            with self._whole(self.model):
                if self._writes:
                    write_all([Target(self._folder.best, ".keras", FilesOfModel(self.model).write_keras)])
        self._keep(epoch + 1)
        if self._writes:
            self._folder.write_history(self.epochs, self.values)

    def _keep(self, epoch: int) -> None:
        """Keep what training goes on from, beginning with an epoch."""
        self._number += 1
        state = {
            "epoch": epoch,
            "number": self._number,
            "epochs": self.epochs,
            "history": self.values,
            "best": None if math.isinf(self._best) else self._best,
            "callbacks": [_state_of(each) for each in self._others],
        }
        arrays = _random_states(self.model) | {
            f"{index}.{number:05}": np.asarray(weight)
            for index, each in enumerate(self._others)
            for number, weight in enumerate(getattr(each, "best_weights", None) or ())
        }
        with self._whole(self.model):
            if self._writes:
                self._folder.keep(state, self._write, arrays)

    def _write(self, path: Path) -> None:
        FilesOfModel(self.model).write_weights(path)


def _states_of_seeds(model: keras.Model) -> list[Any]:
    """Where the random layers of a model are; Keras does not save it with the weights."""
    return [each for each in model.non_trainable_variables if each.path.endswith("seed_generator_state")]


def _random_states(model: keras.Model) -> dict[str, Any]:
    """Where random numbers are: those of the layers, and NumPy's, by which Keras shuffles arrays but on TensorFlow."""
    states = {f"seed.{number}": np.asarray(each) for number, each in enumerate(_states_of_seeds(model))}
    _, keys, position, *_ = np.random.get_state()
    return {**states, "numpy": np.append(np.asarray(keys, np.int64), position)}


def _state_of(callback: Any) -> dict[str, Any]:
    found = {name: getattr(callback, name, None) for name in _STATE}
    return {name: _plain(value) for name, value in found.items() if value is not None}


def _plain(value: Any) -> float | int:
    return int(value) if isinstance(value, (int, np.integer)) else float(value)
