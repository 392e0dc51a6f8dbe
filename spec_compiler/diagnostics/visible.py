"""Text of strangers that is safe to print."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""What Python calls printable and no screen shows: Default_Ignorable_Code_Point of Unicode, where not in Cf or Cn."""


def visible(text: str, keep: str = "") -> str:
    """A text with everything spelt out that could move the cursor, turn the direction of writing, or hide.

    The characters in `keep` stay as they are; other tabs become spaces.
    """
    if text.isprintable() and (text.isascii() or not _INVISIBLE.search(text)):
        return text
    return "".join(character if character in keep else _spelt(character) for character in text)


def _spelt(character: str) -> str:
    if character == "\t":
        return "    "
    is_shown = character.isprintable() or unicodedata.category(character) == "Zs"
    if is_shown and not _INVISIBLE.match(character):
        return character
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
