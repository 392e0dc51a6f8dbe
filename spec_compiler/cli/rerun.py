"""`compile-spec rerun FOLDER`: a training run once more, as its folder says."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from spec_compiler.cli import fit
from spec_compiler.cli.parser import Parser
from spec_compiler.cli.terminal import UsageError
from spec_compiler.diagnostics.visible import visible


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("folder", metavar="FOLDER", help="the folder of a run that `fit` has made")
    parser.add_argument(
        "-o", "--output", metavar="OUT", help="the trained model: .keras (FOLDER/rerun/model.keras by default)"
    )
    parser.add_argument("--quiet", action="store_true", help="show no progress")


_IF_GIVEN = ("validation", "epochs", "batch_size", "monitor", "processes", "replicas")
_IF_SET = ("stream", "check_all", "partial_weights")
_SEVERAL = ("weights", "plugin", "limit", "layout")


def run(options: argparse.Namespace) -> int:
    """Repeat a run: its spec with everything expanded, its data, options and seed."""
    from spec_compiler.training.run_folder import NoRunError, RunFolder

    folder = RunFolder(Path(options.folder))
    try:
        record = folder.record()
        warnings = [*_changes(record)]
        output = options.output or str(folder.path / "rerun" / "model.keras")
        words = [str(folder.spec), *_words_of(record), "-o", output, *(["--quiet"] if options.quiet else [])]
    except NoRunError as error:
        raise UsageError(str(error)) from error
    except (KeyError, TypeError) as error:
        raise UsageError(f"`{folder.path}` is no folder of a training run: `run.json` is damaged") from error
    for each in warnings:
        print(f"compile-spec: warning: {each}", file=sys.stderr)
    parser = Parser("compile-spec fit", "")
    fit.add_arguments(parser)
    again = parser.parse_args(words)
    again.words = ["fit", *words]
    return fit.run(again)


def _changes(record: Mapping[str, Any]) -> Iterator[str]:
    """What is not as it was in the run: files of data, and versions of libraries."""
    from spec_compiler.training.run_folder import data_record, versions

    for each in (*record["data"], *record["validation_data"]):
        path = Path(each["file"])
        if not path.is_file() or data_record([path])[0]["sha256"] != each["sha256"]:
            yield f"`{visible(each['file'])}` is not as it was"
    for name, given in versions().items():
        was = record["versions"].get(name)
        if was != given:
            yield f"{name} was {was or 'not installed'} and is {given}"


def _words_of(record: Mapping[str, Any]) -> Iterator[str]:
    """The options of `fit` that a run was asked for. Those that came later are in no older record."""
    asked = record["asked"]
    yield from ("--data", asked["data"], "--seed", str(record["seed"]))
    for name in _IF_GIVEN:
        if asked.get(name) is not None:
            yield from (_option(name), str(asked[name]))
    for name in _IF_SET:
        if asked.get(name):
            yield _option(name)
    for name in _SEVERAL:
        for value in asked.get(name, ()):
            yield from (_option(name), value)


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
