"""YAML text to data and marks, by the core schema of YAML 1.2.

libyaml's events are read one by one, and the values are built here: that keeps what a stranger's text can ask
for bounded (depth, aliases, integers), finds duplicate keys, and knows where everything stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Code, Findings, Remark
from spec_compiler.limits import Limits
from spec_compiler.reading.positions import KeyRange, TextRange
from spec_compiler.reading.scalars import IntegerTooLargeError, resolve
from spec_compiler.reading.yaml_stream import events
from spec_compiler.spans import Key, Place

_FOREIGN_VERSION = re.compile(r"^%YAML[ \t]+(?!1\.2[ \t]*(?:#.*)?$)(\S*).*$", re.MULTILINE)
_NO_KEY = object()
_MERGE = object()


class UnusableError(Exception):
    """The text cannot be read further; a finding says why."""


class _Open:
    """A collection whose end has not come yet."""

    __slots__ = ("anchor", "data", "entries", "height", "key", "key_end", "key_start", "merges", "size", "start")

    def __init__(self, data: Any, entries: Any, anchor: str | None, start: int) -> None:
        self.data = data
        self.entries = entries
        self.anchor = anchor
        self.start = start
        self.key: Any = _NO_KEY
        self.key_start = self.key_end = 0
        self.merges: list[tuple[Any, TextRange]] = []
        self.size = 1
        self.height = 1


class _Anchored:
    """What an anchor stands for; data is missing while the anchored collection is still open."""

    __slots__ = ("data", "height", "mark", "size")

    def __init__(self, data: Any, mark: TextRange, size: int, height: int) -> None:
        self.data = data
        self.mark = mark
        self.size = size
        self.height = height


def read_yaml(text: str, limits: Limits, findings: Findings) -> tuple[Any, TextRange]:
    """The data of a YAML text and where it stands.

    Raises:
        UnusableError: There is no data; the findings say why.
    """
    return _Composer(text, limits, findings).compose()


class YamlRanges:
    """Gives where everything stands in a YAML text that can be read.

    It is known already, but does not cross from a process to another: it is larger than the text and nested deep, and
    is found again if there is something to say.
    """

    def __init__(self, text: str, limits: Limits, known: TextRange | None = None) -> None:
        self._text = text
        self._limits = limits
        self._known = known

    def __call__(self) -> TextRange:
        """The ranges."""
        return self._known if self._known is not None else read_yaml(self._text, self._limits, Findings())[1]

    def __reduce__(self) -> tuple[type[YamlRanges], tuple[str, Limits]]:
        return YamlRanges, (self._text, self._limits)


def refuse_values(limits: Limits, findings: Findings, place: Place) -> UnusableError:
    """What to raise where a text holds more values than the limit; the findings say so."""
    findings.add(
        codes.TOO_MANY_VALUES,
        f"the text holds more than {limits.values} values",
        place,
        hint="if it is meant, raise the limit with `--limit values=NUMBER`",
    )
    return UnusableError()


class _Composer:
    def __init__(self, text: str, limits: Limits, findings: Findings) -> None:
        self.text = text
        self.limits = limits
        self.findings = findings
        self.anchors: dict[str, _Anchored | None] = {}
        self.open: list[_Open] = []
        self.aliased = 0
        self.values = 0
        self.lost = False
        """Whether a value could not be kept: what the later stages would say of the spec without it is no help."""
        self.result: tuple[Any, TextRange] | None = None

    def refuse(self, code: Code, message: str, start: int, end: int, **more: Any) -> UnusableError:
        self.say(code, message, start, end, **more)
        return UnusableError()

    def say(self, code: Code, message: str, start: int, end: int, **more: Any) -> None:
        path = tuple(len(into.data) if isinstance(into.data, list) else into.key for into in self.open)
        if path and path[-1] in (_NO_KEY, _MERGE):
            path = path[:-1]
        self.findings.add(code, message, Place(path, at=(start, end)), **more)

    def compose(self) -> tuple[Any, TextRange]:
        if version := _FOREIGN_VERSION.search(self.text):
            raise self.refuse(
                codes.YAML_VERSION,
                f"specs are YAML 1.2, and this text asks for `{version[1]}`",
                version.start(),
                version.end(1),
                hint="leave the `%YAML` line out",
            )
        documents = 0
        for event in self.parsed():
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self.scalar(event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self.start(event, {} if kind is yaml.MappingStartEvent else [])
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self.end(event.end_mark.index)
            elif kind is yaml.AliasEvent:
                self.alias(event)
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise self.refuse(
                        codes.SEVERAL_DOCUMENTS,
                        "a second document begins here, and a file holds one spec",
                        event.start_mark.index,
                        event.end_mark.index,
                        hint="write one file for each spec",
                    )
        if self.result is None:
            raise self.refuse(codes.EMPTY, "the text holds nothing", 0, 0, hint="a spec begins with `spec: 1`")
        if self.lost:
            raise UnusableError
        return self.result

    def parsed(self) -> Iterator[Any]:
        try:
            yield from events(self.text)
        except yaml.MarkedYAMLError as error:
            from spec_compiler.reading.yaml_problems import explain, is_too_deep  # few specs are not YAML

            problem = explain(error, self.text)
            related: tuple[Remark, ...] = ()
            if problem.opened is not None:
                related = (Remark(Place((), at=(problem.opened, problem.opened + 1)), problem.opened_as),)
            code = codes.TOO_DEEP if is_too_deep(error) else codes.YAML_SYNTAX
            raise self.refuse(
                code, problem.message, problem.start, problem.end, hint=problem.hint, related=related
            ) from None
        except yaml.YAMLError:
            raise self.refuse(codes.YAML_SYNTAX, "this is not valid YAML", 0, 0) from None

    def scalar(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        if event.tag is not None:
            raise self.refuse_tag(event)
        value: Any = event.value
        plain = event.implicit[0]
        if plain:
            try:
                value = resolve(value, self.limits.integer)
            except IntegerTooLargeError:
                self.say(codes.INTEGER_TOO_LARGE, f"an integer is at most {self.limits.integer}", start, end)
                self.lost = True
        elif not value.isascii() and not value.isprintable() and any("\ud800" <= c <= "\udfff" for c in value):
            self.say(codes.CONTROL_CHARACTER, "half of a surrogate pair is not a character", start, end)
            self.lost = True
        mark = TextRange(start, end)
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchored(value, mark, 1, 0)
        self.put(value, mark, 1, 0, start, end, merge=plain and event.value == "<<")

    def start(self, event: Any, data: Any) -> None:
        start = event.start_mark.index
        if event.tag is not None:
            raise self.refuse_tag(event)
        if len(self.open) >= self.limits.nesting:
            raise self.refuse(
                codes.TOO_DEEP, f"values are nested deeper than {self.limits.nesting} levels", start, start + 1
            )
        if self.open and isinstance(self.open[-1].data, dict) and self.open[-1].key is _NO_KEY:
            raise self.refuse(
                codes.KEY_NOT_TEXT,
                "a key is text, not a mapping or a list",
                start,
                start + 1,
                hint='text that begins with `{` or `[` goes in quotes, as `"${units}"` does',
            )
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        self.open.append(_Open(data, type(data)(), event.anchor, start))

    def end(self, end: int) -> None:
        done = self.open.pop()
        mark = TextRange(done.start, end, done.entries)
        for data, merged in done.merges:
            assert isinstance(merged.entries, dict)
            for key, value in data.items():
                if key not in done.data:
                    done.data[key] = value
                    done.entries[key] = merged.entries[key]
        if done.anchor is not None:
            self.anchors[done.anchor] = _Anchored(done.data, mark, done.size, done.height)
        self.put(done.data, mark, done.size, done.height, done.start, end)

    def alias(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        if event.anchor not in self.anchors:
            raise self.refuse(
                codes.UNKNOWN_ALIAS,
                f"no anchor `&{event.anchor}` stands before this alias",
                start,
                end,
                hint="a text that begins with `*` goes in quotes",
            )
        target = self.anchors[event.anchor]
        if target is None:
            raise self.refuse(codes.RECURSIVE_ALIAS, f"the alias `*{event.anchor}` stands inside itself", start, end)
        self.aliased += target.size
        if self.aliased > self.limits.aliased_values:
            raise self.refuse(
                codes.ALIASES_TOO_LARGE,
                f"the aliases expand to more than {self.limits.aliased_values} values",
                start,
                end,
            )
        if len(self.open) + target.height > self.limits.nesting:
            raise self.refuse(codes.TOO_DEEP, f"values are nested deeper than {self.limits.nesting} levels", start, end)
        mark = TextRange(start, end, target.mark.entries)
        self.put(target.data, mark, target.size, target.height, start, end)

    def put(
        self, value: Any, mark: TextRange, size: int, height: int, start: int, end: int, merge: bool = False
    ) -> None:
        """Hand a finished value to the collection that it stands in: as a key, a value or an item."""
        self.values += 1
        if self.values > self.limits.values:
            raise refuse_values(self.limits, self.findings, Place((), at=(start, end)))
        if not self.open:
            self.result = (value, mark)
            return
        into = self.open[-1]
        if isinstance(into.data, list):
            into.data.append(value)
            into.entries.append(mark)
        elif into.key is _NO_KEY:
            into.key, into.key_start, into.key_end = self.key(value, start, end, merge), start, end
            return
        else:
            self.put_entry(into, value, mark)
            into.key = _NO_KEY
        into.size += size
        if height >= into.height:
            into.height = height + 1

    def put_entry(self, into: _Open, value: Any, mark: TextRange) -> None:
        if into.key is _MERGE:
            several = zip(value, mark.entries, strict=True) if isinstance(mark.entries, list) else [(value, mark)]
            merges = [(item, item_mark) for item, item_mark in several if isinstance(item, dict)]
            if len(merges) < (len(value) if isinstance(value, list) else 1):
                self.say(codes.BAD_MERGE, "`<<` merges a mapping or a list of mappings", mark.start, mark.end)
                self.lost = True
            into.merges += merges
            return
        first = into.entries.get(into.key)
        if first is not None:
            self.say(
                codes.DUPLICATE_KEY,
                f"`{into.key}` is written twice in one mapping",
                into.key_start,
                into.key_end,
                hint=duplicate_hint(into.key),
                related=(Remark(Place((), at=(first.start, first.end)), "first written here"),),
            )
            return
        into.data[into.key] = value
        into.entries[into.key] = KeyRange(into.key_start, into.key_end, mark)

    def key(self, value: Any, start: int, end: int, merge: bool) -> Key | Any:
        """A key as it is stored: text or an integer; `_MERGE` for `<<`."""
        if merge:
            return _MERGE
        if isinstance(value, str) or type(value) is int:
            return value
        if isinstance(value, (dict, list)):
            raise self.refuse(codes.KEY_NOT_TEXT, "a key is text, not a mapping or a list", start, end)
        raw = self.text[start:end]
        self.say(
            codes.KEY_NOT_TEXT,
            f"a key is text, and `{raw}` is not" if raw else "a key is text, and here is none",
            start,
            end,
            hint=f'write `"{raw}"`' if raw else None,
            fix=raw or None,
        )
        return raw

    def refuse_tag(self, event: Any) -> UnusableError:
        start = event.start_mark.index
        tag = re.compile(r"!\S*").search(self.text, start, max(event.end_mark.index, start + 1) + 200)
        first, last = (tag.start(), tag.end()) if tag else (start, start + 1)
        return self.refuse(
            codes.EXPLICIT_TAG,
            "values have no tags in a spec",
            first,
            last,
            hint="leave the tag out; text that begins with `!` goes in quotes",
        )


def duplicate_hint(key: Any) -> str:
    """What to do about a key that is there already."""
    if isinstance(key, str) and "${" in key:
        return "where `for` makes the nodes of both, another name of the variable makes the keys differ"
    return "give one of them another name, or leave it out"
