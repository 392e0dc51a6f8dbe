"""The blocks that ship with the compiler, as they are written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.processes import ROOT

FOLDER = ROOT / "spec_compiler/std"
FILES = sorted(FOLDER.glob("*.yaml"))


@dataclass(frozen=True)
class Written:
    """A block as its file has it."""

    imported: str
    name: str
    form: dict[str, Any]

    @property
    def params(self) -> dict[str, Any]:
        return self.form.get("params", {})

    def __str__(self) -> str:
        return f"{self.imported}: {self.name}"


@cache
def read(path: Path) -> dict[str, Any]:
    """A spec or a file of blocks as plain data."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


BLOCKS = [Written(f"std/{path.name}", name, form) for path in FILES for name, form in read(path)["blocks"].items()]

SPECS = sorted((ROOT / "specs").glob("*.yaml"))


def uses(spec: dict[str, Any]) -> set[str]:
    """The standard blocks that a spec uses, in its own graph, in its blocks, or by way of other standard blocks."""
    if not any(each.startswith("std/") for each in spec.get("imports", [])):
        return set()
    forms = {block.name: block.form for block in BLOCKS}
    found: set[str] = set()
    waiting = [spec.get("nodes"), spec.get("layers"), spec.get("blocks")]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            kind = value.get("type")
            if isinstance(kind, str) and kind in forms and kind not in found:
                found.add(kind)
                waiting.append(forms[kind])
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return found
