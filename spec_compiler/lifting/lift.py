"""A model in Keras's configuration → the data of a spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from spec_compiler.catalog.keras_config.deserialize import ConfigPath, NoConfigError, UnreadableConfigError
from spec_compiler.catalog.keras_config.form import ConfigData
from spec_compiler.diagnostics.diagnostic import Finding, Findings
from spec_compiler.language.names import MODEL_NAME, model_name_of
from spec_compiler.lifting.keras_model import FUNCTIONAL, SEQUENTIAL, keras_model
from spec_compiler.lifting.model_file import ModelFile
from spec_compiler.lifting.modernize import modernized
from spec_compiler.lifting.run import LiftingRun
from spec_compiler.lifting.sequential import as_functional
from spec_compiler.lifting.sharing import shared_layers
from spec_compiler.lifting.spec_of_model import SpecWriter
from spec_compiler.lifting.training import LiftedTraining
from spec_compiler.spans import Place


@dataclass(frozen=True)
class Lifted:
    """The data of a spec, and where each part of it stands in the configuration."""

    spec: ConfigData
    places: Mapping[ConfigPath, ConfigPath]

    def located(self, finding: Finding) -> Finding:
        """What was found in the spec, with its place in the configuration."""
        related = tuple(remark._replace(place=self._place_of(remark.place)) for remark in finding.related)
        return replace(finding, place=self._place_of(finding.place), related=related, scope=None, fix=None, guess=None)

    def _place_of(self, place: Place) -> Place:
        for length in range(len(place.path), 0, -1):
            at = self.places.get(place.path[:length])
            if at is not None:
                return Place((*at, *place.path[length:]))
        return Place(())


def lift(file: ModelFile, findings: Findings) -> Lifted | None:
    """The spec of the model in a file.

    Returns:
        The spec; None if a spec cannot say all of it: then the findings say what, each layer that is to blame.
    """
    before = findings.errors
    run = LiftingRun(findings)
    with run.reporting(()):
        name, writer, training = _read(file, run)
        for sentence, path in run.notes:
            run.changed(sentence, path)
        if findings.errors == before:
            spec = writer.spec(name, training)
            return Lifted(spec, run.places) if findings.errors == before else None
    return None


def _read(file: ModelFile, run: LiftingRun) -> tuple[str, SpecWriter, LiftedTraining]:
    """The name of the model, what writes its graph, and what it is trained for."""
    data = file.document.data
    if not isinstance(data, dict):
        raise NoConfigError("this is no configuration of a Keras model")
    data = modernized(data, file.training, file.keras_version, run.notes)
    if data.get("class_name") == SEQUENTIAL:
        data = as_functional(data)
    _refuse_other_models(data, ())
    model = keras_model(data, ())
    run.shared = shared_layers(data, run.say)
    name = model.name if MODEL_NAME.fullmatch(model.name) else model_name_of(model.name)
    if name != model.name:
        run.changed(
            f"the model `{model.name}` is called `{name}`: a name is of letters, digits, `_`, `.`, `-` and `>`",
            ("config", "name"),
        )
    compiled = data.get("compile_config")
    training = LiftedTraining(compiled if isinstance(compiled, dict) else None, ("compile_config",), model.output_keys)
    for problem in training.problems:
        run.say(problem)
    return name, SpecWriter(run, model), training


def _refuse_other_models(data: Any, path: ConfigPath) -> None:
    """Refuse a model that is not functional: its class says what it computes, and a configuration does not."""
    name = data.get("class_name") if isinstance(data, dict) else None
    if not isinstance(name, str):
        raise NoConfigError("this is no configuration of a Keras model", path)
    if name != FUNCTIONAL:
        raise UnreadableConfigError(
            f"`{name}` is a model of a class of its own, whose code says what it computes: only functional and "
            "sequential models can be read",
            path,
        )
