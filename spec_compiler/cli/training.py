"""What `fit`, `evaluate` and `predict` have in common: their streams, and the files that they write."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

from spec_compiler.cli.terminal import UsageError, print_report
from spec_compiler.emitting.files import UnwritableError, check_writable

if TYPE_CHECKING:
    from spec_compiler.diagnostics.report import Report
    from spec_compiler.training.fit import Prepared
    from spec_compiler.views import GraphView


def output_path(name: str, suffixes: Sequence[str]) -> Path:
    """The file that an argument names; what it holds its suffix says.

    Raises:
        UsageError: It has none of the suffixes, or cannot be written.
    """
    path = Path(name)
    if not any(path.name.lower().endswith(suffix) for suffix in suffixes):
        raise UsageError(f"`{name}`: the suffix of this output is one of {', '.join(suffixes)}")
    try:
        check_writable(path)
    except UnwritableError as error:
        raise UsageError(str(error)) from error
    return path


def monitored(metric: str | None, graph: GraphView, prepared: Prepared) -> tuple[str, str]:
    """The value by which models are held against each other, and whether lower or higher is better.

    Raises:
        UsageError: Training logs no such value, or nobody knows when it is better.
    """
    from spec_compiler.training.monitor import NotMonitoredError, monitored_value

    try:
        return monitored_value(metric, graph, prepared)
    except NotMonitoredError as error:
        raise UsageError(f"--monitor {error}") from error


def print_warnings(*reports: Report | None) -> None:
    """Print what is doubtful."""
    for report in reports:
        if report is not None and report.diagnostics:
            print_report(report)


def verbosity(quiet: bool) -> int:
    """What Keras is to show of its work: bars on a terminal, else a line an epoch."""
    if quiet:
        return 0
    return 1 if sys.stderr.isatty() else 2


@contextmanager
def progress_on_standard_error() -> Iterator[None]:
    """Keras shows its work on standard output, which is for results."""
    with redirect_stdout(sys.stderr):
        yield
