"""What a graph takes of files of weights, found before any framework is started; and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from spec_compiler.analysing.parts import part_names, parts_with_weights
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.spans import Place
from spec_compiler.weight_files.held import HeldLayer, UnreadableWeightsError
from spec_compiler.weight_files.match import AssignedWeight, Matching, WantedLayer, match, wanted_by
from spec_compiler.weight_files.parts import wanted_by_part
from spec_compiler.weight_files.read import weight_file

_SHOWN = 8
"""So many layers are named in a line."""


class WeightReport(NamedTuple):
    """What was taken of one file, or model, of weights.

    Attributes:
        source: The file, or the name of the model.
        part: The part of the graph that the weights are for; None for the whole model.
        taken: The layers that have taken weights, by their names inside the part.
        missing: The layers that the source has no weights for.
        mismatched: The layers whose weights do not fit, each with the reason.
        beyond: The layers of the source that the part has not.
    """

    source: str
    part: str | None
    taken: tuple[str, ...]
    missing: tuple[str, ...]
    mismatched: tuple[tuple[str, str], ...]
    beyond: tuple[str, ...]

    def __str__(self) -> str:
        into = f" into `{self.part}`" if self.part is not None else ""
        lines = [f"{self.source}{into}: took the weights of {_layers(len(self.taken))}"]
        if self.missing:
            lines.append(f"  not in it, so as they were: {_listed(self.missing)}")
        lines += [f"  left as it was: `{name}`: {reason}" for name, reason in self.mismatched]
        if self.beyond:
            lines.append(f"  in it, and not taken: {_listed(self.beyond)}")
        return "\n".join(lines)


def _layers(count: int) -> str:
    return f"{count} layer{'s' * (count != 1)}"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return ", ".join(f"`{name}`" for name in names[:_SHOWN]) + more


@dataclass(frozen=True)
class PlannedWeights:
    """The weights that one source gives: what is said of it, which arrays are taken, and what they are read from."""

    report: WeightReport
    taken: tuple[AssignedWeight, ...]
    source: Any


def plan_file(
    graph: TypedGraph,
    part: str | None,
    path: Path,
    *,
    partial: bool,
    most_bytes: int | None,
    findings: Findings,
    opened: ExitStack,
) -> PlannedWeights | None:
    """What a graph takes of a file, which stays open; None if that is a mistake, which is reported."""
    wanted = _wanted(graph, part, findings)
    if wanted is None:
        return None
    try:
        held, file = opened.enter_context(weight_file(path, most_bytes))
    except UnreadableWeightsError as error:
        report_unreadable(error, findings)
        return None
    return plan(graph, part, str(path), wanted, held, file, partial=partial, findings=findings)


def report_unreadable(error: UnreadableWeightsError, findings: Findings) -> None:
    """Report a file that is not read."""
    code = codes.WEIGHTS_TOO_LARGE if error.kind == "size" else codes.UNREADABLE_WEIGHTS
    findings.add(code, str(error), Place(()))


def _wanted(graph: TypedGraph, part: str | None, findings: Findings) -> Mapping[str, WantedLayer] | None:
    if part is None:
        return wanted_by(graph)
    found = wanted_by_part(graph, part)
    if found is None:
        hint, _ = did_you_mean(part, part_names(graph))
        if hint is None:
            hint = "weights are for a node, a shared layer or a copy of a block, or for the whole model"
            if (names := parts_with_weights(graph)) and len(names) <= _SHOWN:
                hint = f"{hint}; here for {_listed(names)}"
        findings.add(
            codes.UNKNOWN_PART,
            f"weights are for `{part}`, and the graph has nothing of that name",
            Place(()),
            hint=hint,
        )
    return found


def plan_held(
    graph: TypedGraph, part: str | None, shown: str, held: HeldLayer, source: Any, *, partial: bool, findings: Findings
) -> PlannedWeights | None:
    """What a graph takes of a model in memory; None if that is a mistake, which is reported."""
    wanted = _wanted(graph, part, findings)
    return (
        None if wanted is None else plan(graph, part, shown, wanted, held, source, partial=partial, findings=findings)
    )


def plan(
    graph: TypedGraph,
    part: str | None,
    shown: str,
    wanted: Mapping[str, WantedLayer],
    held: HeldLayer,
    source: Any,
    *,
    partial: bool,
    findings: Findings,
) -> PlannedWeights | None:
    """What the layers of a part take of a source; None if not all of them can, and `partial` does not allow that."""
    found = match(wanted, _inside(held.layers or {}, part, wanted))
    if not partial and not found.taken and not found.mismatches and wanted:
        findings.add(
            codes.WEIGHTS_MISSING,
            f"`{shown}` has weights for none of the layers{f' of `{part}`' if part is not None else ''}",
            Place(()),
            hint=f"it has {_listed(found.beyond)}; layers are found by their names" if found.beyond else None,
        )
        return None
    if not partial:
        _report(graph, shown, found, findings)
        if found.missing or found.mismatches:
            return None
    report = WeightReport(
        shown,
        part,
        tuple(dict.fromkeys(_name(wanted, each) for each in found.taken)),
        tuple(name for _, name in found.missing),
        tuple((each.name, each.reason) for each in found.mismatches),
        tuple(found.beyond),
    )
    return PlannedWeights(report, tuple(found.taken), source)


def _inside(
    held: Mapping[str, HeldLayer], part: str | None, wanted: Mapping[str, WantedLayer]
) -> Mapping[str, HeldLayer]:
    """The layers of a source by their names inside a part: it may be of the part alone, or have the part too."""
    if part is None or any(name in held for name in wanted):
        return held
    if part in held and held[part].layers is not None:
        return held[part].layers or {}
    prefix = f"{part}."
    return {name.removeprefix(prefix): each for name, each in held.items() if name.startswith(prefix)} or held


def _name(wanted: Mapping[str, WantedLayer], taken: AssignedWeight) -> str:
    names = {layer.route: name for name, layer in wanted.items()}
    for length in range(len(taken.route), 0, -1):
        if (found := names.get(taken.route[:length])) is not None:
            return "/".join((found, *taken.route[length:]))
    return "/".join(taken.route)


def _report(graph: TypedGraph, shown: str, found: Matching, findings: Findings) -> None:
    hint = "to take what fits and leave the rest as it is, say so: `--partial-weights`, or `partial_weights=True`"
    for route, name in found.missing:
        message = f"`{name}` has weights, and `{shown}` has none for it"
        findings.add(codes.WEIGHTS_MISSING, message, graph.layers[route[0]].place.key(), hint=hint)
    for each in found.mismatches:
        message = f"the weights of `{each.name}` are not those of `{shown}`: {each.reason}"
        findings.add(codes.WEIGHTS_MISMATCH, message, graph.layers[each.route[0]].place.key(), hint=hint)
