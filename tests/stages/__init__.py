"""Each stage by itself: fixtures are pairs of a spec and the text form of what the stage makes of it.

A fixture is a section of a Markdown page in the folder `fixtures` of the stage's tests: a title, the spec, the files
that it imports, if any, and the answer.

    ## a title

    ```yaml
    spec: 1
    ...
    ```

    ```yaml blocks/residual.yaml
    ...
    ```

    ```text
    spec model
    ...
    ```

People write the specs, and ``python -m tests.stages`` the answers. A stage is run with no more than the stages before
it: what breaks a rule of inference fails no fixture of expansion or of linking.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from spec_compiler.diagnostics.diagnostic import Finding
from spec_compiler.graph.text import flat_text, graph_text, typed_text
from spec_compiler.reading.source import Source
from spec_compiler.spans import Place, json_pointer
from tests.stages.through import Run

HERE = Path(__file__).parent.parent
_SECTION = re.compile(r"^(?=## )", re.MULTILINE)
_FENCE = re.compile(r"^```(yaml|text)(?: (\S+))?\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


# The stages


STAGES: dict[str, Callable[[Run], str]] = {
    "expanding": lambda run: flat_text(run.expand()),
    "linking": lambda run: graph_text(run.link()),
    "inferring": lambda run: typed_text(run.infer()),
}
"""What the text of a stage is made with, by the package of the stage."""


# Fixtures


@dataclass(frozen=True)
class Fixture:
    """One section of a page."""

    stage: str
    page: str
    title: str
    files: dict[str, str]
    answer: str

    def __str__(self) -> str:
        return f"{self.page}: {self.title}"

    def made(self) -> str:
        """What the stage makes of the spec: its text form, and what it finds wrong."""
        with tempfile.TemporaryDirectory() as folder:
            for name, text in self.files.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            run = Run(Source.of(Path(folder, "model.yaml")), root=Path(folder))
            text = STAGES[self.stage](run)
            found = [_line(finding) for finding in run.findings]
            return "\n".join([text, *found] if found else [text]).replace(f"{folder}/", "").rstrip("\n") + "\n"


def _line(finding: Finding) -> str:
    inside = f" in {finding.scope.name}" if finding.scope is not None and finding.scope.name else ""
    return f"{finding.code.code} at {_place(finding.place)}{inside}: {finding.message}"


def _place(place: Place) -> str:
    part = f"[{place.part[0]}:{place.part[1]}]" if place.part is not None else ""
    return f"{f'{place.file}#' if place.file else ''}{json_pointer(place.path)}{part}"


def pages(stage: str) -> list[Path]:
    """The pages of a stage."""
    return sorted((HERE / stage / "fixtures").glob("*.md"))


def fixtures(stage: str) -> list[Fixture]:
    """The fixtures of a stage."""
    return [_fixture(stage, page.stem, section) for page in pages(stage) for section in _sections(page)[1]]


def _sections(page: Path) -> tuple[str, list[str]]:
    """What stands above the fixtures of a page, and the fixtures."""
    head, *sections = _SECTION.split(page.read_text(encoding="utf-8"))
    return head, sections


def _fixture(stage: str, page: str, section: str) -> Fixture:
    files: dict[str, str] = {}
    answer = ""
    for kind, name, text in _FENCE.findall(section):
        if kind == "text":
            answer = text
        else:
            files[name or "model.yaml"] = text
    return Fixture(stage, page, section.split("\n", 1)[0].removeprefix("## "), files, answer)


def remade(stage: str, page: Path) -> str:
    """A page with the answers that the stage gives now."""
    head, sections = _sections(page)
    return head + "\n".join(_remade_section(stage, page, section) for section in sections)


def _remade_section(stage: str, page: Path, section: str) -> str:
    answer = f"```text\n{_fixture(stage, page.stem, section).made()}```\n"
    specs = section[: section.index("```text\n")] if "```text\n" in section else section
    return f"{specs.rstrip()}\n\n{answer}"
