"""`compile-spec fmt SPEC...`: specs in one form, with their comments and their order; without TensorFlow."""

from __future__ import annotations

import argparse
import difflib
import io
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from spec_compiler.cli.options import add_limit_option, limits_of, source_of
from spec_compiler.cli.terminal import ERRORS, FINE, UsageError, wants_colour
from spec_compiler.emitting.files import Target, UnwritableError, write_all
from spec_compiler.formatting.format import Formatted, format_spec


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("specs", nargs="+", metavar="SPEC", help="a YAML or JSON file, or - for standard input")
    parser.add_argument("--check", action="store_true", help="write nothing; list the specs that would change")
    parser.add_argument("--diff", action="store_true", help="write nothing; print what would change")
    add_limit_option(parser)


def run(options: argparse.Namespace) -> int:
    """Format some specs where they lie; nothing is written if one of them cannot be read."""
    limits = limits_of(options)
    results = {name: format_spec(source_of(name), limits) for name in dict.fromkeys(options.specs)}
    if not all(result.report.ok for result in results.values()):
        from spec_compiler.diagnostics.renderers.text import render

        for result in results.values():
            if not result.report.ok:
                print(render(result.report, colour=wants_colour(sys.stderr)), file=sys.stderr)
        return ERRORS
    if options.check or options.diff:
        return _look(results, check=options.check, diff=options.diff)
    _write(results)
    return FINE


def _look(results: dict[str, Formatted], *, check: bool, diff: bool) -> int:
    """Print what would change; with both options the list goes to standard error, to leave the diff a diff."""
    changing = [result for result in results.values() if result.changed]
    for result in changing:
        if diff:
            sys.stdout.writelines(_diff(result, colour=wants_colour(sys.stdout)))
        if check:
            print(f"{result.report.file}: would be formatted", file=sys.stderr if diff else sys.stdout)
    return ERRORS if changing else FINE


def _write(results: dict[str, Formatted]) -> None:
    targets = [
        Target(Path(name), Path(name).suffix, partial(_write_to, text=result.after or ""))
        for name, result in results.items()
        if result.changed and name != "-"
    ]
    try:
        write_all(targets)
    except UnwritableError as error:
        raise UsageError(str(error)) from error
    for name, result in results.items():
        if name == "-":
            sys.stdout.write(result.after or "")
        else:
            told = sys.stderr if "-" in results else sys.stdout
            print(f"{name}: {'formatted' if result.changed else 'no change'}", file=told)


def _write_to(path: Path, text: str) -> None:
    path.write_bytes(text.encode())


def _diff(result: Formatted, *, colour: bool) -> Iterator[str]:
    name = result.report.file
    before, after = (
        io.StringIO(text, newline="\n").readlines() for text in (result.before.decode(), result.after or "")
    )
    for line in difflib.unified_diff(before, after, name, f"{name}, formatted"):
        ended = line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        code = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"}.get(line[0]) if colour else None
        yield f"{code}{ended[:-1]}\x1b[0m\n" if code else ended
