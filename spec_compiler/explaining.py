"""What `compile-spec explain` says: what a diagnostic means, what a type or a block takes and gives."""

from __future__ import annotations

from pydantic import BaseModel

from spec_compiler.catalog import describe
from spec_compiler.catalog.describe import Description, Made, page
from spec_compiler.catalog.examples import Example, example
from spec_compiler.catalog.tensors import format_shape
from spec_compiler.catalog.training import CompileSettings, FitSettings
from spec_compiler.diagnostics import pages
from spec_compiler.diagnostics.codes import CODES
from spec_compiler.expanding.standard_blocks import StandardBlock, shipped_block, shipped_blocks
from spec_compiler.language.spec import (
    BlockForm,
    LayerForm,
    LintForm,
    ModelForm,
    NodeForm,
    OutputForm,
    ParamForm,
    SpecForm,
)
from spec_compiler.pipeline import load_spec
from spec_compiler.reading.source import Source


def pages_of(subject: str) -> list[str]:
    """The pages about a name, as Markdown: of a diagnostic, of what it stands for in a spec, of blocks, of a key."""
    meanings = [page_of(meaning) for meaning in describe.meanings(subject)]
    return _diagnostic(subject) or meanings or _blocks(subject) or _keys(subject)


def _diagnostic(subject: str) -> list[str]:
    by_name = {code.name: code for code in CODES.values()}
    code = CODES.get(subject.upper()) or by_name.get(subject.lower())
    return [pages.page(code)] if code is not None else []


def page_of(description: Description) -> str:
    """The page of what a name stands for, with an example and what the compiler makes of it."""
    found = example(description.name) if description.calls is not None else None
    return page(description, found.text if found else None, made_of(found) if found else None)


def _blocks(subject: str) -> list[str]:
    """The page of a block that ships with the compiler, or of each block of a file of them."""
    named = shipped_block(subject)
    found = [named] if named is not None else shipped_blocks(subject)
    return [page(block.description, block.example, made_of_block(block)) for block in found]


_FORMS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("a spec", SpecForm),
    ("a node", NodeForm),
    ("a shared layer", LayerForm),
    ("a block", BlockForm),
    ("a param", ParamForm),
    ("an output", OutputForm),
    ("one of `models`", ModelForm),
    ("`compile`", CompileSettings),
    ("`fit`", FitSettings),
    ("`lint`", LintForm),
)
"""What has keys, as a page calls it."""


def keys() -> dict[str, list[tuple[str, str]]]:
    """The keys of the language: for each, what has it, and what it says there."""
    found: dict[str, list[tuple[str, str]]] = {}
    for title, form in _FORMS:
        for name, field in form.model_fields.items():
            if field.description:
                found.setdefault(field.alias or name, []).append((title, field.description))
    return found


def _keys(subject: str) -> list[str]:
    """The page of a key of the language."""
    rows = [f"- of {title}: {text}" for title, text in keys().get(subject, ())]
    return ["\n".join((f"# {subject} (key of the language)", "", *rows, ""))] if rows else []


def made_of_block(block: StandardBlock) -> Made:
    """What the compiler makes of the example of a block."""
    graph = load_spec(Source.text(block.example))
    names = ["result"] if len(graph.ends) == 1 else [f"result.{name}" for name in graph.ends]
    types = [graph.type_of(end) for end in graph.ends.values()]
    return Made(tuple(f"`{name}`: {kind}" for name, kind in zip(names, types, strict=True)), ())


def made_of(example: Example) -> Made:
    """What the compiler makes of an example."""
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
