"""What a lint is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from spec_compiler.diagnostics.diagnostic import Code, Fix, Remark
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.spans import Place


class Doubt(NamedTuple):
    """Something doubtful that a lint found."""

    message: str
    place: Place
    hint: str | None = None
    fix: Fix | None = None
    related: tuple[Remark, ...] = ()


class Rule(NamedTuple):
    """A lint: its code, and the function that looks for what is doubtful."""

    code: Code
    look: Callable[[TypedGraph], Iterator[Doubt]]
