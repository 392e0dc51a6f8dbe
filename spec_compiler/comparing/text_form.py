"""A comparison as text, for people."""

from __future__ import annotations

import json
from collections.abc import Iterator

from spec_compiler.analysing.edges import Edge
from spec_compiler.analysing.structure import Detail, Plain
from spec_compiler.comparing.comparison import Changed, Comparison, LayerWeights
from spec_compiler.comparing.repeated_lines import without_repetition
from spec_compiler.diagnostics.visible import visible

_COLOURS = {"+": "\x1b[32m", "-": "\x1b[31m", "~": "\x1b[33m", "=": "\x1b[36m"}
_RESET = "\x1b[0m"


def as_text(comparison: Comparison, *, colour: bool = False) -> str:
    """The text. A line begins with `+` for what came, `-` for what went, `~` for what is different, `=` for a name."""
    if comparison.same:
        return "no difference"
    lines = list(_lines(comparison))
    lines += ["", *parameter_lines(comparison), "", *_weights(comparison)]
    return "\n".join(_painted(line) if colour else line for line in map(visible, lines)).lstrip("\n")


def _painted(line: str) -> str:
    code = _COLOURS.get(line.strip()[:1]) if line.startswith("  ") else None
    return f"{code}{line}{_RESET}" if code else line


def _lines(found: Comparison) -> Iterator[str]:
    yield from _section("nodes", without_repetition(_nodes(found)))
    yield from _section("shared layers", without_repetition(_layers(found)))
    yield from _section("edges", without_repetition(_edges(found)))
    shapes = (f"~ {_arrow(each.name, each.before, each.after)}" for each in found.reshaped)
    yield from _section("shapes", without_repetition(shapes))
    yield from _section("model", model_lines(found))


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield title
        yield from (f"  {line}" for line in found)


def _nodes(found: Comparison) -> Iterator[str]:
    for brief in found.removed:
        yield f"- {brief.name}: {brief.type}, {_count(brief.parameters)}"
    for brief in found.added:
        yield f"+ {brief.name}: {brief.type}, {_count(brief.parameters)}"
    for renamed in found.renamed:
        yield f"= {renamed.before} is now {renamed.after}"
    for changed in found.changed:
        if not changed.is_layer:
            yield from _changed(changed)
    for moved in found.moved:
        yield f"~ {moved.name}: inputs [{', '.join(moved.before)}] → [{', '.join(moved.after)}]"


def _layers(found: Comparison) -> Iterator[str]:
    for renamed in found.renamed_layers:
        yield f"= {renamed.before} is now {renamed.after}"
    for changed in found.changed:
        if changed.is_layer:
            yield from _changed(changed)
    for sharing in found.sharing:
        sign, what = ("+", "now shared") if sharing.gained else ("-", "no longer shared")
        yield f"{sign} {sharing.layer}: {what} by {', '.join(sharing.nodes)}"


def _changed(changed: Changed) -> Iterator[str]:
    if changed.type is not None:
        yield f"~ {changed.name}: {changed.type.before} → {changed.type.after}"
    for detail in changed.arguments:
        yield f"~ {changed.name}: {detail_text(detail)}"
    if changed.inside is not None:
        yield f"~ {changed.name}: the block is another"
        yield from (f"  {line}" for line in _lines(changed.inside) if line)


def _edges(found: Comparison) -> Iterator[str]:
    for edge in found.edges_removed:
        yield f"- {_edge(edge)}"
    for edge in found.edges_added:
        yield f"+ {_edge(edge)}"


def model_lines(found: Comparison) -> Iterator[str]:
    """What differs in the model around its nodes."""
    for renamed in found.renamed_outputs:
        yield f"= the output {renamed.before} is now {renamed.after}"
    for detail in found.model:
        if detail.before is None:
            yield f"+ {detail.path}: {_show(detail.after)}"
        elif detail.after is None:
            yield f"- {detail.path}: {_show(detail.before)}"
        else:
            yield f"~ {detail_text(detail)}"


def parameter_lines(found: Comparison) -> Iterator[str]:
    """How many parameters there are, and how many of them are trained."""
    counts = found.parameters
    yield f"parameters: {_change(counts.before, counts.after)}"
    if (counts.before, counts.after) != (counts.trainable_before, counts.trainable_after):
        yield f"trainable: {_change(counts.trainable_before, counts.trainable_after)}"


def _weights(found: Comparison) -> Iterator[str]:
    yield f"weights: {found.taken_over:,} of {found.parameters.after:,} parameters can be taken over"
    yield from (f"  {line}" for line in without_repetition(map(_layer, found.weights)))


def _layer(layer: LayerWeights) -> str:
    if layer.after is None:
        return f"- {layer.before}: {_count(layer.parameters_before)}"
    if layer.before is None:
        return f"+ {layer.after}: {_count(layer.parameters_after)}"
    origin = "" if layer.before == layer.after else f", which was {layer.before}"
    if layer.reason is None:
        return f"= {layer.after}{origin}: {_count(layer.parameters_after)}"
    return f"~ {layer.after}{origin}: {_change(layer.parameters_before, layer.parameters_after)}; {layer.reason}"


def _edge(edge: Edge) -> str:
    source = f"{edge.source}.{edge.output}" if edge.output else edge.source
    place = "" if edge.place is None else f"[{edge.place}]"
    return f"{source} -> {edge.target} ({edge.argument}{place})"


def _arrow(name: str, before: tuple[str, ...], after: tuple[str, ...]) -> str:
    return f"{name}: {', '.join(before)} → {', '.join(after)}"


def detail_text(detail: Detail) -> str:
    """A value that differs: `units: 64 → 128`."""
    before, after = detail.before, detail.after
    if isinstance(before, dict) and isinstance(after, dict):
        # Two objects of different types: what they have in common says nothing.
        common = {key for key, value in before.items() if key in after and after[key] == value}
        before = {key: value for key, value in before.items() if key not in common}
        after = {key: value for key, value in after.items() if key not in common}
    return f"{detail.path}: {_show(before)} → {_show(after)}"


def _change(before: int, after: int) -> str:
    return f"{before:,}" if before == after else f"{before:,} → {after:,} ({after - before:+,})"


def _count(parameters: int) -> str:
    return f"{parameters:,} parameter{'s' * (parameters != 1)}"


def _show(value: Plain) -> str:
    """A value as a spec may have it, short."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_show(item)}" for key, item in value.items() if item is not None) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_show, value)) + "]"
    return value if isinstance(value, str) else json.dumps(value)
