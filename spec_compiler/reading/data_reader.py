"""Python data to the data of a spec: a copy of plain values, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.limits import Limits
from spec_compiler.reading.yaml_reader import UnusableError, refuse_values
from spec_compiler.spans import Place


def read_data(data: Mapping[Any, Any], limits: Limits, findings: Findings) -> Any:
    """A copy of a mapping that holds only mappings, lists, text, numbers, booleans and null.

    Raises:
        UnusableError: It holds something else, is nested too deep or holds itself; the findings say so.
    """
    before = findings.errors
    copy = _Copier(limits, findings).copy(data, Place(()))
    if findings.errors > before:
        raise UnusableError
    return copy


class _Copier:
    def __init__(self, limits: Limits, findings: Findings) -> None:
        self.limits = limits
        self.findings = findings
        self.count = 0

    def copy(self, value: Any, place: Place) -> Any:
        limits, findings = self.limits, self.findings
        self.count += 1
        if self.count > limits.values:
            raise refuse_values(limits, findings, Place(place.path[:3]))
        if len(place.path) > limits.nesting:
            findings.add(
                codes.TOO_DEEP, f"values are nested deeper than {limits.nesting} levels", Place(place.path[:3])
            )
            raise UnusableError
        kind = type(value)
        if value is None or kind is bool or kind is float:
            return value
        if kind is str:
            return self.text(value, place)
        if kind is int:
            if abs(value) > limits.integer:
                findings.add(codes.INTEGER_TOO_LARGE, f"an integer is at most {limits.integer}", place)
                return 0
            return value
        if kind is list or kind is tuple:
            return [self.copy(item, place / index) for index, item in enumerate(value)]
        if isinstance(value, Mapping):
            return self.mapping(value, place)
        findings.add(
            codes.WRONG_TYPE,
            f"a spec holds plain data, and this is of the Python type `{kind.__name__}`",
            place,
            hint=_plain(kind),
        )
        return None

    def text(self, value: str, place: Place) -> str:
        if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
            self.findings.add(codes.CONTROL_CHARACTER, "half of a surrogate pair is not a character", place)
            return ""
        return value

    def mapping(self, value: Mapping[Any, Any], place: Place) -> dict[str | int, Any]:
        copy: dict[str | int, Any] = {}
        for key, item in value.items():
            if type(key) is not str and type(key) is not int:
                self.findings.add(codes.KEY_NOT_TEXT, f"a key is text, not `{type(key).__name__}`", place)
                continue
            copy[key] = self.copy(item, place / key)
        return copy


def _plain(kind: type) -> str:
    """How a value becomes plain data."""
    if hasattr(kind, "tolist"):
        return "`value.tolist()` makes plain data of what is NumPy's"
    if issubclass(kind, (set, frozenset)):
        return "a set has no order: make it a list, `sorted(value)`"
    return "convert it to a number, text or list"
