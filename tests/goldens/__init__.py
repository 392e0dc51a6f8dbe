"""The summaries of the example specs, as text. ``python -m tests.goldens`` makes them all again."""

from __future__ import annotations

from pathlib import Path

import spec_compiler as sc

HERE = Path(__file__).parent
SPECS = HERE.parent.parent / "specs"


def golden_of(spec: Path) -> Path:
    """The file that has the summary of a spec."""
    return HERE / f"{spec.name}.txt"


def example_specs() -> list[Path]:
    """Every example spec."""
    return sorted(path for path in SPECS.rglob("*") if path.suffix in (".yaml", ".json"))


def golden_text(spec: Path) -> str:
    """What the golden of a spec holds."""
    return f"# Made by `python -m tests.goldens`; do not edit.\n{sc.load_spec(spec).summary()}\n"
