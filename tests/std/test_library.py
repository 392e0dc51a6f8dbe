"""The standard library of blocks: each is described, has an example, and is used by an example spec."""

from __future__ import annotations

import json
from collections import Counter

import jsonschema
import pytest

import spec_compiler as sc
from spec_compiler.catalog import registry
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.expanding.params import declared, names_in
from spec_compiler.expanding.standard_blocks import standard_blocks
from spec_compiler.spans import Place
from tests.processes import ROOT
from tests.std.library import BLOCKS, FILES, SPECS, read, uses

pytestmark = pytest.mark.usefixtures("stand_ins")

USES = {path: uses(read(path)) for path in SPECS}
USED = {name for names in USES.values() for name in names}


def test_the_library_has_the_blocks_that_are_written():
    assert {(block.imported, block.name) for block in BLOCKS} == {
        (block.imported, block.name) for block in standard_blocks().values()
    }
    assert {block.imported for block in BLOCKS} == {f"std/{path.name}" for path in FILES}


def test_no_name_of_a_block_is_taken():
    assert [name for name, times in Counter(block.name for block in BLOCKS).items() if times > 1] == []
    assert {block.name for block in BLOCKS} & {*registry.type_names(), *registry.FORBIDDEN} == set()


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_is_described_and_valid_under_the_schema(path):
    schema = json.loads((ROOT / "schemas/spec.schema.json").read_text(encoding="utf-8"))
    data = read(path)
    assert list(data) == [key for key in ("spec", "description", "imports", "blocks") if key in data]
    assert data["description"].endswith(".")
    assert [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(data)] == []


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_block_and_its_params_are_described(block):
    assert block.form["description"].endswith(".")
    findings = Findings()
    params = declared(block.params, Place(()), findings)
    assert list(findings) == []
    for param in params.values():
        assert param.form.description, param.name
        assert param.form.type or param.form.choices or type(param.default) in (bool, int, float, list), param.name


def test_every_block_is_used_by_an_example_spec():
    assert {block.name for block in BLOCKS} - USED == set()


@pytest.mark.end_to_end
@pytest.mark.parametrize("block", standard_blocks().values(), ids=lambda block: block.name)
def test_the_example_of_a_block_has_nothing_to_complain_about(block):
    graph = sc.load_spec(sc.Source.text(block.example))
    assert graph.analysis.report.diagnostics == ()
    assert any(name.startswith("result.") for name in graph.nodes)


HOMES = {block.name: block.imported for block in BLOCKS}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_imports_what_it_uses(path):
    data = read(path)
    needed = {HOMES[name] for name in uses({**data, "imports": ["std/"]})} - {f"std/{path.name}"}
    assert set(data.get("imports", [])) <= needed


def test_a_spec_imports_only_what_it_uses():
    used = {
        path.name: (set(read(path)["imports"]), {HOMES[name] for name in names})
        for path, names in USES.items()
        if names
    }
    assert {name: imported - needed for name, (imported, needed) in used.items() if not imported <= needed} == {}


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_every_param_of_a_block_is_used_in_it(block):
    parts = [value for key, value in block.form.items() if key != "params"]
    others = [[value for other, value in block.params.items() if other != name] for name in block.params]
    assert [
        name for name, rest in zip(block.params, others, strict=True) if name not in names_in(parts) | names_in(rest)
    ] == []
