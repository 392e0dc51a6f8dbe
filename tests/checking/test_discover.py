"""Which files of a folder are specs."""

from __future__ import annotations

import os

import pytest

from spec_compiler.checking.discover import begins_as_spec, specs_below
from tests.processes import ROOT

SPECS = [
    "spec: 1\n",
    "\ufeffspec: 1\r\nnodes: {}\r\n",
    "# a remark\n\n---\nspec: 1\n",
    "name: first\ndescription: |\n  spec: no\nspec: 1\n",
    "\"spec\": 1\n'nodes': {}\n",
    "'spec' : '1'\n",
    "spec:   2  # of another version, which is told\n",
    "{spec: 1, nodes: {}}\n",
    '{"spec": 1, "nodes": {}}',
    '\n{\n  "spec" : 1\n}\n',
    '{"name": "a, b", "seed": 7, "spec": 1}',
]
OTHERS = [
    "",
    "nodes: {}\n",
    "apiVersion: apps/v1\nkind: Deployment\nspec:\n  replicas: 1\n",
    "deep:\n  spec: 1\n",
    "species: 1\n",
    "my-spec: 1\n",
    "# spec: 1\n",
    "spec: one\n",
    '{"nodes": {"spec": 1}}',
    '{"deep": {"spec": 1}, "name": "x"}',
    '{"text": "\\"spec\\": 1"}',
    "[1, 2]",
    "\x00\xff",
    f"{'a: b' * 5000}\nspec: 1\n",
]


@pytest.mark.parametrize(("text", "is_spec"), [(text, True) for text in SPECS] + [(text, False) for text in OTHERS])
def test_a_spec_is_told_from_other_files_by_how_it_begins(tmp_path, text, is_spec):
    (tmp_path / "file.yaml").write_text(text, encoding="utf-8")
    assert begins_as_spec(str(tmp_path / "file.yaml")) is is_spec


def test_a_folder_has_the_specs_of_all_folders_in_it_but_hidden_ones(tmp_path):
    for name in ("b.yaml", "a/z.yml", "a/B.JSON", ".hidden/c.yaml", "node_modules/d.yaml", "a/e.txt", ".f.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text('{"spec": 1}')
    (tmp_path / "a/other.yaml").write_text("a: 1\n")
    (tmp_path / "a/loop").symlink_to(tmp_path)
    (tmp_path / "a/hollow.yaml").symlink_to("nowhere")
    os.mkfifo(tmp_path / "a/pipe.yaml")
    found = [os.path.relpath(path, tmp_path) for path in specs_below(str(tmp_path))]
    assert found == [".f.yaml", "a/B.JSON", "a/z.yml", "b.yaml"]


def test_every_example_is_found():
    examples = sorted(str(path) for path in (ROOT / "specs").rglob("*") if path.suffix in (".yaml", ".json"))
    assert specs_below(str(ROOT / "specs")) == examples
