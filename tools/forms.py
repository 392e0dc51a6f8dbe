"""The forms of output as a page of Markdown, out of the table that the compiler goes by."""

from __future__ import annotations

from spec_compiler.emitting.forms import FOLDER, FORMS, OutputFormat

_INTRODUCTION = """\
# Output forms

In `compile-spec SPEC -o OUT` the suffix of `OUT` says what is written. Options of some forms are refused where none of
those is written. What is text goes to standard output too, with `-o - --format SUFFIX`.
"""


def page() -> str:
    """The page of all forms, in the order of the table."""
    lines = [
        _INTRODUCTION,
        "| suffix | what is written | to standard output | options | needs |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *map(_row, FORMS)]) + "\n"


def _row(form: OutputFormat) -> str:
    names = [f"FOLDER{FOLDER}"] if form.is_folder else form.suffixes
    suffixes, options = (", ".join(f"`{each}`" for each in words) for words in (names, form.options))
    needs = "" if form.extra is None else f"`spec-compiler[{form.extra}]`"
    return f"| {suffixes} | {form.title} | {'yes' if form.is_text else 'no'} | {options} | {needs} |"
