"""One page for each diagnostic, in Markdown: what it means, a spec that has it, and the spec mended."""

from __future__ import annotations

from importlib.resources import files

from spec_compiler.diagnostics.diagnostic import Code


def page(code: Code) -> str:
    """The page of a diagnostic."""
    return files(__name__).joinpath(f"{code.code}.md").read_text(encoding="utf-8")
