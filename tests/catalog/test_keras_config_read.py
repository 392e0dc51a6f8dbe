"""What is written for Keras is read back as it was, for every class; and what no spec can say is refused with its place.

Nothing here needs Keras; `test_keras_config` holds what is written against what Keras itself saves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import spec_compiler as sc
from spec_compiler.catalog import families
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.examples import example
from spec_compiler.catalog.keras_config.deserialize import UnreadableConfigError, deserialize, deserialize_call
from spec_compiler.catalog.keras_config.kinds import AS_IS, as_float32, shortest_of_float32
from spec_compiler.catalog.keras_config.layers import LAYERS as LAYER_FORMS
from spec_compiler.catalog.keras_config.objects import OBJECTS
from spec_compiler.catalog.keras_config.ops import CLASS_NAMES, MODULES, READ_AS
from spec_compiler.catalog.keras_config.ops import OPS as OP_FORMS
from spec_compiler.catalog.keras_config.serialize import serialize, serialize_call
from spec_compiler.catalog.keras_config.table import form, form_of_op, in_config, kind
from spec_compiler.catalog.layers.base import InnerLayer
from spec_compiler.catalog.objects import Family, Named
from spec_compiler.catalog.ops.base import Op
from spec_compiler.catalog.registry import FUNCTIONS, LAYERS, OPS, operation
from spec_compiler.graph.typed import TensorRef

pytestmark = pytest.mark.slow

LAYER_NAMES = sorted({*(name for names in LAYERS.values() for name in names), *FUNCTIONS})
CONSTANTS = set(OPS["numpy.constants"])
"""Ops that are called before there is a model, so that no configuration has them."""
OP_NAMES = sorted(name for names in OPS.values() for name in names if name not in CONSTANTS)
FAMILIES: tuple[Family, ...] = (
    families.initializers(), families.regularizers(), families.constraints(), families.losses(), families.metrics(),
    families.optimizers(), families.optimizer_maps(), families.schedules(),
)  # fmt: skip
OBJECT_CLASSES = [family.get(name) for family in FAMILIES for name in sorted(set(family.classes.values()))]

READ_AS_ANOTHER = {"dot": "Keras's function makes the layer `Dot`", **dict.fromkeys(READ_AS, "both are one operation")}
"""Types that are read as another, and why."""


TENSOR = {"class_name": "__keras_tensor__", "config": {"shape": [None, 8], "dtype": "float32"}}


def example_of(name: str) -> tuple[Any, dict[str, Any]]:
    """The object of a type's example, and what a call of it takes, as data: tensors, and numbers in their place."""
    found = example(name)
    assert found is not None
    graph = sc.load_spec(sc.Source.text(found.text))

    def data(operand: Any) -> Any:
        if isinstance(operand, tuple) and not isinstance(operand, TensorRef):
            return [data(each) for each in operand]
        return TENSOR if isinstance(operand, TensorRef) else operand

    config = graph.layers[graph.nodes[found.node].layer].config
    return config, {argument: data(operand) for argument, operand in graph.calls[found.node].items()}


def as_json(data: Any) -> Any:
    """Data as it comes out of a file."""
    return json.loads(json.dumps(data))


def lost(config: Config, read: Config) -> Iterator[str]:
    """The arguments in which an object that was read differs from the one that was written, less what the table says.

    Keras saves some arguments not at all, and of others the same for several values.
    """
    assert type(config) is type(read)
    for name in type(config).model_fields:
        before, after = getattr(config, name), getattr(read, name)
        how = form(type(config))
        if kind(type(config), name) is not AS_IS or name in how.unsaved or how.prepare is not None:
            continue
        if isinstance(before, tuple) and before and isinstance(before[0], InnerLayer):
            assert [each.name for each in before] == [each.name for each in after]
            for one, other in zip(before, after, strict=True):
                yield from lost(one.config, other.config)
        elif isinstance(before, InnerLayer):
            assert before.name == after.name
            yield from lost(before.config, after.config)
        elif isinstance(before, Config):
            yield from lost(before, after)
        elif before != after and (in_config(type(config), name) or isinstance(config, Op)):
            yield name


def assert_read_back(config: Config, written: Any) -> None:
    """What Keras saves of an object is read as that object, with no more arguments given, and written as before."""
    read = deserialize(written)
    assert isinstance(read, Config)
    assert list(lost(config, read)) == []
    assert as_json(serialize(read, written["config"].get("name"))) == written
    assert form(type(config)).prepare is not None or read.model_fields_set <= config.model_fields_set


@pytest.mark.parametrize("name", [name for name in LAYER_NAMES if name not in READ_AS_ANOTHER])
def test_a_layer_is_read_as_it_was_written(name):
    config, _ = example_of(name)
    assert_read_back(config, as_json(serialize(config, "it")))


OVERLAP = {"num_classes": 3, "target_class_ids": [0, 2]}
DECAY = {"initial_learning_rate": 0.1, "decay_steps": 5}
REQUIRED: dict[str, dict[str, Any]] = {
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
    "IoU": OVERLAP,
    "OneHotIoU": OVERLAP,
    "MeanIoU": {"num_classes": 3},
    "OneHotMeanIoU": {"num_classes": 3},
    "LossScaleOptimizer": {"inner_optimizer": "adam"},
    "MultiOptimizer": {"optimizer_map": {"type": "OptimizerMap", "default_optimizer": "sgd"}, "loss_scale_factor": 2},
    "OptimizerMap": {"default_optimizer": "sgd", "optimizer_map": {"head/.*": {"type": "Lion"}}},
    "CosineDecay": DECAY,
    "PolynomialDecay": DECAY,
    "ExponentialDecay": {**DECAY, "decay_rate": 0.5},
    "InverseTimeDecay": {**DECAY, "decay_rate": 0.5},
    "PiecewiseConstantDecay": {"boundaries": [3, 5], "values": [1, 0.5, 0.25]},
    "CosineDecayRestarts": {"initial_learning_rate": 0.1, "first_decay_steps": 5},
}
"""Values for the arguments that have no default."""


@pytest.mark.parametrize("found", OBJECT_CLASSES, ids=lambda found: f"{found.keras_module}.{found.__name__}")
def test_an_object_is_read_as_it_was_written(found):
    config = found.model_validate(REQUIRED.get(found.__name__, {}))
    assert_read_back(config, as_json(serialize(config)))


@pytest.mark.parametrize("name", [name for name in OP_NAMES if name not in READ_AS_ANOTHER])
def test_an_op_is_read_as_it_was_written(name):
    op, operands = example_of(f"ops.{name}")
    written, call = as_json(serialize(op, "it")), as_json(serialize_call(op, operands))
    read = deserialize_call(written, call)
    assert read.operands == operands
    assert list(lost(op, read.op)) == []
    assert as_json(serialize(read.op, "it")) == written
    assert as_json(serialize_call(read.op, operands)) == call


def test_a_type_without_a_configuration_of_its_own_is_read_as_the_one_that_has_it():
    dot, _ = example_of("dot")
    assert type(deserialize(as_json(serialize(dot, "it")))) is operation("Dot")
    op, operands = example_of("ops.image.extract_patches_3d")
    read = deserialize_call(as_json(serialize(op, "it")), as_json(serialize_call(op, operands)))
    assert type(read.op) is operation("ops.image.extract_patches")
    assert read.op.arguments() == {"size": (8, 8, 8)}
    assert read.operands == {"images": TENSOR}


# The table


def test_the_table_names_only_what_there_is():
    assert LAYER_FORMS.keys() <= set(LAYER_NAMES)
    assert {name for names in MODULES.values() for name in names} | {*CLASS_NAMES, *OP_FORMS, *READ_AS} <= set(OP_NAMES)
    known = {(found.keras_module, found.keras_name) for found in OBJECT_CLASSES}
    assert {(module, name) for module, table in OBJECTS.items() for name in table} <= known


@pytest.mark.parametrize(
    "found",
    [*map(operation, LAYER_NAMES), *OBJECT_CLASSES, *(operation(f"ops.{name}") for name in OP_NAMES)],
    ids=lambda found: f"{found.keras_module}.{found.keras_name}",
)
def test_a_row_speaks_of_arguments_that_the_class_has(found):
    how = form(found)
    named = {*how.kinds, *how.unsaved, *how.if_set, *how.always, *how.if_given, *how.only_null, *how.left_out}
    assert named <= found.model_fields.keys()
    assert how.added.keys().isdisjoint(found.model_fields)
    assert set(how.without_effect) <= how.added.keys()
    if issubclass(found, Op):
        called = form_of_op(found)
        tensors = {call.name for call in found.calls}
        assert {*(called.positional or ()), *called.keywords, *called.missing} <= tensors | found.model_fields.keys()
        assert called.spread in (None, *tensors, *called.keywords)


# What cannot be read


def layer(class_name: str, **saved: Any) -> dict[str, Any]:
    return {
        "module": "keras.layers",
        "class_name": class_name,
        "config": {"name": "it", **saved},
        "registered_name": None,
    }


QUANTIZED = {
    "module": "keras.dtype_policies",
    "class_name": "QuantizedDTypePolicy",
    "config": {"mode": "int8", "source_name": "float32"},
    "registered_name": None,
}
FUNCTION = {"module": "builtins", "class_name": "function", "config": "my>bend", "registered_name": "function"}

UNREADABLE = [
    (layer("Lambda", function="f"), "no spec can have a `Lambda`: it runs code", ()),
    (layer("Danse", units=2), "no spec can name `Danse` of `keras.layers`", ()),
    ({**layer("Danse", units=2), "module": ""}, "no spec can name `Danse`", ()),
    ({**layer("Dense", units=2), "module": "keras.models"}, "no spec can name `Dense` of `keras.models`", ()),
    (layer("Dense"), "`Dense` lacks `units`", ("config",)),
    (layer("Dense", units=-1), "`Dense` has `units` -1, which a spec cannot say", ("config", "units")),
    (
        layer("Dense", units=2, colour="red"),
        "`Dense` has `colour` `red`, which a spec cannot say",
        ("config", "colour"),
    ),
    (
        layer("Dense", units=2, quantization_config={"bits": 8}),
        "`Dense` has `quantization_config` a mapping, which a spec cannot say",
        ("config", "quantization_config"),
    ),
    (
        layer("Dense", units=2, activation=FUNCTION),
        "`Dense` has `activation` `my>bend`, which a spec cannot say",
        ("config", "activation"),
    ),
    (
        layer("Dense", units=2, dtype=QUANTIZED),
        "no spec can name `QuantizedDTypePolicy` of `keras.dtype_policies`",
        ("config", "dtype"),
    ),
    (
        layer("LSTM", units=2, zero_output_for_mask=True),
        "`LSTM` has `zero_output_for_mask` true, which a spec cannot say",
        ("config", "zero_output_for_mask"),
    ),
    (
        layer("TimeDistributed", layer=layer("Lambda", function="f")),
        "no spec can have a `Lambda`: it runs code",
        ("config", "layer"),
    ),
    (layer("TimeDistributed", layer=3), "this is no layer", ("config", "layer")),
    (layer("Bidirectional", layer=3), "the configuration of `Bidirectional` has another form", ("config",)),
    (
        layer("Sequential") | {"module": "keras", "config": {"name": "it", "layers": [layer("Dense", units=0)]}},
        "`Dense` has `units` 0, which a spec cannot say",
        ("config", "layers", 0, "config", "units"),
    ),
    (
        layer("RandomBrightness", factor=["a", "b"]),
        "`RandomBrightness` has `factor` [a, b], which a spec cannot say",
        ("config", "factor"),
    ),
    (
        layer("MaxPooling2D", strides=[2, 2]),
        "`MaxPooling2D` has `strides` [2, 2], which a spec cannot say",
        ("config", "strides"),
    ),
    (layer("Masking", mask_value=TENSOR), "a tensor stands where a spec has a value", ("config", "mask_value")),
    (serialize(example_of("ops.abs")[0], "it"), "`ops.abs` is an op, which is read with its call", ()),
    ({"module": "keras.layers"}, "this is no configuration of Keras: it has no `class_name` of the right form", ()),
    ([], "this is no configuration of Keras: it has no `module` of the right form", ()),
]


@pytest.mark.parametrize(("data", "message", "path"), UNREADABLE)
def test_what_no_spec_can_say_is_refused_where_it_stands(data, message, path):
    with pytest.raises(UnreadableConfigError) as caught:
        deserialize(data)
    assert (caught.value.message, caught.value.path) == (message, path)


def operation_of(class_name: str, module: str = "keras.src.ops.numpy", **saved: Any) -> dict[str, Any]:
    return {
        "module": module,
        "class_name": class_name,
        "config": {"name": "it", **saved},
        "registered_name": class_name,
    }


@pytest.mark.parametrize(
    ("data", "node", "message"),
    [
        (layer("Dense", units=2), {"args": [TENSOR], "kwargs": {}}, "`Dense` is no op"),
        (
            operation_of("Add"),
            {"args": [TENSOR, TENSOR, TENSOR], "kwargs": {}},
            "`ops.add` is called with 3 arguments, which a spec cannot say",
        ),
        (
            operation_of("Add"),
            {"args": [TENSOR], "kwargs": {"twice": True}},
            "`ops.add` is called with `twice`, which a spec cannot say",
        ),
        (
            operation_of("GetItem"),
            {"args": [TENSOR, TENSOR], "kwargs": {}},
            "a tensor stands where a spec has a value",
        ),
        (operation_of("Add"), {}, "this is no configuration of Keras: it has no `args` of the right form"),
    ],
)
def test_a_call_that_no_spec_can_say_is_refused(data, node, message):
    with pytest.raises(UnreadableConfigError, match=re.escape(message)):
        deserialize_call(data, node)


# What Keras saves in several ways


def test_what_a_built_model_adds_is_passed_over():
    built = layer("Dense", units=2) | {"build_config": {"input_shape": [None, 3]}, "name": "it", "shared_object_id": 3}
    assert deserialize(built) == operation("Dense").model_validate({"units": 2})
    chain = {
        "module": "keras",
        "class_name": "Sequential",
        "config": {
            "name": "it",
            "dtype": "mixed_float16",
            "layers": [layer("InputLayer", batch_shape=[None, 3]), layer("Dense", units=2)],
            "build_input_shape": [None, 3],
        },
    }
    (inner,) = deserialize(chain).layers
    assert inner == InnerLayer("it", operation("Dense").model_validate({"units": 2}))


def test_a_function_is_its_name():
    assert deserialize({**FUNCTION, "config": "mean_squared_error"}) == Named("mean_squared_error")
    relu = layer("Dense", units=2, activation={**FUNCTION, "config": "relu"})
    assert deserialize(relu).activation == "relu"


def test_an_array_is_a_list():
    saved = layer("Normalization", mean={"class_name": "__numpy__", "config": {"value": [1.0, 2.0]}}, variance=[1, 1])
    assert deserialize(saved).mean == (1.0, 2.0)


def test_layers_inside_can_be_read_by_the_caller():
    shared = InnerLayer("tower", operation("Dense").model_validate({"units": 2}), shared=True)
    assert deserialize(layer("TimeDistributed", layer={"any": "thing"}), lambda data, path: shared).layer is shared


@given(st.floats(width=32, allow_nan=False))
def test_a_number_of_32_bits_is_read_with_as_few_digits_as_tell_it(number):
    short = shortest_of_float32(number)
    assert as_float32(short) == number
    assert len(repr(short)) <= len(repr(number))


@pytest.mark.parametrize(("number", "saved"), [(0.001, 0.0010000000474974513), (0.5, 0.5), (1e39, float("inf"))])
def test_a_number_is_saved_as_32_bits_keep_it(number, saved):
    assert as_float32(number) == saved
    assert shortest_of_float32(saved) == (saved if number > 1 else number)
