"""What fits where a reference to an input of a block is being typed: the block is tried with each kind of tensor."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

from spec_compiler.catalog.tensors import TensorType
from spec_compiler.language_server.call_target import CallTarget
from spec_compiler.language_server.flow import flows
from spec_compiler.language_server.inputs_written import references_for
from spec_compiler.language_server.slots import Slot
from spec_compiler.language_server.snapshot import Snapshot
from spec_compiler.language_server.workspace import Workspace
from spec_compiler.spans import Place

_MOST_TRIED = 40
"""So many kinds of tensors are tried; of any more nothing is known."""
_MOST_COPIES = 150
"""So many copies of the block are written out to try them; where it takes more, nothing is known."""
_OF_NODE = frozenset(("type", "use", "inputs", "call", "for", "repeat", "when", "name"))
_OF_FILE = ("imports", "blocks", "defaults", "dtype_policy")


def refused_by_block(
    workspace: Workspace, snapshot: Snapshot, slot: Slot, called: CallTarget, written: Any, kinds: Iterable[TensorType]
) -> frozenset[TensorType]:
    """The kinds of tensors that a block does not take where a reference is being typed.

    For an input of which it is not known what flows in, any of the kinds may. None are refused where the block takes
    none of them, as it is called so far: then something else is wrong.

    Args:
        workspace: What analyses a spec with a copy of the block for each kind.
        snapshot: The document.
        slot: Where the reference is.
        called: The block, and what it gets.
        written: The node as it is written, with what else flows in.
        kinds: The kinds.
    """
    tried = [kind for kind in dict.fromkeys(kinds) if kind.rank][:_MOST_TRIED]
    listed = called.block.get("inputs") if called.block is not None else None
    names = [str(name) for name in listed] if isinstance(listed, list) else []
    typed = slot.argument if slot.argument is not None else next(iter(names[slot.position or 0 :]), None)
    params = _params(snapshot, slot)
    if not tried or params is None or typed not in names or not isinstance(written, dict):
        return frozenset()
    beside = _kinds_beside(snapshot, slot, written, names, typed)
    choices = [tried if name == typed else [beside[name]] if name in beside else tried for name in names]
    if prod(map(len, choices)) > _MOST_COPIES:
        return frozenset()
    copies = [dict(zip(names, kinds, strict=True)) for kinds in product(*choices)]
    found = workspace.analyse_text(snapshot.uri, json.dumps(_trial(snapshot, called, params, copies)))
    taken = {copy[typed] for number, copy in enumerate(copies) if flows(found, Place(()), _copy(number))}
    return frozenset(tried) - taken if taken else frozenset()


def _trial(
    snapshot: Snapshot, called: CallTarget, params: Mapping[str, Any], copies: Sequence[Mapping[str, TensorType]]
) -> dict[str, Any]:
    """A spec with copies of a block, for what flows into each of them."""
    arguments = {key: value for key, value in called.arguments.items() if key not in _OF_NODE}
    kinds = dict.fromkeys(kind for copy in copies for kind in copy.values())
    given = {kind: f"given_{number}" for number, kind in enumerate(kinds)}
    nodes = {name: _input(kind) for kind, name in given.items()}
    for number, copy in enumerate(copies):
        inputs = {name: given[kind] for name, kind in copy.items()}
        nodes[_copy(number)] = {"type": called.name, **arguments, "inputs": inputs}
    file = {key: snapshot.data[key] for key in _OF_FILE if key in snapshot.data}
    return {"spec": 1, **file, "params": params, "nodes": nodes, "outputs": [*map(_copy, range(len(copies)))]}


def _copy(number: int) -> str:
    return f"copy_{number}"


def _input(kind: TensorType) -> dict[str, Any]:
    described = {"type": "Input", "batch_shape": [*kind.shape], "dtype": kind.dtype}
    return described | ({"sparse": True} if kind.sparse else {}) | ({"ragged": True} if kind.ragged else {})


def _params(snapshot: Snapshot, slot: Slot) -> Mapping[str, Any] | None:
    """What expressions of the node see: the params of the spec, or what a block gets in its first copy."""
    if not isinstance(snapshot.data, dict):
        return None
    if not slot.home:
        found = snapshot.data.get("params")
        return found if isinstance(found, dict) else {}
    scopes = snapshot.scopes_by_graph.get(Place(slot.home), ())
    return {name: {"default": value} for name, value in scopes[0].arguments.items()} if scopes else None


def _kinds_beside(
    snapshot: Snapshot, slot: Slot, written: Mapping[str, Any], names: list[str], typed: str
) -> dict[str, TensorType]:
    """What flows into the other inputs of the block, as far as it is known."""
    found = {}
    for position, name in enumerate(names):
        references = references_for(written.get("inputs"), name, position)
        known = flows(snapshot, Place(slot.home), references[0]) if name != typed and len(references) == 1 else []
        if known and len(known[0][1]) == 1 and known[0][1][0].rank:
            found[name] = known[0][1][0]
    return found
