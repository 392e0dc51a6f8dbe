"""What is lifted, and with what it is compared."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import spec_compiler as sc
from spec_compiler.catalog.registry import own_name
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.emitting.keras_file.planned import KerasFiles
from spec_compiler.lift_model import LiftedModel, lift_model
from spec_compiler.reading.read import read


def lift_data(data: Any, folder: Any, name: str = "model.json") -> LiftedModel:
    """What becomes of a configuration that stands in a file."""
    path = folder / name
    path.write_text(json.dumps(data))
    return lift_model(path)


def configuration(graph: Any) -> Any:
    """The configuration that is written of a graph, as it comes out of a file, without the numbers of shared layers."""
    return without_numbers(json.loads(KerasFiles(graph).json()))


def without_numbers(data: Any) -> Any:
    """A configuration without the numbers of shared objects."""
    if isinstance(data, dict):
        return {key: without_numbers(value) for key, value in data.items() if key != "shared_object_id"}
    return [without_numbers(item) for item in data] if isinstance(data, list) else data


def codes_of(report: Any) -> list[tuple[str, str]]:
    """What a report says: the code of each diagnostic, and its place."""
    return [(found.code, found.path) for found in report]


_NOT_KEPT = ("description", "seed", "fit", "lint", "dtype_policy", "models")
"""What no file of Keras has."""


def plain(graph: sc.TypedGraph) -> Any:
    """A graph in its plain form, as far as a file of Keras keeps it.

    The names of nodes that call shared layers are not kept, and are those of the layers, counted. A layer that is
    called once is not known to be shared. Of types with two names one is written.
    """
    data = {
        key: value
        for key, value in read(sc.Source.text(graph.to_yaml()), Findings()).data.items()
        if key not in _NOT_KEPT
    }
    return json.loads(json.dumps(_renamed(data, data.get("blocks", {}))))


def _renamed(part: Any, blocks: Any) -> Any:
    layers, nodes = dict(part.get("layers", {})), part["nodes"]
    text = json.dumps([part.get("layers"), [node for node in nodes.values() if "use" not in node]])
    calls = Counter(node["use"] for node in nodes.values() if "use" in node)
    names: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for name, node in nodes.items():
        if "use" not in node:
            # A layer is known by its name alone.
            names[name] = node.get("name", name).replace(".", "_")
            continue
        key = node["use"]
        seen[key] += 1
        names[name] = key if calls[key] == 1 else f"{key}_{seen[key]}"
    changed: dict[str, Any] = {}
    for name, node in nodes.items():
        key = node.get("use")
        if key is not None and calls[key] == 1 and layers[key]["type"] not in blocks and f'"use": "{key}"' not in text:
            node = {**layers.pop(key), **{option: value for option, value in node.items() if option != "use"}}
        if "type" in node:
            node = {key: value for key, value in node.items() if key != "name"} | {"type": own_name(node["type"])}
        changed[names.get(name, name)] = {
            **node,
            **({"inputs": _referring(node["inputs"], names)} if "inputs" in node else {}),
        }
    found = {**part, "nodes": changed, "layers": {key: _own(layer) for key, layer in layers.items()}}
    if isinstance(found["outputs"], dict) and "inputs" in found and "spec" not in found:
        # The names of the outputs of a block are not kept.
        found["outputs"] = [_referring(value, names) for value in found["outputs"].values()]
    else:
        found["outputs"] = {key: _output(key, value, names) for key, value in found["outputs"].items()}
    if "blocks" in found:
        found["blocks"] = {key: _renamed(block, blocks) for key, block in found["blocks"].items()}
    return found


def _own(layer: Any) -> Any:
    return {**layer, "type": own_name(layer["type"])}


def _output(name: str, value: Any, names: dict[str, str]) -> Any:
    source = _referring(value.get("from", name), names)
    return {**value, "from": source}


def _referring(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_referring(item, names) for item in value]
    if isinstance(value, dict):
        return {key: _referring(item, names) for key, item in value.items()}
    if not isinstance(value, str):
        return value
    node, dot, output = value.partition(".")
    return f"{names.get(node, node)}{dot}{output}"
