"""Renaming: all places where a name is written, or the reason why it cannot be."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lsprotocol import types

from spec_compiler.diagnostics.diagnostic import Diagnostic
from spec_compiler.expanding.standard import STANDARD
from spec_compiler.expanding.substitute import pieces
from spec_compiler.graph.typed import TypedGraph, tensors
from spec_compiler.language.names import MODEL_NAME, MODEL_NAME_RULE, NAME, NAME_RULE, VARIABLE
from spec_compiler.language_server.names import Symbol, SymbolKind, texts_in
from spec_compiler.language_server.navigation import (
    NamedSymbol,
    SymbolSite,
    all_sites,
    named,
    occurrence_at,
    range_in,
    stretch_of,
)
from spec_compiler.language_server.snapshot import Snapshot, section_of
from spec_compiler.language_server.workspace import Workspace
from spec_compiler.spans import Place

_VARIABLE_RULE = "such a name is a letter or `_`, followed by letters, digits and `_`"


class RefusedError(Exception):
    """A name cannot be changed; the message says why."""


@dataclass
class _Changes:
    """The edits of each document, as stretches of its text and what replaces them."""

    edits: dict[str, dict[tuple[int, int], str]] = field(default_factory=lambda: defaultdict(dict))
    sites: dict[tuple[str, int, int], tuple[Snapshot, SymbolSite]] = field(default_factory=dict)

    def add(self, snapshot: Snapshot, site: SymbolSite, text: str) -> None:
        self.edits[site.uri][site.start, site.end] = text
        self.sites[site.uri, site.start, site.end] = snapshot, site


def prepare_rename(snapshot: Snapshot, position: types.Position) -> types.PrepareRenamePlaceholder:
    """What would be renamed at a position.

    Raises:
        RefusedError: Nothing there can be.
    """
    found = occurrence_at(snapshot, position)
    if found is None:
        raise RefusedError("no name of the spec's own is here")
    _refuse_foreign(found.symbol)
    stretch = stretch_of(snapshot.document, found.place)
    if stretch is None:
        raise RefusedError("the name is written with escapes")
    written = (snapshot.document.text or "")[slice(*stretch)]
    return types.PrepareRenamePlaceholder(
        snapshot.text.range(*stretch), found.symbol.name if "${" in found.symbol.name else written
    )


def rename(workspace: Workspace, snapshot: Snapshot, position: types.Position, new: str) -> types.WorkspaceEdit:
    """The changes in all files that give the name at a position another.

    Raises:
        RefusedError: It cannot be renamed so.
    """
    found = occurrence_at(snapshot, position)
    if found is None:
        raise RefusedError("no name of the spec's own is here")
    symbol = found.symbol
    _refuse_foreign(symbol)
    if new == symbol.name:
        return types.WorkspaceEdit(changes={})
    _refuse_form(symbol.kind, symbol.name, new)
    name = named(snapshot, symbol)
    if symbol.kind in ("output", "node") and snapshot.syntax:
        raise RefusedError("the text cannot be read as it is: mend that first")
    _refuse_clash(snapshot, symbol, new)
    changes = _changes(workspace, snapshot, name, new)
    _refuse_changed(workspace, snapshot, changes)
    return types.WorkspaceEdit(
        changes={
            uri: [
                types.TextEdit(_range(workspace, *changes.sites[uri, start, end]), text)
                for (start, end), text in sorted(edits.items())
            ]
            for uri, edits in changes.edits.items()
        }
    )


def _range(workspace: Workspace, snapshot: Snapshot, site: SymbolSite) -> types.Range:
    text = snapshot.text if site.uri == snapshot.uri else workspace.text_of(site.uri)
    assert text is not None
    return range_in(text, site)


def _refuse_foreign(symbol: Symbol) -> None:
    if symbol.home.file.startswith(STANDARD):
        raise RefusedError(f"`{symbol.name}` belongs to `{symbol.home.file}`, which ships with the compiler")


def _refuse_form(kind: SymbolKind, old: str, new: str) -> None:
    if "${" in old:
        if [each.text for each in _expressions(old)] != [each.text for each in _expressions(new)]:
            raise RefusedError(f"`{old}` names its copies by what is in `${{…}}`, which must stay as it is")
        new = re.sub(r"\$\{.*?\}", "x", new)
    rules = {
        "param": (VARIABLE, _VARIABLE_RULE),
        "variable": (VARIABLE, _VARIABLE_RULE),
        "part": (MODEL_NAME, MODEL_NAME_RULE),
    }
    pattern, rule = rules.get(kind, (NAME, NAME_RULE))
    if not pattern.fullmatch(new) or new.startswith("x-"):
        raise RefusedError(f"`{new}` is not formed as a name: {rule}")


def _expressions(text: str) -> list[Any]:
    return [each for each in pieces(text) if each.expression]


def _refuse_clash(snapshot: Snapshot, symbol: Symbol, new: str) -> None:
    """Refuse a name that something else has already, where both are known."""
    graph = snapshot.value_at(symbol.home)
    if not isinstance(graph, dict):
        return
    taken: dict[str, str] = {}
    inputs = graph.get("inputs")
    if symbol.kind in ("node", "layer", "input"):
        taken |= {str(each): "node" for each in section_of(graph, "nodes")}
        taken |= {str(each): "shared layer" for each in section_of(graph, "layers")}
        if symbol.home.path and isinstance(inputs, list):
            taken |= {str(each): "input" for each in inputs}
    elif symbol.kind == "param":
        params = graph.get("params")
        taken |= {str(each): "param" for each in (params if isinstance(params, (dict, list)) else ())}
    elif symbol.kind == "block":
        taken |= dict.fromkeys(snapshot.block_names(symbol.home.file), "block")
    if new in taken:
        raise RefusedError(f"there is a {taken[new]} named `{new}` already")


# The changes


def _changes(workspace: Workspace, snapshot: Snapshot, name: NamedSymbol, new: str) -> _Changes:
    changes = _Changes()
    for other, site in all_sites(workspace, snapshot, name):
        text = (site.document.text or "")[site.start : site.end]
        changes.add(other, site, new if text == name.symbol.name else _copied(name.symbol.name, new, text))
        if site.occurrence.place.path and other.changed.intersection(_lines_of(other, site)):
            raise RefusedError("a line with this name is half typed: finish it first")
    if "${" in name.symbol.name:
        _add_by_expression(snapshot, name.symbol, new, changes)
    if not changes.edits:
        raise RefusedError("the name is written with escapes")
    return changes


def _lines_of(snapshot: Snapshot, site: SymbolSite) -> set[int]:
    lines = site.document.lines
    return {lines.position(site.start).line} if lines is not None and site.uri == snapshot.uri else set()


def _copied(old: str, new: str, text: str) -> str:
    """The new name of one copy of a node with `for`, given its old one."""
    parts = pieces(old)
    pattern = "".join("(.*)" if part.expression else re.escape(part.text) for part in parts)
    match = re.fullmatch(pattern, text, re.DOTALL)
    if match is None:
        return new
    values = iter(match.groups())
    return "".join(next(values) if part.expression else part.text for part in pieces(new))


def _add_by_expression(snapshot: Snapshot, symbol: Symbol, new: str, changes: _Changes) -> None:
    """References to the copies of a node that are written as patterns or with expressions of their own."""
    old_plain, new_plain = _skeleton(symbol.name), _skeleton(new)
    graph = snapshot.value_at(symbol.home)
    for path, text in texts_in(graph if isinstance(graph, dict) else {}, symbol.home.path):
        if "inputs" not in path and "outputs" not in path and "from" not in path:
            continue
        node, _, _ = text.partition(".") if "${" not in text else (text, "", "")
        if _skeleton(node) == old_plain and ("${" in node or "*" in node):
            place = Place(path).within(0, len(node))
            stretch = stretch_of(snapshot.document, place)
            if stretch is not None:
                values = iter(re.findall(r"\$\{.*?\}|\*", node))
                written = "".join(next(values, "*") if part == "*" else part for part in re.split(r"(\*)", new_plain))
                found = next(iter(snapshot.names.of(symbol)))._replace(place=place, definition=False)
                changes.add(snapshot, SymbolSite(snapshot.uri, snapshot.document, *stretch, found), written)


def _skeleton(text: str) -> str:
    return re.sub(r"\$\{.*?\}", "*", text)


# Whether the specs stay what they are


def _refuse_changed(workspace: Workspace, snapshot: Snapshot, changes: _Changes) -> None:
    """Refuse changes after which a spec has other mistakes than before, or makes another model."""
    texts: dict[str, str] = {}
    for uri, edits in changes.edits.items():
        (_, site) = next(each for (of, _, _), each in changes.sites.items() if of == uri)
        texts[uri] = _applied(site.document.text or "", edits)
    for uri in {snapshot.uri: None, **dict.fromkeys(texts)}:
        before = snapshot if uri == snapshot.uri else workspace.snapshot(uri)
        text = texts.get(uri, before.document.text or "")
        after = workspace.analyse_text(uri, text, texts)
        problem = _worse(before, after)
        if problem is not None:
            raise RefusedError(f"it would not mean the same: {problem.message}")
        if _signature(before.analysis.sound) != _signature(after.analysis.sound):
            raise RefusedError("the spec would make another model: the new name means something else there already")


def _applied(text: str, edits: Mapping[tuple[int, int], str]) -> str:
    parts, position = [], 0
    for (start, end), new in sorted(edits.items()):
        parts += [text[position:start], new]
        position = end
    return "".join([*parts, text[position:]])


def _worse(before: Snapshot, after: Snapshot) -> Diagnostic | None:
    """The first mistake of a kind that there are more of than before; None if there is none."""
    known = [*before.syntax, *before.analysis.report]
    said: list[Diagnostic] = [*after.syntax, *after.analysis.report]
    more = Counter(each.code for each in said) - Counter(each.code for each in known)
    messages = {each.message for each in known}
    return next((each for each in said if each.code in more and each.message not in messages), None)


def _signature(graph: TypedGraph | None) -> list[Any]:
    """What a graph is but for the names in it: what each node calls, what flows into it, and what it gives."""
    if graph is None:
        return []
    numbers = {name: number for number, name in enumerate(graph.nodes)}
    found: list[Any] = []
    for name, node in graph.nodes.items():
        layer = graph.layers.get(node.layer)
        sources = [(numbers.get(each.node), each.output) for each in tensors(graph.calls.get(name, {}))]
        result = graph.results.get(name)
        found.append(
            (layer.kind if layer is not None else None, sources, result.outputs if result is not None else None)
        )
    ends = [(numbers.get(end.node), end.output) for end in graph.ends.values()]
    models = [_signature(model) for model in graph.models.values()]
    return [found, ends, models]
