"""What the compiler says of a spec: findings while it works, diagnostics when it reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from spec_compiler.spans import Place, Span

Severity = Literal["error", "warning"]


class Code(NamedTuple):
    """One kind of diagnostic. Its number is never used again for something else."""

    code: str
    name: str
    severity: Severity
    title: str


class Verbatim(str):
    """A fix that is put into the text as it stands, and not written as a value."""

    __slots__ = ()


Scalar = str | int | float | bool
Fix = Scalar | list[Scalar]
"""What mends a spec in the place of what a finding is about: a value, which is written as its neighbours are."""


class Remark(NamedTuple):
    """Another place that belongs to a finding: the first definition, the other end of an edge.

    `copy` says that it is who asked for a copy of what the finding is about: a mistake that stands in each of
    several copies is reported once.
    """

    place: Place
    message: str
    copy: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A diagnostic before its place is known as lines and columns."""

    code: Code
    message: str
    place: Place
    hint: str | None = None
    fix: Fix | None = None
    related: tuple[Remark, ...] = ()


class Findings:
    """The findings of one run, in the order in which the stages made them."""

    def __init__(self) -> None:
        self._items: list[Finding] = []
        self.errors = 0

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._items)

    def add(
        self,
        code: Code,
        message: str,
        place: Place,
        *,
        hint: str | None = None,
        fix: Fix | None = None,
        related: tuple[Remark, ...] = (),
    ) -> None:
        """Note a finding; the place says where in the spec."""
        self._items.append(Finding(code, message, place, hint, fix, related))
        self.errors += code.severity == "error"

    def take(self, finding: Finding, related: tuple[Remark, ...]) -> None:
        """Take over a finding, with more places that belong to it."""
        self._items.append(replace(finding, related=(*finding.related, *related)))
        self.errors += finding.code.severity == "error"

    def add_all(self, others: Findings, file: str) -> None:
        """Take over the findings about another document, of which they name no file yet."""
        for finding in others:
            related = tuple(remark._replace(place=remark.place._replace(file=file)) for remark in finding.related)
            self._items.append(replace(finding, place=finding.place._replace(file=file), related=related))
            self.errors += finding.code.severity == "error"


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that belongs to a diagnostic."""

    message: str
    path: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A mistake or a doubt, and where it is.

    `path` is a JSON pointer into the spec, `span` its lines and columns (from 1; none where the source has
    no text, as a dict has none). `fix` is text that mends the spec when it replaces the span.
    """

    code: str
    name: str
    severity: Severity
    message: str
    path: str
    span: Span | None
    hint: str | None = None
    fix: str | None = None
    related: tuple[Related, ...] = field(default=())
