"""What is wrong with a text that is not YAML, in our words."""

from __future__ import annotations

import re
from typing import NamedTuple

import yaml


class Problem(NamedTuple):
    """A mistake in the syntax: its place in characters, and the place where what is unfinished was opened."""

    message: str
    hint: str | None
    start: int
    end: int
    opened: int | None = None
    opened_as: str = ""


class _Rule(NamedTuple):
    """A message of libyaml (a part of it) and what we say instead."""

    problem_text: str
    message: str
    hint: str | None = None
    at_opening: str = ""


_TOO_DEEP = "nesting"
"""What libyaml says of values that are nested deeper than it follows; older versions follow them at any depth."""

_RULES = (
    _Rule("expected ',' or '}'", "this mapping is not closed: `,` or `}` is missing", None, "the mapping begins here"),
    _Rule("expected ',' or ']'", "this list is not closed: `,` or `]` is missing", None, "the list begins here"),
    _Rule("unexpected end of stream", "the text ends inside quotes", "close the quotes", "the quotes open here"),
    _Rule("unexpected document indicator", "a document ends inside quotes", "close the quotes", "the quotes open here"),
    _Rule("mapping values are not allowed", "a `:` cannot stand here", "put text that holds `: ` in quotes"),
    _Rule("block sequence entries are not allowed", "a `-` cannot stand here", "begin the list on a line of its own"),
    _Rule("block mapping entries are not allowed", "a `?` cannot stand here"),
    _Rule("could not find expected ':'", "a `:` is missing after this key", None, "the key begins here"),
    _Rule("did not find expected key", "a key is expected here", "look at the indentation and at open quotes"),
    _Rule("expected '-' indicator", "an item of the list is expected here", "look at the indentation"),
    _Rule(
        "unexpected ':'", "a `:` ends a key only before a space", "write a space after it, or put the text in quotes"
    ),
    _Rule("node content", "a value is expected here"),
    _Rule("unknown escape", "there is no such escape in double quotes", "write `\\\\` for a backslash"),
    _Rule("expected hexdecimal", "an escape in double quotes has too few hexadecimal digits"),
    _Rule("invalid Unicode character", "an escape in double quotes stands for no character"),
    _Rule(
        "alphabetic or numeric character", "a `*` or `&` must be followed by the name of an anchor", "put it in quotes"
    ),
    _Rule("cannot start any token", "text cannot begin with this character", "put it in quotes"),
    _Rule("tab character", "a tab cannot indent", "indent with spaces"),
    _Rule("undefined tag handle", "values have no tags in a spec", "text that begins with `!` goes in quotes"),
    _Rule("duplicate %YAML", "there are two `%YAML` lines", "leave them out"),
    _Rule("directive", "this line begins with `%`, as a directive of YAML does", "put the text in quotes"),
    _Rule("<document start>", "the document ended before this", "look at the indentation"),
    _Rule(_TOO_DEEP, "values are nested too deep"),
    _Rule("block scalar", "text after `|` or `>` is indented in a way that does not fit"),
    _Rule("indentation indicator", "an indentation is a digit from 1 to 9"),
    _Rule("comment or line break", "a comment or the end of the line is expected here"),
)


def is_too_deep(error: yaml.MarkedYAMLError) -> bool:
    """Whether the text may be well formed, but is nested deeper than libyaml follows."""
    return _TOO_DEEP in (error.problem or "")


def _as_libyaml_says(error: yaml.MarkedYAMLError) -> str:
    """The problem in libyaml's words, where those of PyYAML's own parser are others."""
    problem = error.problem or ""
    if "expected <block end>" not in problem:
        return problem
    is_list = "collection" in (error.context or "")
    return "did not find expected '-' indicator" if is_list else "did not find expected key"


def explain(error: yaml.MarkedYAMLError, text: str) -> Problem:
    """What a syntax error of libyaml means, and where."""
    mark = error.problem_mark or error.context_mark
    at = min(mark.index, len(text)) if mark is not None else 0
    opened = error.context_mark.index if error.context_mark is not None else None
    start, end = _visible(text, at)
    if text[start:end] == "\t":
        return Problem("a tab cannot indent or separate here", "indent with spaces", start, end)
    if text[start - 1 : end] == "${":
        return Problem("`${` cannot stand here without quotes", 'write `"${…}"`', start - 1, end)
    line_start = text.rfind("\n", 0, start) + 1
    assigned = re.compile(r"\s*([\w.-]+)(\s*=\s*)[\[{]").match(text, line_start)
    if assigned is not None and "mapping values are not allowed" in (error.problem or ""):
        hint = f"write `{assigned[1]}: …`"
        return Problem("a key ends with a colon, not with `=`", hint, assigned.start(2), assigned.end(2))
    if text.startswith("%", line_start) and re.search(r"^[^#%\s]", text[:line_start], re.MULTILINE):
        start, line = line_start, text[line_start:].split("\n", 1)[0]
        message = f"`{line[:40]}` is a directive of YAML, which stands at the beginning of a text, before `---`"
        return Problem(message, "leave the line out", start, start + len(line))
    problem_text = _as_libyaml_says(error)
    if "did not find expected key" in problem_text and text[start:end] in ("}", "]"):
        return Problem(f"this `{text[start:end]}` closes nothing", "leave it out", start, end)
    for rule in _RULES:
        if rule.problem_text in problem_text:
            related = opened if rule.at_opening and opened is not None and opened != start else None
            return Problem(rule.message, rule.hint, start, end, related, rule.at_opening)
    return Problem("this is not valid YAML", None, start, end)


def _visible(text: str, at: int) -> tuple[int, int]:
    """The character at an offset, or the last one that is no white space where the text ends."""
    if at >= len(text):
        at = max(len(text.rstrip()) - 1, 0)
    return at, min(at + 1, len(text))
