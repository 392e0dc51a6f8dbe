"""The package as a whole: its modules, its tables, its schema."""

from __future__ import annotations

import ast
import json
from importlib import import_module
from pathlib import Path

import jsonschema
import pytest
import yaml

import spec_compiler as sc
from spec_compiler.catalog import registry
from spec_compiler.catalog.layers.base import Operation
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.language.schema import schema_text
from spec_compiler.reading.read import read
from tests.goldens import example_specs
from tests.processes import ROOT

PACKAGE = ROOT / "spec_compiler"
NEED_KERAS = {
    "emitting.custom_layers",
    "emitting.keras_compile",
    "emitting.keras_model",
    "emitting.keras_objects",
    "emitting.keras_ops",
}
LONGEST = 400
GROWN = {"catalog/layers/recurrent.py", "expanding/copies.py"}
"""Modules that are longer than they should be. The list may only become shorter."""


def modules():
    return sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("module", [name_of(path) for path in modules() if path.name != "__main__.py"])
def test_every_module_can_be_imported(module):
    if module.removeprefix("spec_compiler.") in NEED_KERAS:
        assert "import keras" in (ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
        return
    import_module(module)


def test_no_module_is_longer_than_can_be_read_at_once():
    too_long = {
        str(path.relative_to(PACKAGE))
        for path in modules()
        if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST
    }
    assert too_long <= GROWN


def classes_of(path: Path) -> set[str]:
    """The classes that a module of the catalogue defines for specs: those with a rule that are no base of others."""
    module = import_module(name_of(path))
    return {
        name
        for name, found in vars(module).items()
        if isinstance(found, type)
        and issubclass(found, Operation)
        and found.__module__ == module.__name__
        and not name.startswith("_")
        and hasattr(found, "infer")
        and not any(each.__module__ == found.__module__ for each in found.__subclasses__())
    }


def choices_of(path: Path) -> list[tuple[str, ...]]:
    """The texts of each `Literal` that a module writes out."""
    return [
        tuple(part.value for part in node.slice.elts if isinstance(part, ast.Constant))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Subscript)
        and ast.unparse(node.value) == "Literal"
        and isinstance(node.slice, ast.Tuple)
    ]


def test_the_same_choices_stand_in_one_order_everywhere():
    # Python takes a `Literal` for another with the same texts, and may then give the order of either.
    written: dict[frozenset[str], set[tuple[str, ...]]] = {}
    for path in modules():
        for choices in choices_of(path):
            written.setdefault(frozenset(choices), set()).add(choices)
    assert [orders for orders in written.values() if len(orders) > 1] == []


@pytest.mark.parametrize(("folder", "table"), [("layers", registry.LAYERS), ("ops", registry.OPS)])
def test_the_tables_of_the_registry_name_every_class_of_their_modules(folder, table):
    for module, names in table.items():
        path = PACKAGE / "catalog" / folder / f"{module}.py"
        listed = set(names.values()) if isinstance(names, dict) else set(names)
        listed |= {name for home, name in registry.FUNCTIONS.values() if home == f"{folder}.{module}"}
        assert listed <= set(dir(import_module(name_of(path)))), module
        assert classes_of(path) <= listed, module


def test_every_name_of_the_registry_leads_to_a_class_with_a_docstring_and_a_call():
    for name in registry.type_names():
        found = registry.operation(name)
        assert found is not None
        assert found.__doc__, name
        assert all(call.description for call in found.calls), name
        assert all(field.description for field in found.model_fields.values()), name


def test_no_type_is_forbidden_and_known():
    assert set(registry.FORBIDDEN) & set(registry.type_names()) == set()
    names = [name for names in registry.LAYERS.values() for name in names]
    assert len(names) == len(set(names))
    assert set(registry.ALIASES) & set(names) == set()
    assert set(registry.ALIASES.values()) <= set(names)


@pytest.fixture(scope="module")
def schema():
    return json.loads((ROOT / "schemas" / "spec.schema.json").read_text(encoding="utf-8"))


def test_the_committed_schema_is_the_one_that_the_types_make(schema):
    assert schema == json.loads(schema_text()), "`python -m spec_compiler schema` makes it again"


def test_the_schema_is_a_valid_one_of_draft_7(schema):
    jsonschema.Draft7Validator.check_schema(schema)


def test_every_reference_of_the_schema_has_its_definition(schema):
    found: set[str] = set()
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                found.add(value["$ref"].removeprefix("#/definitions/"))
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    assert found - set(schema["definitions"]) == set()


def data_of(source):
    findings = Findings()
    document = read(sc.Source.of(source), findings)
    assert list(findings) == []
    return document.data


@pytest.fixture(scope="module")
def validator(schema):
    return jsonschema.Draft7Validator(schema)


@pytest.mark.parametrize("spec", example_specs(), ids=lambda path: path.name)
def test_every_example_is_valid_under_the_schema(spec, validator):
    assert [error.message for error in validator.iter_errors(data_of(spec))] == []


BASE = """
spec: 1
nodes:
  main_input: {type: Input, shape: [100], dtype: int32}
  embedding: {type: Embedding, input_dim: 10000, output_dim: 512, inputs: main_input}
  lstm: {type: LSTM, units: 32, inputs: embedding}
  aux_output: {type: Dense, units: 1, activation: sigmoid, inputs: lstm}
  aux_input: {type: Input, shape: [5]}
  merged: {type: concatenate, inputs: [lstm, aux_input]}
  main_output: {type: Dense, units: 1, activation: sigmoid, inputs: merged}
outputs:
  main_output: {loss: binary_crossentropy, loss_weight: 1.0, metrics: [accuracy]}
  aux_output: {loss: binary_crossentropy, loss_weight: 0.2}
compile: {optimizer: rmsprop}
fit: {epochs: 50, batch_size: 32}
"""


def changed(change):
    data = yaml.safe_load(BASE)
    change(data)
    return data


def test_the_base_of_what_follows_is_valid(validator):
    assert sc.check_spec(yaml.safe_load(BASE)).diagnostics == ()
    assert validator.is_valid(yaml.safe_load(BASE))


WRONG = {
    "no version": lambda data: data.pop("spec"),
    "another version": lambda data: data.update(spec=2),
    "a version in quotes": lambda data: data.update(spec="1"),
    "no nodes": lambda data: data.pop("nodes"),
    "empty nodes": lambda data: data.update(nodes={}),
    "no outputs": lambda data: data.pop("outputs"),
    "empty outputs": lambda data: data.update(outputs={}),
    "an unknown section": lambda data: data.update(optimizer="adam"),
    "a bad name": lambda data: data.update(name="my model"),
    "a bad node name": lambda data: data["nodes"].update({"a b": {"type": "Input", "shape": [1]}}),
    "an unknown type": lambda data: data["nodes"]["lstm"].update(type="LTSM"),
    "an unknown argument": lambda data: data["nodes"]["lstm"].update(unts=3),
    "a missing argument": lambda data: data["nodes"]["lstm"].pop("units"),
    "a number in quotes": lambda data: data["nodes"]["lstm"].update(units="3"),
    "a number out of range": lambda data: data["nodes"]["lstm"].update(units=0),
    "truth as a number": lambda data: data["nodes"]["lstm"].update(units=True),
    "neither type nor use": lambda data: data["nodes"]["lstm"].pop("type"),
    "both type and use": lambda data: data["nodes"]["lstm"].update(use="lstm"),
    "an unknown activation": lambda data: data["nodes"]["aux_output"].update(activation="sigmod"),
    "an unknown initializer": lambda data: data["nodes"]["lstm"].update(kernel_initializer="he_norml"),
    "an unknown argument of one": lambda data: data["nodes"]["lstm"].update(
        kernel_initializer={"type": "HeNormal", "a": 1}
    ),
    "a reference that is a mapping in a list": lambda data: data["nodes"]["merged"].update(inputs=[{"a": "lstm"}]),
    "an edge without an arrow": lambda data: data.update(edges=["a b"]),
    "an unknown key of an output": lambda data: data["outputs"]["aux_output"].update(los="mse"),
    "an unknown loss": lambda data: data["outputs"]["aux_output"].update(loss="crossentrop"),
    "metrics that are no list": lambda data: data["outputs"]["aux_output"].update(metrics="accuracy"),
    "an unknown optimizer": lambda data: data["compile"].update(optimizer="adm"),
    "an unknown key of compile": lambda data: data["compile"].update(loss="mse"),
    "a number of epochs of 0": lambda data: data["fit"].update(epochs=0),
    "an unknown callback": lambda data: data["fit"].update(callbacks=["ModelCheckpoint"]),
    "a negative seed": lambda data: data.update(seed=-1),
    "an unknown policy": lambda data: data.update(dtype_policy="float17"),
    "an unknown key of lint": lambda data: data.update(lint={"ignored": []}),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_the_compiler_refuses_the_schema_refuses_too(wrong, validator):
    data = changed(WRONG[wrong])
    assert not sc.check_spec(data).ok
    assert not validator.is_valid(data)


FINE = {
    "own keys everywhere": lambda data: (data.update({"x-a": 1}), data["nodes"]["lstm"].update({"x-b": [1]})),
    "a list of outputs": lambda data: (data.update(outputs=["main_output", "aux_output"]), data.pop("fit")),
    "an output without options": lambda data: data["outputs"].update(aux_output=None),
    "inputs by name": lambda data: data["nodes"]["lstm"].update(inputs={"sequences": "embedding"}),
    "a nested layer": lambda data: (
        data["nodes"]["lstm"].update(type="Bidirectional", layer={"type": "LSTM", "units": 3}, units=None)
        or data["nodes"]["lstm"].pop("units")
    ),
    "a shared layer": lambda data: (
        data.update(layers={"shared": {"type": "LSTM", "units": 3}}),
        data["nodes"].update(lstm={"use": "shared", "inputs": "embedding"}),
    ),
    "an initializer with arguments": lambda data: data["nodes"]["lstm"].update(
        kernel_initializer={"type": "HeNormal", "seed": 1}
    ),
    "an optimizer with a schedule": lambda data: data["compile"].update(
        optimizer={
            "type": "Adam",
            "learning_rate": {"type": "CosineDecay", "initial_learning_rate": 1e-3, "decay_steps": 10},
        }
    ),
    "a seed and a policy": lambda data: data.update(seed=1, dtype_policy="mixed_bfloat16"),
    "ignored lints": lambda data: data.update(lint={"ignore": ["SC601"]}),
}


@pytest.mark.parametrize("fine", FINE)
def test_what_the_compiler_takes_the_schema_takes_too(fine, validator):
    data = changed(FINE[fine])
    report = sc.check_spec(data)
    assert report.ok, str(report)
    assert [error.message for error in validator.iter_errors(data)] == []


def test_yaml_specs_say_where_their_schema_is():
    for spec in example_specs():
        if spec.suffix == ".yaml":
            first = spec.read_text(encoding="utf-8").splitlines()[0]
            assert first == "# yaml-language-server: $schema=../schemas/spec.schema.json"
            assert (spec.parent / first.partition("=")[2]).exists()
