"""What formatting makes of YAML: each text before, and after; formatting that again changes nothing."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from spec_compiler.formatting.format import format_spec

LONG = "x" * 60


def formatted(text: str) -> str:
    result = format_spec(sc.Source.text(text, form="yaml"))
    assert result.report.diagnostics == ()
    return result.after


STYLES = {
    "spaces in brackets": ("a: { b:1,c : [ 1,2 ,] , }\n", "a: {b:1: null, c: [1, 2]}\n"),
    "keys in quotes": ('a: {"b":1}\n', 'a: {"b": 1}\n'),
    "a value on the next line": ("a:\n  {b: 1}\nc:\n  1\n", "a: {b: 1}\nc: 1\n"),
    "indentation": (
        "a:\n     b:\n      - 1\n      -   c: 2\n          d: 3\n",
        "a:\n  b:\n    - 1\n    - c: 2\n      d: 3\n",
    ),
    "a list no deeper than its key": ("a:\n- 1\n- - 2\n  - 3\n", "a:\n  - 1\n  - - 2\n    - 3\n"),
    "blank lines between and around": ("\n\na: 1\n\n\n\nb: 2\n\n", "a: 1\n\nb: 2\n"),
    "sections that are blocks stand apart": (
        "a: 1\nb:\n  c: 1\n# d\nd: 1\ne: 1\n",
        "a: 1\n\nb:\n  c: 1\n\n# d\nd: 1\ne: 1\n",
    ),
    "no blank line is added further in": ("a:\n  b:\n    c: 1\n  d: 1\n", "a:\n  b:\n    c: 1\n  d: 1\n"),
    "white space at ends": ("a: 1  \nb:   \n  c: 2\t\n", "a: 1\n\nb:\n  c: 2\n"),
    "no line break at the end": ("a: 1", "a: 1\n"),
    "ends of lines": ("a: 1\r\nb: 2\r\nc: |\r\n  d\r\n  e\r\n", "a: 1\nb: 2\nc: |\n  d\n  e\n"),
    "a byte order mark": ("\ufeffa: 1\n", "a: 1\n"),
    "single quotes": ("a: 'b'\nc: 'it''s'\nd: 'a \"b\"'\ne: '\\'\n", 'a: "b"\nc: "it\'s"\nd: \'a "b"\'\ne: \'\\\'\n'),
    "quotes that may be needed": ('a: "no"\nb: "${c}"\nd: "text"\n', 'a: "no"\nb: "${c}"\nd: "text"\n'),
    "what old YAML takes for something else": ("a: no\non: 12:30\nb: 010\nc: 1e-3\nd: 1.0\ne: 2024-01-01\n",) * 2,
    "nothing at all": ("a:\nb: ~\nc: {d, e: }\n", "a:\nb: ~\nc: {d: null, e: null}\n"),
    "a pair in a list": ("a: [b: 1, c]\n", "a: [{b: 1}, c]\n"),
    "keys that are marked": ("? a\n: 1\n? |\n  b\n: 2\n", 'a: 1\n"b\\n": 2\n'),
    "anchors and aliases": (
        "a: &x\n    b: 1\nc:\n  <<:   *x\n  d: &y  2\n  e: [ *y,*y ]\n  *y : 3\n",
        "a: &x\n  b: 1\n\nc:\n  <<: *x\n  d: &y 2\n  e: [*y, *y]\n  *y : 3\n",
    ),
    "an anchor of an item": (
        "a:\n- &x\n  b: 1\n- *x\n- &y {b: 1}\n",
        "a:\n  - &x\n    b: 1\n  - *x\n  - &y {b: 1}\n",
    ),
    "a marked beginning and end": ("%YAML 1.2\n# a\n---   \na: 1\n...\n", "# a\n%YAML 1.2\n---\na: 1\n"),
    "a block scalar": (
        "a:\n      |-\n      b\n        c \n\n      d\n\n\ne: 1\n",
        "a: |-\n  b\n    c \n\n  d\n\ne: 1\n",
    ),
    "a block scalar that keeps its end": ("a:\n  b: |+\n    c\n\n\nd: 1\n", "a:\n  b: |+\n    c\n\n\nd: 1\n"),
    "a block scalar at the end of a text without an end": ("a: |\n  b", "a: |-\n  b\n"),
    "a block scalar that begins with spaces": ("a: |4\n      b\n    c\n", "a: |2\n    b\n  c\n"),
    "text of several lines": ('a: b\n     c\n\n     d\ne: "f\n     g"\n', 'a: b\n  c\n\n  d\ne: "f\n  g"\n'),
    "text of several lines in brackets": ("a: [b\n  c, 'd\n  e']\n", 'a: [b c, "d e"]\n'),
    "comments stay with what they are about": (
        "# head\n\n# about a\na:   # of a\n # about b\n    b: 1    # of b\n    # after b\n# about c\nc: 2\n# end\n",
        "# head\n\n# about a\na:  # of a\n  # about b\n  b: 1  # of b\n  # after b\n\n# about c\nc: 2\n# end\n",
    ),
    "comments in brackets": (
        "a: {b: 1,  # of b\n  # about c\n  c: [2, 3]\n  # last\n  }  # of a\n",
        "a:\n  b: 1  # of b\n  # about c\n  c: [2, 3]\n  # last\n  # of a\n",
    ),
    "comments in empty brackets": ("a: [  # none\n]\n", "# none\na: []\n"),
    "comments between a key and its value": ("a:\n  # why\n  1\n", "# why\na: 1\n"),
    "comments after a dash": ("a:\n  -  # why\n    b: 1\n", "a:\n  # why\n  - b: 1\n"),
    "a comment of a block scalar": ("a: |   # why\n  b\n", "a: |  # why\n  b\n"),
    "comments in a column": ("a: 1     # b\nccc: 2   # d\ne: 3 # f\n", "a: 1    # b\nccc: 2  # d\ne: 3    # f\n"),
    "comments in no column": ("a: 1     # b\nccc: 2 # d\n", "a: 1  # b\nccc: 2  # d\n"),
    "values in a column": (
        "a:\n  b:     {c: 1}\n  dd:    {c: 1}\n  eee: {c: 2}\n\n  f: 1\n  gg: 2\n",
        "a:\n  b:   {c: 1}\n  dd:  {c: 1}\n  eee: {c: 2}\n\n  f: 1\n  gg: 2\n",
    ),
    "a value that is not in the column of the others": (
        "a:\n  b:   1\n  cc:  2\n  ddd: 3\n  e: 4\n",
        "a:\n  b:   1\n  cc:  2\n  ddd: 3\n  e:   4\n",
    ),
    "values in two columns": (
        "a:\n  b:   1\n  cc:  2\n  d: 3\n  e: 4\n",
        "a:\n  b: 1\n  cc: 2\n  d: 3\n  e: 4\n",
    ),
    "a column that would make a line too long": (
        f"a:\n  b:     [{LONG}, {'x' * 48}]\n  ccccc: 1\n",
        f"a:\n  b: [{LONG}, {'x' * 48}]\n  ccccc: 1\n",
    ),
    "values in no column": ("a:\n  b:   1\n  dd: 2\n", "a:\n  b: 1\n  dd: 2\n"),
    "a mapping that is too long for a line": (
        f"n:\n  a: {{type: Dense, b: {LONG}, c: {{d: [1]}}, e: {LONG}}}  # why\n",
        f"n:\n  a:  # why\n    type: Dense\n    b: {LONG}\n    c: {{d: [1]}}\n    e: {LONG}\n",
    ),
    "an item that is too long for a line": (
        f"a:\n  - {{b: {LONG}, c: {LONG}}}  # why\n",
        f"a:\n  # why\n  - b: {LONG}\n    c: {LONG}\n",
    ),
    "a list that is too long for a line": (
        f"a: [{', '.join(['word'] * 30)}]  # why\n",
        f"a: [{', '.join(['word'] * 19)},\n  {', '.join(['word'] * 11)}]  # why\n",
    ),
    "a text that is too long for a line": (f"a: {LONG} {LONG} {LONG}\n",) * 2,
    "a comment does not make a line too long": (f"a: {{b: 1}}  # {LONG} {LONG}\n",) * 2,
    "a key that is too long to be found": (f"? {'k' * 1100}\n:   1\n", f"? {'k' * 1100}\n: 1\n"),
    "signs that are text in brackets only": ("a: [-,  # b\n  c]\n", 'a:\n  - "-"  # b\n  - c\n'),
    "what libyaml takes for the end of a line": ('a: "b\u2028c"\n', 'a: "b\\u2028c"\n'),
}


@pytest.mark.parametrize(("before", "after"), list(STYLES.values()), ids=list(STYLES))
def test_the_form_of_yaml(before, after):
    assert formatted(before) == after
    assert formatted(after) == after


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "null\n", "- 1\n", "a: [\n", "a: 1\na: 2\n", "a: !tag 1\n", "a: 1\n---\nb: 2\n"]
)
def test_a_text_that_cannot_be_read_gives_diagnostics_and_no_text(text):
    result = format_spec(sc.Source.text(text, form="yaml"))
    assert (result.after, result.changed, result.report.ok) == (None, False, False)


def test_values_as_deep_as_a_spec_may_have_them_are_formatted():
    deep = "a: " + "{a: " * 198 + "1" + "}" * 198 + "\n"
    blocks = "".join(f"{'  ' * depth}a:\n" for depth in range(199)) + "  " * 199 + "b: 1\n"
    for text in (deep, blocks):
        assert formatted(formatted(text)) == formatted(text)
    limits = sc.Limits(nesting=100_000)
    result = format_spec(sc.Source.text("a: " + "[" * 2_000 + "]" * 2_000 + "\n", form="yaml"), limits)
    assert [diagnostic.code for diagnostic in result.report.diagnostics] == ["SC702"]
