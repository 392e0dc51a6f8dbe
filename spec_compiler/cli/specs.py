"""The specs that arguments name: files, and the specs of folders."""

from __future__ import annotations

import argparse
import os
import sys

from spec_compiler.checking.discover import begins_as_spec, specs_below
from spec_compiler.cli.sources import refuse_sources
from spec_compiler.reading.file_id import FileId


def add_specs_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that name specs."""
    parser.add_argument(
        "specs",
        nargs="+",
        metavar="SPEC",
        help="a YAML or JSON file, a folder with all specs in it, or - for standard input",
    )
    parser.add_argument(
        "--specs-only",
        action="store_true",
        help="leave out files that do not begin as specs, as is done in folders",
    )


def specs_of(options: argparse.Namespace) -> list[str]:
    """The paths of the specs, each once; a folder stands for the specs in it.

    Raises:
        UsageError: One of them is what standard output is written to.
    """
    found: dict[str, None] = {}
    for name in options.specs:
        if name != "-" and os.path.isdir(name):
            below = specs_below(name)
            if not below:
                print(f"compile-spec: warning: there are no specs in `{name}`", file=sys.stderr)
            found |= dict.fromkeys(map(os.path.normpath, below))
        elif name == "-" or not options.specs_only or begins_as_spec(name):
            found[name if name == "-" else os.path.normpath(name)] = None
    refuse_sources([], (FileId.of_stream(sys.stdin) if name == "-" else FileId.of_path(name) for name in found))
    return list(found)


def has_folders(options: argparse.Namespace) -> bool:
    """Whether specs are named by the folder that they are in."""
    return any(map(os.path.isdir, options.specs))


def is_named(name: str, options: argparse.Namespace) -> bool:
    """Whether a spec is named itself, and not found in a folder."""
    return name in {each if each == "-" else os.path.normpath(each) for each in options.specs}
