"""The way into a graph: its nodes and edges are read, and what becomes of each node is planned."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Code, Guess
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.expanding.body import Body, Unknown
from spec_compiler.expanding.completion import Completion, Level
from spec_compiler.expanding.edges import Stop, read_edges
from spec_compiler.expanding.library import Library
from spec_compiler.expanding.loops import LoopCopy, copies
from spec_compiler.expanding.names import Meaning
from spec_compiler.expanding.plan import plan
from spec_compiler.expanding.run import Run, Sections, UnfinishedGraph
from spec_compiler.expanding.substitute import Variables
from spec_compiler.graph.scopes import Scope
from spec_compiler.language.names import NAME, NAME_RULE, not_evaluated, pattern_to_regex
from spec_compiler.spans import Place


def open_body(
    run: Run,
    part: UnfinishedGraph,
    sections: Sections,
    place: Place,
    scope: Scope,
    variables: Variables,
    library: Library,
    inputs: Mapping[str, Meaning] | None = None,
) -> Body:
    """Begin to write out a graph.

    Args:
        run: The expansion that it belongs to.
        part: Where its nodes and layers go.
        sections: The graph as it is written.
        place: Where that is: the root of the spec, or a block.
        scope: What it is a copy of.
        variables: The params in scope.
        library: The blocks that can be used.
        inputs: What the inputs of a block stand for; None for the spec's own graph.
    """
    layers, nodes, edges, defaults = sections
    levels = [Level(defaults, place / "defaults", variables)]
    if inputs is not None:
        # In a block the spec's params are out of sight, and its own defaults go before those of the file.
        file = library.file
        out_of_sight = replace(variables, values={}, unknown=frozenset())
        levels.append(Level(file.table, file.place, out_of_sight, file.params))
    completion = Completion(levels, run.findings, run.budget, scope)
    knows_nodes = bool(nodes) or inputs is not None
    meanings = dict(inputs or {})
    body = Body(open_body, run, part, place, scope, variables, library, layers, meanings, knows_nodes, completion)
    found = _copies(body, nodes)
    before = run.findings.errors
    body.edges = _by_target(body, edges, [copy.name for copy in found])
    body.has_broken_edges = run.findings.errors > before
    _refuse_patterns(body, found)
    for copy in found:
        node = plan(body, copy)
        body.meanings[copy.name] = node
        body.nodes.append(node)
    return body


def _copies(body: Body, nodes: Mapping[str, Any]) -> list[LoopCopy]:
    """The nodes after `for`. Each name is noted, in order of writing; what it stands for is planned later."""
    found: list[LoopCopy] = []
    for key, value in nodes.items():
        place = body.place / "nodes" / key
        for copy in copies(body, key, value, place):
            problem: tuple[Code, str, str | None] | None = None
            longest = body.run.budget.limits.name
            if not copy.is_known:
                found.append(copy)
                continue
            if len(copy.name) > longest:
                problem = codes.NAME_TOO_LONG, f"{show(copy.name)} is longer than {longest} characters", None
            elif not NAME.fullmatch(copy.name):
                problem = (
                    codes.BAD_NAME,
                    f"{show(copy.name)} is not formed as a name",
                    not_evaluated(copy.name) or NAME_RULE,
                )
            elif copy.name in body.meanings:
                problem = codes.NAME_CLASH, f"two nodes are named `{copy.name}`", None
            else:
                found.append(copy)
            if problem is not None:
                code, message, hint = problem
                body.findings.add(code, message, place.key(), hint=hint, scope=body.scope)
            body.meanings.setdefault(copy.name, Unknown())
    return found


def _refuse_patterns(body: Body, nodes: list[LoopCopy]) -> None:
    """Refuse patterns that stand for more edges than the limit, before any node is made.

    Raises:
        LimitExceededError: They do.
    """
    uses: Counter[str] = Counter()
    places: dict[str, Place] = {}
    known: dict[int, list[str]] = {}
    for copy in nodes:
        if id(copy.value) not in known:
            inputs = copy.value.get("inputs") if isinstance(copy.value, dict) else None
            known[id(copy.value)] = [
                item
                for item in (inputs if isinstance(inputs, list) else ())
                if isinstance(item, str) and "*" in item and "${" not in item
            ]
        for pattern in known[id(copy.value)]:
            uses[pattern] += 1
            places[pattern] = copy.place / "inputs"
    for pattern, count in uses.items():
        if count * len(body.meanings) > body.run.budget.limits.edges:
            # Only then is it worth the time: a node does not match itself.
            regex = pattern_to_regex(pattern.partition(".")[0])
            matches = sum(regex.fullmatch(name) is not None for name in body.meanings) - 1
            if count * matches > body.run.budget.limits.edges:
                body.run.budget.arrows(places[pattern], count * matches)


def _by_target(body: Body, edges: list[Any], targets: list[str]) -> Mapping[str, list[Stop]]:
    """The beginnings of the edges that lead to each node, in order of writing."""
    by_target: defaultdict[str, list[Stop]] = defaultdict(list)
    known = set(targets)
    refused = {name for name in body.meanings if not NAME.fullmatch(name)} if edges else set()
    for source, target in read_edges(edges, body.place / "edges", body.findings, body.run.budget, refused):
        if target.text in known:
            by_target[target.text].append(source)
        elif target.text not in refused:
            body.findings.add(
                codes.UNKNOWN_REFERENCE,
                f"no node is named `{target.text}`",
                target.place,
                scope=body.scope,
                guess=Guess(partial(did_you_mean, target.text, targets), len(targets)),
            )
    return by_target
