"""The files that a run reads: no output replaces one of them, or is added to it, whatever it is called."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spec_compiler.cli import streams
from spec_compiler.cli.terminal import UsageError
from spec_compiler.reading.file_id import FileId

if TYPE_CHECKING:
    from spec_compiler.views import GraphView


def file_ids(paths: Iterable[str | Path]) -> set[FileId]:
    """The identities of files that are read; of those that are not there, that is said when they are read."""
    return {found for path in paths if (found := FileId.of_path(path)) is not None}


def plugin_ids(options: argparse.Namespace) -> set[FileId]:
    """The identities of the files of the plugins that were imported."""
    files = [getattr(sys.modules.get(name), "__file__", None) for name in options.plugin]
    return file_ids(file for file in files if file is not None)


def graph_ids(graph: GraphView) -> frozenset[FileId]:
    """The identities of the files that the spec of a graph was read from."""
    return graph.analysis.file_ids if graph.analysis is not None else frozenset()


def refuse_sources(outputs: Sequence[Path], sources: Iterable[FileId | None]) -> None:
    """Refuse to replace what the run reads, or to add to it; standard output and error are always among the outputs.

    Args:
        outputs: Where something is to be written besides.
        sources: What is read; not asked for where nothing is written to a file.

    Raises:
        UsageError: An output is one of the files.
    """
    printed = {name: FileId.of_stream(stream) for name, stream in (("output", sys.stdout), ("error", sys.stderr))}
    if not outputs and not any(printed.values()):
        return
    files = {source for source in sources if source is not None}
    if printed["error"] in files:
        streams.divert_errors()
    if outputs:
        from spec_compiler.emitting.files import UnwritableError, check_no_source

        try:
            check_no_source(outputs, files)
        except UnwritableError as error:
            raise UsageError(str(error)) from error
    for name, file in printed.items():
        if file in files:
            raise UsageError(f"standard {name} is a source of this run, and is not written to")
