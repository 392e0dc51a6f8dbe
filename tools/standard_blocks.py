"""The blocks that ship with the compiler as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import catalogue

from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.expanding.standard import application_imports, standard_source
from spec_compiler.expanding.standard_blocks import StandardBlock, standard_blocks, standard_description
from spec_compiler.explaining import made_of_block
from spec_compiler.reading.read import read

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

_APPLICATIONS = """\
## Architectures of keras.applications

Each architecture of `keras.applications` is a block in a file of its own, with the arguments, the layers and the names
that Keras gives it, so that [published weights](../how-to/weights.md#transfer-learning-in-two-phases) fit.
`include_top`, `pooling`, `classes` and `classifier_activation` are as in Keras. `input_shape` is to be given where
`image` has another size than Keras's own, if the block takes it: its padding depends on it. `include_preprocessing` is
there where Keras has it. [A decision](../decisions/0016-applications-are-generated.md) says why these are others than
the backbones above.

```yaml
spec: 1
imports: [std/applications/resnet50.yaml]
nodes:
  image:   {type: Input, shape: [160, 160, 3]}
  seen:    {type: ResNet50, include_top: false, pooling: avg, inputs: image}
  classes: {type: Dense, units: 10, activation: softmax, inputs: seen}
outputs: [classes]
```
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
    lines += [_APPLICATIONS, *_applications()]
    return "\n".join(lines).rstrip() + "\n"


def _applications() -> list[str]:
    """The table of architectures."""
    rows = []
    for imported in application_imports():
        source = standard_source(imported)
        assert source is not None
        blocks = read(source, Findings()).data["blocks"]
        name = next(iter(blocks))
        params = [param for param in blocks[name]["params"] if param != "odd"]
        rows.append((f"`{name}`", f"`{imported}`", ", ".join(f"`{param}`" for param in params)))
    return catalogue.table(("type", "file", "params"), rows)


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
