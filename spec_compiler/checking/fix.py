"""Fixes applied to the files that they are for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from spec_compiler.checking.fixable import AvailableFix, fixes_of
from spec_compiler.checking.outcome import Outcome
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.emitting.files import Target, write_all
from spec_compiler.limits import Limits
from spec_compiler.reading.positions import Lines
from spec_compiler.reading.read import read_text
from spec_compiler.reading.source import RawText, Source

_MARK = b"\xef\xbb\xbf"


class Fixed(NamedTuple):
    """What is left to say after specs were fixed, and how many fixes were applied to each."""

    outcomes: list[Outcome]
    applied: dict[str, int]


def fix_all(
    names: Sequence[str], check: Callable[[Sequence[str]], list[Outcome]], limits: Limits, *, unsafe: bool = False
) -> Fixed:
    """Apply the safe fixes of some files, check those again, and so on until there are no more.

    The rest of each file stays as it is, byte by byte, and a file is written whole or not at all.

    Args:
        names: The paths of the specs.
        check: Checks some of them.
        limits: How much a spec may ask for.
        unsafe: Apply also the fixes that are not safe.

    Raises:
        UnwritableError: A file cannot be written.
    """
    outcomes = dict(zip(names, check(names), strict=True))
    applied: dict[str, int] = {}
    seen: set[tuple[str, bytes]] = set()
    again = list(outcomes)
    while again:
        targets: dict[str, Target] = {}
        for name in again:
            fixes = [fix for fix in fixes_of(outcomes[name].report()) if fix.safe or unsafe]
            before = Path(name).read_bytes() if fixes else b""
            after, count = apply(before, fixes, Source.of(name), limits)
            if count and (name, after) not in seen:
                seen |= {(name, before), (name, after)}
                applied[name] = applied.get(name, 0) + count
                targets[name] = Target(Path(name), Path(name).suffix, partial(_write, after))
        write_all(list(targets.values()))
        again = list(targets)
        outcomes |= dict(zip(again, check(again), strict=True))
    return Fixed([outcomes[name] for name in names], applied)


def _write(text: bytes, path: Path) -> None:
    path.write_bytes(text)


def apply(raw: bytes, fixes: Iterable[AvailableFix], source: Source, limits: Limits) -> tuple[bytes, int]:
    """A text with some fixes applied, and how many were: those that fit it, do not overlap, and do not break it."""
    mark = _MARK if raw.startswith(_MARK) else b""
    text = raw.removeprefix(_MARK).decode()
    fitting = _fitting(text, fixes)
    fixed = _put(text, fitting)
    if fitting and _mistakes(fixed, source, limits) > (before := _mistakes(text, source, limits)):
        # One of them writes a key that is there already, or the like: only those that do no harm.
        kept: list[_Edit] = []
        for edit in fitting:
            if _mistakes(_put(text, [*kept, edit]), source, limits) <= before:
                kept.append(edit)
        fitting, fixed = kept, _put(text, kept)
    return mark + fixed.encode(), len(fitting)


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


def _fitting(text: str, fixes: Iterable[AvailableFix]) -> list[_Edit]:
    lines = Lines(text)
    edits = sorted(
        _Edit(lines.offset(fix.span.start), lines.offset(fix.span.end), fix.replacement)
        for fix in fixes
        if lines.line(fix.span.start.line)[fix.span.start.column - 1 : fix.span.end.column - 1] == fix.replaced
    )
    fitting: list[_Edit] = []
    for edit in edits:
        if not fitting or edit.start >= fitting[-1].end:
            fitting.append(edit)
    return fitting


def _put(text: str, edits: Sequence[_Edit]) -> str:
    parts, position = [], 0
    for edit in edits:
        parts += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*parts, text[position:]])


def _mistakes(text: str, source: Source, limits: Limits) -> int:
    """How many mistakes keep a text from being read."""
    findings = Findings()
    read_text(RawText(text.encode()), source, findings, limits)
    return findings.errors
