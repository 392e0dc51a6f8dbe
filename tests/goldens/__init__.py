"""The graphs of the example specs, as text. ``python -m tests.goldens`` makes them all again.

Beside this page is the graph of each spec as linking makes it: layers with their arguments, calls and edges. What
inference adds is written down for a few, in the folder ``typed``; that all specs give what Keras computes is for the
tests that build them.
"""

from __future__ import annotations

from pathlib import Path

import spec_compiler as sc
from spec_compiler.graph.text import graph_text, typed_text
from tests.stages.through import linked

HERE = Path(__file__).parent
SPECS = HERE.parent.parent / "specs"

TYPED = (
    "deepfm.yaml",  # tables, and sums over them
    "gan.yaml",  # several models of one graph
    "masked_bilstm.yaml",  # masks, and layers in layers
    "mixture_of_experts.yaml",  # copies
    "resnet18.yaml",  # convolutions
    "shared_vision.yaml",  # a block as a shared layer
    "transformer_classifier.yaml",  # attention
)
"""The specs whose types and weights are written down, each with what it is here for."""


def example_specs() -> list[Path]:
    """Every example spec."""
    return sorted(path for path in SPECS.rglob("*") if path.suffix in (".yaml", ".json"))


def goldens() -> dict[Path, Path]:
    """The spec of each golden."""
    specs = example_specs()
    graphs = {HERE / f"{spec.name}.txt": spec for spec in specs}
    return graphs | {HERE / "typed" / f"{spec.name}.txt": spec for spec in specs if spec.name in TYPED}


def golden_text(golden: Path, spec: Path) -> str:
    """What a golden of a spec holds."""
    text = graph_text(linked(spec)) if golden.parent == HERE else typed_text(sc.load_spec(spec))
    return f"# Made by `python -m tests.goldens`; do not edit.\n{text}"
