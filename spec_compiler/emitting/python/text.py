"""TypedGraph → the text of a Python module that builds the model with Keras alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from spec_compiler.emitting.origin import Origin
from spec_compiler.emitting.python.code import in_docstring, statement
from spec_compiler.emitting.python.expressions import UnsayableError
from spec_compiler.emitting.python.flat import flat_body
from spec_compiler.emitting.python.forms import WrittenSpec
from spec_compiler.emitting.python.module import Module
from spec_compiler.emitting.python.training import fit_options, phase_options
from spec_compiler.graph.typed import TypedGraph

_NAMED = '''
def named(tensors, name: str):
    """Give the operation that made some tensors a name, as layers have one."""
    keras.tree.flatten(tensors)[0]._keras_history.operation.name = name
    return tensors

'''


def python_text(graph: TypedGraph, origin: Origin | None) -> str:
    """A module with a function for each block, loops, and the params as arguments of `build_model`.

    Without an origin, and where the spec says what such code could not, it is that of `flat_text`.
    """
    if origin is None:
        return flat_text(graph)
    module = Module(WrittenSpec(graph, origin.documents), origin.params)
    try:
        model = module.model()
    except UnsayableError:
        return flat_text(graph)
    return _module(graph, [*module.functions, model])


def flat_text(graph: TypedGraph) -> str:
    """A module with a function `build_model`, one call a line, and everything expanded."""
    head = ["def build_model() -> keras.Model:", f'    """Build the model `{graph.name}`."""']
    return _module(graph, [[*head, *flat_body(graph)]])


def _module(graph: TypedGraph, functions: Sequence[Sequence[str]]) -> str:
    joined = "\n\n\n".join("\n".join(lines) for lines in functions)
    parts = [f'"""{_docstring(graph)}"""', _imports(joined)]
    fit = fit_options(graph.graph)
    if fit is not None:
        parts.append("\n".join([*statement("FIT = ", fit, 0), '"""The options of `fit`."""']))
    phases = phase_options(graph.graph)
    if phases is not None:
        parts.append("\n".join([*statement("PHASES = ", phases, 0), '"""What is trained in which order."""']))
    if "named(" in joined:
        parts.append("\n" + _NAMED.strip("\n"))
    parts += ["\n" + joined, '\nif __name__ == "__main__":\n    build_model().summary()']
    return "\n\n".join(parts) + "\n"


def _imports(code: str) -> str:
    used = [name for name in ("layers", "ops") if re.search(rf"\b{name}\.|\bgetattr\({name}, ", code)]
    numpy = "\nimport numpy as np" if "np.array(" in code else ""
    return f"import keras{numpy}" + (f"\nfrom keras import {', '.join(used)}" if used else "")


def _docstring(graph: TypedGraph) -> str:
    return in_docstring(graph.graph.description or f"The model `{graph.name}`.")
