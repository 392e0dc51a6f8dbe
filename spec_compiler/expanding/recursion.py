"""Blocks that contain themselves, found where they are written, whether or not anything is a copy of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.expanding.library import Block
from spec_compiler.spans import Place


def report_recursion(blocks: Iterable[Block], findings: Findings) -> set[str]:
    """Report each cycle of blocks in blocks, and return the names of those on it.

    A `type` that is an expression is not known here; it is followed when a copy is made.
    """
    found: set[str] = set()
    done: set[str] = set()
    for block in blocks:
        chain = [block.name]
        waiting = [_contained(block)]
        while waiting:
            inner = next(waiting[-1], None)
            if inner is None:
                waiting.pop()
                done.add(chain.pop())
                continue
            contained, place = inner
            if contained.name in chain:
                cycle = chain[chain.index(contained.name) :]
                if not found.issuperset(cycle):
                    path = " -> ".join([*cycle, contained.name])
                    findings.add(codes.BLOCK_RECURSION, f"a block contains itself: {path}", place)
                    found.update(cycle)
            elif contained.name not in done:
                chain.append(contained.name)
                waiting.append(_contained(contained))
    return found


def _contained(block: Block) -> Iterator[tuple[Block, Place]]:
    """The blocks that a block has copies of or shares, and where it says so."""
    for section, entries in (("layers", block.form.layers), ("nodes", block.form.nodes)):
        for name, value in entries.items():
            kind = value.get("type") if isinstance(value, dict) else None
            inner = block.visible.blocks.get(kind) if isinstance(kind, str) else None
            if inner is not None and inner.place.file == block.place.file:
                yield inner, block.place / section / name / "type"
