"""What flows into the nodes of a spec's data: references, and nodes by other names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any


def references(value: Any) -> Iterator[str]:
    """Yields the references in what flows into a node, or in a section of the spec."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from references(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from references(item)


def node_in(reference: str) -> str:
    """The node that a reference names."""
    return reference.partition(".")[0]


def under(value: Any, names: Mapping[str, str]) -> Any:
    """What flows into a node, by other names; a whole reference counts before the node that it names."""
    if isinstance(value, str):
        node, dot, output = value.partition(".")
        return names.get(value, f"{names.get(node, node)}{dot}{output}")
    if isinstance(value, list):
        return [under(item, names) for item in value]
    return {name: under(item, names) for name, item in value.items()} if isinstance(value, dict) else value


def free(name: str, taken: Collection[str]) -> str:
    """A name, with a number if it is taken."""
    number = 2
    found = name
    while found in taken:
        found = f"{name}_{number}"
        number += 1
    return found


def holds_expression(value: Any) -> bool:
    """Whether there is an expression anywhere in some data."""
    return "${" in repr(value)
