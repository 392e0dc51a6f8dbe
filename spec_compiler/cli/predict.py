"""`compile-spec predict MODEL --data DATA -o OUT`: what a trained model makes of inputs, in a file."""

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
from spec_compiler.cli.sources import file_ids, graph_ids, plugin_ids, refuse_sources
from spec_compiler.cli.terminal import ERRORS, FINE, UsageError, Waiting, print_report
from spec_compiler.cli.training import (
    output_path,
    print_warnings,
    progress_on_standard_error,
)
from spec_compiler.diagnostics.visible import visible
from spec_compiler.emitting.files import Target, UnwritableError, reserved


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument(
        "spec", metavar="MODEL", help="a trained model, as a .keras file; or a spec, with --weights as a rule"
    )
    add_data_options(parser, "the inputs")
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="OUT",
        help="the predictions by the names of the outputs: .npz, .parquet or .csv",
    )
    add_model_option(parser)
    add_weights_options(parser)
    add_spec_options(parser)


def run(options: argparse.Namespace) -> int:
    """Predict, and write what comes out."""
    from spec_compiler.training.predictions import SUFFIXES, require_writer

    limits = limits_of(options)
    weights = weights_of(options)
    output = output_path(options.output, SUFFIXES)
    suffix = output.suffix.lower()
    require_writer(suffix)
    load_plugins(options)
    from spec_compiler.pipeline import SpecError
    from spec_compiler.training.evaluate import batch_size_of
    from spec_compiler.training.feed import feed
    from spec_compiler.training.predict import predictions
    from spec_compiler.training.predictions import write_predictions
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
            size = batch_size_of(given.graph, options.batch_size)
            data = feed(
                given.graph,
                options.data,
                with_targets=False,
                check_all=options.check_all,
                stream=options.stream or None,
                batch_size=size,
                limits=limits,
            )
        print_warnings(data.warnings)
        read = [*data.files, *weights.values(), *([options.spec] if is_file else [])]
        refuse_sources([output], file_ids(read) | graph_ids(given.graph) | plugin_ids(options))
        from spec_compiler.cli.keras_import import import_keras

        with reserved({output: False}) as places:
            with Waiting("starting Keras"):
                import_keras()
            names = [each.name for each in given.graph.outputs]
            model = given.built()
            counted: list[int] = []
            with Waiting("predicting"), progress_on_standard_error():
                stretches = predictions(model, data, size, names)
                places.write([Target(output, suffix, lambda path: counted.append(write_predictions(stretches, path)))])
    except SpecError as error:
        print_report(error.report)
        return ERRORS
    except UnwritableError as error:
        raise UsageError(str(error)) from error
    print(f"wrote {counted[0]:,} predictions to {visible(str(output))}")
    return FINE
