"""All that the documentation shows is run, and says what it is shown to say."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest

import spec_compiler
from spec_compiler.cli.main import COMMANDS
from spec_compiler.diagnostics.codes import CODES

ROOT = Path(__file__).parent.parent


def _load(name: str):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


documentation = _load("documentation")


def _pages():
    for page in documentation.pages():
        heavy = documentation.needs_keras(page.read_text(encoding="utf-8"))
        name = page.relative_to(ROOT).as_posix()
        yield pytest.param(page, id=name, marks=[pytest.mark.tensorflow] if heavy else [])


@pytest.mark.slow
@pytest.mark.parametrize("page", list(_pages()))
def test_what_a_page_shows_is_what_happens(page, tmp_path):
    text = page.read_text(encoding="utf-8")
    assert documentation.retell(text, page.relative_to(ROOT).as_posix(), tmp_path) == text


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/README.md"])
def test_the_links_of_a_page_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (ROOT / page).parent.joinpath(link).exists()] == []


def test_every_public_name_is_described():
    page = (ROOT / "docs/reference/python.md").read_text(encoding="utf-8")
    described = set(re.findall(r"^### `(\w+)", page, re.MULTILINE))
    assert described == set(spec_compiler.__all__)


def test_every_command_is_described():
    page = (ROOT / "docs/reference/command-line.md").read_text(encoding="utf-8")
    described = re.findall(r"^## `compile-spec (\w+)", page, re.MULTILINE)
    assert described == list(COMMANDS)


def test_every_option_is_described():
    import argparse
    from importlib import import_module

    page = (ROOT / "docs/reference/command-line.md").read_text(encoding="utf-8")
    for name in ("compile", *COMMANDS):
        parser = argparse.ArgumentParser()
        import_module(f"spec_compiler.cli.{name}").add_arguments(parser)
        for action in parser._actions:
            for option in action.option_strings:
                assert f"`{option}" in page, (name, option)


def test_codes_in_the_text_exist():
    for page in documentation.pages():
        codes = set(re.findall(r"\bSC[1-7]\d\d\b", page.read_text(encoding="utf-8")))
        assert codes <= CODES.keys(), page


def test_the_site_lists_every_page():
    listed = set(re.findall(r"[\w/.-]+\.md", (ROOT / "mkdocs.yml").read_text(encoding="utf-8")))
    written = {
        page.relative_to(ROOT / "docs").as_posix() for page in documentation.pages() if ROOT / "docs" in page.parents
    }
    assert written <= listed


def test_continuous_integration_runs_the_commands_of_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^python3\.11 -m venv .*$", readme, re.MULTILINE)
    assert [command.split("/")[-1] for command in commands] == ["news.yaml", "pytest"]


def test_the_lock_has_versions_only():
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"#.*|[A-Za-z0-9._-]+==[A-Za-z0-9.+!_-]+", line) for line in lines)
