"""The forms of output, by the suffix of the file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from spec_compiler.diagnostics.report import Report
from spec_compiler.emitting.origin import Origin
from spec_compiler.emitting.pictures.options import DEFAULT_OPTIONS, PictureOptions
from spec_compiler.emitting.requirement import require_keras, require_library, require_onnx
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    import keras

    from spec_compiler.emitting.exports.safetensors import NamedWeight


class FormOptions(NamedTuple):
    """What may be asked of a form.

    Attributes:
        origin: What the graph was made of; without it, the text is that of what everything expands to.
        picture: How pictures are to be.
        limits: How much may be drawn.
        texts: The texts of the spec, to be shown beside the graph.
        report: What was found in it.
    """

    origin: Origin | None = None
    picture: PictureOptions = DEFAULT_OPTIONS
    limits: Limits = DEFAULT_LIMITS
    texts: Origin | None = None
    report: Report | None = None


def _nothing_required() -> None:
    """See that nothing is needed beside the compiler."""


class OutputFormat(NamedTuple):
    """A form of output.

    It is made of the graph, as text or as bytes, or it is a file of Keras, or it is made of a model that Keras has
    built: text is returned, and what is no text is written to a path.

    Attributes:
        suffixes: The suffixes of its files.
        title: What it is.
        extra: The extra that installs what it needs; None if the compiler alone writes it.
        options: The options of the command line that go with it and with few others.
        require: Sees that what it needs is installed, and raises `LibraryMissingError` otherwise.
    """

    suffixes: tuple[str, ...]
    title: str
    extra: str | None = None
    options: tuple[str, ...] = ()
    text_of_graph: Callable[[TypedGraph, FormOptions], str] | None = None
    bytes_of_graph: Callable[[TypedGraph, FormOptions], bytes] | None = None
    text_of_files: Callable[[ModelFiles], str] | None = None
    write_files: Callable[[ModelFiles, Path], None] | None = None
    write_model: Callable[[keras.Model, Path], None] | None = None
    require: Callable[[], None] = _nothing_required

    @property
    def is_text(self) -> bool:
        """Whether it is text, which can go to standard output too."""
        return self.text_of_graph is not None or self.text_of_files is not None

    @property
    def is_of_keras(self) -> bool:
        """Whether it is a file of Keras."""
        return self.text_of_files is not None or self.write_files is not None

    @property
    def is_of_model(self) -> bool:
        """Whether it is made of a model that Keras has built."""
        return self.write_model is not None

    @property
    def has_weights(self) -> bool:
        """Whether it has the weights of the model."""
        return self.write_files is not None or self.write_model is not None

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return FOLDER in self.suffixes


class ModelFiles(Protocol):
    """The files of a model as Keras has them, by whatever they are written."""

    def json(self) -> str:
        """The architecture, as `keras.models.model_from_json` reads it."""

    def weights(self) -> Iterator[NamedWeight]:
        """The weights of the model in Keras's order, each by its path."""

    def write_weights(self, path: Path) -> None:
        """Write the weights alone."""

    def write_keras(self, path: Path) -> None:
        """Write the whole model."""


def _write_keras(files: ModelFiles, path: Path) -> None:
    files.write_keras(path)


def _write_weights(files: ModelFiles, path: Path) -> None:
    files.write_weights(path)


def _write_safetensors(files: ModelFiles, path: Path) -> None:
    from spec_compiler.emitting.exports.safetensors import write_safetensors

    write_safetensors(files.weights(), path)


def _write_onnx(model: keras.Model, path: Path) -> None:
    from spec_compiler.emitting.exports.onnx import write_onnx

    write_onnx(model, path)


def _write_tflite(model: keras.Model, path: Path) -> None:
    from spec_compiler.emitting.exports.tflite import write_tflite

    write_tflite(model, path)


def _write_saved_model(model: keras.Model, path: Path) -> None:
    from spec_compiler.emitting.exports.serving import write_saved_model

    write_saved_model(model, path)


def _json(files: ModelFiles) -> str:
    return files.json()


def _spec_text(graph: TypedGraph, _: FormOptions) -> str:
    from spec_compiler.emitting.spec.text import spec_text

    return spec_text(graph)


def _python_text(graph: TypedGraph, options: FormOptions) -> str:
    from spec_compiler.emitting.python.text import python_text

    return python_text(graph, options.origin)


def _svg_text(graph: TypedGraph, options: FormOptions) -> str:
    from spec_compiler.emitting.pictures.picture import svg_text

    return svg_text(graph, options.picture, options.limits.picture_boxes)


def _png_bytes(graph: TypedGraph, options: FormOptions) -> bytes:
    from spec_compiler.emitting.pictures.picture import png_bytes

    return png_bytes(graph, options.picture, options.limits.picture_boxes)


def _pdf_bytes(graph: TypedGraph, options: FormOptions) -> bytes:
    from spec_compiler.emitting.pictures.picture import pdf_bytes

    return pdf_bytes(graph, options.picture, options.limits.picture_boxes)


def _mermaid_text(graph: TypedGraph, options: FormOptions) -> str:
    from spec_compiler.emitting.pictures.picture import mermaid_text

    return mermaid_text(graph, options.picture)


def _dot_text(graph: TypedGraph, options: FormOptions) -> str:
    from spec_compiler.emitting.pictures.picture import dot_text

    return dot_text(graph, options.picture)


def _html_text(graph: TypedGraph, options: FormOptions) -> str:
    from spec_compiler.emitting.page.data import page_data
    from spec_compiler.emitting.page.html import page_html

    return page_html(page_data(graph, options.texts, options.report, options.picture))


FOLDER = "/"
"""What the name of a folder ends in, as a suffix."""

_OF_DIAGRAMS = ("--direction", "--depth", "--fold", "--unfold")
_OF_PICTURES = (*_OF_DIAGRAMS, "--theme")
_OF_WEIGHTS = ("--weights", "--partial-weights")

FORMS = (
    OutputFormat(
        (".keras",),
        "the model: architecture, weights and what it is compiled with",
        options=_OF_WEIGHTS,
        write_files=_write_keras,
    ),
    OutputFormat((".weights.h5",), "the weights alone", options=_OF_WEIGHTS, write_files=_write_weights),
    OutputFormat(
        (".json",),
        "the architecture alone, as `keras.models.model_from_json` reads it",
        text_of_files=_json,
    ),
    OutputFormat(
        (".yaml", ".yml"), "the spec with everything expanded and every default shown", text_of_graph=_spec_text
    ),
    OutputFormat(
        (".py",), "code that builds the model with Keras alone", options=("--flat",), text_of_graph=_python_text
    ),
    OutputFormat(
        (".svg",), "a picture, light or dark as the screen is", "pictures", _OF_PICTURES, text_of_graph=_svg_text
    ),
    OutputFormat((".png",), "a picture in pixels", "pictures", _OF_PICTURES, bytes_of_graph=_png_bytes),
    OutputFormat((".pdf",), "a picture on a page of its size", "pictures", _OF_PICTURES, bytes_of_graph=_pdf_bytes),
    OutputFormat(
        (".html",),
        "a page of the graph and the spec, to be looked through in a browser",
        options=_OF_PICTURES,
        text_of_graph=_html_text,
    ),
    OutputFormat((".mmd",), "a flowchart of Mermaid", options=_OF_DIAGRAMS, text_of_graph=_mermaid_text),
    OutputFormat((".dot",), "a graph for Graphviz", options=_OF_DIAGRAMS, text_of_graph=_dot_text),
    OutputFormat(
        (".safetensors",),
        "the weights alone, for any framework, by their paths in Keras",
        "safetensors",
        _OF_WEIGHTS,
        write_files=_write_safetensors,
        require=partial(require_library, "safetensors"),
    ),
    OutputFormat(
        (".onnx",),
        "the model for ONNX Runtime and others",
        "onnx",
        _OF_WEIGHTS,
        write_model=_write_onnx,
        require=require_onnx,
    ),
    OutputFormat(
        (".tflite",),
        "the model for LiteRT, on phones and boards",
        "tensorflow",
        _OF_WEIGHTS,
        write_model=_write_tflite,
        require=require_keras,
    ),
    OutputFormat(
        (FOLDER,),
        "a folder with a SavedModel, as TensorFlow Serving takes it",
        "tensorflow",
        _OF_WEIGHTS,
        write_model=_write_saved_model,
        require=require_keras,
    ),
)
"""Every form, by which the suffix of an output picks."""

SUFFIXES = tuple(suffix for form in FORMS for suffix in form.suffixes)


def suffix_of(name: str) -> str | None:
    """The suffix of the name of an output that picks a form; None if no form has it."""
    if name.endswith(("/", os.sep)):
        return FOLDER
    last = Path(name).name
    return next((suffix for suffix in SUFFIXES if last.endswith(suffix) and last != suffix), None)


def form_of(suffix: str) -> OutputFormat:
    """The form that a suffix picks."""
    return next(form for form in FORMS if suffix in form.suffixes)


def forms_with(option: str) -> list[OutputFormat]:
    """The forms that an option of the command line goes with."""
    return [form for form in FORMS if option in form.options]
