"""Keras's distribution of weights over devices, held against the weights as they are made."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import keras

from spec_compiler.training.distribution.membership import AXES, NotJoinedError


class DividedWeights(keras.distribution.ModelParallel):  # type: ignore[misc]
    """Weights divided over devices by patterns of their paths; a pattern that does not suit a weight is told.

    Args:
        names: The devices: one row for each copy of the model.
        axes: By patterns, for each axis of a weight the axis of the devices that it is divided over, or None.
    """

    def __init__(self, names: Sequence[Sequence[str]], axes: Mapping[str, tuple[str | None, ...]]) -> None:
        self._axes = axes
        self._devices = len(names[0])
        self.unused = dict.fromkeys(axes)
        flat = [each for row in names for each in row]
        layout = keras.distribution.LayoutMap(keras.distribution.DeviceMesh((len(names), self._devices), AXES, flat))
        for pattern, each in axes.items():
            layout[pattern] = each
        super().__init__(layout_map=layout, batch_dim_name=AXES[0], auto_shard_dataset=False)

    def get_variable_layout(self, variable: Any) -> Any:
        """Where a weight is to be.

        Raises:
            NotJoinedError: It cannot be divided as a pattern says, or two patterns are of it.
        """
        found = [each for each in self._axes if re.fullmatch(each, variable.path)]
        if len(found) > 1:
            raise NotJoinedError(f"`{variable.path}` is of several patterns of the layout: {', '.join(found)}")
        for pattern in found:
            self.unused.pop(pattern, None)
            axes, shape = self._axes[pattern], tuple(variable.shape)
            divided = [length for length, axis in zip(shape, axes, strict=False) if axis is not None]
            if len(shape) != len(axes) or any(length % self._devices for length in divided):
                raise NotJoinedError(
                    f"`{variable.path}` has the shape {list(shape)}, which cannot be divided over {self._devices} "
                    f"devices as {json.dumps(list(axes))} says"
                )
        return super().get_variable_layout(variable)

    def check_used(self, model: keras.Model) -> None:
        """Refuse patterns that are of no weight of a model that was built.

        Raises:
            NotJoinedError: There is one.
        """
        for pattern in self.unused:
            paths = ", ".join(each.path for each in model.variables[:8])
            raise NotJoinedError(f"no weight has a path of the pattern `{pattern}`; there are {paths}")
