"""A single value that is given as text, as on the command line or in a field of a page."""

from __future__ import annotations

from typing import Any

from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.reading.read import read
from spec_compiler.reading.source import Source


class UnreadableValueError(Exception):
    """A text is no value in YAML."""


def read_value(text: str) -> Any:
    """The value of a text in YAML; null of one that is empty.

    Raises:
        UnreadableValueError: It is no YAML.
    """
    findings = Findings()
    document = read(Source.text(text, form="yaml"), findings)
    if findings.errors and text.strip():
        raise UnreadableValueError
    return document.data
