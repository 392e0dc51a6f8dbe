"""What another runtime cannot do, and which layers of a model ask for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from math import prod

import keras
import tensorflow as tf

from spec_compiler.emitting.exports.errors import UnsupportedError

_MOST_BYTES = 2**31 - 1
"""The size of a message of Protocol Buffers, and of a flatbuffer, at most."""


def check_size(model: keras.Model, runtime: str) -> None:
    """Refuse a model whose weights do not fit into one file.

    Raises:
        UnsupportedError: They do not.
    """
    size = sum(prod(weight.shape) * tf.as_dtype(weight.dtype).size for weight in model.weights)
    if size > _MOST_BYTES:
        raise UnsupportedError(runtime, f"a file holds at most {_MOST_BYTES:,} bytes, and the weights take {size:,}")


def at_fault(model: keras.Model, report: str, is_possible: Callable[[keras.Model], bool]) -> tuple[str, ...]:
    """The names of the layers and operations that a runtime cannot do even alone.

    The names of operations in what a converter reports begin with those of the layers, but a number may follow that
    belongs to neither; so each layer that may be meant is tried by itself, and with it those of its class, of which
    a converter need not report all. Operations of Keras leave no name; where no layer is at fault, one of each class is
    tried.

    Args:
        model: The model that the runtime cannot do.
        report: What its converter says, with the names of the operations of TensorFlow.
        is_possible: Tries a model.
    """
    parts = set(re.findall(r"[A-Za-z0-9_.>-]+", report))
    named = {*parts, *(re.sub(r"_\d+$", "", part) for part in parts)}
    operations = [each for each in model.operations if not isinstance(each, keras.layers.InputLayer)]
    kinds = {type(each) for each in operations if each.name in named and not _is_possible(model, each, is_possible)}
    if not kinds:
        of_each_class = {type(each): each for each in operations if not isinstance(each, keras.layers.Layer)}
        kinds = {kind for kind, each in of_each_class.items() if not _is_possible(model, each, is_possible)}
    return tuple(each.name for each in operations if type(each) in kinds and not _is_possible(model, each, is_possible))


def _is_possible(model: keras.Model, operation: keras.Operation, is_possible: Callable[[keras.Model], bool]) -> bool:
    return all(map(is_possible, _alone(model, operation)))


def _alone(model: keras.Model, operation: keras.Operation) -> Iterator[keras.Model]:
    """A model for each call of an operation, of nothing else."""
    within = {id(node) for nodes in model._nodes_by_depth.values() for node in nodes}
    for node in operation._inbound_nodes:
        if id(node) in within:
            yield keras.Model(list(node.input_tensors), list(node.outputs))
