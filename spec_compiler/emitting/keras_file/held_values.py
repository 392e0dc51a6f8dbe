"""The values of variables that a file of weights holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from spec_compiler.emitting.keras_file.initial_values import in_dtype
from spec_compiler.emitting.keras_file.states import Variable
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.weight_files.hdf5 import values
from spec_compiler.weight_files.match import AssignedWeight
from spec_compiler.weight_files.plan import PlannedWeights

if TYPE_CHECKING:
    from numpy.typing import NDArray


class HeldValues:
    """The values that a graph takes of one file of weights, which is open.

    Args:
        graph: The graph.
        planned: What it takes: all its weights.
    """

    def __init__(self, graph: TypedGraph, planned: PlannedWeights) -> None:
        self._planned = planned
        self._taken = {_path(graph, taken): taken for taken in planned.taken}

    def of(self, variable: Variable) -> NDArray[Any]:
        """The value of a variable, in its dtype; of bfloat16, its bits."""
        path = tuple(step for part in variable.path for step in part.split("/"))
        held = values(self._planned.source, self._taken[path].held, self._planned.report.source)
        if held.dtype.kind != "V":
            return in_dtype(held, variable.weight.dtype)
        if variable.weight.dtype == "bfloat16":
            return np.asarray(held)
        return np.asarray((held.view("<u2").astype("<u4") << 16).view("<f4"), variable.weight.dtype)


def _path(graph: TypedGraph, taken: AssignedWeight) -> tuple[str, ...]:
    """The path of a weight as a variable has it: the names of what it stands in, and its own."""
    return (*_names(graph, taken.route), *taken.weight.name.split("/"))


def _names(graph: TypedGraph, route: Sequence[str]) -> tuple[str, ...]:
    name = graph.layers[route[0]].keras_name
    return (name,) if len(route) == 1 else (name, *_names(graph.models[route[0]], route[1:]))
