"""Texts near to real specs: those of `specs/` and of the pages of diagnostics, changed at random."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

from spec_compiler.diagnostics.codes import CODES
from tests.diagnostics.pages import page

ROOT = Path(__file__).resolve().parents[2]

PIECES = (
    "${", "}", "${x}", "$${", "{", "[", "]", "}", ":", ": ", ",", "- ", "#", "&a ", "*a", "<<: ", "\n", "  ", "\t", "|", ">",
    "'", '"', "\\", "null", "true", "~", "0", "-1", "1e999", "0x10", "010", ".inf", ".nan", "12:30", "9" * 30, "\u00e9",
    "\u202e", "\ufeff", "\x00", "\x85", "\u2028", "!!str", "%YAML 1.1", "---", "...", "? ", "->", "a -> b", "*", "b.0",
    "inputs", "type", "use", "repeat", "for", "when", "index", "name", "call", "outputs", "blocks", "layers", "params",
    "edges", "compile", "fit", "${[a for a in range(9)]}", "${len('a') // 0}", "${'a' * 9}", "${index}", "${{}}",
)  # fmt: skip
"""What is put into texts: what means something to YAML, to JSON or to the language."""


@cache
def corpus() -> tuple[str, ...]:
    """Texts to begin with, the short ones first."""
    files = [path.read_text("utf-8") for path in sorted((ROOT / "specs").glob("*.yaml"))]
    pages = [block.text for code in CODES for block in (*page(code).bad, *page(code).good)]
    return tuple(sorted({*files, *pages}, key=lambda text: (len(text), text)))


def mutants(seed: int) -> Iterator[str]:
    """Yields changed texts without end, the same for each seed."""
    random = Random(seed)
    texts = [text for text in corpus() if len(text) < 1200]
    while True:
        text = random.choice(texts)
        for _ in range(random.choice((1, 1, 2, 3, 6))):
            text = _changed(text, texts, random)
        yield text


def _changed(text: str, texts: list[str], random: Random) -> str:
    start = random.randrange(len(text) + 1)
    end = min(len(text), start + random.choice((0, 0, 1, 1, 3, 10, 40)))
    match random.randrange(7):
        case 0:
            return text[:start] + text[end:]
        case 1 | 2:
            return text[:start] + random.choice(PIECES) + text[end:]
        case 3:
            return text[:end] + text[start:end] * random.choice((1, 2, 30)) + text[end:]
        case 4:
            other = random.choice(texts)
            at = random.randrange(len(other))
            return text[:start] + other[at : at + random.choice((5, 30, 200))] + text[end:]
        case 5:
            lines = text.split("\n")
            lines.insert(random.randrange(len(lines) + 1), random.choice(random.choice(texts).split("\n")))
            return "\n".join(lines)
        case _:
            lines = text.split("\n")
            del lines[random.randrange(len(lines))]
            return "\n".join(lines)
