"""What several processes that train together do at the same step: end training when one of them was interrupted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from spec_compiler.training.distribution.group import ProcessGroup

_STEPS = 10
"""After how many steps the processes ask each other."""

WRITING = (
    keras.callbacks.BackupAndRestore,
    keras.callbacks.CSVLogger,
    keras.callbacks.ModelCheckpoint,
    keras.callbacks.TensorBoard,
)
"""Callbacks of Keras that write files, which one process is to do for all."""


class EndTogether(keras.callbacks.Callback):  # type: ignore[misc]
    """Ends training in all processes after the same step, once one of them is asked to.

    Args:
        group: The processes.
        is_asked: Whether this one was asked to end.
        end: Ends training.
    """

    def __init__(self, group: ProcessGroup, is_asked: Callable[[], bool], end: Callable[[], None]) -> None:
        super().__init__()
        self._group = group
        self._is_asked = is_asked
        self._end = end
        self._steps = 0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Ask the others now and then."""
        self._steps += 1
        if self._steps % _STEPS == 0:
            self._ask()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Ask the others, where the epochs are short."""
        self._ask()

    def _ask(self) -> None:
        if self._group.is_true_of_any(self._is_asked()):
            self._end()


class SharedProgress(keras.callbacks.ProgbarLogger):  # type: ignore[misc]
    """Shows the work of all processes, in the one that prints.

    Keras's own computes with what was logged, which is on the devices of all processes, and so waits for the others.
    """

    def __init__(self, verbose: int) -> None:
        super().__init__()
        self._wanted = verbose

    def set_params(self, params: Any) -> None:
        """Keep to what is to be shown here, whatever the others show."""
        super().set_params(params)
        self.verbose = self._wanted

    def _update_progbar(self, batch: int, logs: Any = None) -> None:
        super()._update_progbar(batch, _plain(logs))

    def _finalize_progbar(self, logs: Any) -> None:
        super()._finalize_progbar(_plain(logs))


def _plain(logs: Any) -> dict[str, float]:
    return {name: float(value) for name, value in (logs or {}).items()}


def of_one_process(callbacks: list[Any]) -> list[Any]:
    """Callbacks of a process that writes nothing: in the places of those that write there are such as do nothing."""
    return [keras.callbacks.Callback() if isinstance(each, WRITING) else each for each in callbacks]
