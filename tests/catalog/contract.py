"""The contract of the catalogue: what it says of a layer is what Keras does.

`check` takes the arguments of a layer as a spec would write them and the types of its inputs. It makes the
layer in Keras, calls it, and compares outputs and weights with what the catalogue infers.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any
from unittest.mock import patch

import keras
import pytest
import tensorflow as tf
from pydantic import ValidationError

from spec_compiler.catalog.layers.base import Inner, Operation
from spec_compiler.catalog.ops.base import Op
from spec_compiler.catalog.registry import operation
from spec_compiler.catalog.rules import RuleError
from spec_compiler.catalog.tensors import Inferred, TensorType, Weight
from spec_compiler.emitting.keras_objects import construct, keras_object
from spec_compiler.emitting.keras_ops import call_op

Row = tuple[Mapping[str, Any], Any] | tuple[Mapping[str, Any], Any, Mapping[str, Any]]


def make(type_name: str, arguments: Mapping[str, Any], name: str = "it") -> Operation:
    """The catalogue's object for a type and arguments; nested layers are mappings with `type`."""
    found = operation(type_name)
    assert found is not None, f"{type_name} is not in the catalogue"
    nested = getattr(found, "nested", ())
    values = {
        key: _inner(value, f"{name}.{key}") if key in nested and value is not None else value
        for key, value in arguments.items()
    }
    return found.model_validate(values)


def _inner(value: Any, name: str) -> Any:
    if isinstance(value, (list, tuple)):
        return [_inner(item, f"{name}.{index}") for index, item in enumerate(value)]
    value = dict(value)
    return Inner(name, make(value.pop("type"), value, name))  # type: ignore[arg-type]


def _symbolic(x: Any) -> Any:
    if isinstance(x, TensorType):
        return keras.Input(batch_shape=x.shape, dtype=x.dtype, sparse=x.sparse, ragged=x.ragged)
    if isinstance(x, (list, tuple)):
        return [_symbolic(item) for item in x]
    return x


def types(x: Any) -> Any:
    """Shapes as tensor types: ``(None, 3)`` is float32, ``("int32", None, 3)`` names its dtype."""
    if isinstance(x, TensorType):
        return x
    if isinstance(x, tuple) and all(item is None or isinstance(item, int) for item in x):
        return TensorType(x)
    if isinstance(x, tuple) and x and isinstance(x[0], str):
        return TensorType(x[1:], x[0])
    if isinstance(x, list):
        return [types(item) for item in x]
    if isinstance(x, dict):
        return {key: types(value) for key, value in x.items()}
    return x


def arguments_of(config: Operation, inputs: Any) -> dict[str, Any]:
    """The tensors of a call by name: a mapping is taken as it is, anything else is the first argument."""
    return inputs if isinstance(inputs, dict) else {config.calls[0].name: inputs}


def call_keras(config: Operation, inputs: Any, flags: Mapping[str, Any]) -> tuple[Any, list[Any]]:
    """The Keras layer and the flat outputs of one call."""
    layer = construct(config, "it")
    call = {key: _symbolic(value) for key, value in arguments_of(config, inputs).items()}
    for key, value in call.items():
        if isinstance(value, list):
            call[key] = config.arrange(key, value)
    first = call.pop(config.calls[0].name)
    outputs = layer(first, **call, **flags)
    return layer, keras.tree.flatten(outputs)


@contextmanager
def recorded_initializers() -> Iterator[dict[int, Any]]:
    """The initializers that Keras's layers are made with, by the id of the variable."""
    found: dict[int, Any] = {}
    add_weight = keras.layers.Layer.add_weight

    def recording(layer: Any, *args: Any, **options: Any) -> Any:
        variable = add_weight(layer, *args, **options)
        initializer = args[1] if len(args) > 1 else options.get("initializer")
        default = "glorot_uniform" if "float" in variable.dtype else "zeros"
        found[id(variable)] = keras.initializers.get(default if initializer is None else initializer)
        return variable

    with patch.object(keras.layers.Layer, "add_weight", recording):
        yield found


def described(initializer: Any) -> Any:
    """An initializer as its class and arguments; none if a layer put it together itself."""
    if not isinstance(initializer, keras.initializers.Initializer):
        return None
    arguments = {key: value for key, value in initializer.get_config().items() if key != "seed"}
    return type(initializer).__name__, repr(sorted(arguments.items()))


def _stated_initializer(weight: Weight) -> Any:
    return described(keras_object(weight.initializer)) if weight.initializer is not None else None


def check(type_name: str, arguments: Mapping[str, Any], inputs: Any, flags: Mapping[str, Any] | None = None) -> None:
    """Hold one call of one layer against Keras: shapes, dtypes, and of every weight all that is stated."""
    config = make(type_name, arguments)
    inputs = types(inputs)
    inferred: Inferred = config.apply(**arguments_of(config, inputs), **(flags or {}))
    # Layers that a layer makes itself are numbered by Keras.
    keras.utils.clear_session(free_memory=False)
    with recorded_initializers() as initializers:
        layer, outputs = call_keras(config, inputs, flags or {})
    assert [(x.shape, x.dtype) for x in inferred.outputs] == [(tuple(x.shape), x.dtype) for x in outputs]
    trainable = getattr(config, "trainable", True)
    stated = [(w.name, w.shape, w.dtype, w.trainable and trainable, _stated_initializer(w)) for w in inferred.weights]
    # A layer inside one that is not trained is not marked, and yet not trained either.
    trained = {id(v) for v in layer.trainable_weights}
    actual = [
        (v.path.split("/", 1)[1], tuple(v.shape), v.dtype, id(v) in trained, described(initializers.get(id(v))))
        for v in layer.weights
    ]
    assert sorted(stated, key=itemgetter(0)) == sorted(actual, key=itemgetter(0))


def signature(keras_class: Any) -> dict[str, Any]:
    """The constructor arguments of a Keras class and their defaults, less the general ones of every layer."""
    parameters = inspect.signature(keras_class.__init__).parameters.values()
    return {
        p.name: p.default
        for p in parameters
        if p.name not in ("self", "name", "dtype") and p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)
    }


def normal(value: Any) -> Any:
    """A default in the form in which two of them can be compared."""
    if isinstance(value, (list, tuple)):
        value = tuple(normal(item) for item in value)
        return value[0] if len(set(value)) == 1 else value
    return value


GENERAL = {"trainable", "dtype", "activity_regularizer", "name"}


def check_signature(
    config_class: type[Operation],
    keras_class: Any,
    excluded: Sequence[str] = (),
    inherited: Sequence[str] = (),
    popped: Mapping[str, Any] | None = None,
) -> None:
    """Hold the fields of a class and their defaults against the signature of Keras's constructor.

    `inherited` are arguments that Keras hands on by ``**kwargs`` to the constructor of a base class; `popped` are
    those that it takes out of ``**kwargs`` itself, with their defaults.
    """
    theirs = {name: default for name, default in signature(keras_class).items() if name not in excluded}
    for base in keras_class.__mro__[1:]:
        theirs |= {name: default for name, default in signature(base).items() if name in inherited}
    assert set(inherited) <= set(theirs), "arguments that no base class has"
    theirs |= popped or {}
    ours = dict(config_class.model_fields)
    assert set(theirs) - set(ours) == set(), "arguments of Keras that the catalogue lacks"
    assert set(ours) - set(theirs) - GENERAL == set(), "arguments that Keras does not have"
    for name, default in theirs.items():
        if default is inspect.Parameter.empty:
            assert ours[name].is_required(), f"{name} is required by Keras"
        else:
            assert not ours[name].is_required(), f"{name} has a default in Keras"
            assert normal(ours[name].default) == normal(default), f"default of {name}"
    for field_name, field in ours.items():
        assert field.description, f"{field_name} has no description"


def check_calls(config_class: type[Operation], keras_class: Any) -> None:
    """Hold the call arguments of a class against the signature of Keras's `call`."""
    theirs = [p for p in inspect.signature(keras_class.call).parameters if p not in ("self", "kwargs", "args")]
    assert [call.name for call in config_class.calls] == theirs
    assert list(inspect.signature(config_class.infer).parameters)[1:] == theirs


def refuses(type_name: str, arguments: Mapping[str, Any], inputs: Any, *, keras_builds: bool = False) -> None:
    """The catalogue refuses a call, and so does Keras (unless `keras_builds`: it would only fail when it runs)."""
    with pytest.raises((ValidationError, RuleError)):
        config = make(type_name, arguments)
        config.apply(**arguments_of(config, types(inputs)))
    if keras_builds:
        return
    keras_class = getattr(keras.layers, type_name)
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever Keras raises
        built = {k: construct(_inner(v, k).config, k) if isinstance(v, dict) else v for k, v in arguments.items()}
        keras_class(**built)(_symbolic(types(inputs)))


def runs(type_name: str, arguments: Mapping[str, Any], inputs: Any, unknown: int = 9) -> bool:
    """Whether Keras builds a layer, and runs it in a graph, by TensorFlow's kernels or by XLA, with the shapes it said.

    A graph is what `fit` and `predict` make. Lengths that are not known are set to `unknown`.
    """
    keras_class = getattr(keras.layers, type_name)
    call = types(inputs)
    call = call if isinstance(call, dict) else {"": call}
    values = [_ones(x, unknown) for x in call.values()]
    try:
        layer = keras_class(**arguments)
        outputs = layer(*map(_symbolic, call.values()))
    except Exception:  # whatever Keras raises
        return False
    for run in (tf.function(layer), tf.function(layer, jit_compile=True)):
        try:
            results = run(*values)
        except Exception:  # whatever TensorFlow raises
            continue
        pairs = zip(keras.tree.flatten(outputs), keras.tree.flatten(results), strict=True)
        return all(tf.TensorShape(stated.shape).is_compatible_with(result.shape) for stated, result in pairs)
    return False


def _ones(x: Any, unknown: int) -> Any:
    if isinstance(x, list):
        return [_ones(item, unknown) for item in x]
    shape = [unknown if length is None else length for length in x.shape]
    return tf.fill(shape, "a") if x.dtype == "string" else tf.cast(tf.ones(shape), x.dtype)


def check_op(name: str, arguments: Mapping[str, Any], inputs: Any) -> None:
    """Hold one call of one op against Keras: the shapes and dtypes of its outputs. Numbers stand for themselves."""
    config = make(f"ops.{name}", arguments)
    assert isinstance(config, Op)
    inputs = arguments_of(config, types(inputs))
    inferred = config.infer(**{key: _numbers_as_types(value) for key, value in inputs.items()})
    symbolic = {key: _symbolic(value) for key, value in inputs.items()}
    outputs = keras.tree.flatten(call_op(config, symbolic, "it"))
    assert [(x.shape, x.dtype) for x in inferred.outputs] == [(tuple(x.shape), x.dtype) for x in outputs]
    assert outputs[0]._keras_history.operation.name == "it"


def _numbers_as_types(value: Any) -> Any:
    if isinstance(value, list):
        return [_numbers_as_types(item) for item in value]
    if isinstance(value, (int, float)):
        return TensorType((), "float" if isinstance(value, float) else "int")
    return value


def refuses_op(name: str, arguments: Mapping[str, Any], inputs: Any, *, keras_builds: bool = False) -> None:
    """The catalogue refuses a call of an op, and so does Keras (unless `keras_builds`: it would only fail to run)."""
    with pytest.raises((ValidationError, RuleError)):
        config = make(f"ops.{name}", arguments)
        config.infer(**{k: _numbers_as_types(v) for k, v in arguments_of(config, types(inputs)).items()})
    if keras_builds:
        return
    function: Any = keras.ops
    for step in name.split("."):
        function = getattr(function, step)
    call = inputs if isinstance(inputs, dict) else {operation(f"ops.{name}").calls[0].name: inputs}
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever Keras raises
        function(**{key: _symbolic(types(value)) for key, value in call.items()}, **arguments)


def check_op_signature(name: str, excluded: Sequence[str] = ()) -> None:
    """Hold the fields and tensors of an op against the signature of Keras's function."""
    function: Any = keras.ops
    for step in name.split("."):
        function = getattr(function, step)
    ours = operation(f"ops.{name}")
    assert ours is not None
    assert ours.keras_name == name
    tensors = {call.name: call for call in ours.calls}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name in excluded:
            continue
        required = parameter.default is parameter.empty and parameter.kind is not parameter.VAR_POSITIONAL
        if parameter.name in tensors:
            assert parameter.kind is parameter.VAR_POSITIONAL or tensors[parameter.name].required == required
            continue
        field = ours.model_fields[parameter.name]
        assert field.description, f"{parameter.name} has no description"
        assert field.is_required() == required, parameter.name
        if not required:
            assert normal(field.default) == normal(parameter.default), f"default of {parameter.name}"
    known = set(inspect.signature(function).parameters)
    assert set(ours.model_fields) | set(tensors) <= known, "arguments that Keras does not have"
    assert list(inspect.signature(ours.infer).parameters)[1:] == list(tensors)
