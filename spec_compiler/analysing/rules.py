"""What a call of each layer of a typed graph gives for other tensors than those that the graph has."""

from __future__ import annotations

from spec_compiler.graph.typed import TypedGraph
from spec_compiler.inferring.infer import models_of_checked
from spec_compiler.inferring.models import ModelRule, Rules


def rules(_graph: TypedGraph) -> Rules[ModelRule]:
    """A table of the rules of layers. A model of the spec's own has one too, also where it stands in a layer."""
    models = models_of_checked()
    return Rules(lambda _name, model: ModelRule(model, lambda inputs: models.typed(model, inputs)))
