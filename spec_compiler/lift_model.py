"""A model of Keras, or a file of one, as the graph of a spec."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.diagnostics.report import Report, make_report
from spec_compiler.emitting.requirement import require_keras
from spec_compiler.limits import DEFAULT_LIMITS, Limits
from spec_compiler.memory import relaxed_gc
from spec_compiler.pipeline import SpecError, analyse
from spec_compiler.reading.read import read
from spec_compiler.reading.source import Source
from spec_compiler.spans import Place
from spec_compiler.views import GraphView, main_view

if TYPE_CHECKING:
    import keras

    from spec_compiler.lifting.model_file import ModelFile


@dataclass(frozen=True)
class LiftedModel:
    """What became of a model of Keras.

    Attributes:
        graph: Its graph; None if a spec cannot say all of it.
        report: What is otherwise than in the model, and what a spec cannot say.
    """

    graph: GraphView | None
    report: Report


def from_keras(model: keras.Model | str | os.PathLike[str], *, limits: Limits = DEFAULT_LIMITS) -> GraphView:
    """The graph of a functional or sequential model of Keras, so that `.to_spec()` gives its spec.

    Args:
        model: The model, or a file of one: `.keras`, the JSON of an architecture, or `.h5`, of Keras 2 too. Of a file
            nothing is executed, and neither Keras nor TensorFlow is imported.
        limits: How much the model may ask for.

    Raises:
        SpecError: A spec cannot say all of it, or the file cannot be read; the exception has the report.
    """
    lifted = lift_model(model, limits=limits)
    if lifted.graph is None:
        raise SpecError(lifted.report)
    return lifted.graph


def lift_model(model: keras.Model | str | os.PathLike[str], *, limits: Limits = DEFAULT_LIMITS) -> LiftedModel:
    """What becomes of a model of Keras as a spec, and what is to be said of it; the arguments are as for `from_keras`.

    What is read goes through the whole front end, so that every check holds; what that finds is reported with its
    place in the configuration.
    """
    from spec_compiler.lifting.lift import lift
    from spec_compiler.lifting.model_file import read_model_file

    findings = Findings()
    with relaxed_gc():
        if isinstance(model, (str, os.PathLike)):
            name = os.fspath(model)
            file = read_model_file(Path(model), findings, limits)
        else:
            name = model.name
            file = _model_in_memory(model, findings, limits)
        lifted = lift(file, findings) if file is not None else None
        graph = None
        if lifted is not None:
            analysis = analyse(Source(name, lifted.spec), limits=limits)
            graph = main_view(analysis)
            for finding in analysis.findings if graph is None else ():
                if finding.code.severity == "error":
                    findings.take(lifted.located(finding))
        documents = {"": file.document} if file is not None else {}
        return LiftedModel(graph, make_report(name, findings, documents, most=limits.findings))


def _model_in_memory(model: keras.Model, findings: Findings, limits: Limits) -> ModelFile | None:
    require_keras()
    import keras

    if not isinstance(model, keras.Model):
        raise TypeError(f"a model is a keras.Model or a file of one, not {type(model).__name__}")
    from spec_compiler.emitting.keras_model.files import NoConfigurationError, configuration_of, vocabularies_of
    from spec_compiler.lifting.model_file import ModelFile
    from spec_compiler.lifting.vocabularies import write_vocabularies

    try:
        data = configuration_of(model)
    except NoConfigurationError as error:
        findings.add(codes.NOT_LIFTABLE, str(error), Place(()))
        return None
    document = read(Source(model.name, data), findings, limits)
    if document.data is None:
        return None
    learnt = vocabularies_of(model)
    write_vocabularies(document.data, lambda layer: learnt.get(layer.name), findings)
    return ModelFile(document)
