"""Data → what Keras takes, by the names of the spec: arrays in memory, or a stream of what is larger."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from spec_compiler.analysing.data_contract import WantedData
from spec_compiler.catalog.data_forms import DataKind
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.report import Report
from spec_compiler.emitting.requirement import require_library
from spec_compiler.limits import DEFAULT_LIMITS, Limits
from spec_compiler.pipeline import SpecError
from spec_compiler.spans import Place
from spec_compiler.training.check_data import DataCheck
from spec_compiler.training.data_files import samples_of_table
from spec_compiler.training.data_sets import data_set
from spec_compiler.training.images import ImageFolder
from spec_compiler.training.samples import NumpyArray, Samples, UnreadableDataError
from spec_compiler.training.stream import Stream, alone
from spec_compiler.views import GraphView

IN_MEMORY_BYTES = 2**30
"""How many bytes of values are held in memory; of more, the data is streamed."""


@dataclass(frozen=True)
class Feed:
    """Data that has been held against what the model wants.

    Attributes:
        graph: The graph of the model.
        arrays: The arrays in memory, by the names of the inputs and targets; none of a stream.
        stream: What is read while the model trains; None for arrays.
        direct: What Keras reads by itself, as a `tf.data.Dataset` or a `PyDataset`; None for arrays.
        warnings: What is doubtful of the data.
        classes: The names of the classes, for folders of images.
        files: The files that are read.
    """

    graph: GraphView
    arrays: Mapping[str, NumpyArray] = field(default_factory=dict)
    stream: Stream | None = None
    direct: Any = None
    warnings: Report | None = None
    classes: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()

    @property
    def in_memory(self) -> bool:
        """Whether Keras gets arrays."""
        return self.stream is None and self.direct is None

    def inputs(self) -> dict[str, Any]:
        """The arrays of the inputs by name, as Keras takes them."""
        return {
            each.name: _as_keras_takes(each, self.arrays[each.name]) if each.name in self.arrays else None
            for each in self.graph.data_contract.inputs
        }

    def apart(self, values: Mapping[str, Any]) -> Any:
        """Inputs and targets by name, as Keras takes them."""
        contract = self.graph.data_contract
        inputs = {each.name: values[each.name] for each in contract.inputs if each.name in values}
        targets = {each.name: values[each.name] for each in contract.targets if each.name in values}
        return (inputs, alone(self.graph, targets)) if targets else inputs

    def targets(self) -> Any:
        """The arrays of the targets: by name, or the one of a model with one output; None if there are none."""
        wanted = self.graph.data_contract.targets
        found = {each.name: self.arrays[each.name] for each in wanted if each.name in self.arrays}
        return alone(self.graph, found) if found else None


def _as_keras_takes(wanted: WantedData, array: NumpyArray) -> Any:
    """The array of an input: as it is, but text as a tensor, since Keras takes no other."""
    if wanted.kind is not DataKind.TEXT:
        return array
    import tensorflow as tf

    return tf.constant(array.astype(object))


def feed(
    graph: GraphView,
    data: Any,
    targets: Any = None,
    *,
    with_targets: bool = True,
    check_all: bool = False,
    stream: bool | None = None,
    batch_size: int | None = None,
    seed: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Feed:
    """Data, held against what a model wants of it, before any framework is imported.

    Args:
        graph: The graph of the model.
        data: A path of files (a file, a folder, a pattern), arrays by name or in order, a data frame, or what Keras
            reads by itself: a `tf.data.Dataset`, a `PyDataset`, a generator.
        targets: The targets, where `data` has them not.
        with_targets: Whether there are to be targets.
        check_all: Whether all values of what is streamed are looked at before, and not only the first of each file.
        stream: Whether files are read while the model trains; by default, where they are larger than `IN_MEMORY_BYTES`.
        batch_size: How many samples make a batch of a stream.
        seed: What draws the order of a stream.
        limits: How many diagnostics there are at most.

    Raises:
        SpecError: The data is not as the model wants it; the exception has the report.
        LibraryMissingError: The library that reads such files is not installed.
        TypeError: There are targets beside data that has its own.
    """
    if targets is not None and (isinstance(data, (str, os.PathLike)) or _is_read_by_keras(data)):
        raise TypeError("targets go with arrays and data frames; files, datasets and generators have their own")
    if isinstance(data, (str, os.PathLike)):
        return _feed_of_files(graph, os.fspath(data), with_targets, check_all, stream, batch_size or 32, seed, limits)
    check = DataCheck(graph, limits)
    if _is_read_by_keras(data):
        return _direct(graph, check, data, with_targets)
    contract = graph.data_contract
    is_named = isinstance(data, Mapping) or _is_table(data)
    if with_targets and targets is None and is_named:
        arrays = _held(check, data, (*contract.inputs, *contract.targets))
    else:
        arrays = _held(check, data, contract.inputs)
        if with_targets:
            arrays |= _held(check, {} if targets is None else targets, contract.targets)
    check.compare_lengths()
    return Feed(graph, arrays, warnings=_sound(check))


def _held(check: DataCheck, data: Any, wanted: Sequence[WantedData]) -> dict[str, NumpyArray]:
    """The arrays that are wanted, of a data frame, or of arrays by name or in order."""
    samples = _samples_of_frame(data, wanted) if _is_table(data) else Samples(check.by_name(data, wanted))
    return check.hold(samples, wanted)


def _feed_of_files(
    graph: GraphView,
    name: str,
    with_targets: bool,
    check_all: bool,
    streamed: bool | None,
    batch_size: int,
    seed: int | None,
    limits: Limits,
) -> Feed:
    check = DataCheck(graph, limits)
    contract = graph.data_contract
    wanted = (*contract.inputs, *contract.targets) if with_targets else contract.inputs
    try:
        data = data_set(name)
        streams = data.size(wanted) > IN_MEMORY_BYTES if streamed is None else streamed
        stretches: dict[str, list[NumpyArray]] = {}
        for arrays in check.hold_all(data, with_targets=with_targets, sample=streams and not check_all):
            for each, array in arrays.items():
                if not streams or each not in stretches:
                    stretches.setdefault(each, []).append(array)
    except UnreadableDataError as error:
        check.cannot_read(error)
    warnings = _sound(check)
    classes = data.classes if isinstance(data, ImageFolder) else ()
    if streams:
        first = {each: arrays[0] for each, arrays in stretches.items()}
        made = Stream(graph, data, first, with_targets=with_targets, batch_size=batch_size, seed=seed)
        return Feed(graph, stream=made, warnings=warnings, classes=classes, files=data.files)
    whole = {each: arrays[0] if len(arrays) == 1 else np.concatenate(arrays) for each, arrays in stretches.items()}
    return Feed(graph, whole, warnings=warnings, classes=classes, files=data.files)


def _sound(check: DataCheck) -> Report | None:
    """What is doubtful of data that has no mistake.

    Raises:
        SpecError: It has mistakes.
    """
    report = check.report()
    if not report.ok:
        raise SpecError(report)
    return report if report.diagnostics else None


def _direct(graph: GraphView, check: DataCheck, data: Any, with_targets: bool) -> Feed:
    """What Keras reads by itself: the first batch of what can be asked for it is held against the model."""
    first = None
    if hasattr(data, "element_spec") and hasattr(data, "take"):
        first = next(iter(data.take(1)), None)
    elif hasattr(data, "num_batches") and hasattr(data, "__getitem__"):
        first = data[0]
    if first is not None:
        inputs, targets = (
            (first[0], first[1] if len(first) > 1 else None) if isinstance(first, tuple) else (first, None)
        )
        contract = graph.data_contract
        check.hold(Samples(check.by_name(inputs, contract.inputs)), contract.inputs)
        if with_targets and targets is not None:
            check.hold(Samples(check.by_name(targets, contract.targets)), contract.targets)
        elif with_targets:
            check.hold(Samples({}), contract.targets)
        check.compare_lengths()
    return Feed(graph, direct=data, warnings=_sound(check))


def _is_read_by_keras(data: Any) -> bool:
    """Whether data is something that gives batches, and no array."""
    is_dataset = hasattr(data, "element_spec") or (hasattr(data, "num_batches") and hasattr(data, "__getitem__"))
    return is_dataset or (hasattr(data, "__next__") and not hasattr(data, "shape"))


def _is_table(data: Any) -> bool:
    """Whether data is a data frame, of whatever library; one column of it is an array."""
    has_columns = hasattr(data, "columns") or hasattr(data, "schema")
    return hasattr(data, "__dataframe__") or (hasattr(data, "__arrow_c_stream__") and has_columns)


def _samples_of_frame(frame: Any, wanted: Sequence[WantedData]) -> Samples:
    """The columns of a data frame, as those of a file."""
    require_library("pyarrow")
    import pyarrow

    is_pandas = hasattr(frame, "iloc")
    table = pyarrow.Table.from_pandas(frame, preserve_index=False) if is_pandas else pyarrow.table(frame)
    return samples_of_table(table, table.column_names, wanted, None, 0)


def check_trains(graph: GraphView) -> None:
    """Refuse to train or to evaluate a model that the spec says nothing of.

    Raises:
        SpecError: No output has a loss.
    """
    if graph.graph.compile is not None and any(output.settings.loss is not None for output in graph.outputs):
        return
    check = DataCheck(graph)
    check.findings.add(
        codes.NO_LOSS,
        f"`{graph.name}` is to be trained, and no output has a loss",
        Place(("outputs",)).key(),
        hint=f"write `{graph.outputs[0].name}: {{loss: mse}}`, or whichever loss is meant",
    )
    raise SpecError(check.report())
