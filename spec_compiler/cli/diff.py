"""`compile-spec diff A B`: what two specs differ in, by structure; without TensorFlow."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spec_compiler.cli.options import add_set_option, add_spec_options, limits_of, load_plugins, params_of, source_of
from spec_compiler.cli.sources import plugin_ids, refuse_sources
from spec_compiler.cli.terminal import UsageError, print_report, wants_colour
from spec_compiler.diagnostics.visible import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spec_compiler.analysis import Analysis
    from spec_compiler.comparing.comparison import Comparison
    from spec_compiler.limits import Limits

SAME, DIFFERENT, TROUBLE = 0, 1, 2
"""Exit codes, as those of `diff`."""

_SUFFIX = ".html"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("a", metavar="A", help="a YAML or JSON file, or - for standard input")
    parser.add_argument("b", metavar="B", help="another one")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text for people (the default), JSON for tools"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        help="a file to write besides, .html: both as one graph, with what was added, removed and changed in colours",
    )
    add_spec_options(parser)
    add_set_option(parser, "--set-a", "params_a", "set a param of A only")
    add_set_option(parser, "--set-b", "params_b", "set a param of B only")


def run(options: argparse.Namespace) -> int:
    """Compare two specs; the mistakes of either go to standard error."""
    if options.a == options.b == "-":
        raise UsageError("standard input can be one of the two specs, not both")
    output = _output(options.output)
    limits = limits_of(options)
    params = [params_of(options, *options.params_a), params_of(options, *options.params_b)]
    load_plugins(options)
    names = (options.a, options.b)
    analyses = [_analysis(name, given, options.root, limits) for name, given in zip(names, params, strict=True)]
    from spec_compiler.views import main_view

    graphs = [graph for graph in map(main_view, analyses) if graph is not None]
    if len(graphs) < len(analyses):
        return TROUBLE
    from spec_compiler.comparing.compare import compare

    comparison = compare(*graphs)
    read = plugin_ids(options).union(*(each.file_ids for each in analyses))
    refuse_sources([output] if output is not None else [], read)
    if output is not None:
        _write(output, names, analyses, comparison)
    if options.format == "json":
        from spec_compiler.comparing.json_form import as_json

        print(as_json(comparison, options.a, options.b))
    else:
        from spec_compiler.comparing.text_form import as_text

        print(as_text(comparison, colour=wants_colour(sys.stdout)))
    return SAME if comparison.same else DIFFERENT


def _analysis(name: str, params: dict[str, Any], root: str | None, limits: Limits) -> Analysis:
    """What is known of a spec; its errors are printed. Warnings belong to `check`."""
    from spec_compiler.pipeline import analyse

    analysis = analyse(source_of(name), params=params, root=root, limits=limits)
    refuse_sources([], analysis.file_ids)
    if analysis.whole is None:
        print_report(analysis.report)
    return analysis


def _output(name: str | None) -> Path | None:
    """The file to write; whether it can be is looked at before any work is done."""
    if name is None:
        return None
    from spec_compiler.emitting.files import UnwritableError, check_writable

    if not name.endswith(_SUFFIX) or Path(name).name == _SUFFIX:
        raise UsageError(f"`{name}`: a comparison is written to a file whose suffix is {_SUFFIX}")
    try:
        check_writable(Path(name))
    except UnwritableError as error:
        raise UsageError(str(error)) from error
    return Path(name)


def _write(path: Path, names: Sequence[str], analyses: Sequence[Analysis], comparison: Comparison) -> None:
    """Write the page of both specs; that is said on standard error, since what is printed may be for a tool."""
    from spec_compiler.emitting.files import Target, UnwritableError, write_all
    from spec_compiler.emitting.page.comparison import Compared, comparison_data
    from spec_compiler.emitting.page.html import page_html
    from spec_compiler.views import main_view

    before, after = (
        Compared(name, graph, analysis.origin)
        for name, analysis in zip(names, analyses, strict=True)
        if (graph := main_view(analysis)) is not None
    )
    text = page_html(comparison_data(before, after, comparison))
    try:
        write_all([Target(path, _SUFFIX, lambda place: _write_text(place, text))])
    except UnwritableError as error:
        raise UsageError(str(error)) from error
    print(f"wrote {visible(str(path))}", file=sys.stderr)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")
