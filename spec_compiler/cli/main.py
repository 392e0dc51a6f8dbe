"""The command line: which command is meant, and how it ends."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from importlib import import_module

from spec_compiler import __version__
from spec_compiler.cli import streams
from spec_compiler.cli.parser import Parser, refuse_misspelt_command
from spec_compiler.cli.terminal import BUG, ERRORS, FINE, SIGNALLED, USAGE, UsageError
from spec_compiler.diagnostics.visible import visible
from spec_compiler.emitting.requirement import LibraryMissingError
from spec_compiler.memory import leave_all_to_the_system, relaxed_gc
from spec_compiler.termination import Terminated, termination_raised

COMMANDS = {
    "check": "find all mistakes of some specs",
    "fmt": "bring specs into one form, with their comments and their order",
    "diff": "compare two specs by structure",
    "lift": "turn a model that Keras has saved into a spec",
    "fold": "write what repeats in specs once, in blocks, `repeat` and `for`",
    "show": "print the graph of a spec: shapes, dtypes, parameters",
    "view": "show the page of a spec in the browser, as it is edited",
    "data": "hold a sample of data against what a model wants of it",
    "fit": "train the model of a spec on data",
    "rerun": "repeat a training run from its folder",
    "sweep": "try the values of params that a spec's `search` names",
    "evaluate": "say what loss and metrics a trained model has on data",
    "predict": "write what a trained model makes of inputs",
    "explain": "say what a diagnostic means, or what a type takes and gives",
    "lsp": "answer editors: the language server, which they start",
    "schema": "print the JSON Schema of the language",
    "completion": "print a script with which a shell completes these commands",
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
        try:
            return _run(words)
        finally:
            sys.stdout.flush()  # what cannot be written is to be known here, and not when Python ends
    except UsageError as error:
        print(f"compile-spec: {visible(str(error))}", file=sys.stderr)
        return USAGE
    except LibraryMissingError as error:
        print(f"compile-spec: {error}", file=sys.stderr)
        return ERRORS
    except BrokenPipeError:
        return SIGNALLED + signal.SIGPIPE
    except KeyboardInterrupt:
        return SIGNALLED + signal.SIGINT
    except Terminated as end:
        return SIGNALLED + end.number
    except Exception:
        import platform
        import traceback

        trace = traceback.format_exc(limit=-3)
        print(visible(trace, keep="\n").rstrip(), file=sys.stderr)
        note = _REPORT.format(version=__version__, python=platform.python_version(), platform=platform.platform())
        print(note, file=sys.stderr)
        return BUG


def _run(words: list[str]) -> int:
    refuse_misspelt_command(words, COMMANDS)
    name = words[0] if words and words[0] in COMMANDS else "compile"
    options = parser_of(name).parse_args(words if name == "compile" else words[1:])
    options.words = words
    return int(import_module(f"spec_compiler.cli.{name}").run(options))


def parser_of(name: str) -> Parser:
    """The parser of a command, or of `compile`, which is none."""
    if name in COMMANDS:
        parser = Parser(prog=f"compile-spec {name}", description=COMMANDS[name])
    else:
        longest = max(map(len, COMMANDS))
        listed = "\n".join(f"  {command:<{longest}}  {about}" for command, about in COMMANDS.items())
        parser = Parser(
            prog="compile-spec",
            description="Compile a spec of a neural network to a Keras model.",
            epilog=f"other commands, each with --help:\n{listed}",
        )
        parser.add_argument("--version", action="version", version=f"spec-compiler {__version__}")
    import_module(f"spec_compiler.cli.{name}").add_arguments(parser)
    return parser


def run() -> None:
    """The entry point of the `compile-spec` command."""
    streams.prepare()
    with termination_raised(), relaxed_gc():
        code = main()
    if code not in (FINE, ERRORS):
        streams.forsake()
    leave_all_to_the_system()
    sys.exit(code)
