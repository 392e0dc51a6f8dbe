"""The backbones as `keras.applications` has them, on an input of a model."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import keras


def backbone(build: Callable[..., keras.Model], stages: list[str], **settings: Any) -> Callable[[Any], list[Any]]:
    """What gives the results of some layers of a model without its classifier and without trained weights."""

    def stages_of(image: Any) -> list[Any]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # MobileNet would rather have another size
            model = build(weights=None, include_top=False, input_tensor=image, **settings)
        return [model.get_layer(name).output for name in stages]

    return stages_of
