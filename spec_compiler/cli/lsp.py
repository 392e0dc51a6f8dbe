"""`compile-spec lsp`: the language server, for editors, over standard input and output."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import redirect_stdout

from spec_compiler.cli.options import add_limit_option, add_plugin_option, limits_of, load_plugins
from spec_compiler.cli.terminal import FINE, UsageError
from spec_compiler.emitting.requirement import require_library


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.description = (
        "The language server: an editor starts it and talks to it over standard input and output, by the Language "
        "Server Protocol. `docs/how-to/editors.md` says what to write for which editor."
    )
    parser.add_argument(
        "--stdio", action="store_true", help="talk over standard input and output, which is the only way there is"
    )
    add_plugin_option(parser)
    add_limit_option(parser)


def run(options: argparse.Namespace) -> int:
    """Answer an editor until it says that it ends."""
    if sys.stdin is None or sys.stdout is None:
        raise UsageError("the language server talks over standard input and output, and one of them is closed")
    if sys.stdin.isatty():
        raise UsageError("the language server is started by an editor: see docs/how-to/editors.md")
    require_library("pygls")
    # What is printed by mistake, by a plugin say, must not get between the messages; and pygls closes what it wrote to.
    with open(os.dup(sys.stdout.fileno()), "wb") as write, redirect_stdout(sys.stderr):
        load_plugins(options)
        from spec_compiler.language_server.server import make_server

        make_server(limits_of(options)).talk(sys.stdin.buffer, write)
    return FINE
