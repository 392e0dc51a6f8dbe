"""Whether the catalogue has all layers of Keras, and the registry all layers of the catalogue."""

from __future__ import annotations

import inspect
from importlib import import_module
from pkgutil import iter_modules

import keras
import pytest

from spec_compiler.catalog import layers, registry
from spec_compiler.catalog.layers.base import Operation
from spec_compiler.catalog.registry import ALIASES, FORBIDDEN, LAYERS, operation

pytestmark = pytest.mark.tensorflow

EXCLUDED = FORBIDDEN | {
    "InputLayer": "an `Input` is it",
    "InputSpec": "it is no layer, and says what one takes",
    "Layer": "it is the base of all layers",
    "Wrapper": "it is the base of layers that apply another",
}
"""Public classes of `keras.layers` that are no types of the language, and why."""

NOT_LAYERS = {
    "Input": "it is a type of the language",
    "deserialize": "it makes layers of configurations",
    "serialize": "it makes configurations of layers",
}
"""Public functions of `keras.layers` that do not call a layer, and why."""

PUBLIC = {name: value for name, value in vars(keras.layers).items() if not name.startswith("_")}
CLASSES = sorted(name for name, value in PUBLIC.items() if inspect.isclass(value))
FUNCTIONS = sorted(name for name, value in PUBLIC.items() if inspect.isfunction(value))
WITHOUT_TYPES = {"base"}
"""Modules that have no types besides those with rules and fields alone, which no class of the registry comes from."""


def test_there_is_something_to_hold_the_catalogue_against():
    assert {"Dense", "Conv2D", "RandomFlip", "StringLookup"} <= set(CLASSES)
    assert {"add", "concatenate", "dot"} <= set(FUNCTIONS)


@pytest.mark.parametrize("name", CLASSES)
def test_every_layer_of_keras_is_a_type_or_left_out_for_a_reason(name):
    if name in EXCLUDED:
        assert operation(name) is None
        return
    found = operation(name)
    assert found is not None, f"{name} is not in the catalogue"
    assert PUBLIC[name] is PUBLIC[found.keras_name]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_of_keras_is_another_name_of_its_layer(name):
    if name in NOT_LAYERS:
        assert name not in ALIASES
        return
    found = operation(name)
    assert found is not None, f"{name} is no other name of a layer"
    assert found.keras_name.lower() == name
    defaults = [p for p in inspect.signature(PUBLIC[name]).parameters.values() if p.default is not p.empty]
    assert {p.name: found.model_fields[p.name].default for p in defaults} == {p.name: p.default for p in defaults}


@pytest.mark.parametrize("name", sorted(EXCLUDED))
def test_what_is_left_out_exists_in_keras(name):
    assert name in CLASSES


@pytest.mark.parametrize("alias", sorted(ALIASES))
def test_every_other_name_is_one_of_a_layer(alias):
    found = operation(alias)
    assert found is not None
    assert found is operation(ALIASES[alias])


@pytest.mark.parametrize(("module", "name"), [(module, name) for module, names in LAYERS.items() for name in names])
def test_every_name_of_the_registry_is_a_class_of_its_module(module, name):
    found = vars(import_module(f"{layers.__name__}.{module}")).get(name)
    assert inspect.isclass(found)
    assert issubclass(found, Operation)
    assert found.__module__ == f"{layers.__name__}.{module}"


def test_no_name_is_registered_twice():
    names = [*(name for group in LAYERS.values() for name in group), *registry.FUNCTIONS]
    assert len(names) == len(set(names))
    assert not set(names) & set(ALIASES)


@pytest.mark.parametrize("module", [found.name for found in iter_modules(layers.__path__)])
def test_every_module_of_layers_is_in_the_table(module):
    if module in LAYERS:
        return
    own = [
        name
        for name, value in vars(import_module(f"{layers.__name__}.{module}")).items()
        if inspect.isclass(value) and value.__module__ == f"{layers.__name__}.{module}" and name in CLASSES
    ]
    assert module in WITHOUT_TYPES or own == [], f"{module} has the types {own}, and is not in the registry"
