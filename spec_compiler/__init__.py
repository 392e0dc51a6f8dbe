"""Neural networks described in YAML or JSON, compiled to Keras models.

The names below are the public interface. They are looked up when they are first used, so that importing the
package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spec_compiler.custom_objects import register, register_layer
    from spec_compiler.diagnostics.diagnostic import Diagnostic, Related
    from spec_compiler.diagnostics.report import Report
    from spec_compiler.emitting.requirement import KerasMissingError, PicturesMissingError
    from spec_compiler.lift_model import from_keras
    from spec_compiler.limits import Limits
    from spec_compiler.pipeline import (
        SpecError,
        check_spec,
        compile_models,
        compile_spec,
        load_spec,
    )
    from spec_compiler.reading.source import Source
    from spec_compiler.spans import Position, Span
    from spec_compiler.training.check_data import check_data
    from spec_compiler.training.evaluate import evaluate
    from spec_compiler.training.fit import fit
    from spec_compiler.training.predict import predict
    from spec_compiler.training.sweep import sweep
    from spec_compiler.views import GraphView as TypedGraph

__version__ = "0.1.0"

_HOME = {
    "Diagnostic": "diagnostics.diagnostic.Diagnostic",
    "KerasMissingError": "emitting.requirement.KerasMissingError",
    "Limits": "limits.Limits",
    "PicturesMissingError": "emitting.requirement.PicturesMissingError",
    "Position": "spans.Position",
    "Related": "diagnostics.diagnostic.Related",
    "Report": "diagnostics.report.Report",
    "Source": "reading.source.Source",
    "Span": "spans.Span",
    "SpecError": "pipeline.SpecError",
    "TypedGraph": "views.GraphView",
    "check_data": "training.check_data.check_data",
    "check_spec": "pipeline.check_spec",
    "compile_models": "pipeline.compile_models",
    "compile_spec": "pipeline.compile_spec",
    "evaluate": "training.evaluate.evaluate",
    "fit": "training.fit.fit",
    "from_keras": "lift_model.from_keras",
    "load_spec": "pipeline.load_spec",
    "predict": "training.predict.predict",
    "register": "custom_objects.register",
    "register_layer": "custom_objects.register_layer",
    "sweep": "training.sweep.sweep",
}

__all__ = [
    "Diagnostic",
    "KerasMissingError",
    "Limits",
    "PicturesMissingError",
    "Position",
    "Related",
    "Report",
    "Source",
    "Span",
    "SpecError",
    "TypedGraph",
    "check_data",
    "check_spec",
    "compile_models",
    "compile_spec",
    "evaluate",
    "fit",
    "from_keras",
    "load_spec",
    "predict",
    "register",
    "register_layer",
    "sweep",
]


if not TYPE_CHECKING:  # type checkers know the names from above, and find those that are misspelt

    def __getattr__(name: str) -> Any:
        home = _HOME.get(name)
        if home is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module, _, attribute = home.rpartition(".")
        found = getattr(import_module(f"{__name__}.{module}"), attribute)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return [*globals(), *_HOME]
