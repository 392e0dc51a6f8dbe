"""What the playground opens, and the licences of what is in it."""

from __future__ import annotations

import importlib.util
import re
from zipfile import ZipFile

import pytest

import spec_compiler as sc
from tests.conftest import ROOT

_LINK = re.compile(r'href="((?:\.\./)+playground/app/)#example=([\w.]+)"')


@pytest.fixture(scope="module")
def page():
    specification = importlib.util.spec_from_file_location("playground_page", ROOT / "tools/playground/page.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_the_sections_of_the_tutorial_can_be_opened_each_with_its_text(page):
    steps = page.tutorial()
    assert [each["name"] for each in steps] == [f"tutorial_{step}.yaml" for step in ("2", "3", "3b", "4", "6")]
    assert not sc.check_spec(sc.Source.text(steps[0]["text"])).ok
    assert all(sc.check_spec(sc.Source.text(each["text"])).ok for each in steps[1:])


@pytest.mark.slow
def test_all_that_the_documentation_opens_is_there_and_nothing_is_left_out(page):
    names = {each["name"] for each in (*page.examples(), *page.tutorial())}
    linked = {
        name
        for path in ("docs/tutorial.md", "docs/reference/specs.md")
        for _, name in _LINK.findall((ROOT / path).read_text(encoding="utf-8"))
    }
    assert linked == names


def test_every_package_has_its_licence_there(page, tmp_path):
    with ZipFile(tmp_path / "some_package-1.2-py3-none-any.whl", "w") as wheel:
        wheel.writestr("some_package-1.2.dist-info/licenses/LICENSE", "Do what you like.")
    text = page.licenses(tmp_path)
    assert "some_package 1.2" in text
    assert "Do what you like." in text
    assert "https://github.com/pyodide/pyodide/tree/" in text
    assert "Mozilla Public License Version 2.0" in text
    assert "PYTHON SOFTWARE FOUNDATION LICENSE" in text
    assert "CodeMirror" in text
