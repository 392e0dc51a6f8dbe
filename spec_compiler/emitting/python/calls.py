"""Calls of layers and ops as Python code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import takewhile
from typing import Any

from spec_compiler.catalog.keras_config import table
from spec_compiler.catalog.layers.base import Callee, Operation, Trainable
from spec_compiler.catalog.layers.core.input import Input
from spec_compiler.catalog.ops.base import Op
from spec_compiler.emitting.python.code import Bracketed, Fragment, call, list_of, text_of, tuple_of
from spec_compiler.emitting.python.values import PythonValues
from spec_compiler.graph.flat import ConstantOperand, Nested
from spec_compiler.graph.graph import NestedModel

_STARRED = {"einsum": "operands", "meshgrid": "x"}
"""The ops of which Keras takes the tensors one by one and not as a list, and the argument that they are here."""

_BY_PLACE = {"full": 0, "scale_and_translate": 1}
"""How many tensors can stand without their names, for ops that have other arguments among them."""


def input_call(config: Input, name: Fragment) -> Bracketed:
    """The `keras.Input` of an input."""
    arguments: dict[str, Fragment] = {}
    positional: list[Fragment] = []
    shape = config.full_shape
    if shape[:1] == (None,):
        positional.append(tuple_of(map(repr, shape[1:])))
    else:
        arguments["batch_shape"] = tuple_of(map(repr, shape))
    if config.dtype not in (None, "float32"):
        arguments["dtype"] = text_of(str(config.dtype))
    for flag in ("sparse", "ragged", "optional"):
        arguments |= {flag: "True"} if getattr(config, flag) else {}
    return call("keras.Input", *positional, **arguments, name=name)


def op_call(config: Op, operands: Mapping[str, Fragment]) -> Bracketed:
    """The call of an op on its tensors."""
    values = PythonValues()
    arguments = {**config.keras_arguments(), **table.settled(config)}
    return op_function_call(type(config), operands, {name: values.visit(value) for name, value in arguments.items()})


def op_function_call(found: type[Op], operands: Mapping[str, Fragment], arguments: Mapping[str, Fragment]) -> Bracketed:
    """The call of an op's function, in which the tensors stand first where Keras has them first."""
    named = dict(arguments)
    function = f"{found.keras_module.removeprefix('keras.')}.{found.keras_name}"
    starred = _STARRED.get(found.keras_name)
    if starred is not None:
        several = operands[starred]
        assert isinstance(several, Bracketed)
        before = [named.pop("subscripts")] if "subscripts" in named else []
        return call(function, *before, *(item for _, item in several.items), **named)
    rest = dict(operands)
    positional = [rest.pop(each) for each in _leading(found, operands)]
    return call(function, *positional, **rest, **named)


def _leading(found: type[Op], operands: Mapping[str, Fragment]) -> list[str]:
    """The tensors of a call that stand without their names."""
    needed = (each for each in found.calls if each.kind != "flag")
    leading = takewhile(lambda each: each.required and each.name in operands, needed)
    return [each.name for each in leading][: _BY_PLACE.get(found.keras_name.rpartition(".")[2])]


def arguments_of_call(
    config: Operation | NestedModel, operands: Mapping[str, Fragment]
) -> tuple[list[Fragment], dict[str, Fragment]]:
    """What a layer is called with, by place and by name."""
    first, named = config.as_called(operands)
    return [structure(first)], named


def constant_array(constant: ConstantOperand) -> Bracketed:
    """A constant as an array of NumPy, which Keras saves with the operation that uses it."""
    return call("np.array", structure_of_numbers(constant.value), text_of(constant.dtype))


def constant_call(made: Bracketed) -> Bracketed:
    """What an op of constants gives, as an array of NumPy, which takes the places of `get_item` as a tuple alone."""
    items = tuple(
        (label, tuple_of(each for _, each in item.items) if label == "key=" and isinstance(item, Bracketed) else item)
        for label, item in made.items
    )
    return call("ops.convert_to_numpy", replace(made, items=items))


def structure_of_numbers(value: Nested) -> Fragment:
    """The elements of a constant, in lists."""
    return list_of(map(structure_of_numbers, value)) if isinstance(value, tuple) else repr(value)


def structure(value: Any) -> Fragment:
    """Lists of code, as a layer wants its tensors arranged, as code."""
    return list_of(map(structure, value)) if isinstance(value, (list, tuple)) else value


def stands_alone(config: Callee | Operation) -> bool:
    """Whether all that is to be said of a layer can be said where it is made: nothing in it is to be frozen later."""
    return isinstance(config, Trainable) and (config.trainable or not config.nested)
