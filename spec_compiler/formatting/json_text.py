"""The text of a JSON spec, formatted. Numbers and texts in quotes stay as they are written, escapes and all."""

from __future__ import annotations

from spec_compiler.formatting.comments import blank_before
from spec_compiler.formatting.lines import WIDTH
from spec_compiler.reading.json_reader import json_ranges
from spec_compiler.reading.positions import KeyRange, TextRange


def json_text(text: str) -> str:
    """A JSON text, formatted: indented by two columns; on one line is what began so and fits."""
    return _Printer(text).value(json_ranges(text), 0, 0) + "\n"


class _Printer:
    def __init__(self, text: str) -> None:
        self.text = text

    def value(self, mark: TextRange, indent: int, used: int) -> str:
        """A value; `used` is how many columns of its line are taken by what stands around it."""
        if mark.entries is None:
            return self.text[mark.start : mark.end]
        if not mark.entries:
            return "{}" if isinstance(mark.entries, dict) else "[]"
        if indent and not self.begins_on_next_line(mark):
            line = self.line(mark)
            if indent + used + len(line) <= WIDTH:
                return line
        inner = indent + 2
        opening, closing = "{}" if isinstance(mark.entries, dict) else "[]"
        lines = [opening]
        entries = self.entries(mark)
        for number, (key, start, value) in enumerate(entries, 1):
            if number > 1 and blank_before(self.text, start):
                lines.append("")
            comma = "," if number < len(entries) else ""
            lines.append(" " * inner + key + self.value(value, inner, len(key) + len(comma)) + comma)
        return "\n".join([*lines, " " * indent + closing])

    def line(self, mark: TextRange) -> str:
        """A value on one line."""
        if mark.entries is None:
            return self.text[mark.start : mark.end]
        inside = ", ".join(key + self.line(value) for key, _, value in self.entries(mark))
        return f"{{{inside}}}" if isinstance(mark.entries, dict) else f"[{inside}]"

    def entries(self, mark: TextRange) -> list[tuple[str, int, TextRange]]:
        """For each entry its key with the colon, where it begins, and its value."""
        if isinstance(mark.entries, dict):
            return [
                (f"{self.text[entry.start : entry.end]}: ", entry.start, entry.value) for entry in mark.entries.values()
            ]
        return [("", value.start, value) for value in mark.entries or ()]

    def begins_on_next_line(self, mark: TextRange) -> bool:
        """Whether there is a line break after the bracket: who wrote it wants it on several lines."""
        assert mark.entries
        entries = mark.entries
        first: KeyRange | TextRange = next(iter(entries.values())) if isinstance(entries, dict) else entries[0]
        return not {"\n", "\r"}.isdisjoint(self.text[mark.start : first.start])
