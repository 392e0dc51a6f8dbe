"""What the playground is made of beside Python: the page, its scripts, the example specs, how large all parts are, and
under which licences they are.

Usage: python tools/playground/page.py FOLDER WHEELS, where WHEELS has the packages that were packed
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import spec_compiler as sc
from spec_compiler.emitting.page.html import (
    engine_text,
    live_text,
    playground_html,
    script_text,
    start_text,
    style_text,
    worker_text,
)

ROOT = Path(__file__).resolve().parents[2]
FIRST = "news"
"""The example that a visitor sees who asks for none."""

_COUNTED = ("packages.bin", "image.bin", "pyodide/pyodide.asm.wasm", "pyodide/python_stdlib.zip")
"""What Python is fetched as, beside scripts, which the browser fetches by itself."""


_TUTORIAL = ROOT / "docs" / "tutorial.md"
_STEP = re.compile(r"^## ([0-9]+)\. (.+?)$|^```yaml title=\"bars.yaml\"\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PYODIDE = """\
Pyodide {version}, which is CPython compiled to WebAssembly, is used as npm has it, under the Mozilla Public License
2.0. Its source, with that of the libraries that it is built with and their licences, is at
https://github.com/pyodide/pyodide/tree/{version}.
"""


def write(folder: Path, wheels: Path) -> None:
    """Write the page into a folder that has Python already."""
    live = {
        "live": "live.js",
        "worker": "worker.js",
        "examples": "examples.json",
        "pages": "../../reference/diagnostics/",
        "licenses": "licenses.txt",
    }
    texts = {
        "index.html": playground_html("Playground", live=live, style="page.css", script="page.js", engine="layout.js"),
        "page.css": style_text(),
        "page.js": script_text(),
        "live.js": live_text(),
        "worker.js": worker_text(),
        "start.mjs": start_text(),
        "layout.js": engine_text(),
        "examples.json": json.dumps([*examples(), *tutorial()], ensure_ascii=False),
        "licenses.txt": licenses(wheels),
        "parts.json": json.dumps({name: (folder / name).stat().st_size for name in _COUNTED}),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def examples() -> list[dict[str, Any]]:
    """The example specs, the first of them first."""
    paths = sorted((ROOT / "specs").glob("*.yaml"), key=lambda path: (path.stem != FIRST, path.stem))
    return [
        {
            "name": path.name,
            "group": "Examples",
            "file": path.name,
            "title": sc.load_spec(path).graph.description or "",
            "text": path.read_text(encoding="utf-8"),
        }
        for path in paths
    ]


def tutorial() -> list[dict[str, Any]]:
    """The specs of the tutorial as its sections have them, also those with mistakes; `3b` is section 3's second."""
    found: list[dict[str, Any]] = []
    number = title = ""
    for section, heading, text in _STEP.findall(_TUTORIAL.read_text(encoding="utf-8")):
        if not text:
            number, title = section, heading
            continue
        step = f"{number}b" if any(each["title"] == f"{number}. {title}" for each in found) else number
        name = f"tutorial_{step}.yaml"
        found.append(
            {"name": name, "group": "Tutorial", "file": "bars.yaml", "title": f"{step}. {title}", "text": text}
        )
    return found


def licenses(wheels: Path) -> str:
    """The licences of all that is in the folder, each with what it is of."""
    version = json.loads((ROOT / "tools/playground/package.json").read_text(encoding="utf-8"))["dependencies"][
        "pyodide"
    ]
    own = ROOT / "tools" / "playground" / "licenses"
    page = ROOT / "spec_compiler" / "emitting"
    files = {
        "spec-compiler": ROOT / "LICENSE",
        f"Pyodide {version}": own / "MPL-2.0.txt",
        "CPython": own / "CPython.txt",
        "elkjs, the layout engine": page / "pictures" / "elk" / "LICENSE.md",
        "CodeMirror, the editor, and what it uses": page / "page" / "LICENSES.editor",
    }
    texts = [(what, path.read_text(encoding="utf-8")) for what, path in files.items()]
    sections = [
        (what, text if "Pyodide" not in what else f"{_PYODIDE.format(version=version)}\n{text}") for what, text in texts
    ]
    rule = "=" * 80
    return (
        "\n\n".join(f"{rule}\n{what}\n{rule}\n\n{text.strip()}" for what, text in (*sections, *of_wheels(wheels)))
        + "\n"
    )


def of_wheels(wheels: Path) -> Iterator[tuple[str, str]]:
    """What each package but our own says of its licence."""
    for path in sorted(wheels.glob("*.whl")):
        name, version = path.name.split("-")[:2]
        if name == "spec_compiler":
            continue
        with ZipFile(path) as wheel:
            names = [each for each in wheel.namelist() if ".dist-info/licenses/" in each and not each.endswith("/")]
            yield f"{name} {version}", "\n\n".join(wheel.read(each).decode() for each in names)


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]))
