"""THE COMPILER ON ONE PAGE.

    text ─ read ─▶ Document ─ validate ─▶ SpecForm ─ expand ─▶ FlatSpec ─ link ─▶ Graph ─ infer ─▶ TypedGraph ─┬─ lint
         data + positions      what may be written     no sugar left    calls + edges    shapes, weights        └─ emit

Each stage takes what the one before made and adds what it finds wrong to the `Findings` of the run. A later stage
works on what is sound. At the end the report turns the places of the findings into lines and columns.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spec_compiler.catalog import custom
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.diagnostics.report import Report, make_report
from spec_compiler.expanding.expand import expand
from spec_compiler.graph.infer import infer
from spec_compiler.graph.link import link
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.language.names import model_name_of
from spec_compiler.language.validate import validate
from spec_compiler.limits import DEFAULT_LIMITS, Limits
from spec_compiler.linting.lint import lint
from spec_compiler.memory import machine_memory, patient_collector
from spec_compiler.reading.document import Document
from spec_compiler.reading.read import read
from spec_compiler.reading.source import Source
from spec_compiler.spans import Place

if TYPE_CHECKING:
    import keras

    from spec_compiler.emitting.keras_model import Progress

SpecSource = str | os.PathLike[str] | Mapping[Any, Any] | Source
"""A path, a mapping, or text as ``Source.text(...)``."""


class SpecError(Exception):
    """A spec with errors. `report` has the diagnostics; as text, the exception shows them."""

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.report = report

    def __str__(self) -> str:
        return f"the spec has errors\n\n{self.report}"


@dataclass(frozen=True)
class Analysis:
    """All that the front end finds out about a spec. There is a graph only if there are no errors."""

    report: Report
    graph: TypedGraph | None


def analyse(
    source: SpecSource,
    *,
    params: Mapping[str, Any] | None = None,
    root: str | os.PathLike[str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Analysis:
    """Take a spec through the whole front end. Never raises for a bad spec; imports neither Keras nor TensorFlow."""
    source = Source.of(source)
    findings = Findings()
    documents: dict[str, Document] = {}
    with patient_collector():
        try:
            graph = _graph(source, dict(params or {}), Path(root) if root else None, findings, limits, documents)
        except RecursionError:
            # Blocks in blocks, params of params, shared layers in shared layers: each is followed by recursion.
            findings.add(codes.TOO_DEEP, "what the spec names is nested too deep to be followed", Place(()))
            graph = None
        ignored = graph.graph.ignored_lints if graph is not None else frozenset()
        report = make_report(source.name, findings, documents, ignored)
    return Analysis(report, graph if report.ok else None)


def _graph(
    source: Source,
    params: dict[str, Any],
    root: Path | None,
    findings: Findings,
    limits: Limits,
    documents: dict[str, Document],
) -> TypedGraph | None:
    document = documents[""] = read(source, findings, limits)
    form = validate(document.data, findings) if document.data is not None or not findings.errors else None
    if form is None:
        return None
    flat = expand(
        form,
        _default_name(source),
        findings,
        params=params,
        directory=source.directory or root,
        root=root,
        limits=limits,
        documents=documents,
    )
    if flat is None:
        return None
    graph = link(flat, custom.registered(), findings, limits)
    if graph is None:
        return None
    typed = infer(graph, findings, limits)
    if not findings.errors:
        lint(typed, findings)
    return typed


def _default_name(source: Source) -> str:
    """What a model is called whose spec does not say: as its file, or `model`."""
    return model_name_of(source.content.stem) if isinstance(source.content, Path) else "model"


def check_spec(
    source: SpecSource,
    *,
    params: Mapping[str, Any] | None = None,
    root: str | os.PathLike[str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Report:
    """Find all mistakes of a spec.

    Args:
        source: A path, a mapping, or text as ``Source.text(...)``.
        params: Values for the spec's params, by name.
        root: The folder that imports may come from; the spec's own by default.
        limits: How much the spec may ask for.

    Returns:
        The report; ``report.ok`` says whether there are no errors. Never raises for a bad spec, and never imports
        Keras or TensorFlow.
    """
    return analyse(source, params=params, root=root, limits=limits).report


def load_spec(
    source: SpecSource,
    *,
    params: Mapping[str, Any] | None = None,
    root: str | os.PathLike[str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> TypedGraph:
    """The typed graph of a spec, without importing Keras or TensorFlow.

    Args:
        source: A path, a mapping, or text as ``Source.text(...)``.
        params: Values for the spec's params, by name.
        root: The folder that imports may come from; the spec's own by default.
        limits: How much the spec may ask for.

    Raises:
        SpecError: The spec has errors; the exception has the report.
    """
    analysis = analyse(source, params=params, root=root, limits=limits)
    if analysis.graph is None:
        raise SpecError(analysis.report)
    return analysis.graph


def compile_spec(
    source: SpecSource,
    *,
    params: Mapping[str, Any] | None = None,
    root: str | os.PathLike[str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    progress: Progress | None = None,
) -> keras.Model:
    """The Keras model of a spec, compiled if the spec trains it.

    Args:
        source: A path, a mapping, or text as ``Source.text(...)``.
        params: Values for the spec's params, by name.
        root: The folder that imports may come from; the spec's own by default.
        limits: How much the spec may ask for.
        progress: Is told how many nodes of how many are built.

    Raises:
        SpecError: The spec has errors; the exception has the report.
    """
    analysis = analyse(source, params=params, root=root, limits=limits)
    if analysis.graph is None:
        raise SpecError(analysis.report)
    return build_model(analysis.graph, limits=limits, progress=progress)


def build_model(graph: TypedGraph, *, limits: Limits = DEFAULT_LIMITS, progress: Progress | None = None) -> keras.Model:
    """The Keras model of a typed graph.

    Raises:
        SpecError: The weights would not fit into the machine's memory.
    """
    check_memory(graph, limits=limits)
    from spec_compiler.emitting.keras_model import keras_model

    with patient_collector():
        return keras_model(graph, progress)


def check_memory(graph: TypedGraph, *, limits: Limits = DEFAULT_LIMITS) -> None:
    """Hold the size of all weights against the machine's memory, or the limit that is set instead.

    Raises:
        SpecError: The weights would not fit.
    """
    memory = limits.memory_bytes if limits.memory_bytes is not None else machine_memory()
    if memory is not None and graph.weight_bytes > memory:
        findings = Findings()
        findings.add(
            codes.TOO_MUCH_MEMORY,
            f"the weights take {graph.weight_bytes:,} bytes, and there are {memory:,}",
            Place(()),
            hint="`compile-spec show` says which layers are the largest",
        )
        raise SpecError(make_report(graph.name, findings, {}))


def register_layer(keras_class: Any) -> str:
    """Make a layer of the calling program known to specs, for this process.

    Args:
        keras_class: A subclass of `keras.layers.Layer`.

    Returns:
        The name that specs use: the one under which the class is registered with Keras (`package>Name`), or
        `Custom>Name` for a class that is not.

    Raises:
        TypeError: It is no such class.
    """
    from spec_compiler.emitting.custom_layers import register_layer as register

    return register(keras_class)
