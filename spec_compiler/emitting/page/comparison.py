"""Two graphs and what they differ in → the page of both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from spec_compiler.analysing.cost import cost
from spec_compiler.comparing.comparison import Comparison
from spec_compiler.comparing.text_form import detail_text, model_lines, parameter_lines
from spec_compiler.emitting.json_object import JsonObject
from spec_compiler.emitting.origin import Origin
from spec_compiler.emitting.page.both import GONE, Both, both_diagrams
from spec_compiler.emitting.page.nodes import block_table, node_table, type_table
from spec_compiler.emitting.page.picture import picture_data
from spec_compiler.emitting.page.texts import Texts
from spec_compiler.emitting.pictures.options import DEFAULT_OPTIONS, PictureOptions
from spec_compiler.emitting.summary import totals
from spec_compiler.graph.typed import TypedGraph

_ROOM = 120
"""So many boxes are shown at first: blocks in which something has changed are open as far as there is room."""


class Compared(NamedTuple):
    """A graph that is compared, and what it is called and made of."""

    name: str
    graph: TypedGraph
    origin: Origin | None


def comparison_data(
    before: Compared, after: Compared, comparison: Comparison, options: PictureOptions = DEFAULT_OPTIONS
) -> JsonObject:
    """The page of two specs as one graph, with what was added, removed and changed."""
    a, b = (each.graph.whole or each.graph for each in (before, after))
    both = both_diagrams(a, b, comparison)
    texts = Texts(after.origin)
    old_texts = Texts(before.origin, len(texts.data()))
    costs = cost(b)
    old_nodes = {f"{GONE}{name}": node for name, node in node_table(a, old_texts, cost(a)).items()}
    removed = {name for box in both.diagram.all_boxes() for name in box.names if name.startswith(GONE)}
    picture = picture_data(both.diagram, options.direction, both.boxes)
    for edge, change in zip(picture["edges"], both.edges, strict=True):
        edge.update({"change": change} if change is not None else {})
    return {
        "title": f"{before.name} → {after.name}",
        "subtitle": "no difference" if comparison.same else _counts(both),
        "description": b.graph.description or "",
        "theme": options.theme,
        "picture": picture,
        "open": _open(both),
        "nodes": node_table(b, texts, costs) | {name: node for name, node in old_nodes.items() if name in removed},
        "blocks": block_table(b, after.origin, texts)
        | {f"{GONE}{name}": block for name, block in block_table(a, before.origin, old_texts).items()},
        "types": type_table(a) | type_table(b),
        "totals": totals(b, costs),
        "texts": _named(texts, "after") + _named(old_texts, "before"),
        "findings": [],
        "counts": {"errors": 0, "warnings": 0},
        "changes": {
            "before": before.name,
            "after": after.name,
            "legend": {
                "added": f"only in {after.name}",
                "removed": f"only in {before.name}",
                "changed": "different in the two",
            },
            "summary": [*model_lines(comparison), *parameter_lines(comparison)],
            "nodes": _told(comparison),
        },
    }


def _counts(both: Both) -> str:
    leaves = [box.id for box in both.diagram.all_boxes() if not box.boxes]
    found = [both.boxes.get(id_) for id_ in leaves]
    return ", ".join(f"{found.count(change)} {change}" for change in ("added", "removed", "changed"))


def _named(texts: Texts, when: str) -> list[JsonObject]:
    return [{**each, "name": f"{each['name']} ({when})"} for each in texts.data()]


def _open(both: Both) -> list[str]:
    """The blocks in which something has changed, as far as there is room: those further out first."""
    opened: list[str] = []
    shown = len(both.diagram.boxes)
    level = [box for box in both.diagram.boxes if box.boxes]
    while level:
        deeper = []
        for box in level:
            if any(inner.id in both.boxes for inner in box.all_boxes()) and shown + len(box.boxes) <= _ROOM:
                shown += len(box.boxes)
                opened.append(box.id)
                deeper += [inner for inner in box.boxes if inner.boxes]
        level = deeper
    return opened


def _told(found: Comparison) -> dict[str, list[str]]:
    """What is to be said of each node and shared layer that is otherwise."""
    texts_of: dict[str, list[str]] = {}
    for name, text in _lines(found, ""):
        texts_of.setdefault(name, []).append(text)
    return texts_of


def _lines(found: Comparison, prefix: str) -> Iterator[tuple[str, str]]:
    for renamed in (*found.renamed, *found.renamed_layers, *found.renamed_outputs):
        yield prefix + renamed.after, f"was called `{renamed.before}`"
    for changed in found.changed:
        name = prefix + changed.name
        if changed.type is not None:
            yield name, f"type: {changed.type.before} → {changed.type.after}"
        yield from ((name, detail_text(detail)) for detail in changed.arguments)
        if changed.inside is not None:
            yield name, "the block is another"
            yield from _lines(changed.inside, f"{name}.")
    for moved in found.moved:
        yield prefix + moved.name, f"takes: {', '.join(moved.before)} → {', '.join(moved.after)}"
    for reshaped in found.reshaped:
        yield prefix + reshaped.name, f"gives: {', '.join(reshaped.before)} → {', '.join(reshaped.after)}"
    for sharing in found.sharing:
        what = "now shared" if sharing.gained else "no longer shared"
        yield prefix + sharing.layer, f"{what} by {', '.join(sharing.nodes)}"
