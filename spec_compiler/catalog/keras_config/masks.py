"""The operations that Keras adds to a model for masks: what they are, and what they take.

Keras adds them where a layer makes a mask or joins those of its inputs, in the order in which they stand in the
expressions here: depth first, from left to right. Who writes a model makes them; who reads one looks them up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from spec_compiler.catalog.dtypes import is_float
from spec_compiler.catalog.keras_config.ops import NUMPY
from spec_compiler.catalog.keras_config.table import KerasClass
from spec_compiler.catalog.layers.base import Operation
from spec_compiler.catalog.mask_rules import ResultMask
from spec_compiler.catalog.shapes import broadcast, concatenated
from spec_compiler.catalog.tensors import TensorType

T = TypeVar("T")

MaskSettings = tuple[tuple[str, Any], ...]
"""The configuration of an operation, but for its name."""

_CORE = "keras.src.ops.core"

ADDED: dict[str, KerasClass] = {
    **{name: KerasClass(_CORE, name, name) for name in ("Cast", "ConvertToTensor")},
    **{
        name: KerasClass(NUMPY, name, name)
        for name in ("Any", "Concatenate", "ExpandDims", "LogicalOr", "NotEqual", "OnesLike", "ZerosLike")
    },
}
"""The classes of the operations that Keras adds."""


@dataclass(frozen=True, slots=True)
class Added(Generic[T]):
    """An operation that Keras adds.

    Attributes:
        class_name: Its class in Keras.
        args: What it takes: tensors, others that are added, numbers, or a tuple of these for a list.
        settings: Its configuration.
    """

    class_name: str
    args: tuple[Any, ...]
    settings: MaskSettings = ()


Expression: TypeAlias = "T | Added[T]"

MakeMask = Callable[[str, tuple[Any, ...], MaskSettings], T]
"""Gives the tensor of an operation, from its class, what it takes and its settings."""


def made(expression: Any, make: MakeMask[T]) -> Any:
    """What an expression stands for, where each operation of it is made in Keras's order."""
    if isinstance(expression, Added):
        args = tuple(made(argument, make) for argument in expression.args)
        return make(expression.class_name, args, expression.settings)
    return tuple(made(item, make) for item in expression) if type(expression) is tuple else expression


def result_of(class_name: str, args: Sequence[Any], settings: MaskSettings) -> TensorType:
    """The type of what an operation gives, from those of what it takes: a type, several in a tuple, or null."""
    first, *others = args
    if class_name == "Cast":
        return TensorType(first.shape, dict(settings)["dtype"])
    if class_name == "Concatenate":
        return TensorType(concatenated([each.shape for each in first], dict(settings)["axis"]), "bool")
    shape = first.shape
    if class_name == "LogicalOr":
        shape = broadcast(shape, others[0].shape)
    elif class_name == "ExpandDims":
        shape = (*shape, 1)
    elif class_name == "Any":
        shape = shape[:-1]
    return TensorType(shape, "bool")


def as_seen(config: Operation, tensor: T, dtype: str) -> Expression[T]:
    """A tensor of a dtype as a layer sees it: Keras casts it by an operation, if that is needed."""
    wanted = getattr(config, "compute_dtype", "float32")
    if not is_float(dtype) or dtype == wanted or not config.converts_inputs:
        return tensor
    return Added("Cast", (tensor,), (("dtype", wanted),))


def mask_of_result(
    config: Any, result: ResultMask, value: Any, mask: Any, rank: Callable[[T], int | None]
) -> Expression[T] | None:
    """The mask that Keras attaches to what a layer gives.

    Args:
        config: The layer.
        result: Where its mask comes from.
        value: The first argument of the call as the layer sees it: a tensor, or a list of them.
        mask: The mask of that, or a list of them, with null for none.
        rank: Gives the rank of a tensor, if that is known.
    """
    if result is ResultMask.MADE:
        return _made_by(config, value)
    if not isinstance(mask, list):
        return mask if result is ResultMask.FIRST else None
    if not mask:
        return None
    if result is ResultMask.FIRST:
        # Attention, which takes its tensors in a list.
        return None if mask[0] is None else Added("ConvertToTensor", (mask[0],), _AS_IT_IS)
    if result is ResultMask.ALL:
        return _joined(mask)
    if result is ResultMask.ANY and any(each is not None for each in mask):
        return _side_by_side(config.axis, value, mask, rank)
    return None


_AS_IT_IS = (("dtype", None), ("sparse", None), ("ragged", None))
_BOOLEAN = (("dtype", "bool"),)


def _made_by(config: Any, value: T) -> Added[T]:
    if config.keras_name == "Masking":
        return _any_along_the_last_axis(Added("NotEqual", (value, config.mask_value)))
    return Added("NotEqual", (value, 0))


def _any_along_the_last_axis(mask: Added[T]) -> Added[T]:
    return Added("Any", (mask,), (("axis", -1), ("keepdims", False)))


def _joined(masks: Sequence[T | None]) -> Expression[T] | None:
    """The mask of what tensors are merged to, if all have one: what counts in one of them."""
    joined: Expression[T] | None
    joined, *others = masks
    for mask in others:
        if joined is None or mask is None:
            return None
        joined = Added("LogicalOr", (joined, mask))
    return joined


def _side_by_side(
    axis: int, values: Sequence[T], masks: Sequence[T | None], rank: Callable[[T], int | None]
) -> Added[T]:
    """The mask of what tensors are concatenated to; those without a mask count whole.

    Source: `compute_mask` in `keras/src/layers/merging/concatenate.py`.
    """
    parts = tuple(_stretched(value, mask, rank) for value, mask in zip(values, masks, strict=True))
    return _any_along_the_last_axis(Added("Concatenate", (parts,), (("axis", axis),)))


def _stretched(value: T, mask: T | None, rank: Callable[[T], int | None]) -> Expression[T]:
    """The mask of a tensor for each of its elements."""
    if mask is None:
        return Added("OnesLike", (value,), _BOOLEAN)
    if rank(mask) == rank(value):
        return mask
    return Added("LogicalOr", (Added("ExpandDims", (mask,), (("axis", -1),)), Added("ZerosLike", (value,), _BOOLEAN)))
