"""`compile-spec diff A B`: what two specs differ in, by structure; without TensorFlow."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from spec_compiler.cli.options import add_set_option, add_spec_options, limits_of, load_plugins, params_of, source_of
from spec_compiler.cli.terminal import UsageError, wants_colour

if TYPE_CHECKING:
    from spec_compiler.limits import Limits

SAME, DIFFERENT, TROUBLE = 0, 1, 2
"""Exit codes, as those of `diff`."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("a", metavar="A", help="a YAML or JSON file, or - for standard input")
    parser.add_argument("b", metavar="B", help="another one")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text for people (the default), JSON for tools"
    )
    add_spec_options(parser)
    add_set_option(parser, "--set-a", "params_a", "set a param of A only")
    add_set_option(parser, "--set-b", "params_b", "set a param of B only")


def run(options: argparse.Namespace) -> int:
    """Compare two specs; the mistakes of either go to standard error."""
    if options.a == options.b == "-":
        raise UsageError("standard input can be one of the two specs, not both")
    limits = limits_of(options)
    params = [params_of(options, *options.params_a), params_of(options, *options.params_b)]
    load_plugins(options)
    graphs = [
        _graph(name, given, options.root, limits) for name, given in zip((options.a, options.b), params, strict=True)
    ]
    if None in graphs:
        return TROUBLE
    from spec_compiler.comparing.compare import compare

    comparison = compare(*graphs)
    if options.format == "json":
        from spec_compiler.comparing.json_form import as_json

        print(as_json(comparison, options.a, options.b))
    else:
        from spec_compiler.comparing.text_form import as_text

        print(as_text(comparison, colour=wants_colour(sys.stdout)))
    return SAME if comparison.same else DIFFERENT


def _graph(name: str, params: dict[str, Any], root: str | None, limits: Limits) -> Any:
    """The typed graph of a spec; none if it has errors, which are printed. Warnings belong to `check`."""
    from spec_compiler.diagnostics.renderers.text import render
    from spec_compiler.pipeline import analyse

    analysis = analyse(source_of(name), params=params, root=root, limits=limits)
    if analysis.graph is None:
        print(render(analysis.report, colour=wants_colour(sys.stderr)), file=sys.stderr)
    return analysis.graph
