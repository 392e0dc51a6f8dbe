"""The forms of output, by the suffix of the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from spec_compiler.emitting.spec_text import spec_text
from spec_compiler.graph.typed import TypedGraph

if TYPE_CHECKING:
    import keras


class Form(NamedTuple):
    """A form of output: the suffix of its files, what it is, and what writes it.

    It is written of the model, or, for those that need no Keras, of the graph.
    """

    suffix: str
    title: str
    of_model: Callable[[keras.Model, Path], None] | None = None
    of_graph: Callable[[TypedGraph, Path], None] | None = None


def _keras(model: keras.Model, path: Path) -> None:
    model.save(path)


def _weights(model: keras.Model, path: Path) -> None:
    model.save_weights(path)


def _architecture(model: keras.Model, path: Path) -> None:
    path.write_text(architecture(model), encoding="utf-8")


def architecture(model: keras.Model) -> str:
    """The architecture of a model as JSON, indented."""
    return json.dumps(json.loads(model.to_json()), indent=2) + "\n"


def _spec(graph: TypedGraph, path: Path) -> None:
    path.write_text(spec_text(graph), encoding="utf-8")


FORMS = (
    Form(".keras", "the model: architecture, weights and what it is compiled with", of_model=_keras),
    Form(".weights.h5", "the weights alone", of_model=_weights),
    Form(".json", "the architecture alone, as `keras.models.model_from_json` reads it", of_model=_architecture),
    Form(".yaml", "the spec with everything expanded and every default shown", of_graph=_spec),
)
"""Every form, by which the suffix of an output picks."""


def form_of(path: Path) -> Form | None:
    """The form that a file's suffix picks; none if no form has it."""
    return next((form for form in FORMS if path.name.endswith(form.suffix) and path.name != form.suffix), None)
