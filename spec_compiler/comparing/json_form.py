"""A comparison as JSON, for programs."""

from __future__ import annotations

import json
from typing import Any

from spec_compiler.analysing.edges import Edge
from spec_compiler.analysing.structure import Detail
from spec_compiler.comparing.comparison import Changed, Comparison, Renamed


def as_json(comparison: Comparison, before: str, after: str) -> str:
    """The text; `before` and `after` are what the two specs are called."""
    data = {"before": before, "after": after, **_comparison(comparison)}
    return json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False)


def _comparison(found: Comparison) -> dict[str, Any]:
    parameters = found.parameters
    return {
        "same": found.same,
        "nodes": {
            "added": [brief._asdict() for brief in found.added],
            "removed": [brief._asdict() for brief in found.removed],
            "renamed": [_renamed(renamed) for renamed in found.renamed],
            "changed": [_changed(changed) for changed in found.changed if not changed.is_layer],
            "moved": [moved._asdict() for moved in found.moved],
            "reshaped": [reshaped._asdict() for reshaped in found.reshaped],
        },
        "layers": {
            "renamed": [_renamed(renamed) for renamed in found.renamed_layers],
            "changed": [_changed(changed) for changed in found.changed if changed.is_layer],
            "sharing": [sharing._asdict() for sharing in found.sharing],
        },
        "outputs": {"renamed": [_renamed(renamed) for renamed in found.renamed_outputs]},
        "edges": {
            "added": [_edge(edge) for edge in found.edges_added],
            "removed": [_edge(edge) for edge in found.edges_removed],
        },
        "model": [_detail(detail) for detail in found.model],
        "parameters": {
            "before": {"total": parameters.before, "trainable": parameters.trainable_before},
            "after": {"total": parameters.after, "trainable": parameters.trainable_after},
        },
        "weights": {
            "taken_over": found.taken_over,
            "layers": [
                {
                    "before": layer.before,
                    "after": layer.after,
                    "parameters": {"before": layer.parameters_before, "after": layer.parameters_after},
                    "taken_over": layer.reason is None,
                    "reason": layer.reason,
                }
                for layer in found.weights
            ],
        },
    }


def _changed(changed: Changed) -> dict[str, Any]:
    return {
        "name": changed.name,
        "type": _renamed(changed.type) if changed.type is not None else None,
        "arguments": [_detail(detail) for detail in changed.arguments],
        "inside": _comparison(changed.inside) if changed.inside is not None else None,
    }


def _renamed(renamed: Renamed) -> dict[str, str]:
    return {"before": renamed.before, "after": renamed.after}


def _detail(detail: Detail) -> dict[str, Any]:
    return {"path": detail.path, "before": detail.before, "after": detail.after}


def _edge(edge: Edge) -> dict[str, Any]:
    source = {"node": edge.source, "output": edge.output}
    return {"from": source, "to": {"node": edge.target, "argument": edge.argument, "place": edge.place}}
