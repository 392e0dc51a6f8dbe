"""Python data to the data of a spec: a copy of plain values, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.limits import Limits
from spec_compiler.reading.yaml_reader import UnusableError
from spec_compiler.spans import Place


def read_data(data: Mapping[Any, Any], limits: Limits, findings: Findings) -> Any:
    """A copy of a mapping that holds only mappings, lists, text, numbers, booleans and null.

    Raises:
        UnusableError: It holds something else, is nested too deep or holds itself; the findings say so.
    """
    before = findings.errors
    copy = _copy(data, Place(()), limits, findings)
    if findings.errors > before:
        raise UnusableError
    return copy


def _copy(value: Any, place: Place, limits: Limits, findings: Findings) -> Any:
    if len(place.path) > limits.nesting:
        findings.add(codes.TOO_DEEP, f"values are nested deeper than {limits.nesting} levels", Place(place.path[:3]))
        raise UnusableError
    kind = type(value)
    if value is None or kind is bool or kind is float:
        return value
    if kind is str:
        if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
            findings.add(codes.CONTROL_CHARACTER, "half of a surrogate pair is not a character", place)
            return ""
        return value
    if kind is int:
        if abs(value) > limits.integer:
            findings.add(codes.INTEGER_TOO_LARGE, f"an integer is at most {limits.integer}", place)
            return 0
        return value
    if kind is list or kind is tuple:
        return [_copy(item, place / index, limits, findings) for index, item in enumerate(value)]
    if isinstance(value, Mapping):
        copy: dict[str | int, Any] = {}
        for key, item in value.items():
            if type(key) is not str and type(key) is not int:
                findings.add(codes.KEY_NOT_TEXT, f"a key is text, not `{type(key).__name__}`", place)
                continue
            copy[key] = _copy(item, place / key, limits, findings)
        return copy
    findings.add(
        codes.WRONG_TYPE,
        f"a spec holds plain data, and this is of the Python type `{kind.__name__}`",
        place,
        hint="convert it to a number, text or list",
    )
    return None
