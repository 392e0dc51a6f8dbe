"""Markdown styled for a terminal, and as wide as that is."""

from __future__ import annotations

import sys
from typing import ClassVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Heading, Markdown, MarkdownElement
from rich.text import Text
from rich.theme import Theme

from spec_compiler.cli.terminal import wants_colour, width

_WIDEST = 100
"""Longer lines of prose are hard to read."""
_STYLES = Theme(
    {
        "markdown.code": "cyan",
        "markdown.h1": "bold underline",
        "markdown.h2": "bold",
        "markdown.table.border": "dim",
        "markdown.table.header": "bold",
    }
)


class _Heading(Heading):
    """A heading at the margin, where rich puts it into the middle."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text.assemble(self.text, style=f"markdown.{self.tag}")


class _Page(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {**Markdown.elements, "heading_open": _Heading}


def print_markdown(text: str) -> None:
    """Print a page to standard output."""
    console = Console(
        file=sys.stdout,
        width=min(width(), _WIDEST),
        force_terminal=True,
        no_color=not wants_colour(sys.stdout),
        highlight=False,
        theme=_STYLES,
    )
    console.print(_Page(text, code_theme="ansi_dark"))
