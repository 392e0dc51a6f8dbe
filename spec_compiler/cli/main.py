"""The command line: which command is meant, and how it ends."""

from __future__ import annotations

import argparse
import platform
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

from spec_compiler import __version__
from spec_compiler.cli.terminal import BUG, USAGE, UsageError

COMMANDS = {
    "check": "find all mistakes of some specs",
    "fmt": "bring specs into one form, with their comments and their order",
    "diff": "compare two specs by structure",
    "show": "print the graph of a spec: shapes, dtypes, parameters",
    "explain": "say what a diagnostic means, or what a type takes and gives",
    "schema": "print the JSON Schema of the language",
}
"""The commands by their names; what is none of these is a spec that is to be compiled."""

_REPORT = """\

This is a bug in spec-compiler, not in your spec. Please file it, with the lines above and, if you can, the spec:
https://github.com/spec-compiler/spec-compiler/issues
spec-compiler {version}, Python {python}, {platform}"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments ask for, and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        name, parser, rest = _parser(words)
        command = import_module(f"spec_compiler.cli.{name}")
        command.add_arguments(parser)
        return int(command.run(parser.parse_args(rest)))
    except UsageError as error:
        print(f"compile-spec: {error}", file=sys.stderr)
        return USAGE
    except BrokenPipeError:
        # Whoever read the output has gone; Python would complain once more when it closes the stream.
        sys.stdout = None
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception:
        traceback.print_exc(limit=-3)
        note = _REPORT.format(version=__version__, python=platform.python_version(), platform=platform.platform())
        print(note, file=sys.stderr)
        return BUG


def _parser(words: list[str]) -> tuple[str, argparse.ArgumentParser, list[str]]:
    """The module of the command, its parser without its own arguments, and the words for it."""
    if words and words[0] in COMMANDS:
        name = words[0]
        parser = argparse.ArgumentParser(prog=f"compile-spec {name}", description=COMMANDS[name])
        return name, parser, words[1:]
    listed = "\n".join(f"  {name:<8} {about}" for name, about in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="compile-spec",
        description="Compile a spec of a neural network to a Keras model.",
        epilog=f"other commands, each with --help:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"spec-compiler {__version__}")
    return "compile", parser, words


def run() -> None:
    """The entry point of the `compile-spec` command."""
    sys.exit(main())
