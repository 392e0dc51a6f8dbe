"""Neural networks described in YAML or JSON, compiled to Keras models.

The names below are the public interface. They are looked up when they are first used, so that importing the
package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spec_compiler.diagnostics.diagnostic import Diagnostic, Related
    from spec_compiler.diagnostics.report import Report
    from spec_compiler.graph.typed import TypedGraph
    from spec_compiler.limits import Limits
    from spec_compiler.pipeline import SpecError, check_spec, compile_spec, load_spec, register_layer
    from spec_compiler.reading.source import Source
    from spec_compiler.spans import Position, Span

__version__ = "0.1.0"

_HOME = {
    "Diagnostic": "diagnostics.diagnostic",
    "Limits": "limits",
    "Position": "spans",
    "Related": "diagnostics.diagnostic",
    "Report": "diagnostics.report",
    "Source": "reading.source",
    "Span": "spans",
    "SpecError": "pipeline",
    "TypedGraph": "graph.typed",
    "check_spec": "pipeline",
    "compile_spec": "pipeline",
    "load_spec": "pipeline",
    "register_layer": "pipeline",
}

__all__ = [
    "Diagnostic",
    "Limits",
    "Position",
    "Related",
    "Report",
    "Source",
    "Span",
    "SpecError",
    "TypedGraph",
    "check_spec",
    "compile_spec",
    "load_spec",
    "register_layer",
]


def __getattr__(name: str) -> Any:
    module = _HOME.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return [*globals(), *_HOME]
