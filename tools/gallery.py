"""The example specs as a page of Markdown: what each is, how large it is, its picture, and its text."""

from __future__ import annotations

from pathlib import Path

import spec_compiler as sc

ROOT = Path(__file__).resolve().parent.parent
SPECS = ROOT / "specs"
PICTURES = ROOT / "docs/reference/pictures"

_EDITOR_COMMENT = "# yaml-language-server: $schema=../schemas/spec.schema.json\n"

_INTRODUCTION = """\
# Example specs

Architectures that are well known, as specs in the folder `specs`. Each is compiled and trained in the tests, and held
against Keras's own model, or against code written by hand for Keras: with the same weights, both give the same.
"""


def page() -> str:
    """The page of all examples, in alphabetical order."""
    graphs = {path: sc.load_spec(path) for path in _specs()}
    lines = [_INTRODUCTION, "| spec | | parameters |", "|---|---|---:|"]
    lines += [
        f"| [`{graph.name}`](#{graph.name}) | {graph.graph.description} | {graph.parameter_count:,} |"
        for graph in graphs.values()
    ]
    lines.append("")
    for path, graph in graphs.items():
        text = path.read_text(encoding="utf-8").removeprefix(_EDITOR_COMMENT)
        picture = f"pictures/{path.stem}.svg"
        lines += [
            f"## {graph.name}\n",
            f"[![The graph of {graph.name}]({picture})]({picture})\n",
            f"[Look through it](pages/{path.stem}.html), or "
            f'<a href="../../playground/app/#example={path.name}">change it in the playground</a>\n',
            f'```yaml title="specs/{path.name}"',
            text.rstrip("\n"),
            "```\n",
        ]
    return "\n".join(lines).rstrip() + "\n"


def pictures() -> dict[Path, str]:
    """The picture of each example, light or dark as the screen is."""
    return {PICTURES / f"{path.stem}.svg": sc.load_spec(path).to_svg() for path in _specs()}


def picture_paths() -> set[Path]:
    """Where the pictures are."""
    return {PICTURES / f"{path.stem}.svg" for path in _specs()}


def _specs() -> list[Path]:
    return sorted(SPECS.glob("*.yaml"))
