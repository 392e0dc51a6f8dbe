"""What the catalogue refuses, Keras refuses too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from spec_compiler.catalog.registry import operation
from spec_compiler.catalog.rules import RuleError
from spec_compiler.emitting.keras_model.objects import construct, public
from tests.catalog.keras_contract.calls import arguments_of, function_of, inner, make, numbers_as_types, symbolic, types


def refuses(type_name: str, arguments: Mapping[str, Any], inputs: Any, *, keras_builds: bool = False) -> None:
    """The catalogue refuses a call, and so does Keras (unless `keras_builds`: it would only fail when it runs)."""
    with pytest.raises((ValidationError, RuleError)):
        config = make(type_name, arguments)
        config.apply(**arguments_of(config, types(inputs)))
    if keras_builds:
        return
    keras_class = public(f"{operation(type_name).keras_module}.{type_name}")
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever Keras raises
        built = {k: construct(inner(v, k).config, k) if isinstance(v, dict) else v for k, v in arguments.items()}
        keras_class(**built)(symbolic(types(inputs)))


def refuses_op(name: str, arguments: Mapping[str, Any], inputs: Any, *, keras_builds: bool = False) -> None:
    """The catalogue refuses a call of an op, and so does Keras (unless `keras_builds`: it would only fail to run)."""
    with pytest.raises((ValidationError, RuleError)):
        config = make(f"ops.{name}", arguments)
        config.infer(**numbers_as_types(arguments_of(config, types(inputs))))
    if keras_builds:
        return
    function = function_of(name)
    call = inputs if isinstance(inputs, dict) else {operation(f"ops.{name}").calls[0].name: inputs}
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever Keras raises
        function(**symbolic(types(call)), **arguments)
