"""`compile-spec check SPEC...`: all mistakes of some specs, without TensorFlow."""

from __future__ import annotations

import argparse
import sys

from spec_compiler.cli.options import add_spec_options, limits_of, load_plugins, params_of, source_of
from spec_compiler.cli.terminal import ERRORS, FINE, wants_colour


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("specs", nargs="+", metavar="SPEC", help="a YAML or JSON file, or - for standard input")
    parser.add_argument(
        "--format",
        choices=("text", "json", "sarif", "github"),
        default="text",
        help="text for people (the default), JSON or SARIF for tools, annotations for GitHub Actions",
    )
    add_spec_options(parser)


def run(options: argparse.Namespace) -> int:
    """Check some specs and print what is wrong with them."""
    limits = limits_of(options)
    params = params_of(options)
    load_plugins(options)
    from spec_compiler.pipeline import check_spec

    reports = [check_spec(source_of(name), params=params, root=options.root, limits=limits) for name in options.specs]
    if options.format == "json":
        from spec_compiler.diagnostics.renderers import json

        print(json.render(reports))
    elif options.format == "sarif":
        from spec_compiler import __version__
        from spec_compiler.diagnostics.renderers import sarif

        print(sarif.render(reports, __version__))
    elif options.format == "github":
        from spec_compiler.diagnostics.renderers import github

        if text := github.render(reports):
            print(text)
    else:
        from spec_compiler.diagnostics.renderers import text as as_text

        for report in reports:
            print(as_text.render(report, colour=wants_colour(sys.stdout)) or as_text.summary_line(report))
    return FINE if all(report.ok for report in reports) else ERRORS
