"""An example of every layer and op: how a spec writes it. A test compiles each as far as the compiler goes.

A row has the arguments and the inputs as the spec has them; the inputs are those of the table `INPUTS`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from spec_compiler.catalog.example_layers import INPUTS, LAYERS
from spec_compiler.catalog.example_ops import OPS

SEVERAL_OUTPUTS: frozenset[str] = frozenset((
    "GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells", "ops.array_split", "ops.ctc_decode", "ops.dsplit",
    "ops.eig", "ops.eigh", "ops.fft", "ops.fft2", "ops.hsplit", "ops.ifft2", "ops.lu_factor", "ops.meshgrid",
    "ops.moments", "ops.nonzero", "ops.qr", "ops.rfft", "ops.slogdet", "ops.split", "ops.stft", "ops.svd", "ops.top_k",
    "ops.unravel_index", "ops.unstack", "ops.vsplit",
))  # fmt: skip
"""The types whose example has several outputs."""


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
    """The example of a type, by its own name; none if it has none."""
    row = OPS.get(type_name.removeprefix("ops.")) if type_name.startswith("ops.") else LAYERS.get(type_name)
    if row is None:
        return None
    node = "result"
    wiring = row.partition("inputs:")[2]
    used = [name for name in re.findall(r"[a-z_0-9]+\b(?!:)", wiring) if name in INPUTS]
    lines = ["spec: 1", "nodes:"]
    lines += [f"  {name}: {{type: Input, {INPUTS[name]}}}" for name in dict.fromkeys(used)]
    lines.append(f"  {node}: {{type: {type_name}{', ' * bool(row)}{row}}}")
    lines.append(f"outputs: {{{node}_0: {{from: {node}.0}}}}" if type_name in SEVERAL_OUTPUTS else f"outputs: [{node}]")
    return Example(node, "\n".join(lines) + "\n")
