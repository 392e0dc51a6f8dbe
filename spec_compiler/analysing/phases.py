"""The phases of training, held against the model: what each trains is there, and has weights that are trained."""

from __future__ import annotations

from spec_compiler.analysing.parts import layers_of_part, part_names
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.spans import Place

_PHASES = Place(("phases",))


def check_phases(graph: TypedGraph, findings: Findings) -> None:
    """Report phases that name what is not there, or that train nothing."""
    for index, phase in enumerate(graph.graph.phases):
        if phase.train is None:
            continue
        trained = 0
        sound = True
        for number, part in enumerate(phase.train):
            keys = layers_of_part(graph, part)
            if keys is None:
                hint, fix = did_you_mean(part, part_names(graph))
                place = _PHASES / index / "train" / number
                findings.add(
                    codes.BAD_PHASE, f"there is no node or shared layer `{part}` to train", place, hint=hint, fix=fix
                )
                sound = False
                continue
            trained += sum(weight.trainable for key in keys for weight in graph.weights.get(key, ()))
        if sound and not trained:
            findings.add(
                codes.BAD_PHASE,
                f"nothing that phase {index + 1} trains has weights that are trained",
                _PHASES / index / "train",
            )
