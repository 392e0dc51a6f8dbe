"""The text of a spec → texts that say the same with what repeats written once."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Iterator

from spec_compiler.catalog.spec_values import SpecData
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.emitting.spec.folding.fold import Folded, fold
from spec_compiler.emitting.spec.folding.references import holds_expression
from spec_compiler.emitting.spec.folding.scope import ScopePath
from spec_compiler.emitting.spec.text import data_text
from spec_compiler.formatting.carry import carried
from spec_compiler.formatting.json_text import json_text
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.limits import Limits
from spec_compiler.reading.document import Document
from spec_compiler.reading.read import read
from spec_compiler.reading.source import Source

_WIDTH = 120


def folded_texts(document: Document, graph: TypedGraph, limits: Limits) -> Iterator[str]:
    """Yields the texts that a spec can have instead, the shortest first; none if nothing repeats.

    Args:
        document: The spec.
        graph: What it is compiled to.
        limits: How much it may have.
    """
    data = _without_defaults(with_inputs(document.data), graph)
    found = [fold(data, reorder=reorder) for reorder in (False, True)]
    texts = [(data_text(folded.data, width=_WIDTH), folded) for folded in found]
    before = document.data
    length = len(data_text(before, width=_WIDTH))
    for text, folded in sorted(texts, key=lambda each: len(each[0].splitlines())):
        if _size(folded.data) < _size(before) and len(text) < length:
            yield _written(document, text, folded, limits)


def _size(data: SpecData) -> tuple[int, int]:
    """How much is written: how many nodes, and how many arguments."""
    scopes = [data["nodes"], *(block.get("nodes", {}) for block in data.get("blocks", {}).values())]
    return sum(map(len, scopes)), sum(len(node) for nodes in scopes for node in nodes.values())


def _written(document: Document, text: str, folded: Folded, limits: Limits) -> str:
    """The text in the form of the document, with its comments."""
    if document.is_json:
        return json_text(json.dumps(folded.data, ensure_ascii=False))
    if document.text is None:
        return text
    moved: dict[ScopePath, ScopePath] = {("nodes", key): path for key, path in folded.homes.items()}
    new_data = read(Source.text(text, form="yaml"), Findings(), limits).data
    before = document.text.replace("\r\n", "\n").replace("\r", "\n")
    return carried(before, text, document.data, new_data, moved)


def with_inputs(data: SpecData) -> SpecData:
    """The data of a spec with what flows into each node on the node, and no `edges`."""
    if not data.get("edges"):
        return data
    flowing: dict[str, list[str]] = {}
    for edge in data["edges"]:
        stops = edge.split("->") if isinstance(edge, str) else edge
        groups = [[name.strip() for name in stop.split(",")] for stop in stops]
        for sources, targets in itertools.pairwise(groups):
            for source in sources:
                for target in targets:
                    flowing.setdefault(target, []).append(source)
    wired = copy.deepcopy({key: value for key, value in data.items() if key != "edges"})
    for target, sources in flowing.items():
        alone = len(sources) == 1 and "*" not in sources[0]
        wired["nodes"][target]["inputs"] = sources[0] if alone else sources
    return wired


def _without_defaults(data: SpecData, graph: TypedGraph) -> SpecData:
    """The data of a spec without arguments of nodes that are as by default."""
    excepted = set(data.get("defaults", {}))
    nodes: SpecData = {}
    for key, node in data["nodes"].items():
        found = graph.nodes.get(key)
        config = graph.layers[found.layer].operation if found is not None else None
        fields = type(config).model_fields if config is not None and node.get("type") not in excepted else {}
        nodes[key] = {
            name: value
            for name, value in node.items()
            if name not in fields
            or holds_expression(value)
            or getattr(config, name) != fields[name].get_default(call_default_factory=True)
        }
    return {**data, "nodes": nodes}
