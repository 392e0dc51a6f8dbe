"""`compile-spec show SPEC`: the typed graph as a table, without TensorFlow."""

from __future__ import annotations

import argparse
import re
import sys

from spec_compiler.cli.options import add_spec_options, limits_of, load_plugins, params_of, source_of
from spec_compiler.cli.terminal import ERRORS, FINE, wants_colour


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("spec", metavar="SPEC", help="a YAML or JSON file, or - for standard input")
    parser.add_argument(
        "--batch",
        type=_positive,
        metavar="NUMBER",
        help="how many samples a batch has, for the size of activations; the spec's fit.batch_size by default, or 32",
    )
    parser.add_argument(
        "--length",
        type=_positive,
        metavar="NUMBER",
        help="how long the axes are that inputs leave open, such as the steps of a sequence",
    )
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
    print(analysis.graph.summary(analysis.graph.cost(options.batch, options.length)))
    return FINE


def _positive(text: str) -> int:
    """A whole number of at least 1."""
    if not re.fullmatch("0*[1-9][0-9]{0,17}", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"takes a whole number of at least 1, not `{text}`")
    return int(text)
