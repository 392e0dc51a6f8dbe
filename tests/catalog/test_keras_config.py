"""What is written of each class is what Keras itself saves, with drawn arguments; and what Keras saves is read back.

How many objects are drawn of each class says `SPEC_COMPILER_LAYER_EXAMPLES`, and which `SPEC_COMPILER_LAYER_SEED`.
"""

from __future__ import annotations

import os
from typing import Any

import keras
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

import spec_compiler as sc
from spec_compiler.catalog.keras_config.deserialize import deserialize, deserialize_call
from spec_compiler.catalog.keras_config.ops import READ_AS
from spec_compiler.catalog.keras_config.serialize import serialize, serialize_call
from spec_compiler.catalog.keras_config.table import form
from spec_compiler.catalog.registered_layers import registered_layers
from spec_compiler.catalog.rules import RuleError
from spec_compiler.emitting.keras_model.objects import construct, keras_object
from spec_compiler.emitting.keras_model.ops import call_op
from tests.catalog.keras_contract.calls import arguments_of, call_keras, make, numbers_as_types, symbolic, types
from tests.catalog.keras_contract.drawing import calls, example_call
from tests.catalog.ops import nn_calls, numpy_calls, test_nn_properties, test_numpy_properties
from tests.catalog.test_keras_config_read import (
    LAYER_NAMES,
    OP_NAMES,
    READ_AS_ANOTHER,
    as_json,
    assert_read_back,
    lost,
)
from tests.catalog.test_objects import CLASSES, ROWS, family_of
from tests.catalog.test_objects_properties import configurations
from tests.thoroughness import examples

pytestmark = pytest.mark.tensorflow

EXAMPLES = int(os.environ.get("SPEC_COMPILER_LAYER_EXAMPLES", examples(3, thorough=6)))
SEED = int(os.environ.get("SPEC_COMPILER_LAYER_SEED", "0"))

ADDED_FOR_A_MODEL = ("build_config", "compile_config", "shared_object_id")
"""What Keras writes beside a configuration: how an object was built, and which others are the same."""

SEEDED = {"RandomCrop": "it draws a seed if it has none, and saves that"}
"""Layers that are compared with a seed of their own, and why."""

GROWN = {"Sequential": "it puts an input in front, which whoever writes a model has to name"}
"""Layers of which more is saved once they are called than is written of them, and what."""

DRAWN = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


def saved(made: Any) -> Any:
    """What Keras saves of an object of its own."""
    return alone(as_json(keras.saving.serialize_keras_object(made)))


def alone(data: Any) -> Any:
    """Configurations without what Keras adds for a model."""
    if isinstance(data, dict):
        return {key: alone(value) for key, value in data.items() if key not in ADDED_FOR_A_MODEL}
    return [alone(item) for item in data] if isinstance(data, list) else data


def assert_saved(config: Any, made: Any, name: str | None = None) -> None:
    """What is written of an object is what Keras saves of its own, and that is read as the object."""
    theirs = saved(made)
    assert as_json(serialize(config, name)) == theirs
    assert_read_back(config, theirs)


# Layers


@pytest.mark.parametrize("name", [name for name in LAYER_NAMES if name != "Input"])
def test_a_layer_is_written_as_keras_saves_it(name):
    @seed(SEED)
    @DRAWN
    @given(call=calls(name))
    def hold(call):
        arguments, inputs = call
        if name in SEEDED:
            arguments = {**arguments, "seed": 3}
        try:
            config = make(name, arguments)
            config.apply(**inputs)
        except (ValidationError, RuleError):
            return
        if any(getattr(config, argument) is not None for argument in form(type(config)).only_null):
            with pytest.raises(NotImplementedError):
                saved(construct(config, "it"))
            return
        if name in READ_AS_ANOTHER:
            assert as_json(serialize(config, "it")) == saved(construct(config, "it"))
        else:
            assert_saved(config, construct(config, "it"), "it")

    hold()


@pytest.mark.parametrize("name", [name for name in LAYER_NAMES if name not in {"Input", *GROWN, *SEEDED}])
def test_a_layer_that_was_called_is_written_as_keras_saves_it(name):
    arguments, inputs = example_call(name)
    config = make(name, arguments)
    made, _ = call_keras(config, types(inputs), {})
    assert saved(made) == as_json(serialize(config, "it", built_for=inputs))


@pytest.mark.parametrize(
    "arguments",
    [
        {"shape": [3, None]},
        {"shape": []},
        {"batch_shape": [2, 3], "dtype": "int32"},
        {"shape": [3], "batch_size": 4, "sparse": True},
        {"batch_shape": [None, 3], "ragged": True, "optional": False},
        {"shape": [1], "optional": True},
    ],
)
def test_an_input_is_written_as_keras_saves_it(arguments):
    config = make("Input", arguments)
    tensor = keras.Input(
        batch_shape=config.full_shape,
        dtype=config.dtype or "float32",
        sparse=config.sparse,
        ragged=config.ragged,
        optional=config.optional,
        name="it",
    )
    assert_saved(config, tensor._keras_history.operation, "it")


def test_a_sequential_that_was_called_is_read_as_it_was():
    arguments, inputs = example_call("Sequential")
    config = make("Sequential", arguments)
    made, _ = call_keras(config, types(inputs), {})
    theirs = saved(made)
    assert [layer["class_name"] for layer in theirs["config"]["layers"]] == ["InputLayer", "Dense", "Dense"]
    assert deserialize(theirs) == deserialize(as_json(serialize(config, "it")))


def can_be_loaded(data: Any) -> bool:
    """Whether Keras makes an object of a configuration."""
    try:
        keras.saving.deserialize_keras_object(data)
    except (TypeError, ValueError):
        return False
    return True


@pytest.mark.parametrize("name", [name for name in LAYER_NAMES if name != "Input"])
def test_keras_loads_what_is_written_of_a_layer(name):
    config = make(name, example_call(name)[0])
    assert can_be_loaded(as_json(serialize(config, "it"))) == form(type(config)).loads


class Scaled(keras.layers.Layer):
    """Multiplies, and saves what it was made with."""

    def __init__(self, factor, offset=0.0, **options):
        super().__init__(**options)
        self.factor = factor
        self.offset = offset

    def call(self, inputs):
        return inputs * self.factor + self.offset

    def get_config(self):
        return {**super().get_config(), "factor": self.factor, "offset": self.offset}


@keras.saving.register_keras_serializable("tests")
class Registered(Scaled):
    """The same, known to Keras."""


@pytest.mark.parametrize("layer_class", [Scaled, Registered])
def test_a_registered_layer_is_written_by_its_registered_name(layer_class):
    name = sc.register_layer(layer_class)
    config = registered_layers()[name].model_validate({"factor": [2, 3], "trainable": False, "dtype": "float16"})
    theirs = saved(construct(config, "it"))
    assert as_json(serialize(config, "it")) == theirs
    assert deserialize(theirs) == config.model_copy(update={"factor": (2, 3)})


# Objects


@pytest.mark.parametrize(
    ("kind", "name", "arguments"),
    [row for row in [*ROWS, *((*found, {}) for found in CLASSES)] if row[0] != "callback"],
)
def test_an_object_is_written_as_keras_saves_it(kind, name, arguments):
    if not arguments and family_of(kind)[0].get(name).required_arguments():
        return
    config = family_of(kind)[0].parse({"type": name, **arguments})
    assert_saved(config, keras_object(config))


@settings(max_examples=40 * EXAMPLES, deadline=None, derandomize=True)
@given(configurations())
def test_an_object_of_drawn_arguments_is_written_as_keras_saves_it(configuration):
    kind, name, arguments = configuration
    # A window by name needs SciPy, which Keras itself does not; of a callback Keras saves nothing.
    if name == "STFT":
        arguments = {**arguments, "window": None}
    try:
        config = family_of(kind)[0].parse({"type": name, **arguments})
    except PydanticCustomError:
        return
    if kind != "callback":
        assert_saved(config, keras_object(config))


def test_keras_saves_nothing_of_callbacks():
    for kind, name in CLASSES:
        assert hasattr(getattr(family_of(kind)[1], name), "get_config") == (kind != "callback")


# Ops


def assert_call_saved(name: str, arguments: Any, inputs: Any) -> None:
    """What is written of an op and its call is what Keras saves, and that is read as the op, if it can be called."""
    inputs = {key: types(value) for key, value in inputs.items()}
    try:
        op = make(f"ops.{name}", arguments)
        op.infer(**{key: numbers_as_types(value) for key, value in arguments_of(op, inputs).items()})
    except (ValidationError, RuleError):
        return
    tensors = {key: symbolic(value) for key, value in inputs.items()}
    (operation, *others) = {
        id(x._keras_history.operation): x._keras_history.operation
        for x in keras.tree.flatten(call_op(op, tensors, "it"))
    }.values()
    assert others == []
    call = operation._inbound_nodes[-1].arguments
    theirs = as_json(keras.saving.serialize_keras_object({"args": list(call.args), "kwargs": call.kwargs}))
    written = as_json(serialize(op, "it"))
    assert written == saved(operation)
    operands = as_json(keras.saving.serialize_keras_object(tensors))
    assert as_json(serialize_call(op, operands)) == theirs
    if name in READ_AS:
        return
    read = deserialize_call(written, theirs)
    assert {**dict.fromkeys(operands), **read.operands} == operands
    assert list(lost(op, read.op)) == []
    assert as_json(serialize(read.op, "it")) == written
    assert as_json(serialize_call(read.op, read.operands)) == theirs


OP_ROWS = [*((name, *numpy_calls.example(name)) for name in numpy_calls.NAMES), *nn_calls.ROWS]


@pytest.mark.parametrize("name", OP_NAMES)
def test_an_op_is_written_as_keras_saves_it(name):
    for row in OP_ROWS:
        if row[0] == name:
            assert_call_saved(*row)


@pytest.mark.parametrize("name", numpy_calls.NAMES)
@DRAWN
@given(data=st.data())
def test_an_op_of_arrays_with_drawn_arguments_is_written_as_keras_saves_it(name, data):
    arguments, inputs = data.draw(test_numpy_properties.calls(name))
    assert_call_saved(name, arguments, inputs)


@pytest.mark.parametrize("name", sorted({name for name, _, _ in nn_calls.ROWS}))
@DRAWN
@given(data=st.data())
def test_an_op_of_networks_with_drawn_arguments_is_written_as_keras_saves_it(name, data):
    row = data.draw(st.sampled_from([row for row in nn_calls.ROWS if row[0] == name]))
    arguments, inputs = data.draw(test_nn_properties.calls(row))
    assert_call_saved(name, arguments, inputs)


def test_there_is_a_row_for_every_op():
    assert {name for name, _, _ in OP_ROWS} == set(OP_NAMES)
