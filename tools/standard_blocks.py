"""The blocks that ship with the compiler as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import catalogue

from spec_compiler.cli.explain import made_of_block
from spec_compiler.expanding.standard_blocks import StandardBlock, standard_blocks, standard_description

SPECS = Path(__file__).resolve().parent.parent / "specs"

_INTRODUCTION = """\
# Standard blocks

These [blocks](../language.md#blocks) ship with the compiler. A spec [imports](../language.md#imports) the file that
they are in, and uses them as its own:

```yaml
spec: 1
imports: [std/residual.yaml]
nodes:
  image:   {type: Input, shape: [32, 32, 16]}
  stage:   {type: residual_stage, filters: 32, blocks: 3, inputs: image}
  pooled:  {type: GlobalAveragePooling2D, inputs: stage}
  classes: {type: Dense, units: 10, activation: softmax, inputs: pooled}
outputs: [classes]
```

`compile-spec explain residual_stage` prints what stands here of a block, and `compile-spec explain std/residual.yaml`
of all blocks of a file. Each is tested against the same graph written by hand with Keras.
"""


def page() -> str:
    """The page of all blocks, file by file."""
    lines = [_INTRODUCTION]
    blocks = list(standard_blocks().values())
    lines += catalogue.table(
        ("file", "what is in it", "blocks"),
        [
            (f"`{imported}`", standard_description(imported), ", ".join(f"[`{b.name}`](#{b.name})" for b in group))
            for imported, group in _by_file(blocks)
        ],
    )
    for imported, group in _by_file(blocks):
        lines += [f"## {imported}\n", standard_description(imported), "", *_users(imported)]
        for block in group:
            lines += _section(block)
    return "\n".join(lines).rstrip() + "\n"


def _by_file(blocks: Iterable[StandardBlock]) -> list[tuple[str, list[StandardBlock]]]:
    return [(imported, list(group)) for imported, group in groupby(blocks, key=lambda block: block.imported)]


def _users(imported: str) -> list[str]:
    """The example specs that import a file."""
    users = [path.name for path in sorted(SPECS.glob("*.yaml")) if imported in path.read_text(encoding="utf-8")]
    return [f"Used by {', '.join(f'`specs/{user}`' for user in users)}.", ""] if users else []


def _section(block: StandardBlock) -> list[str]:
    description = block.description
    assert description.calls is not None
    lines = [f"### {block.name}\n", description.text, ""]
    lines += catalogue.arguments(description.fields, "param") if description.fields else ["No params.", ""]
    inputs = ", ".join(f"`{call.name}`" for call in description.calls)
    lines += [f"Inputs: {inputs}.", "", "```yaml", block.example.rstrip(), "```", ""]
    lines += [f"- {output}" for output in made_of_block(block).outputs]
    return [*lines, ""]
