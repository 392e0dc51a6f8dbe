"""`compile-spec data SPEC [FILE]`: what a model wants of its data, and a sample held against it; without TensorFlow."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from spec_compiler.cli.options import add_model_option, add_spec_options, limits_of, load_plugins, params_of, source_of
from spec_compiler.cli.sources import file_ids, graph_ids, refuse_sources
from spec_compiler.cli.terminal import ERRORS, FINE, UsageError, Waiting, print_report, wants_colour, width


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("spec", metavar="SPEC", help="a YAML or JSON file, or - for standard input")
    parser.add_argument(
        "file",
        nargs="?",
        metavar="FILE",
        help="a .npz, .parquet, .csv or .tfrecord file with inputs and targets by their names; without it, say what is "
        "wanted",
    )
    parser.add_argument(
        "--no-targets", action="store_true", help="the file is for predictions, and is to have inputs alone"
    )
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text for people (the default), JSON for tools"
    )
    add_model_option(parser)
    add_spec_options(parser)


def run(options: argparse.Namespace) -> int:
    """Say what a model wants, or hold a file against it; the mistakes of the spec go to standard error."""
    limits = limits_of(options)
    load_plugins(options)
    from spec_compiler.pipeline import SpecError, load_spec

    if options.no_targets and options.file is None:
        raise UsageError("--no-targets says what a FILE is to have")
    source = source_of(options.spec)
    try:
        graph = load_spec(source, params=params_of(options), root=options.root, limits=limits, model=options.model)
    except SpecError as error:
        print_report(error.report)
        return ERRORS
    refuse_sources([], graph_ids(graph) | file_ids([options.file] if options.file is not None else []))
    if options.file is None:
        if options.format == "json":
            from spec_compiler.emitting.graph_json import contract_json

            print(contract_json(graph))
        else:
            from spec_compiler.emitting.data_contract import contract_text

            print(contract_text(graph.data_contract, graph.logs, width()))
        return FINE
    from spec_compiler.training.check_data import check_data_file

    path = Path(options.file)
    with Waiting(f"checking {path.name}"):
        report = check_data_file(graph, path, with_targets=not options.no_targets, limits=limits)
    if options.format == "json":
        from spec_compiler.diagnostics.renderers import json

        print(json.render([report]))
    else:
        from spec_compiler.diagnostics.renderers.text import render

        text = render(report, colour=wants_colour(sys.stdout))
        print(text if text else f"{options.file}: as `{graph.name}` wants it")
    return FINE if report.ok else ERRORS
