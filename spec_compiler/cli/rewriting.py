"""What commands have in common that write specs anew where they lie: previews, files, and what is said of them."""

from __future__ import annotations

import argparse
import difflib
import io
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from spec_compiler.cli.specs import has_folders, is_named
from spec_compiler.cli.streams import write_document
from spec_compiler.cli.terminal import ERRORS, FINE, UsageError, print_report, wants_colour
from spec_compiler.diagnostics.report import Report
from spec_compiler.diagnostics.visible import visible
from spec_compiler.emitting.files import Target, UnwritableError, write_all


class Rewritten(Protocol):
    """A spec's text before and after; after only if the spec could be read."""

    @property
    def report(self) -> Report:
        """What keeps it from being rewritten."""

    @property
    def before(self) -> bytes:
        """The bytes as they are."""

    @property
    def after(self) -> str | None:
        """The text as it should be."""

    @property
    def changed(self) -> bool:
        """Whether the two differ."""


@dataclass(frozen=True)
class Rewriting:
    """How a command that rewrites specs goes on once it knows what they should be.

    Attributes:
        done: What is said of a spec that was rewritten: `formatted`.
    """

    done: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The options about what is written and said."""
        parser.add_argument("--check", action="store_true", help="write nothing; list the specs that would change")
        parser.add_argument("--diff", action="store_true", help="write nothing; print what would change")
        parser.add_argument("-q", "--quiet", action="store_true", help="print errors and differences, and nothing else")

    def run(self, results: Mapping[str, Rewritten], options: argparse.Namespace) -> int:
        """Rewrite specs where they lie, or say what would change; nothing is written if one of them has errors."""
        if not all(result.report.ok for result in results.values()):
            for result in results.values():
                if not result.report.ok:
                    print_report(result.report)
            return ERRORS
        if options.check or options.diff:
            return self._preview(results, options)
        _write(results)
        if not options.quiet:
            self._say(results, options)
        return FINE

    def _preview(self, results: Mapping[str, Rewritten], options: argparse.Namespace) -> int:
        """Print what would change; with both options the list goes to standard error, to leave the diff a diff."""
        changing = [result for result in results.values() if result.changed]
        listing = sys.stderr if options.diff else sys.stdout
        for result in changing:
            if options.diff:
                sys.stdout.writelines(self._diff(result, colour=wants_colour(sys.stdout)))
            if options.check and not options.quiet:
                print(f"{visible(result.report.file)}: would be {self.done}", file=listing)
        if options.check and not options.quiet and has_folders(options):
            left = len(results) - len(changing)
            print(f"{_specs(len(changing))} would be {self.done}, {left:,} would not", file=listing)
        return ERRORS if changing else FINE

    def _say(self, results: Mapping[str, Rewritten], options: argparse.Namespace) -> None:
        """Say what was rewritten: of each spec that is named or has changed, and of all if they are a folder's."""
        listing = sys.stderr if "-" in results else sys.stdout
        files = {name: result for name, result in results.items() if name != "-"}
        for name, result in files.items():
            if result.changed or is_named(name, options):
                print(f"{visible(name)}: {self.done if result.changed else 'no change'}", file=listing)
        if has_folders(options):
            changed = sum(result.changed for result in files.values())
            print(f"{self.done} {_specs(changed)}, left {len(files) - changed:,} as they were", file=listing)

    def _diff(self, result: Rewritten, *, colour: bool) -> Iterator[str]:
        name = result.report.file
        before, after = (
            io.StringIO(text, newline="\n").readlines() for text in (result.before.decode(), result.after or "")
        )
        for line in difflib.unified_diff(before, after, name, f"{name}, {self.done}"):
            ended = line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            ended = visible(ended, keep="\t\r\n")
            code = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"}.get(line[0]) if colour else None
            yield f"{code}{ended[:-1]}\x1b[0m\n" if code else ended


def write_texts(texts: Mapping[Path, str]) -> None:
    """Write some files, all or none.

    Raises:
        UsageError: One cannot be written.
    """
    try:
        write_all([Target(path, path.suffix, partial(_write_to, text=text)) for path, text in texts.items()])
    except UnwritableError as error:
        raise UsageError(str(error)) from error


def _write(results: Mapping[str, Rewritten]) -> None:
    changing = {
        os.path.realpath(name): (Path(name), result.after or "")
        for name, result in results.items()
        if result.changed and name != "-"
    }
    write_texts(dict(changing.values()))
    if "-" in results:
        write_document(results["-"].after or "")


def _specs(count: int) -> str:
    from spec_compiler.diagnostics.renderers.text import counted

    return counted(count, "spec")


def _write_to(path: Path, text: str) -> None:
    path.write_bytes(text.encode())
