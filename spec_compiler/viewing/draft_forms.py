"""The forms in which the page of a spec that is typed shows the model, or gives it to be kept."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from spec_compiler.analysis import Analysis
from spec_compiler.emitting.json_object import JsonObject
from spec_compiler.emitting.pictures.build import build_diagram
from spec_compiler.emitting.pictures.engine_graph import engine_graph
from spec_compiler.emitting.pictures.errors import PictureTooLargeError
from spec_compiler.emitting.pictures.options import DEFAULT_OPTIONS
from spec_compiler.emitting.pictures.picture import check_size
from spec_compiler.emitting.requirement import LibraryMissingError
from spec_compiler.pipeline import SpecError, check_memory, keras_files
from spec_compiler.views import GraphView, main_view

_NEEDED = ("h5py", "numpy")
"""What writes files of Keras."""

_MOST_BYTES = 2**29
"""So many bytes of weights go through the page at most."""


class NoFormError(Exception):
    """The model cannot be had in a form; the message says why."""


def form_of(name: str, analysis: Analysis, placed: Any = None) -> JsonObject:
    """The model in a form, by the name that the page has for it: `text`, `base64`, or a `graph` to be laid out.

    Args:
        name: The name of the form.
        analysis: What is known of the spec.
        placed: The graph that was asked for before with places, where a picture is asked for.

    Raises:
        NoFormError: It cannot be had.
    """
    if name == "spec_json":
        return {"text": _spec_json(analysis)}
    graph = main_view(analysis)
    if graph is None:
        raise NoFormError("The spec has errors.")
    try:
        if name in _TEXTS:
            return {"text": _TEXTS[name](graph)}
        if name == "keras":
            return {"base64": b64encode(_keras(graph)).decode()}
        if name == "svg":
            return _svg(graph, placed)
    except LibraryMissingError as error:
        raise NoFormError(str(error)) from error
    raise NoFormError(f"There is no form `{name}`.")


@cache
def has_keras_files() -> bool:
    """Whether there is what writes files of Keras."""
    return all(find_spec(module) is not None for module in _NEEDED)


def _spec_json(analysis: Analysis) -> str:
    """The data of the spec as it is written, as JSON."""
    data = analysis.documents[""].data
    if data is None:
        raise NoFormError("The spec has errors.")
    try:
        return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    except ValueError as error:
        raise NoFormError("The spec has a number in it that JSON has not.") from error


def _contract(graph: GraphView) -> str:
    from spec_compiler.emitting.data_contract import contract_text

    return contract_text(graph.data_contract, graph.logs)


def _keras(graph: GraphView) -> bytes:
    """The model as Keras saves it, with the weights that it begins with."""
    from spec_compiler.emitting.keras_file.only_keras import OnlyKerasCanError

    if not has_keras_files():
        raise NoFormError("There is no package here that writes files of Keras.")
    if graph.weight_bytes > _MOST_BYTES:
        raise NoFormError(f"The weights take {graph.weight_bytes:,} bytes, and a page takes {_MOST_BYTES:,} at most.")
    try:
        check_memory(graph, one_weight_at_a_time=True)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "model.keras"
            keras_files(graph).write_keras(path)
            return path.read_bytes()
    except OnlyKerasCanError as error:
        raise NoFormError(f"Only Keras can write this model: it has {error}.") from error
    except SpecError as error:
        raise NoFormError(error.report.diagnostics[0].message) from error


def _svg(graph: GraphView, placed: Any) -> JsonObject:
    """The picture, or, without places, the graph that the engine of the page is to lay out."""
    from spec_compiler.emitting.pictures.layout import drawing_of
    from spec_compiler.emitting.pictures.svg import svg
    from spec_compiler.limits import DEFAULT_LIMITS

    diagram = build_diagram(graph, DEFAULT_OPTIONS)
    try:
        check_size(diagram, DEFAULT_LIMITS.picture_boxes)
    except PictureTooLargeError as error:
        raise NoFormError(f"{error}.") from error
    if placed is None:
        return {"graph": engine_graph(diagram, DEFAULT_OPTIONS.direction)}
    try:
        return {"text": svg(drawing_of(diagram, placed), DEFAULT_OPTIONS.theme)}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoFormError("The graph has changed while its picture was made.") from error


_TEXTS: dict[str, Callable[[GraphView], str]] = {
    "table": lambda graph: graph.summary(graph.cost()),
    "code": GraphView.to_python,
    "data": _contract,
    "architecture": GraphView.to_keras_json,
    "mermaid": GraphView.to_mermaid,
    "spec": GraphView.to_spec,
}
