"""A spec means the same in YAML and in JSON, from a file, as text, as a mapping, and from standard input."""

from __future__ import annotations

import json

import pytest
import yaml

import spec_compiler as sc
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.limits import DEFAULT_LIMITS
from spec_compiler.reading.read import read
from tests.goldens import example_specs
from tests.processes import compile_spec

pytestmark = pytest.mark.slow


def data_of(spec):
    """The data of a spec, with the name that it has as a file."""
    data = read(sc.Source.of(spec), Findings(), DEFAULT_LIMITS).data
    return {"name": spec.stem, **data}


@pytest.mark.parametrize("spec", example_specs(), ids=lambda path: path.name)
def test_a_spec_means_the_same_in_every_form(spec, tmp_path):
    data = data_of(spec)
    as_json = json.dumps(data, indent=1)
    (tmp_path / "spec.json").write_text(as_json)
    forms = {
        "a mapping": data,
        "text of JSON": sc.Source.text(as_json, form="json"),
        "text of JSON, read as YAML": sc.Source.text(as_json, form="yaml"),
        "a JSON file": tmp_path / "spec.json",
    }
    expected = sc.load_spec(spec).to_yaml()
    assert {name: sc.load_spec(form).to_yaml() for name, form in forms.items()} == dict.fromkeys(forms, expected)


@pytest.mark.parametrize("name", ["news.yaml", "tweets.json"])
def test_a_spec_from_standard_input_is_the_same_as_from_its_file(name, specs):
    from_file = compile_spec("show", str(specs / name))
    from_input = compile_spec("show", "-", stdin=(specs / name).read_bytes())
    assert (from_file.returncode, from_file.stderr) == (0, b"")
    assert (from_input.returncode, from_input.stdout, from_input.stderr) == (0, from_file.stdout, b"")


@pytest.mark.parametrize(
    "text",
    [
        '{"spec": 1, x-a: b}',
        '{"spec": 1, "x-a": \'b\'}',
        '{"spec": 1,}',
        '{"spec": 1}  # a comment',
        '{"a: b": [1, 2,]}',
    ],
)
def test_a_text_that_begins_as_json_and_is_only_yaml_is_yaml(text):
    findings = Findings()
    document = read(sc.Source.text(text), findings)
    assert (document.is_json, findings.errors, document.data) == (False, 0, yaml.safe_load(text))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ('{"spec": 1, // no comment\n "nodes": {}}', ["SC102"]),
        ('{"spec": 1, "nodes": [}', ["SC102"]),
        ('{"spec": 1, "spec": 2}', ["SC103"]),
        ('{"spec": NaN}', ["SC102"]),
        ('{"spec": 99999999999999999999}', ["SC704"]),
    ],
)
def test_what_neither_can_be_is_told_as_json(text, codes):
    findings = Findings()
    read(sc.Source.text(text), findings)
    assert [found.code.code for found in findings] == codes
