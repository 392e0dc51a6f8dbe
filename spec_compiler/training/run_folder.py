"""The folder of a training run: what was asked, what came of it, and from where it goes on after it was cut short."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

from spec_compiler.emitting.files import Target, UnwritableError, check_writable, write_all
from spec_compiler.training.feed import IN_MEMORY_BYTES
from spec_compiler.training.json_text import json_text

_PACKAGES = ("spec-compiler", "keras", "tensorflow", "jax", "jaxlib", "torch", "numpy", "pyarrow", "h5py")

_OF_ONE_RUN = ("checkpoint/state.json", "best.keras", "history.csv", "history.json")
"""What is taken away when another run begins in the folder, beside what it goes on from."""

_RECORD = {"seed": int, "status": str, "asked": dict, "versions": dict, "data": list, "validation_data": list}
_STATE = {
    "epoch": int,
    "number": int,
    "epochs": list,
    "history": dict,
    "best": float | int | None,
    "callbacks": list,
    "weights": str,
    "arrays": str | None,
}
"""What a run has written down, and what it goes on from: the types of what is read again, by name."""

LoggedValues = Mapping[str, Sequence[float]]


class NoRunError(Exception):
    """A folder is none of a training run, or not of this one; the message says why."""


@dataclass(frozen=True)
class RunFolder:
    """The folder of a training run.

    It holds `run.json` (the command, versions, seed, data and results), `spec.yaml` (the spec with everything
    expanded), `history.csv` and `history.json`, `best.keras` (the best model so far), and in `checkpoint` what the run
    goes on from. Every file is written whole or not at all.
    """

    path: Path

    @property
    def best(self) -> Path:
        """The best model so far."""
        return self.path / "best.keras"

    @property
    def spec(self) -> Path:
        """The spec with everything expanded."""
        return self.path / "spec.yaml"

    @property
    def checkpoint(self) -> Path:
        """What says from where the run goes on."""
        return self.path / "checkpoint" / "state.json"

    @property
    def files(self) -> list[Path]:
        """All files that a run writes or takes away."""
        return [*(self.path / name for name in ("run.json", "spec.yaml", *_OF_ONE_RUN)), *self._weights()]

    def check_usable(self) -> None:
        """Refuse a folder that has something in it and is of no run, or cannot be written.

        Raises:
            UnwritableError: It is such a folder.
        """
        check_writable(self.path / "run.json")
        if self.path.is_dir() and any(self.path.iterdir()) and not (self.path / "run.json").is_file():
            raise UnwritableError(
                f"`{self.path}` is there and is no folder of a training run, so nothing is written to it"
            )

    def begin(self, record: Mapping[str, Any], spec: str) -> None:
        """Begin a run, with what is asked of it; what is left of another is taken away.

        Raises:
            UnwritableError: It cannot be written.
        """
        self._write_texts({"spec.yaml": spec, "run.json": json_text(record) + "\n"})
        for name in _OF_ONE_RUN:
            with suppress(FileNotFoundError):
                (self.path / name).unlink()
        for old in self._weights():
            old.unlink()

    def note(self, record: Mapping[str, Any]) -> None:
        """Write down what the run is and has come to."""
        self.write_text("run.json", json_text(record) + "\n")

    def record(self) -> dict[str, Any]:
        """What the run is and has come to.

        Raises:
            NoRunError: The folder is of no run.
        """
        return _read_json(self.path / "run.json", self.path, _RECORD)

    def state(self) -> dict[str, Any] | None:
        """From where the run goes on; None if nothing of it is kept.

        Raises:
            NoRunError: What is kept is damaged.
        """
        if not self.checkpoint.is_file():
            return None
        found = _read_json(self.checkpoint, self.path, _STATE)
        folder = self.checkpoint.parent
        arrays = found["arrays"]
        if not _is_whole_hdf5(folder / found["weights"]):
            raise _damaged(self.path, found["weights"])
        if arrays is not None and not is_zipfile(folder / arrays):
            raise _damaged(self.path, arrays)
        return found

    def write_history(self, epochs: Sequence[int], values: LoggedValues) -> None:
        """Write what has been logged, as a table and as JSON."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["epoch", *values])
        for row, epoch in enumerate(epochs):
            writer.writerow([epoch + 1, *(repr(each[row]) if row < len(each) else "" for each in values.values())])
        self.write_text("history.csv", text.getvalue())
        shown = {"epoch": [epoch + 1 for epoch in epochs], **{name: list(each) for name, each in values.items()}}
        self.write_text("history.json", json_text(shown) + "\n")

    def keep(self, state: Mapping[str, Any], write_weights: Any, arrays: Mapping[str, Any]) -> None:
        """Keep weights, and the state that belongs to them: the state names the file of the weights.

        Raises:
            UnwritableError: It cannot be written; what was kept before is as it was.
        """
        import numpy as np

        folder = self.checkpoint.parent
        number = f"{state['epoch']:06}-{state['number']:06}"
        weights = folder / f"{number}.weights.h5"
        targets = [Target(weights, ".weights.h5", write_weights)]
        if arrays:
            targets.append(Target(folder / f"{number}.npz", ".npz", lambda path: np.savez(path, **arrays)))
        before = self._weights()
        write_all(targets)
        named = {**state, "weights": weights.name, "arrays": f"{number}.npz" if arrays else None}
        self.write_text("checkpoint/state.json", json.dumps(named) + "\n")
        for old in before:
            if old.name not in (weights.name, f"{number}.npz"):
                old.unlink(missing_ok=True)

    def _weights(self) -> list[Path]:
        folder = self.checkpoint.parent
        return [*folder.glob("*.weights.h5"), *folder.glob("*.npz")]

    def write_text(self, name: str, text: str) -> None:
        """Write a file of the folder."""
        self._write_texts({name: text})

    def _write_texts(self, texts: Mapping[str, str]) -> None:
        """Write some files of the folder: all of them, or none."""
        paths = {self.path / name: text for name, text in texts.items()}
        write_all([Target(path, path.suffix, partial(_write, text=text)) for path, text in paths.items()])


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")


def _read_json(path: Path, folder: Path, kinds: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in a file of a run, which has values of some types under some names."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _damaged(folder, path.name) from error
    if not isinstance(found, dict) or not all(isinstance(found.get(name, ...), kinds[name]) for name in kinds):
        raise _damaged(folder, path.name)
    return found


def _damaged(folder: Path, name: str) -> NoRunError:
    return NoRunError(f"`{folder}` is no folder of a training run: `{name}` is not there, or damaged")


def _is_whole_hdf5(path: Path) -> bool:
    import h5py

    try:
        with h5py.File(path):
            return True
    except OSError:
        return False


def versions() -> dict[str, str]:
    """The versions of what a run depends on."""
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def data_record(files: Iterable[Path]) -> list[dict[str, Any]]:
    """What files of data are: their sizes, and of those that are not large what their bytes sum up to."""
    found = []
    left = IN_MEMORY_BYTES
    for path in files:
        size = path.stat().st_size
        left -= size
        digest = None
        if left >= 0:
            with open(path, "rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        found.append({"file": str(path.resolve()), "bytes": size, "sha256": digest})
    return found
