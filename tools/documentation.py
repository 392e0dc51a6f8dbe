"""Runs what the documentation shows.

A page is a story rendered in one folder, which begins with a copy of `specs/`. In order of the page:

- a block with a title is written to the file of that name; if the repository has that file, the block shows it;
- an untitled YAML or JSON block that is a whole spec must have no errors, and a fragment must be well formed;
- a Python block is executed, in one namespace for the page;
- in a `console` block each line that begins with `$ ` is run by a shell, and what follows is its output: a line `…`
  stands for any lines, and `…` within a line for any text;
- an `sh` block is for the reader and not run.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

BUG = 70
"""The exit code of a bug of the compiler."""

ROOT = Path(__file__).resolve().parent.parent
GENERATED = (
    "docs/how-to/coming-from.md",
    "docs/reference/catalogue",
    "docs/reference/diagnostics",
    "docs/reference/forms.md",
    "docs/reference/specs.md",
    "docs/reference/standard-blocks.md",
)

_FENCE = re.compile(
    r'^(?P<indent> *)```(?P<language>[a-z]+)(?: title="(?P<title>[^"\n]+)")?\n(?P<text>.*?)^(?P=indent)```$',
    re.MULTILINE | re.DOTALL,
)
_SECTION = re.compile(r'^\{?\s*"?spec"?: *1\b', re.MULTILINE)
_EDITOR_COMMENT = "# yaml-language-server: $schema=../schemas/spec.schema.json\n"
_LIGHT = ("check", "fmt", "diff", "show", "data", "explain", "schema", "completion", "--help", "-h", "--version")


class Block(NamedTuple):
    """A fenced block of a page: its language, the file that it shows, its text, and where that is in the page."""

    language: str
    title: str | None
    text: str
    line: int
    start: int
    end: int
    indent: str


def pages() -> list[Path]:
    """The pages that people wrote."""
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "benchmarks/README.md"]
    found += sorted((ROOT / "docs").rglob("*.md"))
    return [page for page in found if not page.relative_to(ROOT).as_posix().startswith(GENERATED)]


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page."""
    return [
        Block(
            found["language"],
            found["title"],
            textwrap.dedent(found["text"]),
            page.count("\n", 0, found.start()) + 1,
            found.start("text"),
            found.end("text"),
            found["indent"],
        )
        for found in _FENCE.finditer(page)
    ]


def commands(block: Block) -> list[tuple[str, str]]:
    """The commands of a console block, each with the output that is shown."""
    parts = re.split(r"^\$ (.*)\n", block.text, flags=re.MULTILINE)
    assert not parts[0].strip(), f"line {block.line}: output before the first command"
    return list(zip(parts[1::2], parts[2::2], strict=True))


def needs_keras(page: str) -> bool:
    """Whether something on the page imports Keras."""
    for block in blocks(page):
        if block.language == "console" and not all(_is_light(command) for command, _ in commands(block)):
            return True
        if block.language == "python" and not block.title and re.search(r"keras|compile_spec", block.text):
            return True
    return False


def _is_light(command: str) -> bool:
    words = shlex.split(command)
    return "compile-spec" in words and words[words.index("compile-spec") + 1] in _LIGHT and "--plugin" not in words


def retell(page: str, name: str, folder: Path, *, light: bool = False) -> str:
    """The page with the output that its commands have now.

    Args:
        page: The text of the page.
        name: What the page is called in errors.
        folder: An empty folder in which its commands run.
        light: Leave out all that imports Keras; what it shows stays as it is.
    """
    shutil.copytree(ROOT / "specs", folder / "specs")
    namespace: dict[str, Any] = {"__name__": "__documentation__"}
    rendered, position = "", 0
    with contextlib.chdir(folder), _search_path(folder):
        for block in blocks(page):
            where = f"{name}:{block.line}"
            if block.title is not None:
                rendered += page[position : block.start] + textwrap.indent(_file(block), block.indent)
                position = block.end
            elif block.language in ("yaml", "json"):
                _check(block, where)
            elif block.language == "python" and not light:
                exec(compile("\n" * block.line + block.text, name, "exec"), namespace)
            elif block.language == "console":
                text = "".join(
                    f"$ {command}\n{_output(command, shown, folder, light=light)}" for command, shown in commands(block)
                )
                rendered += page[position : block.start] + textwrap.indent(text, block.indent)
                position = block.end
    return rendered + page[position:]


@contextlib.contextmanager
def _search_path(folder: Path) -> Iterator[None]:
    """Let the page's Python blocks import the modules that it shows."""
    modules = set(sys.modules)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for module in set(sys.modules) - modules:
            file = getattr(sys.modules[module], "__file__", None)
            if file is not None and Path(file).is_relative_to(folder):
                del sys.modules[module]


def _file(block: Block) -> str:
    """The text of the file that a block shows; a file that the repository does not have is written."""
    assert block.title is not None
    original = ROOT / block.title
    if original.is_file():
        return original.read_text(encoding="utf-8").removeprefix(_EDITOR_COMMENT)
    Path(block.title).parent.mkdir(parents=True, exist_ok=True)
    Path(block.title).write_text(block.text, encoding="utf-8")
    return block.text


def _check(block: Block, where: str) -> None:
    from spec_compiler import Source, check_spec

    form: Any = block.language
    report = check_spec(Source.text(block.text, name=where, form=form))
    if _SECTION.search(block.text):
        assert report.ok, f"{where}\n{report}"
    else:
        malformed = [diagnostic for diagnostic in report if diagnostic.code.startswith("SC1")]
        assert not malformed, f"{where}\n{report}"


def _output(command: str, shown: str, folder: Path, *, light: bool) -> str:
    """What a command prints; what is shown, if that says the same."""
    if light and not _is_light(command):
        return shown
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        # TensorFlow greets every program; what `compile-spec` says of errors goes to standard error.
        stderr=None if command.startswith("python ") else subprocess.STDOUT,
        timeout=300,
        check=command.startswith("python "),
    )
    assert done.returncode != BUG, f"{command}\n{done.stdout.decode()}"
    printed = "".join(line.rstrip() + "\n" for line in done.stdout.decode().splitlines())
    return shown if _says(shown, printed) else printed


def _says(shown: str, printed: str) -> bool:
    pattern = ""
    for line in shown.splitlines():
        if line == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*".join(re.escape(part) for part in line.split("…")) + r"\n"
    return re.fullmatch(pattern, printed) is not None


def _environment(folder: Path) -> dict[str, str]:
    """An environment in which `compile-spec` and `python` are this interpreter's."""
    programs = folder / ".bin"
    if not programs.exists():
        programs.mkdir()
        run = "from spec_compiler.cli.main import run; run()"
        _script(programs / "compile-spec", f"{shlex.quote(sys.executable)} -P -c {shlex.quote(run)}")
        _script(programs / "python", shlex.quote(sys.executable))
    return {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "NO_COLOR": "1",
        "COLUMNS": "100",
        "SPEC_COMPILER_CACHE": str(folder / ".cache"),
    }


def _script(path: Path, command: str) -> None:
    root = shlex.quote(str(ROOT))
    path.write_text(f'#!/bin/sh\nPYTHONPATH="$PYTHONPATH:"{root} exec {command} "$@"\n')
    path.chmod(0o755)
