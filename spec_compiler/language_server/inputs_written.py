"""`inputs` as a node has them: by name, in order, or a single one."""

from __future__ import annotations

from typing import Any


def references_for(inputs: Any, name: str, position: int | None) -> list[str]:
    """The references that are written for an argument of a call.

    Args:
        inputs: The inputs of the node, as they are written.
        name: The argument.
        position: Which of several inputs in a list is for it; None if all are.
    """
    if isinstance(inputs, dict):
        found = inputs.get(name)
        given = found if isinstance(found, list) else [found]
    else:
        listed = inputs if isinstance(inputs, list) else [inputs]
        given = listed if position is None else listed[position : position + 1]
    return [each for each in given if isinstance(each, str)]
