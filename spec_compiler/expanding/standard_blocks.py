"""The blocks that ship with the compiler, described: what each takes and gives, with an example."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from spec_compiler.catalog.describe import Description, Field, format_value
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.expanding.params import TITLES, Param, declared, type_of
from spec_compiler.expanding.standard import application_import, application_imports, standard_imports, standard_source
from spec_compiler.language.spec import BlockForm
from spec_compiler.language.validate import block_form, without_own_keys
from spec_compiler.reading.read import read
from spec_compiler.spans import Place

_EXAMPLE = "x-example"
"""The key of a block under which its file has the nodes of an example."""


@dataclass(frozen=True)
class StandardBlock:
    """A block that ships with the compiler.

    Attributes:
        name: The type of its nodes.
        imported: What a spec writes under `imports` to have it.
        form: The block as it is written.
        example: A spec with one node of it, `result`, as YAML.
    """

    name: str
    imported: str
    form: BlockForm
    example: str

    @property
    def description(self) -> Description:
        """What it is, takes and gives; the params without a default first."""
        params = declared(self.form.params, Place(()), Findings()).values()
        return Description(
            self.name,
            f"block of {self.imported}",
            self.form.description or "",
            fields=tuple(sorted(map(param_field, params), key=lambda field: field.default is not None)),
            calls=tuple(Field(name, "a tensor", None, "") for name in self.form.inputs),
        )


@cache
def standard_blocks() -> Mapping[str, StandardBlock]:
    """Every block that ships with the compiler, by its name, file by file in order of writing."""
    return {name: block for imported in standard_imports() for name, block in _blocks(imported).items()}


def shipped_block(name: str) -> StandardBlock | None:
    """The block of a name that ships with the compiler, which may be an architecture of `keras.applications`."""
    found = standard_blocks().get(name)
    if found is not None:
        return found
    imported = application_import(name)
    return _blocks(imported).get(name) if imported is not None else None


def shipped_blocks(imported: str) -> list[StandardBlock]:
    """The blocks of a file that ships with the compiler, but for those of which its own are made; none of another."""
    known = imported in standard_imports() or imported in application_imports()
    return list(_blocks(imported).values()) if known else []


@cache
def _blocks(imported: str) -> Mapping[str, StandardBlock]:
    return {
        name: StandardBlock(name, imported, _form(name, value), _example(value[_EXAMPLE], imported, value["outputs"]))
        for name, value in _data(imported)["blocks"].items()
        if _EXAMPLE in value
    }


def standard_description(imported: str) -> str:
    """What is in a file of blocks, in a sentence."""
    return str(_data(imported)["description"])


@cache
def _data(imported: str) -> dict[str, Any]:
    source = standard_source(imported)
    assert source is not None
    data = read(source, Findings()).data
    assert isinstance(data, dict)
    return data


def _form(name: str, value: Mapping[str, Any]) -> BlockForm:
    form = block_form(without_own_keys(value), Place(()), Findings())
    assert form is not None, name
    return form


def _example(nodes: str, imported: str, outputs: Any) -> str:
    """A whole spec around the nodes of an example."""
    several = len(outputs) > 1
    named = ", ".join(f"{name}: {{from: result.{name}}}" for name in outputs)
    given = f"{{{named}}}" if several else "[result]"
    return f"spec: 1\nimports: [{imported}]\nnodes:\n{textwrap.indent(nodes.rstrip(), '  ')}\noutputs: {given}\n"


def param_field(param: Param) -> Field:
    """A param as an argument of the nodes of its block."""
    form = param.form
    kind = form.type or type_of(param.default)
    takes = "a value" if kind is None else TITLES[kind]
    if form.choices is not None:
        takes = ", ".join(f"`{format_value(choice)}`" for choice in form.choices)
    bounds = [f"{sign} {bound:g}" for sign, bound in (("≥", form.min), ("≤", form.max)) if bound is not None]
    default = None if param.required else format_value(param.default)
    return Field(param.name, " ".join([takes, ", ".join(bounds)]).strip(), default, form.description or "")
