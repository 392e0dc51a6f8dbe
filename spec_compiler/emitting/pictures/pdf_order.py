"""The objects of a PDF in one order.

svg2pdf names and writes the fonts of a page in an order that is another in every process, and numbers what belongs to
each in that order. The same picture gives the same bytes if they stand in the order of their own numbers, which stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_START = re.compile(rb"startxref\s+(\d+)")
_ENTRY = re.compile(rb"(\d{10}) \d{5} n")
_NUMBER = re.compile(rb"(\d+)( 0 obj)")
_REFERENCE = re.compile(rb"\b(\d+)( 0 R)\b")
_NAMES = re.compile(rb"(/Font <<\s)((?:\s*/fo\d+ \d+ 0 R\n)+)")
_FONT = re.compile(rb"/Type /Font\s+/Subtype /Type0")


@dataclass(frozen=True)
class _Object:
    """An object of a PDF: its number, what it says, and the bytes of its stream, if it has one."""

    number: int
    said: bytes
    stream: bytes

    def references(self) -> list[int]:
        return [int(found[1]) for found in _REFERENCE.finditer(self.said)]

    def renumbered(self, numbers: Mapping[int, int]) -> bytes:
        def other(found: re.Match[bytes]) -> bytes:
            return b"%d%s" % (numbers.get(int(found[1]), int(found[1])), found[2])

        said = _NAMES.sub(_sorted_lines, self.said)
        return _REFERENCE.sub(other, _NUMBER.sub(other, said, count=1)) + self.stream


def _sorted_lines(names: re.Match[bytes]) -> bytes:
    return names[1] + b"".join(sorted(names[2].splitlines(keepends=True), key=lambda line: (len(line), line)))


def with_fonts_in_order(pdf: bytes) -> bytes:
    """A PDF that svg2pdf wrote, with its fonts in the order of their numbers."""
    start = _START.search(pdf, pdf.rindex(b"startxref"))
    assert start is not None
    table = int(start[1])
    offsets = sorted(int(found[1]) for found in _ENTRY.finditer(pdf, table))
    objects = [_object(pdf[begin:end]) for begin, end in zip(offsets, [*offsets[1:], table], strict=True)]
    ordered = _ordered(objects)
    belongings = [each for each in ordered if each not in _fonts(objects)]
    own = {each.number for font in _fonts(objects) for each in _belonging(font, objects)}
    numbers = dict(zip((each.number for each in belongings if each.number in own), sorted(own), strict=True))
    written = pdf[: offsets[0]]
    places: dict[int, int] = {}
    for each in ordered:
        places[numbers.get(each.number, each.number)] = len(written)
        written += each.renumbered(numbers)
    return written + _with_places(pdf[table : start.start(1)], places) + b"%d" % len(written) + pdf[start.end(1) :]


def _object(text: bytes) -> _Object:
    number = _NUMBER.match(text)
    assert number is not None
    said, word, stream = text.partition(b"stream")
    return _Object(int(number[1]), said, word + stream)


def _fonts(objects: list[_Object]) -> list[_Object]:
    return [each for each in objects if _FONT.search(each.said)]


def _belonging(font: _Object, objects: list[_Object]) -> list[_Object]:
    """What belongs to a font alone: all that it leads to, in the order in which it is written."""
    by_number = {each.number: each for each in objects}
    found: set[int] = set()
    waiting = font.references()
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting += by_number[number].references()
    return [each for each in objects if each.number in found]


def _ordered(objects: list[_Object]) -> list[_Object]:
    """The objects with the fonts, each with what belongs to it, in the order of the fonts' numbers."""
    fonts = sorted(_fonts(objects), key=lambda each: each.number)
    moved = [each for font in fonts for each in (font, *_belonging(font, objects))]
    found: list[_Object] = []
    rest: Iterator[_Object] = iter(moved)
    for each in objects:
        found.append(next(rest) if each in moved else each)
    return found


def _with_places(table: bytes, places: Mapping[int, int]) -> bytes:
    """A table of objects that says where each is now."""
    numbers = iter(sorted(places))
    return _ENTRY.sub(lambda found: b"%010d%s" % (places[next(numbers)], found[0][10:]), table)
