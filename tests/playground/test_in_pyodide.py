"""The front end in Python as the browser runs it: it says of every text what it says here, byte for byte."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from textwrap import dedent

import pytest

import spec_compiler as sc
from spec_compiler.diagnostics.foreign import ROWS
from tests.conftest import ROOT
from tests.diagnostics.foreign import spec_of, text_of
from tests.diagnostics.pages import page, written
from tests.goldens import example_specs
from tests.stages import STAGES, pages
from tests.test_hostile import HOSTILE

pytestmark = [pytest.mark.playground, pytest.mark.slow]

_CHECK = ROOT / "tools" / "playground" / "check.mjs"
_SPECS_OF_FIXTURES = re.compile(r"^```(yaml|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FENCED = re.compile(r"^```(yaml|json)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)

Texts = dict[str, tuple[str, bytes]]


def _examples() -> Texts:
    return {path.name: (path.suffix.removeprefix("."), path.read_bytes()) for path in example_specs()}


def _of_pages() -> Texts:
    blocks = [block for code in written() for block in (*page(code).bad, *page(code).good)]
    return {str(block): (block.form, block.text.encode()) for block in blocks if block.form in ("yaml", "json")}


def _of_fixtures() -> Texts:
    return {
        f"{stage}/{file.stem}-{number}": (found[1], found[2].encode())
        for stage in STAGES
        for file in pages(stage)
        for number, found in enumerate(_SPECS_OF_FIXTURES.finditer(file.read_text(encoding="utf-8")))
    }


def _hostile() -> Texts:
    return {
        name: (form, text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
        for name, (form, text, _) in HOSTILE.items()
    }


def _of_documentation() -> Texts:
    files = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return {
        f"{file.relative_to(ROOT)}-{number}": (found[1], found[2].encode())
        for file in files
        for number, found in enumerate(_FENCED.finditer(file.read_text(encoding="utf-8")))
    }


def _standard() -> Texts:
    folder = Path(sc.__file__).parent / "std"
    return {str(file.relative_to(folder)): ("yaml", file.read_bytes()) for file in sorted(folder.rglob("*.yaml"))}


def _foreign() -> Texts:
    return {
        f"{row.kind} {row.name} {number}": ("yaml", text_of(spec_of(row)).encode()) for number, row in enumerate(ROWS)
    }


def _in_tests() -> Texts:
    """The specs that are written inside of tests; PyYAML's own parser, alone there, takes no tab between two tokens."""
    found: Texts = {}
    for file in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and "spec: 1" in node.value
                and "\t" not in node.value
            ):
                text = dedent(node.value).encode("utf-8", "surrogatepass")
                found[f"{file.relative_to(ROOT)}:{node.lineno}:{node.col_offset}"] = ("yaml", text)
    return found


TEXTS = {
    "examples": _examples,
    "pages": _of_pages,
    "fixtures": _of_fixtures,
    "hostile": _hostile,
    "documentation": _of_documentation,
    "standard": _standard,
    "foreign": _foreign,
    "tests": _in_tests,
}


_HERE = """
import json, sys
from base64 import b64decode
import spec_compiler as sc
from spec_compiler.diagnostics.renderers.json import render
asked = [sc.Source.text(b64decode(text["bytes"]), name=text["name"], form=text["form"]) for text in json.load(sys.stdin)]
json.dump([render([sc.check_spec(source)]) for source in asked], sys.stdout)
"""


def checked(command: list[str], texts: Texts) -> list[str]:
    """What the check says of each text in a process of its own, where nothing is registered by other tests."""
    asked = [{"name": name, "form": form, "bytes": b64encode(text).decode()} for name, (form, text) in texts.items()]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=False, timeout=500)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("which", TEXTS)
def test_it_says_the_same_in_the_browser_as_here(which, playground):
    texts = TEXTS[which]()
    assert len(texts) > 20
    there = checked(["node", str(_CHECK), str(playground)], texts)["reports"]
    here = checked([sys.executable, "-c", _HERE], texts)
    reports = zip(texts, there, here, strict=True)
    different = {name: {"there": in_browser, "here": said} for name, in_browser, said in reports if in_browser != said}
    assert not different  # the texts that are told otherwise, and not all of them
