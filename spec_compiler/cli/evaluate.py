"""`compile-spec evaluate MODEL --data DATA`: the loss and the metrics of a trained model on data."""

from __future__ import annotations

import argparse

from spec_compiler.cli.options import (
    add_data_options,
    add_model_option,
    add_spec_options,
    add_weights_options,
    limits_of,
    load_plugins,
    params_of,
    source_of,
    weights_of,
)
from spec_compiler.cli.sources import file_ids, graph_ids, refuse_sources
from spec_compiler.cli.terminal import ERRORS, FINE, Waiting, print_report
from spec_compiler.cli.training import print_warnings, progress_on_standard_error


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument(
        "spec", metavar="MODEL", help="a trained model, as a .keras file; or a spec, with --weights as a rule"
    )
    add_data_options(parser, "what is evaluated on")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text for people (the default), JSON for tools"
    )
    add_model_option(parser)
    add_weights_options(parser)
    add_spec_options(parser)


def run(options: argparse.Namespace) -> int:
    """Evaluate a model, and print its loss and metrics by name."""
    limits = limits_of(options)
    weights = weights_of(options)
    load_plugins(options)
    from spec_compiler.pipeline import SpecError
    from spec_compiler.training.evaluate import batch_size_of, evaluate_feed
    from spec_compiler.training.feed import check_trains, feed
    from spec_compiler.training.json_text import json_text
    from spec_compiler.training.trained import is_model_file, trained

    try:
        with Waiting("checking"):
            is_file = is_model_file(options.spec)
            given = trained(
                options.spec if is_file else source_of(options.spec),
                params=params_of(options),
                root=options.root,
                limits=limits,
                model=options.model,
                weights=weights or None,
                partial_weights=options.partial_weights,
            )
            check_trains(given.graph)
            size = batch_size_of(given.graph, options.batch_size)
            data = feed(
                given.graph,
                options.data,
                check_all=options.check_all,
                stream=options.stream or None,
                batch_size=size,
                limits=limits,
            )
        print_warnings(data.warnings)
        read = [*data.files, *weights.values(), *([options.spec] if is_file else [])]
        refuse_sources([], file_ids(read) | graph_ids(given.graph))
        from spec_compiler.cli.keras_import import import_keras

        with Waiting("starting Keras"):
            import_keras()
        with Waiting("evaluating"), progress_on_standard_error():
            values = evaluate_feed(given.built(), data, size, return_dict=True, verbose=0)
    except SpecError as error:
        print_report(error.report)
        return ERRORS
    found = {name: float(value) for name, value in values.items()}
    if options.format == "json":
        print(json_text(found))
    else:
        longest = max(map(len, found))
        for name, value in found.items():
            print(f"{name:<{longest}}  {value:.6g}")
    return FINE
