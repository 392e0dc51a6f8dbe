"""What the compiler says of a spec: findings while it works, diagnostics when it reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, Protocol

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


PlainScalar = str | int | float | bool
Fix = PlainScalar | list[PlainScalar]
"""What mends a spec in the place of what a finding is about: a value, which is written as its neighbours are."""


class Remark(NamedTuple):
    """Another place that belongs to a finding: the first definition, the other end of an edge."""

    place: Place
    message: str


class Copied(Protocol):
    """Where something stands that may have been written once for several copies: a scope of the graph."""

    @property
    def is_copy(self) -> bool:
        """Whether it is such a copy."""

    def made_by(self) -> Iterable[tuple[str, Place, str]]:
        """The name of each copy around, the outermost first, where it is asked for, and with which arguments."""


class Guess(NamedTuple):
    """What may have been meant. It takes time to find, and is looked for only if the finding is reported.

    `find` gives a hint and a fix, or None for either; `cost` is how many names the wrong one is held against.
    """

    find: Callable[[], tuple[str | None, Fix | None]]
    cost: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A diagnostic before its place is known as lines and columns.

    `scope` is where it was found: a mistake that stands in several copies is reported once, with what made the first.
    `guess` is what may have been meant, where neither a hint nor a fix is known yet.
    """

    code: Code
    message: str
    place: Place
    hint: str | None = None
    fix: Fix | None = None
    related: tuple[Remark, ...] = ()
    scope: Copied | None = None
    guess: Guess | None = None


_Mistake = tuple[Code, Place, int]
"""What is one mistake in all copies: its kind, where it is written, and which of several of that kind there."""


class Findings:
    """The findings of one run, in the order in which the stages made them.

    What is found in a copy of something, and was found in another copy of it, is counted and not kept.
    """

    def __init__(self) -> None:
        self._items: list[Finding] = []
        self._copies: dict[_Mistake, int] = {}
        self._in_copy: dict[tuple[Code, Place, int, Place], int] = {}
        self._mistakes: dict[int, _Mistake] = {}
        self._elsewhere: dict[Place, Place] = {}
        self._muted = False
        self.errors = 0

    @contextmanager
    def muted(self) -> Iterator[None]:
        """Take nothing for a while: what is asked for then is asked a second time."""
        self._muted = True
        try:
            yield
        finally:
            self._muted = False

    def stands_at(self, place: Place, at: Place) -> None:
        """Note that what is said at a place is written elsewhere: what is found there is shown where it is written."""
        self._elsewhere[place] = at

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
        scope: Copied | None = None,
        guess: Guess | None = None,
    ) -> None:
        """Note a finding; the place says where in the spec, the scope in which copy of what is written there."""
        self.take(Finding(code, message, place, hint, fix, related, scope, guess))

    def take(self, finding: Finding) -> None:
        """Take a finding over from elsewhere."""
        if self._muted:
            return
        at = self._place_in_text(finding.place) if self._elsewhere else finding.place
        if at != finding.place or (finding.scope is not None and finding.scope.is_copy):
            # A copy may have two mistakes of one kind at one place: the second is compared with the others' second.
            copy = finding.code, at, id(finding.scope), finding.place
            number = self._in_copy[copy] = self._in_copy.get(copy, 0) + 1
            mistake = finding.code, at, number
            self._copies[mistake] = self._copies.get(mistake, 0) + 1
            if self._copies[mistake] == 1:
                finding = replace(finding, place=at)
                self._mistakes[id(finding)] = mistake
                self._items.append(finding)
        else:
            self._items.append(finding)
        self.errors += finding.code.severity == "error"

    def _place_in_text(self, place: Place) -> Place:
        """Where something is written that is said at a place."""
        for length in range(len(place.path), 0, -1):
            at = self._elsewhere.get(Place(place.path[:length], file=place.file))
            if at is not None:
                return place._replace(path=at.path + place.path[length:], file=at.file)
        return place

    def and_more(self, others: Findings) -> Findings:
        """All of these, and some others."""
        both = Findings()
        both._items = [*self._items, *others]
        both._copies, both._mistakes, both._elsewhere = self._copies, self._mistakes, self._elsewhere
        both.errors = self.errors + others.errors
        return both

    def copies_of(self, finding: Finding) -> int:
        """In how many more copies of what is written at its place a finding was found."""
        mistake = self._mistakes.get(id(finding))
        return self._copies[mistake] - 1 if mistake is not None else 0

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
    """An error or a warning, and where it is.

    `path` is a JSON pointer into the spec, `span` its lines and columns (from 1; None where the source has
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
