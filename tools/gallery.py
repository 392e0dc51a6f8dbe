"""The example specs as a page of Markdown: what each is, how large it is, and its text."""

from __future__ import annotations

from pathlib import Path

import spec_compiler as sc

SPECS = Path(__file__).resolve().parent.parent / "specs"

_EDITOR_COMMENT = "# yaml-language-server: $schema=../schemas/spec.schema.json\n"

_INTRODUCTION = """\
# Example specs

Architectures that are well known, as specs in the folder `specs`. Each is compiled and trained in the tests, and held
against Keras's own model, or against code written by hand for Keras: with the same weights, both give the same.
"""


def page() -> str:
    """The page of all examples, in alphabetical order."""
    graphs = {path: sc.load_spec(path) for path in sorted(SPECS.glob("*.yaml"))}
    lines = [_INTRODUCTION, "| spec | | parameters |", "|---|---|---:|"]
    lines += [
        f"| [`{graph.name}`](#{graph.name}) | {graph.graph.description} | {graph.parameter_count:,} |"
        for graph in graphs.values()
    ]
    lines.append("")
    for path, graph in graphs.items():
        text = path.read_text(encoding="utf-8").removeprefix(_EDITOR_COMMENT)
        lines += [f"## {graph.name}\n", f'```yaml title="specs/{path.name}"', text.rstrip("\n"), "```\n"]
    return "\n".join(lines).rstrip() + "\n"
