"""`compile-spec SPEC`: from a spec to files."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path

from spec_compiler.cli.options import add_spec_options, limits_of, load_plugins, params_of, source_of
from spec_compiler.cli.quiet import import_keras
from spec_compiler.cli.terminal import ERRORS, FINE, Progress, UsageError, wants_colour
from spec_compiler.emitting.files import Target, UnwritableError, check_writable, write_all
from spec_compiler.emitting.forms import FORMS, Form, form_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    forms = "; ".join(f"{form.suffix}: {form.title}" for form in FORMS)
    parser.add_argument("spec", metavar="SPEC", help="a YAML or JSON file, or - for standard input")
    parser.add_argument(
        "-o",
        "--output",
        action="append",
        default=[],
        metavar="OUT",
        help=f"a file to write, build/<name>.keras by default; may be given several times. {forms}",
    )
    add_spec_options(parser)


def run(options: argparse.Namespace) -> int:
    """Compile a spec, print its graph, and write the files that are asked for."""
    asked = [_asked(Path(name)) for name in options.output]
    limits = limits_of(options)
    load_plugins(options)
    from spec_compiler.diagnostics.renderers.text import render
    from spec_compiler.pipeline import SpecError, analyse, build_model, check_memory

    analysis = analyse(source_of(options.spec), params=params_of(options), root=options.root, limits=limits)
    if analysis.report.diagnostics:
        print(render(analysis.report, colour=wants_colour(sys.stderr)), file=sys.stderr)
    graph = analysis.graph
    if graph is None:
        return ERRORS
    if not asked:
        asked = [_asked(Path("build") / f"{graph.name}.keras")]
    print(graph.summary(), flush=True)
    targets = [Target(path, form.suffix, partial(form.of_graph, graph)) for path, form in asked if form.of_graph]
    if len(targets) < len(asked):
        progress = Progress("building")
        try:
            check_memory(graph, limits=limits)
            import_keras()
            model = build_model(graph, limits=limits, progress=progress)
        except SpecError as error:
            print(render(error.report, colour=wants_colour(sys.stderr)), file=sys.stderr)
            return ERRORS
        finally:
            progress.close()
        targets += [Target(path, form.suffix, partial(form.of_model, model)) for path, form in asked if form.of_model]
    try:
        write_all(targets)
    except UnwritableError as error:
        raise UsageError(str(error)) from error
    for path, _ in asked:
        print(f"wrote {path}")
    return FINE


def _asked(path: Path) -> tuple[Path, Form]:
    """A file to write and its form; whether it can be written is looked at before any work is done."""
    form = form_of(path)
    if form is None:
        known = ", ".join(each.suffix for each in FORMS)
        raise UsageError(f"`{path}`: the suffix of an output is one of {known}")
    try:
        check_writable(path)
    except UnwritableError as error:
        raise UsageError(str(error)) from error
    return path, form
