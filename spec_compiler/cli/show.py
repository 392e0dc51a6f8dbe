"""`compile-spec show SPEC`: the typed graph as a table, without TensorFlow."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from spec_compiler.cli.options import (
    add_model_option,
    add_spec_options,
    limits_of,
    load_plugins,
    params_of,
    positive_number,
    source_of,
)
from spec_compiler.cli.sources import refuse_sources
from spec_compiler.cli.terminal import ERRORS, FINE, UsageError, Waiting, print_report, width

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spec_compiler.views import GraphView


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("spec", metavar="SPEC", help="a YAML or JSON file, or - for standard input")
    parser.add_argument(
        "--cost",
        action="store_true",
        help="say what each node costs too: bytes of weights and activations, multiply-adds",
    )
    parser.add_argument(
        "--batch",
        type=positive_number,
        metavar="NUMBER",
        help="with the cost, for so many samples in a batch; the spec's fit.batch_size by default, or 32",
    )
    parser.add_argument(
        "--length",
        type=positive_number,
        metavar="NUMBER",
        help="with the cost, for axes of this length where inputs leave them open, such as the steps of a sequence",
    )
    parser.add_argument(
        "--masks", action="store_true", help="say which tensors have a mask, of which node, and where it is lost"
    )
    parser.add_argument("--ranges", action="store_true", help="say between which bounds the elements of tensors lie")
    parser.add_argument(
        "--gradients", action="store_true", help="say to which nodes a gradient of the losses comes, and where it ends"
    )
    parser.add_argument("--node", metavar="NAME", help="say all that is known of one node, and nothing of the others")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text for people (the default), JSON for tools"
    )
    add_model_option(parser)
    add_spec_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the graph of a spec; its mistakes go to standard error."""
    limits = limits_of(options)
    load_plugins(options)
    from spec_compiler.pipeline import SpecError, analyse, model_of

    source, params = source_of(options.spec), params_of(options)
    with Waiting(f"checking {source.name}"):
        analysis = analyse(source, params=params, root=options.root, limits=limits)
    refuse_sources([], analysis.file_ids)
    if analysis.report.diagnostics:
        print_report(analysis.report)
    if analysis.whole is None:
        return ERRORS
    try:
        graph = model_of(analysis, options.model)
    except SpecError as error:
        print_report(error.report)
        return ERRORS
    sys.stdout.writelines(_shown(graph, options))
    print()
    return FINE


def _shown(graph: GraphView, options: argparse.Namespace) -> Iterable[str]:
    """What is shown of a graph, or of one of its nodes, in pieces."""
    wants_cost = options.cost or options.batch is not None or options.length is not None
    cost = graph.cost(options.batch, options.length) if wants_cost else None
    if options.node is not None:
        if options.node not in graph.nodes:
            raise UsageError(_unknown_node(graph, options.node))
        report = graph.node_report(options.node, cost)
        return [report.json() if options.format == "json" else report.text(width())]
    facts = tuple(fact for fact in ("masks", "ranges", "gradients") if getattr(options, fact))
    if options.format == "json":
        from spec_compiler.emitting.graph_json import graph_json_pieces

        return graph_json_pieces(graph, facts, cost)
    from spec_compiler.emitting.data_contract import contract_text
    from spec_compiler.emitting.summary import summary

    return [f"{summary(graph, cost, width(), facts)}\n{contract_text(graph.data_contract, graph.logs, width())}"]


def _unknown_node(graph: GraphView, name: str) -> str:
    """What to say of a node that does not exist: what may have been meant, and the copies that it was repeated to."""
    from spec_compiler.diagnostics.suggest import did_you_mean

    copies = [each for each in graph.nodes if each.startswith(f"{name}.")]
    if copies:
        listed = ", ".join(copies[:8]) + (f" and {len(copies) - 8} more" if len(copies) > 8 else "")
        return f"`{name}` stands for {listed}: name one of these"
    hint, _ = did_you_mean(name, graph.nodes)
    return f"no node is named `{name}`" + (f"; {hint}" if hint is not None else "")
