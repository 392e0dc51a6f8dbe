"""Data, held against what a model wants of it; without TensorFlow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from spec_compiler.analysing.data_contract import WantedData
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Fix, Remark
from spec_compiler.diagnostics.report import Locator, Report, make_report
from spec_compiler.diagnostics.suggest import suggest
from spec_compiler.limits import DEFAULT_LIMITS, Limits
from spec_compiler.spans import Place, Position, Span
from spec_compiler.training.data_files import row_of_csv, too_large
from spec_compiler.training.data_sets import DataSet, Shards, data_set
from spec_compiler.training.hold import DataMistake, misfits
from spec_compiler.training.images import ImageFolder, number_of_classes, takes_images
from spec_compiler.training.samples import (
    Column,
    NumpyArray,
    Samples,
    UnequalRowsError,
    UnreadableDataError,
    array_of,
)
from spec_compiler.views import GraphView


def check_data(graph: GraphView, inputs: Any, targets: Any = None, *, limits: Limits = DEFAULT_LIMITS) -> Report:
    """Hold a sample of data against what a model wants of it.

    Args:
        graph: The graph of the model.
        inputs: Its inputs, as `fit` takes them: arrays by name, a list of arrays in order, or one array. Whatever NumPy
            makes an array of will do.
        targets: The targets of its outputs, in the same forms; without them, the inputs alone are looked at.
        limits: How many diagnostics there are at most.

    Returns:
        The report, each diagnostic with the line of the spec that wants it otherwise. Never raises for bad data, and
        never imports Keras or TensorFlow.
    """
    check = DataCheck(graph, limits)
    contract = graph.data_contract
    check.hold(Samples(check.by_name(inputs, contract.inputs)), contract.inputs)
    if targets is not None:
        check.hold(Samples(check.by_name(targets, contract.targets)), contract.targets)
    check.compare_lengths()
    return check.report()


def check_data_file(
    graph: GraphView, path: Path | str, *, with_targets: bool = True, limits: Limits = DEFAULT_LIMITS
) -> Report:
    """Hold files of data against what a model wants of it.

    Args:
        graph: The graph of the model.
        path: A file, a folder or a pattern, as `data_set` takes them; with inputs and targets by their names.
        with_targets: Whether there are to be targets.
        limits: How much may be read.

    Raises:
        LibraryMissingError: What reads such files is not installed.
    """
    check = DataCheck(graph, limits)
    try:
        data = data_set(str(path))
        if isinstance(data, Shards):
            data.check_size(_wanted(graph, with_targets), limits.data_bytes)
        read = 0
        for arrays in check.hold_all(data, with_targets=with_targets):
            read += sum(array.nbytes for array in arrays.values())
            if read > limits.data_bytes:
                raise too_large(Path(data.name), limits.data_bytes)
    except UnreadableDataError as error:
        check.cannot_read(error)
    return check.report()


def _wanted(graph: GraphView, with_targets: bool) -> tuple[WantedData, ...]:
    contract = graph.data_contract
    return (*contract.inputs, *contract.targets) if with_targets else contract.inputs


class DataCheck:
    """One run: what is found, and how many samples each of the data has."""

    def __init__(self, graph: GraphView, limits: Limits = DEFAULT_LIMITS) -> None:
        self._graph = graph
        self._limits = limits
        self.findings = Findings()
        self.lengths: dict[str, tuple[int, WantedData]] = {}
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._beyond: list[str] = []
        self._said: set[tuple[object, ...]] = set()
        self._rows: dict[str, _Rows] = {}

    def cannot_read(self, error: UnreadableDataError) -> None:
        """Report that data cannot be read."""
        code = codes.DATA_TOO_LARGE if error.kind == "size" else codes.UNREADABLE_DATA
        self.findings.add(code, str(error), Place(()))

    def hold_all(
        self, data: DataSet, *, with_targets: bool = True, sample: bool = False
    ) -> Iterator[dict[str, NumpyArray]]:
        """Hold files of data against what is wanted of them, and yield the arrays of one stretch after the other.

        Args:
            data: The files.
            with_targets: Whether there are to be targets.
            sample: Whether the first stretch of each file is enough.

        Raises:
            UnreadableDataError: A file cannot be read.
        """
        wanted = _wanted(self._graph, with_targets)
        if isinstance(data, ImageFolder) and not self._suits_images(data, wanted):
            return
        file: str | None = None
        for samples in _first_of_each(data, wanted) if sample else data.stretches(wanted):
            if samples.file != file:
                self.compare_lengths()
                self.lengths.clear()
                file = samples.file
            yield self.hold(samples, wanted)
        self.compare_lengths()

    def hold_stretch(self, samples: Samples, *, with_targets: bool = True) -> dict[str, NumpyArray]:
        """Hold a stretch of samples, by itself, against what is wanted; its arrays by name."""
        self.lengths.clear()
        arrays = self.hold(samples, _wanted(self._graph, with_targets))
        if arrays and any(len(array) for array in arrays.values()):
            self.compare_lengths()
        return arrays

    def _suits_images(self, data: ImageFolder, wanted: Sequence[WantedData]) -> bool:
        """Whether a model takes images, and as many classes as there are; what is otherwise is reported."""
        before = self.findings.errors
        if not any(map(takes_images, wanted)):
            place = Place(("nodes",)).key()
            message = f"`{data.name}` is a folder of images, and the model has no input that takes images"
            self.findings.add(codes.DATA_SHAPE, message, place, hint="such an input has the shape [height, width, 3]")
        for each in wanted:
            classes = number_of_classes(each) if each.role == "target" else None
            if classes is not None and data.classes and classes != len(data.classes):
                shown = ", ".join(f"`{name}`" for name in data.classes[:8])
                message = f"`{data.name}` has {len(data.classes)} folders of classes ({shown}); wanted by `{each.name}`"
                self.findings.add(codes.DATA_RANGE, f"{message}: {classes}", each.place)
        return self.findings.errors == before

    def by_name(self, data: Any, wanted: Sequence[WantedData]) -> Mapping[str, Column]:
        """Data by name: as it is given, or in the order of the model."""
        if isinstance(data, Mapping):
            found = {str(name): value for name, value in data.items()}
        else:
            # Of a model with one input, a list that holds an array is that of the inputs; any other is the array.
            several = isinstance(data, (list, tuple)) and (len(wanted) != 1 or any(hasattr(x, "shape") for x in data))
            values = list(data) if several else [data]
            found = {each.name: value for each, value in zip(wanted, values, strict=False)}
            if len(values) > len(wanted):
                role = wanted[0].role if wanted else "target"
                self.findings.add(
                    codes.UNKNOWN_TARGET if role == "target" else codes.UNKNOWN_DATA,
                    f"the model takes {len(wanted)} {role}{'s' * (len(wanted) != 1)}, and {len(values)} are given",
                    Place(("outputs" if role == "target" else "nodes",)).key(),
                )
        columns = {name: Column(name, partial(array_of, value)) for name, value in found.items() if value is not None}
        self.report_beyond([name for name in columns if name not in {each.name for each in wanted}], wanted)
        return columns

    def hold(self, samples: Samples, wanted: Iterable[WantedData]) -> dict[str, NumpyArray]:
        """Hold samples against what is wanted under their names; the arrays by name."""
        wanted = tuple(wanted)
        arrays: dict[str, NumpyArray] = {}
        is_first = samples.first == 0
        if is_first and samples.file is not None:
            self.report_beyond(samples.others, wanted, samples)
        for each in wanted:
            column = samples.columns.get(each.name)
            if column is None:
                if is_first:
                    self._report_missing(each, samples)
                continue
            try:
                array = column.read()
            except UnequalRowsError as error:
                if not each.ragged:
                    self._report_unequal(each, error, samples)
                continue
            if array.ndim == 0:
                message = f"`{each.name}` is one value, and {each.meaning} is wanted"
                self.findings.add(codes.DATA_SHAPE, message, each.place)
                continue
            arrays[each.name] = array
            self.lengths[each.name] = (self.lengths.get(each.name, (0, each))[0] + len(array), each)
            if len(array):
                for misfit in misfits(each, array):
                    self._report(each, misfit, samples)
                self._compare_shapes(each, array, samples)
        return arrays

    def _compare_shapes(self, wanted: WantedData, array: NumpyArray, samples: Samples) -> None:
        """Where the model leaves a length open, all samples have the same all the same."""
        first = self._shapes.setdefault(wanted.name, array.shape[1:])
        if samples.file is not None and first != array.shape[1:] and not wanted.ragged:
            here, before = (list(shape) for shape in (array.shape[1:], first))
            self._add(
                codes.DATA_SHAPE,
                wanted,
                samples,
                f"is of the shape {here} a sample, and {before} before",
                (0,),
                "fill the samples up to one length, or put those of one length into one file",
            )

    def _report(self, wanted: WantedData, misfit: DataMistake, samples: Samples) -> None:
        self._add(misfit.code, wanted, samples, misfit.message, misfit.at, misfit.hint, _wanting(wanted, misfit))

    def _add(
        self,
        code: Any,
        wanted: WantedData,
        samples: Samples,
        message: str,
        at: tuple[int, ...],
        hint: Fix | None,
        related: tuple[Remark, ...] = (),
    ) -> None:
        """Report a mistake of a kind once for each file: with the file, and the row counted from its beginning."""
        said = (code, wanted.name, samples.file)
        if said in self._said:
            return
        self._said.add(said)
        row = at[0] + samples.first if at else None
        where = f"[{', '.join(map(str, (row, *at[1:])))}]" if row is not None else ""
        of = ""
        if samples.file is not None:
            image = samples.files[at[0]] if at and samples.files else None
            of = f" of `{Path(image or samples.file).name}`"
            where = "" if image is not None else where
        self.findings.add(
            code,
            f"`{wanted.name}{where}`{of} {message}",
            wanted.place,
            hint=str(hint) if hint is not None else None,
            related=(*(self._line(wanted.name, row, samples) if row is not None else ()), *related),
        )

    def _line(self, name: str, row: int, samples: Samples) -> tuple[Remark, ...]:
        """Where a row stands in a file of text."""
        if samples.file is None or Path(samples.file).suffix.lower() != ".csv":
            return ()
        rows = self._rows.setdefault(samples.file, _Rows(samples.file))
        if not rows.has_line(row):
            return ()
        return (Remark(Place((), file=samples.file, at=(row, row)), f"`{name}[{row}]`"),)

    def _report_missing(self, wanted: WantedData, samples: Samples) -> None:
        if not wanted.required:
            return
        file = Path(samples.file).name if samples.file is not None else None
        of = f" in `{file}`" if file is not None else ""
        is_table = file is not None or bool(samples.others)
        names = [*samples.others] if is_table else self._beyond
        meant = suggest(wanted.name, names)
        there = f"; there are {', '.join(f'`{name}`' for name in names[:8])}" if names and is_table else ""
        self.findings.add(
            codes.MISSING_DATA,
            f"there is no data for the {wanted.role} `{wanted.name}`{of}: {wanted.meaning}",
            wanted.place,
            hint=f"is it `{meant}`?" if meant is not None else (f"name it `{wanted.name}`{there}" if there else None),
        )

    def _report_unequal(self, wanted: WantedData, error: UnequalRowsError, samples: Samples) -> None:
        first, rows = samples.first, ""
        if error.row is not None:
            rows = f": row {first} has {error.lengths[0]} values, and row {first + error.row} has {error.lengths[1]}"
        of = f" of `{Path(samples.file).name}`" if samples.file is not None and first else ""
        self.findings.add(
            codes.DATA_SHAPE,
            f"`{wanted.name}`{of} has rows that are not of one length{rows}",
            wanted.place,
            hint="fill them up to one length, as `keras.utils.pad_sequences` does",
            related=self._line(wanted.name, first + error.row, samples) if error.row is not None else (),
        )

    def report_beyond(self, names: Iterable[str], wanted: Sequence[WantedData], samples: Samples | None = None) -> None:
        """Report data that is for nothing, unless something that is missing may have been meant by it."""
        self._beyond = list(names)
        known = [each.name for each in wanted]
        targets = {each.name for each in self._graph.data_contract.targets}
        for name in self._beyond:
            # A file for predictions may have targets too.
            if samples is not None and name in targets:
                continue
            if suggest(name, known) is not None or ("beyond", name) in self._said:
                continue
            if samples is not None:
                self._said.add(("beyond", name))
            is_target = samples is None and bool(wanted) and wanted[0].role == "target"
            what = "target" if is_target else "input" if samples is None else "input or target"
            of = f" of `{Path(samples.file).name}`" if samples is not None and samples.file is not None else ""
            self.findings.add(
                codes.UNKNOWN_TARGET if is_target else codes.UNKNOWN_DATA,
                f"`{name}`{of} is no {what} of the model",
                Place(("outputs" if is_target else "nodes",)).key(),
                hint=f"there are {', '.join(f'`{each}`' for each in known)}" if known else None,
            )

    def compare_lengths(self) -> None:
        """Hold the numbers of samples against each other: the first is taken to be right."""
        if not self.lengths:
            return
        first, (length, wanted) = next(iter(self.lengths.items()))
        for name, (other, each) in self.lengths.items():
            if other != length:
                self.findings.add(
                    codes.DATA_LENGTH,
                    f"`{name}` has {other:,} samples, and `{first}` has {length:,}",
                    each.place,
                    related=(Remark(wanted.place, f"`{first}`"),),
                )
        if length == 0:
            self.findings.add(codes.DATA_LENGTH, f"`{first}` has no samples", wanted.place)

    def report(self) -> Report:
        """What is to be said of the data, each thing at the line of the spec."""
        analysis = self._graph.analysis
        documents: dict[str, Locator] = {**analysis.documents} if analysis is not None else {}
        documents |= self._rows
        name = analysis.source if analysis is not None else self._graph.name
        return make_report(name, self.findings, documents, most=self._limits.findings)


class _Rows:
    """The rows of a table of text that diagnostics quote, each known by its number."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._found: dict[int, tuple[int, str] | None] = {}

    def has_line(self, row: int) -> bool:
        """Whether a row stands on a line of its own."""
        if row not in self._found:
            self._found[row] = row_of_csv(Path(self.name), row)
        return self._found[row] is not None

    def span(self, place: Place) -> Span | None:
        """The line of a row."""
        found = self._found.get(place.at[0]) if place.at is not None else None
        if found is None:
            return None
        number, text = found
        return Span(self.name, Position(number, 1), Position(number, len(text) + 1))

    def line(self, number: int) -> str | None:
        """The text of a line (from 1), if it is that of a row that is quoted."""
        return next((text for line, text in filter(None, self._found.values()) if line == number), None)

    def replacement(self, place: Place, fix: Fix) -> str | None:
        """Nothing: data is not mended."""
        return None


def _first_of_each(data: DataSet, wanted: Sequence[WantedData]) -> Iterator[Samples]:
    """The first stretch of each file."""
    parts = [Shards(data.name, (path,)) for path in data.files] if isinstance(data, Shards) else [data]
    for part in parts:
        for samples in part.stretches(wanted):
            yield samples
            break


def _wanting(wanted: WantedData, misfit: DataMistake) -> tuple[Remark, ...]:
    """What wants the numbers of an input to lie between bounds, where they do not."""
    if misfit.code is not codes.DATA_RANGE or wanted.wanted_at is None:
        return ()
    return (Remark(wanted.wanted_at, f"`{wanted.because}` takes them"),)
