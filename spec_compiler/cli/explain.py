"""`compile-spec explain SC301`, `explain Dense`: what a diagnostic means, what a type or a block takes and gives."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from spec_compiler.cli.terminal import FINE, UsageError

if TYPE_CHECKING:
    from spec_compiler.catalog.describe import Description, Made
    from spec_compiler.catalog.examples import Example
    from spec_compiler.expanding.standard_blocks import StandardBlock


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument(
        "subject",
        metavar="SUBJECT",
        help="the code or the name of a diagnostic (SC301, unknown-reference), or a name that a spec can have: "
        "a layer, an op, a loss, … (Dense, ops.matmul, Adam), a block that ships with the compiler, or a file of such "
        "blocks (bottleneck, std/residual.yaml)",
    )


def run(options: argparse.Namespace) -> int:
    """Print all that a name stands for."""
    from spec_compiler.catalog import describe

    subject = options.subject
    pages = _diagnostic(subject) or [_page(meaning) for meaning in describe.meanings(subject)] or _blocks(subject)
    if not pages:
        raise UsageError(_unknown(subject))
    print("\n".join(pages).rstrip())
    return FINE


def _diagnostic(subject: str) -> list[str]:
    from spec_compiler.diagnostics.codes import CODES
    from spec_compiler.diagnostics.pages import page

    by_name = {code.name: code for code in CODES.values()}
    code = CODES.get(subject.upper()) or by_name.get(subject.lower())
    return [page(code)] if code is not None else []


def _page(description: Description) -> str:
    from spec_compiler.catalog.describe import page
    from spec_compiler.catalog.examples import example

    found = example(description.name) if description.calls is not None else None
    return page(description, found.text if found else None, made_of(found) if found else None)


def _blocks(subject: str) -> list[str]:
    """The page of a block that ships with the compiler, or of each block of a file of them."""
    from spec_compiler.catalog.describe import page
    from spec_compiler.expanding.standard_blocks import standard_blocks

    return [
        page(block.description, block.example, made_of_block(block))
        for block in standard_blocks().values()
        if subject in (block.name, block.imported)
    ]


def made_of_block(block: StandardBlock) -> Made:
    """What the compiler makes of the example of a block."""
    from spec_compiler.catalog.describe import Made
    from spec_compiler.pipeline import load_spec
    from spec_compiler.reading.source import Source

    graph = load_spec(Source.text(block.example))
    names = ["result"] if len(graph.ends) == 1 else [f"result.{name}" for name in graph.ends]
    types = [graph.type_of(end) for end in graph.ends.values()]
    return Made(tuple(f"`{name}`: {kind}" for name, kind in zip(names, types, strict=True)), ())


def made_of(example: Example) -> Made:
    """What the compiler makes of an example."""
    from spec_compiler.catalog.describe import Made
    from spec_compiler.catalog.tensors import format_shape
    from spec_compiler.pipeline import load_spec
    from spec_compiler.reading.source import Source

    graph = load_spec(Source.text(example.text))
    result = graph.results[example.node]
    names = result.names or tuple(map(str, range(len(result.outputs))))
    several = len(result.outputs) > 1
    outputs = tuple(
        f"`{example.node}{f'.{name}' * several}`: {output}" for name, output in zip(names, result.outputs, strict=True)
    )
    weights = tuple(
        (
            weight.name,
            format_shape(weight.shape),
            weight.dtype + ("" if weight.trainable else ", not trained"),
            weight.initializer.keras_name if weight.initializer is not None else "of its own",
        )
        for weight in graph.weights.get(graph.nodes[example.node].layer, ())
    )
    return Made(outputs, weights)


def _unknown(subject: str) -> str:
    from spec_compiler.catalog import describe, registry
    from spec_compiler.diagnostics.codes import CODES
    from spec_compiler.diagnostics.suggest import did_you_mean
    from spec_compiler.expanding.standard import standard_imports
    from spec_compiler.expanding.standard_blocks import standard_blocks

    if reason := registry.FORBIDDEN.get(subject):
        return f"`{subject}` does not exist in specs: {reason}"
    names = [
        *describe.names(),
        *CODES,
        *(code.name for code in CODES.values()),
        *standard_imports(),
        *standard_blocks(),
    ]
    op = f"ops.{subject}"
    hint = f"did you mean `{op}`?" if op in names else did_you_mean(subject, names)[0]
    return f"nothing is called `{subject}`" + (f"; {hint}" if hint else "")
