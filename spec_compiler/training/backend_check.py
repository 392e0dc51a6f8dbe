"""What Keras runs on, held against a model, before either is imported."""

from __future__ import annotations

from spec_compiler.catalog.data_forms import DataKind
from spec_compiler.diagnostics import codes
from spec_compiler.emitting.requirement import BACKENDS, backend
from spec_compiler.pipeline import SpecError
from spec_compiler.training.check_data import DataCheck
from spec_compiler.views import GraphView


def check_backend(graph: GraphView, *, trains: bool = False) -> None:
    """Refuse a model that needs TensorFlow where Keras runs on something else.

    Args:
        graph: The graph of the model.
        trains: Whether the model is to be trained.

    Raises:
        SpecError: It takes text, or is to be trained with a layer in it that runs on TensorFlow alone.
    """
    name = backend()
    if name == "tensorflow":
        return
    check = DataCheck(graph)
    runs_on = f"and Keras runs on {BACKENDS.get(name, name)} here"
    hint = "use TensorFlow, in one process: without `--processes`, and with `KERAS_BACKEND=tensorflow`"
    texts = [each for each in graph.data_contract.inputs if each.kind is DataKind.TEXT]
    for each in texts:
        message = f"`{each.name}` takes text, which Keras has on TensorFlow alone, {runs_on}"
        check.findings.add(codes.TENSORFLOW_ONLY, message, each.place, hint=hint)
    for layer in graph.layers.values() if trains and not texts else ():
        if layer.operation is not None and layer.operation.needs_tensorflow:
            message = f"`{layer.keras_name}` can be trained through on TensorFlow alone, {runs_on}"
            check.findings.add(codes.TENSORFLOW_ONLY, message, layer.place.key(), hint=hint)
    if check.findings.errors:
        raise SpecError(check.report())
