"""The JSON Schema: it is fresh, it takes every spec that the compiler takes, and refuses the mistakes that it can say."""

from __future__ import annotations

import json
import re

import jsonschema
import pytest
import yaml

import spec_compiler as sc
from spec_compiler.diagnostics.codes import CODES
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.language.schema import schema_text
from spec_compiler.reading.read import read
from tests.diagnostics.pages import Block, page, written
from tests.goldens import example_specs
from tests.processes import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def schema():
    return json.loads((ROOT / "schemas" / "spec.schema.json").read_text(encoding="utf-8"))


def test_the_committed_schema_is_the_one_that_the_types_make():
    committed = (ROOT / "schemas" / "spec.schema.json").read_text(encoding="utf-8")
    assert committed == schema_text(), "`tools/generate` makes it again"


def test_each_key_and_each_definition_of_the_schema_is_on_a_line_of_its_own(schema):
    lines = schema_text().splitlines()
    began = [json.loads(found[1]) for line in lines if (found := re.match(r'("[^"]+"): ', line))]
    keys = list(schema)
    for section in ("properties", "definitions"):
        keys[keys.index(section) + 1 : keys.index(section) + 1] = schema[section]
    assert began == keys


def test_schemastore_is_told_the_address_that_the_schema_calls_itself(schema):
    catalog = json.loads((ROOT / "schemas" / "catalog.json").read_text(encoding="utf-8"))
    assert [entry["url"] for entry in catalog["schemas"]] == [schema["$id"]]


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


GUIDES = sorted((ROOT / "tests" / "linting" / "guides").glob("*.yaml"))


@pytest.mark.parametrize("spec", [*example_specs(), *GUIDES], ids=lambda path: path.name)
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


def test_a_file_of_blocks_alone_is_valid_under_the_schema(validator):
    blocks = {"b": {"inputs": ["x"], "nodes": {"y": {"type": "Dense", "units": 1, "inputs": "x"}}, "outputs": ["y"]}}
    assert validator.is_valid({"spec": 1, "blocks": blocks})
    assert not validator.is_valid({"blocks": blocks})
    assert not validator.is_valid({"spec": 1, "blocks": blocks, "outputs": ["y"]})


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
    "a list of two for one tensor": lambda data: data["nodes"]["lstm"].update(inputs=["embedding", "aux_input"]),
    "inputs of an input": lambda data: data["nodes"]["aux_input"].update(inputs="lstm"),
    "an input that a call has not": lambda data: data["nodes"]["lstm"].update(inputs={"sequence": "embedding"}),
    "an option that a call has not": lambda data: data["nodes"]["lstm"].update(call={"trainin": True}),
    "an option that is no truth": lambda data: data["nodes"]["lstm"].update(call={"training": 1}),
    "a reference with a slash": lambda data: data["nodes"]["lstm"].update(inputs="embedding/0"),
    "a pattern alone": lambda data: data["nodes"]["lstm"].update(inputs="embed*"),
    "an argument beside use": lambda data: (
        data.update(layers={"shared": {"type": "LSTM", "units": 3}}),
        data["nodes"].update(lstm={"use": "shared", "units": 3, "inputs": "embedding"}),
    ),
    "inputs of a shared layer": lambda data: (
        data.update(layers={"shared": {"type": "LSTM", "units": 3, "inputs": "embedding"}}),
        data["nodes"].update(lstm={"use": "shared", "inputs": "embedding"}),
    ),
    "an op as a shared layer": lambda data: (
        data.update(layers={"shared": {"type": "ops.relu"}}),
        data["nodes"].update(lstm={"use": "shared", "inputs": "embedding"}),
    ),
    "an input inside a layer": lambda data: data["nodes"].update(
        lstm={"type": "TimeDistributed", "layer": {"type": "Input", "shape": [3]}, "inputs": "embedding"}
    ),
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
    "a loss that needs arguments": lambda data: data["outputs"]["aux_output"].update(weighted_metrics=["MeanIoU"]),
    "a weight without a loss": lambda data: data["outputs"]["aux_output"].pop("loss"),
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
    "a pattern in a list": lambda data: data["nodes"]["merged"].update(inputs=["lst*", "aux_input"]),
    "options of a call": lambda data: data["nodes"]["lstm"].update(call={"training": None, "x-why": "because"}),
    "own keys beside use": lambda data: (
        data.update(layers={"shared": {"type": "LSTM", "units": 3, "x-a": 1}}),
        data["nodes"].update(lstm={"use": "shared", "inputs": "embedding", "x-b": 1}),
    ),
    "an output that has no loss beside one that has": lambda data: data["outputs"].update(aux_output={}),
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


EXPRESSIBLE = {
    "SC201", "SC202", "SC203", "SC204", "SC205", "SC206", "SC207", "SC208", "SC209", "SC210", "SC211", "SC213", "SC214",
    "SC215", "SC221", "SC308", "SC309", "SC313", "SC317", "SC502", "SC708", "SC709",
}  # fmt: skip
"""Codes of mistakes that a schema can say."""

TRAINING = {"SC550", "SC551", "SC552", "SC553", "SC556"}

BEYOND = {
    "a rule between arguments, which the catalogue has as code": {"SC212"},
    "what comes from outside the spec: params, other files, the command line": {
        "SC216", "SC223", "SC318", "SC325", "SC340", "SC510", "SC511", "SC512", "SC513", "SC720", "SC721", "SC722",
        "SC730", "SC801",
    },
    "expressions: their grammar, their variables, their values": {
        "SC217", "SC218", "SC219", "SC220", "SC222", "SC710",
    },
    "what a name stands for at another place": {
        "SC301", "SC302", "SC303", "SC304", "SC305", "SC306", "SC307", "SC310", "SC311", "SC312", "SC314", "SC315",
        "SC316", "SC319", "SC321", "SC324", "SC501",
    },
    "shapes, dtypes and the bounds of numbers": {
        "SC401", "SC402", "SC403", "SC404", "SC405", "SC406", "SC407", "SC408", "SC504", "SC505", "SC506", "SC530",
        "SC531",
    },
    "data, and training with it": {code for code in CODES if code.startswith("SC54") or code in TRAINING},
    "what training logs, and what it can change": {"SC520", "SC521", "SC554", "SC555"},
    "warnings: a doubt is no mistake": {"SC320", "SC503", *(code for code in CODES if code.startswith("SC6"))},
    "sizes after expansion": {"SC703", "SC706", "SC707", "SC712", "SC713", "SC714", "SC715", "SC716", "SC717", "SC718", "SC719"},
    "the text, before it is data": {
        *(code for code in CODES if code.startswith("SC1")), "SC701", "SC702", "SC704", "SC705", "SC711",
    },
}  # fmt: skip
"""Codes of mistakes that no schema can say, by what it would have to know."""


def examples(code: str, *, good: bool) -> list[Block]:
    """The specs of a page that can be read."""
    blocks = page(code).good if good else page(code).bad
    return [block for block in blocks if block.form in ("yaml", "json")]


def test_for_each_code_it_is_decided_whether_a_schema_can_say_its_mistake():
    decided = [*EXPRESSIBLE, *(code for codes in BEYOND.values() for code in codes)]
    assert sorted(decided) == sorted(CODES)


@pytest.mark.parametrize(
    "block", [block for code in sorted(EXPRESSIBLE) for block in examples(code, good=False)], ids=str
)
def test_a_mistake_that_a_schema_can_say_makes_a_spec_invalid(block, validator):
    assert not validator.is_valid(data_of(sc.Source.text(block.text, form=block.form)))


def test_every_code_that_a_schema_can_say_has_an_example_of_it():
    assert [code for code in sorted(EXPRESSIBLE) if not examples(code, good=False)] == []


@pytest.mark.parametrize("block", [block for code in written() for block in examples(code, good=True)], ids=str)
def test_a_mended_spec_is_valid(block, validator):
    data = data_of(sc.Source.text(block.text, form=block.form))
    assert [error.message for error in validator.iter_errors(data)] == []


TEXT = next(codes for reason, codes in BEYOND.items() if reason.startswith("the text"))


@pytest.mark.parametrize(
    "block",
    [block for codes in BEYOND.values() for code in sorted(codes - TEXT) for block in examples(code, good=False)],
    ids=str,
)
def test_a_mistake_that_no_schema_can_say_leaves_a_spec_valid(block, validator):
    data = data_of(sc.Source.text(block.text, form=block.form))
    assert [error.message for error in validator.iter_errors(data)] == []
