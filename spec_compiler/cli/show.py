"""`compile-spec show SPEC`: the typed graph as a table, without TensorFlow."""

from __future__ import annotations

import argparse
import sys

from spec_compiler.cli.options import add_spec_options, limits_of, load_plugins, params_of, source_of
from spec_compiler.cli.terminal import ERRORS, FINE, wants_colour


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("spec", metavar="SPEC", help="a YAML or JSON file, or - for standard input")
    add_spec_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the graph of a spec; its mistakes go to standard error."""
    limits = limits_of(options)
    load_plugins(options)
    from spec_compiler.diagnostics.renderers.text import render
    from spec_compiler.pipeline import analyse

    analysis = analyse(source_of(options.spec), params=params_of(options), root=options.root, limits=limits)
    if analysis.report.diagnostics:
        print(render(analysis.report, colour=wants_colour(sys.stderr)), file=sys.stderr)
    if analysis.graph is None:
        return ERRORS
    print(analysis.graph.summary())
    return FINE
