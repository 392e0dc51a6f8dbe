"""A hook of MkDocs: lists the generated pages in the navigation of the site, by their titles.

`mkdocs.yml` names the pages that people wrote, and the index of each generated section.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

DIAGNOSTICS = {
    "1": "Reading",
    "2": "The form of the spec",
    "3": "The graph",
    "4": "Shapes and dtypes",
    "5": "Outputs and training",
    "6": "Lints",
    "7": "Limits and safety",
}
"""The families of diagnostics, by the first digit of their codes."""

_DIAGNOSTICS, _CATALOGUE = "reference/diagnostics", "reference/catalogue"


def on_config(config: Any) -> Any:
    """Complete the sections that begin with the index of generated pages."""
    docs = Path(config["docs_dir"])
    more = {f"{_DIAGNOSTICS}/index.md": _diagnostics(docs), f"{_CATALOGUE}/index.md": _catalogue(docs)}
    for section in config["nav"]:
        pages = next(iter(section.values())) if isinstance(section, dict) else []
        if pages and pages[0] in more:
            pages.extend(more[pages[0]])
    return config


def _diagnostics(docs: Path) -> list[Any]:
    return [{title: _pages(docs, _DIAGNOSTICS, f"SC{digit}*.md")} for digit, title in DIAGNOSTICS.items()]


def _catalogue(docs: Path) -> list[Any]:
    layers, ops = _pages(docs, _CATALOGUE, "layers-*.md"), _pages(docs, _CATALOGUE, "ops-*.md")
    every = _pages(docs, _CATALOGUE, "*.md")
    taken = {*layers, *ops, f"{_CATALOGUE}/index.md"}
    return [{"Layers": layers}, {"Ops": ops}, {"Objects": [page for page in every if page not in taken]}]


def _pages(docs: Path, folder: str, pattern: str) -> list[str]:
    return sorted(path.relative_to(docs).as_posix() for path in (docs / folder).glob(pattern))
