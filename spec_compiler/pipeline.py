"""THE COMPILER ON ONE PAGE.

    text ─ read ─▶ Document ─ validate ─▶ SpecForm ─ expand ─▶ FlatSpec ─ link ─▶ Graph ─ infer ─▶ TypedGraph ─┬─ lint
         data + positions      what may be written     no sugar left    calls + edges    shapes, weights        └─ emit

Each stage takes what the one before made and adds what it finds wrong to the `Findings` of the run. A later stage
works on what is sound. At the end the report turns the places of the findings into lines and columns.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from spec_compiler.analysing.runnable import check_runnable
from spec_compiler.analysis import Analysis
from spec_compiler.catalog.registered import all_registered
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.diagnostics.report import Report
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.emitting.requirement import require_keras
from spec_compiler.expanding.expand import expand
from spec_compiler.graph.read_only import ReadOnlyDict
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.inferring.infer import infer
from spec_compiler.language.names import model_name_of
from spec_compiler.language.validate import validate
from spec_compiler.limits import DEFAULT_LIMITS, Limits
from spec_compiler.linking.link import link
from spec_compiler.linting.lint import lint, lint_part
from spec_compiler.memory import machine_memory, relaxed_gc
from spec_compiler.reading.document import Document
from spec_compiler.reading.read import Reading, read
from spec_compiler.reading.source import Source
from spec_compiler.spans import Place
from spec_compiler.views import GraphView, all_views, main_view, report_of, view

if TYPE_CHECKING:
    import keras

    from spec_compiler.catalog.layers.base import Operation
    from spec_compiler.emitting.keras_file.planned import KerasFiles
    from spec_compiler.emitting.keras_model.build import BuildProgress
    from spec_compiler.expanding.trace import ExpansionTrace
    from spec_compiler.graph.graph import Layer
    from spec_compiler.weight_files.plan import PlannedWeights, WeightReport

    WeightSource: TypeAlias = str | os.PathLike[str] | keras.Model
    WeightSources: TypeAlias = WeightSource | Mapping[str, WeightSource] | None

SpecSource = str | os.PathLike[str] | Mapping[Any, Any] | Source
"""A path, a mapping, or text as ``Source.text(...)``."""


class SpecError(Exception):
    """A spec with errors. `report` has the diagnostics; as text, the exception shows them."""

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.report = report

    def __str__(self) -> str:
        return f"the spec has errors\n\n{self.report}"


def analyse(
    source: SpecSource,
    *,
    params: Mapping[str, Any] | None = None,
    root: str | os.PathLike[str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    unsaved: Mapping[Path, str] | None = None,
    trace: ExpansionTrace | None = None,
    directory: Path | None = None,
    reading: Reading | None = None,
) -> Analysis:
    """Take a spec through the whole front end. Never raises for a bad spec; imports neither Keras nor TensorFlow.

    Args:
        source: A path, a mapping, or text as ``Source.text(...)``.
        params: Values for the spec's params, by name.
        root: The folder that imports may come from; the spec's own by default.
        limits: How much the spec may ask for.
        unsaved: The texts of files that it may import as editors have them, by their real paths.
        trace: Gets what expressions give and what names stand for, if anybody asks.
        directory: The folder that a spec lies in that is no file, which its imports are relative to.
        reading: What reading the source has given, if somebody has read it before.
    """
    source = Source.of(source)
    findings = Findings()
    documents = {"": Document(source.name, None)}
    with relaxed_gc():
        try:
            below = Path(root) if root else None
            if reading is None:
                documents[""] = read(source, findings, limits)
            else:
                documents[""] = reading.document
                findings.add_all(reading.findings, "")
            graph = _graph(source, dict(params or {}), directory, below, findings, limits, documents, unsaved, trace)
        except RecursionError:
            # Blocks in blocks, params of params, shared layers in shared layers: each is followed by recursion.
            findings.add(codes.TOO_DEEP, "what the spec names is nested too deep to be followed", Place(()))
            graph = None
        except MemoryError:
            findings.add(codes.TOO_MUCH_MEMORY, "to check the spec takes more memory than there is", Place(()))
            graph = None
        return Analysis(source.name, documents, findings, graph, limits, dict(params or {}))


def _graph(
    source: Source,
    params: dict[str, Any],
    directory: Path | None,
    root: Path | None,
    findings: Findings,
    limits: Limits,
    documents: dict[str, Document],
    unsaved: Mapping[Path, str] | None,
    trace: ExpansionTrace | None,
) -> TypedGraph | None:
    document = documents[""]
    form = validate(document.data, findings) if document.data is not None or not findings.errors else None
    if form is None:
        return None
    flat = expand(
        form,
        _default_name(source),
        findings,
        params=params,
        directory=source.directory or directory or root,
        root=root,
        limits=limits,
        documents=documents,
        unsaved=unsaved,
        trace=trace,
    )
    if flat is None:
        return None
    graph = link(flat, _registered_layers(), findings, limits)
    if graph is None:
        return None
    typed = infer(graph, findings, limits)
    if not findings.errors:
        check_runnable(typed, findings)
        if typed.graph.phases:
            from spec_compiler.analysing.phases import check_phases  # few specs have phases

            check_phases(typed, findings)
        lint(typed, findings)
        if typed.graph.parts:
            from spec_compiler.analysing.models import part_model  # few specs have parts

            for part in typed.graph.parts:
                lint_part(part_model(typed, part.name), findings)
    return typed


def _registered_layers() -> Mapping[str, type[Operation]]:
    """The layers of the calling program by their names in specs, as they are now."""
    if not all_registered(layers=True):
        return {}
    from spec_compiler.catalog.registered_layers import registered_layers  # few programs have layers of their own

    return registered_layers()


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
    model: str | None = None,
) -> GraphView:
    """The typed graph of a spec, without importing Keras or TensorFlow.

    Args:
        source: A path, a mapping, or text as ``Source.text(...)``.
        params: Values for the spec's params, by name.
        root: The folder that imports may come from; the spec's own by default.
        limits: How much the spec may ask for.
        model: Which of its models, of a spec that has several; the main one by default.

    Raises:
        SpecError: The spec has errors, or no such model; the exception has the report.
    """
    return model_of(analyse(source, params=params, root=root, limits=limits), model)


def model_of(analysis: Analysis, name: str | None) -> GraphView:
    """The graph of one of the models of a spec; of the main one, if no name is given.

    Raises:
        SpecError: The spec has errors, or no such model; the exception has the report.
    """
    main = main_view(analysis)
    if main is None:
        raise SpecError(analysis.report)
    if name is None:
        return main
    models = all_views(analysis)
    if name not in models:
        findings = Findings()
        hint, _ = did_you_mean(name, models)
        if hint is None and len(models) == 1:
            hint = f"it has the main model alone, `{main.name}`: parts stand under `models`"
        elif hint is None:
            hint = f"it has {', '.join(f'`{each}`' for each in models)}"
        place = Place(("models",)).key() if len(models) > 1 else Place(())
        findings.add(codes.UNKNOWN_MODEL, f"the spec has no model `{name}`", place, hint=hint)
        raise SpecError(analysis.report_of(findings))
    return models[name]


def compile_spec(
    source: SpecSource,
    *,
    params: Mapping[str, Any] | None = None,
    root: str | os.PathLike[str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    progress: BuildProgress | None = None,
    model: str | None = None,
    weights: WeightSources = None,
    partial_weights: bool = False,
    report_weights: Callable[[WeightReport], None] | None = None,
) -> keras.Model:
    """The Keras model of a spec, compiled if the spec trains it.

    Args:
        source: A path, a mapping, or text as ``Source.text(...)``.
        params: Values for the spec's params, by name.
        root: The folder that imports may come from; the spec's own by default.
        limits: How much the spec may ask for.
        progress: Is told how many nodes of how many are built.
        model: Which of its models, of a spec that has several; the main one by default.
        weights: Where weights come from: a file or a `keras.Model` for the whole model, or a mapping to these from the
            names of nodes, shared layers and copies of blocks.
        partial_weights: Whether layers may stay as they are that a source has no weights for, or none that fit.
        report_weights: Is told of each source what was taken, what was not, and why.

    Raises:
        SpecError: The spec has errors, or no such model, or weights do not fit; the exception has the report.
        KerasMissingError: Keras or TensorFlow is not installed.
    """
    graph = load_spec(source, params=params, root=root, limits=limits, model=model)
    with planned_weights(graph, weights, partial=partial_weights, limits=limits) as planned:
        made = build_model(graph, limits=limits, progress=progress)
        load_weights(made, graph, planned)
    if report_weights is not None:
        for each in planned:
            report_weights(each.report)
    return made


@contextmanager
def planned_weights(
    graph: GraphView, weights: Any, *, partial: bool = False, limits: Limits = DEFAULT_LIMITS
) -> Iterator[list[PlannedWeights]]:
    """What a graph takes of some sources of weights, which stay open; found without any framework.

    Raises:
        SpecError: A source cannot be read, or does not fit.
    """
    if weights is None:
        yield []
        return
    from spec_compiler.weight_files.held import UnreadableWeightsError
    from spec_compiler.weight_files.plan import plan_file, report_unreadable

    findings = Findings()
    planned: list[PlannedWeights] = []
    most_bytes = limits.memory_bytes if limits.memory_bytes is not None else machine_memory()
    sources = weights if isinstance(weights, Mapping) else {None: weights}
    with ExitStack() as opened:
        for part, source in sources.items():
            if isinstance(source, (str, os.PathLike)):
                found = plan_file(
                    graph,
                    part,
                    Path(source),
                    partial=partial,
                    most_bytes=most_bytes,
                    findings=findings,
                    opened=opened,
                )
            else:
                found = _planned_of_model(graph, part, source, partial, findings)
            planned += [found] if found is not None else []
        if findings.errors:
            raise SpecError(report_of(graph, findings))
        try:
            yield planned
        except UnreadableWeightsError as error:
            report_unreadable(error, findings)
            raise SpecError(report_of(graph, findings)) from error


def _planned_of_model(
    graph: GraphView, part: str | None, source: Any, partial: bool, findings: Findings
) -> PlannedWeights | None:
    require_keras()
    import keras

    if not isinstance(source, keras.Model):
        raise TypeError(f"weights come from a file or a keras.Model, not {type(source).__name__}")
    from spec_compiler.emitting.keras_model.weights import held_by
    from spec_compiler.weight_files.plan import plan_held

    return plan_held(graph, part, source.name, held_by(source), source, partial=partial, findings=findings)


def load_weights(model: keras.Model, graph: TypedGraph, planned: Sequence[PlannedWeights]) -> None:
    """Give a model the weights that are planned for its graph, whose sources are open."""
    if planned:
        from spec_compiler.emitting.keras_model.weights import assign_all

        assign_all(model, graph, planned)


def write_planned_weights(path: Path, graph: GraphView, planned: Sequence[PlannedWeights], limits: Limits) -> None:
    """Write a file of weights that are planned for all layers of a graph; through Keras where only that can.

    Raises:
        SpecError: The weights would not fit into the machine's memory.
        KerasMissingError: Keras is needed, and it or TensorFlow is not installed.
    """
    from spec_compiler.emitting.keras_file.held_values import HeldValues
    from spec_compiler.emitting.keras_file.only_keras import OnlyKerasCanError

    (only,) = planned
    try:
        files = keras_files(graph)
    except OnlyKerasCanError:
        model = build_model(graph, limits=limits)
        load_weights(model, graph, planned)
        model.save_weights(path)
    else:
        files.write_weights(path, HeldValues(graph, only))


class Models(ReadOnlyDict["str", "keras.Model"]):
    """The models of a spec by name, the main one first. They share their layers, and so their weights."""

    @property
    def main(self) -> keras.Model:
        """The main model."""
        return next(iter(self.values()))


def compile_models(
    source: SpecSource,
    *,
    params: Mapping[str, Any] | None = None,
    root: str | os.PathLike[str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    progress: BuildProgress | None = None,
) -> Models:
    """All Keras models of a spec, the main one and those under its `models`, on the same layers.

    Each is compiled by its own losses, metrics and `compile`. Training one of them trains the layers of all.

    Args:
        source: A path, a mapping, or text as ``Source.text(...)``.
        params: Values for the spec's params, by name.
        root: The folder that imports may come from; the spec's own by default.
        limits: How much the spec may ask for.
        progress: Is told how many nodes of how many are built.

    Raises:
        SpecError: The spec has errors; the exception has the report.
        KerasMissingError: Keras or TensorFlow is not installed.
    """
    analysis = analyse(source, params=params, root=root, limits=limits)
    if analysis.whole is None:
        raise SpecError(analysis.report)
    check_memory(view(analysis.whole, analysis), limits=limits)
    require_keras()
    from spec_compiler.emitting.keras_model.build import keras_models

    graphs = all_views(analysis)
    for graph in graphs.values():
        check_names(graph)
    with relaxed_gc():
        return Models(zip(graphs, keras_models([*graphs.values()], progress), strict=True))


def build_model(
    graph: TypedGraph, *, limits: Limits = DEFAULT_LIMITS, progress: BuildProgress | None = None
) -> keras.Model:
    """The Keras model of a typed graph.

    Raises:
        SpecError: The weights would not fit into the machine's memory, or Keras runs on what does not take their names.
        KerasMissingError: Keras or TensorFlow is not installed.
    """
    check_memory(graph, limits=limits)
    require_keras()
    check_names(graph)
    from spec_compiler.emitting.keras_model.build import keras_model

    with relaxed_gc():
        return keras_model(graph, progress)


def keras_files(graph: TypedGraph) -> KerasFiles:
    """The files of Keras for a typed graph, without Keras.

    Raises:
        OnlyKerasCanError: The model has something that only Keras can write.
    """
    from spec_compiler.emitting.keras_file.planned import KerasFiles

    with relaxed_gc():
        return KerasFiles(graph)


def check_memory(graph: TypedGraph, *, limits: Limits = DEFAULT_LIMITS, one_weight_at_a_time: bool = False) -> None:
    """Hold the size of all weights against the machine's memory, or the limit that is set instead.

    Args:
        graph: The graph.
        limits: The limit, if one is set.
        one_weight_at_a_time: Whether there is never more than one weight in memory.

    Raises:
        SpecError: The weights would not fit.
    """
    memory = limits.memory_bytes if limits.memory_bytes is not None else machine_memory()
    if memory is None or graph.weight_bytes <= memory:
        return
    if one_weight_at_a_time and graph.largest_weight_bytes <= memory:
        return
    largest = max(graph.weights, key=graph.layer_bytes)
    findings = Findings()
    findings.add(
        codes.TOO_MUCH_MEMORY,
        f"the weights take {graph.weight_bytes:,} bytes, and there are {memory:,}",
        graph.layers[largest].place.key(),
        hint=f"the largest are those of `{largest}`, {graph.layer_bytes(largest):,} bytes; `compile-spec show` has all",
    )
    raise SpecError(report_of(graph, findings))


def check_names(graph: TypedGraph) -> None:
    """Hold the names of weights against what Keras runs on: PyTorch takes none with a dot.

    Raises:
        SpecError: There are names that it does not take.
    """
    import keras

    if keras.backend.backend() != "torch":
        return
    findings = Findings()
    for layer, name in _dotted_weights(graph):
        findings.add(
            codes.UNSUPPORTED_BY_RUNTIME,
            f"PyTorch, on which Keras runs, takes no weight with a dot in its name: `{name}`",
            layer.place.key(),
            hint="give the layer a `name` without one; copies of `repeat` have `${index}` for it",
            scope=layer.scope,
        )
    if findings.errors:
        raise SpecError(report_of(graph, findings))


def _dotted_weights(graph: TypedGraph) -> Iterator[tuple[Layer, str]]:
    """Each layer that has weights with a dot in their names, and the first of these."""
    for key, layer in graph.layers.items():
        if key in graph.models:
            yield from _dotted_weights(graph.models[key])
            continue
        names = (f"{layer.keras_name}/{weight.name}" for weight in graph.weights.get(key, ()))
        dotted = next((name for name in names if "." in name), None)
        if dotted is not None:
            yield layer, dotted
