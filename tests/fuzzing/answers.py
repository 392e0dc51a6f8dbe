"""What the compiler must do with any text: answer, soon, and keep its laws. Anything else is an exception."""

from __future__ import annotations

import time
from contextlib import suppress

import spec_compiler as sc
from spec_compiler.comparing.compare import compare
from spec_compiler.diagnostics.codes import CODES
from spec_compiler.emitting.data_contract import contract_text
from spec_compiler.emitting.graph_json import graph_json
from spec_compiler.emitting.keras_file.only_keras import OnlyKerasCanError
from spec_compiler.emitting.keras_file.planned import KerasFiles
from spec_compiler.formatting.format import format_spec
from spec_compiler.pipeline import analyse
from spec_compiler.reading.source import Source
from spec_compiler.views import GraphView, all_views

SECONDS = 20
"""How long one text may take; a machine that does much else is slow."""


class SlowError(Exception):
    """A text took too long."""


def ask(graph: GraphView) -> None:
    """Ask a graph all that can be asked without Keras and without layout: each question has an answer.

    Raises:
        AssertionError: A law of the text does not hold.
    """
    assert compare(graph, graph).same
    rendered = graph.to_yaml()
    assert sc.load_spec(Source.text(rendered)).to_yaml() == rendered
    assert sc.load_spec(Source.text(graph.to_spec())).to_yaml() == rendered
    cost = graph.cost()
    graph_json(graph, ("masks", "ranges", "gradients"), cost)
    graph.summary(cost, width=80, masks=True, ranges=True, gradients=True)
    contract_text(graph.data_contract, graph.logs, 80)
    for name in list(graph.nodes)[:20]:
        graph.node_report(name, cost).text(80)
        graph.node_report(name, cost).json()
    compile(graph.to_python(), "model.py", "exec")
    compile(graph.to_python(flat=True), "model.py", "exec")
    graph.to_mermaid()
    graph.to_dot()
    graph.sharing()
    with suppress(OnlyKerasCanError):
        KerasFiles(graph).json()


def answer(text: str | bytes) -> sc.Report:
    """Read, check, format and compare a text, and ask all of its graph.

    Raises:
        SlowError: It took too long.
        AssertionError: A law does not hold.
        Exception: Whatever a bug of the compiler raises.
    """
    begun = time.process_time()
    report = sc.check_spec(Source.text(text))
    assert {d.code for d in report.diagnostics} <= set(CODES)
    for diagnostic in report.diagnostics:
        assert diagnostic.message
    str(report)
    if report.ok:
        analysis = analyse(Source.text(text))
        for graph in all_views(analysis).values():
            ask(graph)
    formatted = format_spec(Source.text(text))
    if formatted.after is not None:
        assert format_spec(Source.text(formatted.after)).after == formatted.after
    if time.process_time() - begun > SECONDS:
        raise SlowError(f"{time.process_time() - begun:.0f} s")
    return report
