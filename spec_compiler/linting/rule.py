"""What a lint is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from spec_compiler.diagnostics.diagnostic import Code, Finding
from spec_compiler.graph.typed import TypedGraph


class Rule(NamedTuple):
    """A lint.

    Attributes:
        code: What it reports.
        check: Finds what is suspicious in a graph.
        of_outputs: Whether it looks at outputs and training, which each model of a spec has for itself.
    """

    code: Code
    check: Callable[[TypedGraph], Iterator[Finding]]
    of_outputs: bool = False
