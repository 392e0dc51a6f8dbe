"""Quick fixes: what a diagnostic says to write instead; and all of them at once that are safe."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from spec_compiler.checking.fix import apply
from spec_compiler.checking.fixable import AvailableFix, fixes_of
from spec_compiler.language_server.snapshot import Snapshot
from spec_compiler.language_server.text import DocumentText
from spec_compiler.language_server.workspace import Workspace
from spec_compiler.reading.source import Source

FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.compile-spec"
_MOST_ROUNDS = 10


def code_actions(
    workspace: Workspace,
    snapshot: Snapshot,
    where: types.Range,
    context: types.CodeActionContext,
) -> list[types.CodeAction]:
    """The fixes of what is said about a range, and "fix all" where there is something safe to fix."""
    actions: list[types.CodeAction] = []
    fixes = _fixes(snapshot)
    if _asks_for(context, types.CodeActionKind.QuickFix.value):
        for fix in fixes:
            reach = snapshot.text.range_of(fix.span)
            if _meet(reach, where):
                actions.append(_quick_fix(snapshot, fix, reach, context.diagnostics))
    if _asks_for(context, FIX_ALL) and any(fix.safe for fix in fixes):
        edits = fix_all(workspace, snapshot)
        if edits:
            actions.append(
                types.CodeAction(
                    "Fix all that can be fixed safely",
                    kind=FIX_ALL,
                    edit=types.WorkspaceEdit(changes={snapshot.uri: edits}),
                )
            )
    return actions


def _fixes(snapshot: Snapshot) -> list[AvailableFix]:
    """The fixes of what is written as it stands in the text."""
    found = fixes_of(snapshot.analysis.report)
    return [fix for fix in found if not snapshot.changed.intersection((fix.span.start.line,))]


def _asks_for(context: types.CodeActionContext, kind: str) -> bool:
    """Whether an editor wants actions of a kind; one that asks for no kind wants all."""
    if not context.only:
        return True
    return any(kind == only or kind.startswith(f"{only}.") for only in map(_text, context.only))


def _text(kind: types.CodeActionKind | str) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else kind


def _meet(one: types.Range, other: types.Range) -> bool:
    return not (_after(one.start, other.end) or _after(other.start, one.end))


def _after(one: types.Position, other: types.Position) -> bool:
    return (one.line, one.character) > (other.line, other.character)


def _quick_fix(
    snapshot: Snapshot, fix: AvailableFix, reach: types.Range, said: Sequence[types.Diagnostic]
) -> types.CodeAction:
    shown = fix.replacement if len(fix.replacement) <= 60 else f"{fix.replacement[:57]}…"
    return types.CodeAction(
        f"Write `{shown}`" if fix.replacement else "Leave it out",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[each for each in said if each.code == fix.code and each.range == reach] or None,
        is_preferred=fix.safe,
        edit=types.WorkspaceEdit(changes={snapshot.uri: [types.TextEdit(reach, fix.replacement)]}),
    )


def fix_all(workspace: Workspace, snapshot: Snapshot) -> list[types.TextEdit]:
    """What to change so that nothing is left that can be fixed safely; of a text that cannot be read, nothing."""
    if snapshot.changed or snapshot.syntax:
        return []
    text, current = snapshot.text.text, snapshot
    for _ in range(_MOST_ROUNDS):
        safe = [fix for fix in _fixes(current) if fix.safe]
        after, applied = apply(text.encode("utf-8", "surrogatepass"), safe, current_source(current), workspace.limits)
        if not applied:
            break
        text = after.decode("utf-8", "surrogatepass")
        current = workspace.analyse_text(snapshot.uri, text)
    return [edit] if (edit := smallest_edit(snapshot.text, text)) is not None else []


def current_source(snapshot: Snapshot) -> Source:
    """A source that is read in the form of the document."""
    return Source.text(snapshot.text.text, form="json" if snapshot.document.is_json else "yaml")


def smallest_edit(before: DocumentText, after: str) -> types.TextEdit | None:
    """The one stretch of a text that has to be replaced to make it another; None if it is the same."""
    old = before.text
    if old == after:
        return None
    start = 0
    most = min(len(old), len(after))
    while start < most and old[start] == after[start]:
        start += 1
    end = 0
    while end < most - start and old[-1 - end] == after[-1 - end]:
        end += 1
    # A line break of two characters is not cut in two.
    if start and old[start - 1] == "\r":
        start -= 1
    if end and old[len(old) - end] == "\n":
        end -= 1
    return types.TextEdit(before.range(start, len(old) - end), after[start : len(after) - end])
