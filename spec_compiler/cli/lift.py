"""`compile-spec lift MODEL`: from a model that Keras has saved to its spec, without Keras."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from spec_compiler.cli.options import add_limit_option, add_plugin_option, limits_of, load_plugins
from spec_compiler.cli.sources import file_ids, plugin_ids, refuse_sources
from spec_compiler.cli.streams import write_document
from spec_compiler.cli.terminal import ERRORS, FINE, UsageError, Waiting, print_report
from spec_compiler.diagnostics.visible import visible
from spec_compiler.emitting.files import (
    Target,
    UnwritableError,
    check_distinct,
    check_writable,
    write_all,
)

if TYPE_CHECKING:
    from spec_compiler.limits import Limits
    from spec_compiler.views import GraphView

STANDARD_OUTPUT = "-"
_SUFFIXES = (".yaml", ".yml")
_WEIGHTS = ".weights.h5"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument(
        "model", metavar="MODEL", help="a .keras file, the JSON of an architecture, or an .h5 file; of Keras 2 too"
    )
    parser.add_argument(
        "-o",
        "--output",
        default=STANDARD_OUTPUT,
        metavar="SPEC",
        help="the spec to write, a .yaml file; standard output by default",
    )
    parser.add_argument(
        "--weights",
        metavar="OUT",
        help="write the model's weights too, to a .weights.h5 file that compiling the spec takes with --weights",
    )
    parser.add_argument(
        "--plain", action="store_true", help="write everything out, arguments by default too, and fold nothing"
    )
    parser.add_argument(
        "--rename",
        action="store_true",
        help="call layers after their nodes and blocks; by default each keeps the name that it has in the model",
    )
    add_plugin_option(parser)
    add_limit_option(parser)


def run(options: argparse.Namespace) -> int:
    """Read a model, write its spec, and say what is otherwise in it."""
    try:
        return _run(options)
    except UnwritableError as error:
        raise UsageError(str(error)) from error


def _run(options: argparse.Namespace) -> int:
    if options.rename and options.weights is not None:
        raise UsageError("--weights are found by the names of the layers in the model: leave out --rename")
    output = None if options.output == STANDARD_OUTPUT else _writable(options.output, _SUFFIXES, "a spec")
    weights = None if options.weights is None else _writable(options.weights, (_WEIGHTS,), "weights")
    paths = [path for path in (output, weights) if path is not None]
    check_distinct(paths)
    refuse_sources(paths, file_ids([options.model]))
    limits = limits_of(options)
    load_plugins(options)
    refuse_sources(paths, plugin_ids(options))
    from spec_compiler.fold_spec import readable_spec, renamed_spec
    from spec_compiler.lift_model import lift_model
    from spec_compiler.pipeline import SpecError

    with Waiting(f"reading {options.model}"):
        lifted = lift_model(options.model, limits=limits)
    if lifted.report.diagnostics:
        print_report(lifted.report)
    if lifted.graph is None:
        return ERRORS
    if options.rename:
        text = renamed_spec(lifted.graph, plain=options.plain)
    else:
        text = lifted.graph.to_yaml() if options.plain else readable_spec(lifted.graph)
    targets = [] if output is None else [Target(output, output.suffix, partial(_write, text=text))]
    if weights is None:
        write_all(targets)
    else:
        try:
            _write_with_weights(targets, weights, lifted.graph, options.model, limits)
        except SpecError as error:
            print_report(error.report)
            return ERRORS
    if output is None:
        write_document(text)
    for path in paths:
        print(f"wrote {visible(str(path))}", file=sys.stderr if output is None else sys.stdout)
    return FINE


def _write_with_weights(targets: list[Target], weights: Path, graph: GraphView, model: str, limits: Limits) -> None:
    """Write what is to be written, and the weights of the model for the graph of its spec."""
    from spec_compiler.pipeline import planned_weights, write_planned_weights

    with planned_weights(graph, model, limits=limits) as planned:
        write = partial(write_planned_weights, graph=graph, planned=planned, limits=limits)
        write_all([*targets, Target(weights, _WEIGHTS, write)])


def _writable(name: str, suffixes: tuple[str, ...], what: str) -> Path:
    path = Path(name)
    if not path.name.endswith(suffixes):
        verb = "are" if what == "weights" else "is"
        raise UsageError(f"`{path}`: {what} {verb} written to a file ending in {' or '.join(suffixes)}")
    check_writable(path)
    return path


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")
