"""An example of every layer and op: how a spec writes it. A test compiles each as far as the compiler goes.

The class of each has the arguments and the inputs as the spec has them; the inputs are those of the table `INPUTS`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from spec_compiler.catalog.registry import operation, own_name

INPUTS: dict[str, str] = {
    "x": "shape: [8]",
    "y": "shape: [8]",
    "z": "shape: [4]",
    "sequence": "shape: [10, 8]",
    "memory": "shape: [20, 8]",
    "row": "shape: [4, 1]",
    "image": "shape: [32, 32, 3]",
    "deep": "shape: [8, 8, 12]",
    "frames": "shape: [10, 32, 32, 3]",
    "lines": "shape: [10, 32, 3]",
    "volume": "shape: [16, 16, 16, 3]",
    "clips": "shape: [5, 16, 16, 16, 3]",
    "sound": "shape: [16000]",
    "signal": "shape: [16000, 1]",
    "samples": "shape: [40]",
    "matrix": "shape: [4, 4]",
    "vectors": "shape: [4, 3]",
    "heads": "shape: [10, 4, 16]",
    "whole": "shape: [8], dtype: int32",
    "other_whole": "shape: [8], dtype: int32",
    "words": "shape: [10], dtype: int32",
    "marks": "shape: [1], dtype: int32",
    "classes": "shape: [], dtype: int32",
    "lengths": "shape: [], dtype: int32",
    "places": "shape: [4], dtype: int32",
    "text": "shape: [1], dtype: string",
    "texts": "shape: [10], dtype: string",
    "yes": "shape: [8], dtype: bool",
    "waves": "shape: [8], dtype: complex64",
    "scores": "shape: [9, 5]",
    "real": "shape: [11, 5]",
    "imaginary": "shape: [11, 5]",
    "grid": "shape: [4, 8]",
    "other_grid": "shape: [4, 8]",
    "patches": "shape: [12, 16]",
    "transform": "shape: [8]",
    "corners": "shape: [4, 2]",
    "other_corners": "shape: [4, 2]",
    "one_image": "batch_shape: [8, 9, 3]",
    "plane": "batch_shape: [8, 9]",
    "few": "batch_shape: [2, 8, 9, 3]",
    "table": "batch_shape: [2, 3]",
    "other_table": "batch_shape: [2, 3]",
    "factors": "batch_shape: [3, 4]",
    "projection": "batch_shape: [8, 4]",
    "square": "batch_shape: [3, 3]",
    "cube": "batch_shape: [2, 3, 4]",
    "list": "batch_shape: [4]",
    "short": "batch_shape: [3]",
    "three": "batch_shape: [3]",
    "pair": "batch_shape: [2]",
    "kernel": "batch_shape: [3, 3, 3, 4]",
    "depthwise": "batch_shape: [3, 3, 3, 2]",
    "pointwise": "batch_shape: [1, 1, 6, 5]",
    "counts": "batch_shape: [4], dtype: int32",
    "starts": "batch_shape: [2], dtype: int32",
    "rows": "batch_shape: [2, 1], dtype: int32",
    "target": "batch_shape: [4, 3]",
    "points": "batch_shape: [2, 5]",
    "segments": "batch_shape: [null], dtype: int32",
    "equations": "batch_shape: [5, 3]",
    "results": "batch_shape: [5, 2]",
}
"""What flows into the examples: the arguments of the `Input` of each name."""


@dataclass(frozen=True, slots=True)
class Example:
    """A spec with one call of a type.

    Attributes:
        node: The name of the call.
        text: The spec, as YAML.
    """

    node: str
    text: str


def example(type_name: str) -> Example | None:
    """Returns the example of a type, by its own name; None if there is no type of that name, or it is an alias."""
    found = operation(type_name)
    if found is None or own_name(type_name) != type_name:
        return None
    row, node = found.example, "result"
    inputs = row.partition("inputs:")[2]
    used = [name for name in re.findall(r"[a-z_0-9]+\b(?!:)", inputs) if name in INPUTS]
    lines = ["spec: 1", "nodes:"]
    lines += [f"  {name}: {{type: Input, {INPUTS[name]}}}" for name in dict.fromkeys(used)]
    lines.append(f"  {node}: {{type: {type_name}{', ' * bool(row)}{row}}}")
    if not found.calls and type_name != "Input":
        # A constant is no output: something has to depend on an input.
        lines[2:2] = ["  x: {type: Input, batch_shape: [1]}"]
        return Example(
            node, "\n".join([*lines, f"  y: {{type: ops.multiply, inputs: [x, {node}]}}", "outputs: [y]"]) + "\n"
        )
    lines.append(f"outputs: {{{node}_0: {{from: {node}.0}}}}" if found.several_outputs else f"outputs: [{node}]")
    return Example(node, "\n".join(lines) + "\n")
