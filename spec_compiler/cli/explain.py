"""`compile-spec explain SC301`, `explain Dense`: what a diagnostic means, what a type or a block takes and gives."""

from __future__ import annotations

import argparse
import contextlib
import sys

from spec_compiler.cli.terminal import FINE, UsageError, wants_colour


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument(
        "subject",
        metavar="SUBJECT",
        help="the code or the name of a diagnostic (SC301, unknown-reference), or a name that a spec can have: "
        "a layer, an op, a loss, … (Dense, ops.matmul, Adam), a block that ships with the compiler, a file of such "
        "blocks (bottleneck, std/residual.yaml), or a key of the language (repeat, fit)",
    )


def run(options: argparse.Namespace) -> int:
    """Print all that a name stands for."""
    from spec_compiler.explaining import pages_of

    subject = options.subject
    pages = pages_of(subject)
    if not pages:
        raise UsageError(_unknown(subject))
    _print("\n".join(pages).rstrip())
    return FINE


def _print(page: str) -> None:
    """Print a page: styled on a terminal, and elsewhere as the Markdown that it is."""
    if sys.stdout.isatty() or wants_colour(sys.stdout):
        with contextlib.suppress(ImportError):  # a light installation is without rich
            from spec_compiler.cli.markdown import print_markdown

            print_markdown(page)
            return
    print(page)


def _unknown(subject: str) -> str:
    from spec_compiler.catalog import describe, registry
    from spec_compiler.diagnostics.codes import CODES
    from spec_compiler.diagnostics.suggest import did_you_mean
    from spec_compiler.expanding.standard import application_import, application_imports, standard_imports
    from spec_compiler.expanding.standard_blocks import shipped_blocks, standard_blocks
    from spec_compiler.explaining import keys

    if reason := registry.FORBIDDEN.get(subject):
        return f"`{subject}` does not exist in specs: {reason}"
    names = [
        *describe.names(),
        *CODES,
        *(code.name for code in CODES.values()),
        *standard_imports(),
        *standard_blocks(),
        *keys(),
        *application_imports(),
        *(block.name for block in shipped_blocks(application_import(subject) or "")),
    ]
    kinds = ("type", "activation", "initializer", "regularizer", "loss", "metric", "optimizer", "callback")
    hint = next(filter(None, (did_you_mean(subject, names, kind)[0] for kind in kinds)), None)
    return f"nothing is called `{subject}`" + (f"; {hint}" if hint else "")
