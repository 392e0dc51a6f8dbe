"""The dtypes of what a layer really gives, which are not always those that Keras states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import keras

from spec_compiler.catalog.layers.base import Operation
from spec_compiler.catalog.registry import FUNCTIONS, layers_of
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.emitting.keras_model.objects import construct
from tests.catalog.keras_contract.calls import ones, symbolic

DTYPES = ("float32", "float16", "bfloat16", "float64", "int32", "uint8", "int64", "int8", "bool", "complex64")
"""The dtypes that something is drawn of for each layer: every kind of number, and of whole ones the usual."""

POLICIES = (None, "float16", "mixed_float16", "mixed_bfloat16", "float64")
"""The policies that a layer is tried under."""


MISSTATED = {
    *(name for name in FUNCTIONS), *layers_of("merging"),
    "Activation", "ReLU", "LeakyReLU", "Masking", "RepeatVector", "Resizing", "MaxNumBoundingBoxes",
    "ContrastLimitedAdaptiveHistogramEqualization", "CategoryEncoding", "EinsumDense", "StackedRNNCells",
    "TimeDistributed",
    *(f"{name}{rank}D" for name in ("Cropping", "ZeroPadding", "UpSampling") for rank in (1, 2, 3)),
    *(f"Global{name}Pooling{rank}D" for name in ("Average", "Max") for rank in (1, 2, 3)),
    *(f"{name}Pooling{rank}D" for name in ("Max", "AdaptiveMax") for rank in (1, 2, 3)),
}  # fmt: skip
"""The layers of which Keras states a dtype that the results do not always have."""


def given_in(inputs: Mapping[str, Any], dtype: str) -> dict[str, Any]:
    """The tensors of a call with those of the first tensor's dtype in another."""
    first = next(iter(_flat(inputs)))

    def changed(x: TensorType) -> TensorType:
        return x.with_dtype(dtype) if x.dtype == first.dtype else x

    return {
        name: [changed(x) for x in value] if isinstance(value, list) else changed(value)
        for name, value in inputs.items()
    }


def stated_by_keras(config: Operation, inputs: Mapping[str, Any]) -> list[str]:
    """The dtypes that Keras states for the outputs of a call."""
    return [x.dtype for x in keras.tree.flatten(_called(config, inputs, symbolic, {}))]


def computed(
    config: Operation, inputs: Mapping[str, Any], flags: Mapping[str, Any] | None = None, unknown: int = 4
) -> list[str]:
    """The dtypes of the outputs of a call on data; lengths that are not known are set."""
    return [x.dtype.name for x in keras.tree.flatten(_called(config, inputs, lambda x: ones(x, unknown), flags or {}))]


def _called(config: Operation, inputs: Mapping[str, Any], tensor_of: Any, flags: Mapping[str, Any]) -> Any:
    values = {}
    for name, value in inputs.items():
        made = tensor_of(value)
        values[name] = config.arrange(name, made) if isinstance(value, list) else made
    first = values.pop(config.calls[0].name)
    return construct(config, "it")(first, **values, **flags)


def _flat(inputs: Mapping[str, Any]) -> Iterator[TensorType]:
    for value in inputs.values():
        yield from value if isinstance(value, list) else (value,)
