"""Diagnostics as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from spec_compiler.diagnostics.codes import CODES
from spec_compiler.diagnostics.diagnostic import Diagnostic, Related
from spec_compiler.diagnostics.report import Report
from spec_compiler.spans import Span


def render(reports: Sequence[Report], version: str) -> str:
    """One run with a result for each diagnostic, and a rule for each code that occurs."""
    diagnostics = [(report, diagnostic) for report in reports for diagnostic in report.diagnostics]
    used = sorted({diagnostic.code for _, diagnostic in diagnostics})
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "spec-compiler",
                        "semanticVersion": version,
                        "rules": [_rule(code) for code in used],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(report, diagnostic, used) for report, diagnostic in diagnostics],
            }
        ],
    }
    return json.dumps(log, indent=2)


def _rule(code: str) -> dict[str, Any]:
    described = CODES[code]
    return {
        "id": code,
        "name": described.name,
        "shortDescription": {"text": described.title},
        "defaultConfiguration": {"level": described.severity},
    }


def _result(report: Report, diagnostic: Diagnostic, used: list[str]) -> dict[str, Any]:
    message = diagnostic.message + (f"\nhelp: {diagnostic.hint}" if diagnostic.hint else "")
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": used.index(diagnostic.code),
        "level": diagnostic.severity,
        "message": {"text": message},
        "locations": [_location(diagnostic.span, report.file, diagnostic.path)],
    }
    if diagnostic.related:
        result["relatedLocations"] = [_related(related, report) for related in diagnostic.related]
    if diagnostic.fix is not None and diagnostic.span is not None:
        result["fixes"] = [
            {
                "artifactChanges": [
                    {
                        "artifactLocation": _artifact(diagnostic.span.file),
                        "replacements": [
                            {"deletedRegion": _region(diagnostic.span), "insertedContent": {"text": diagnostic.fix}}
                        ],
                    }
                ]
            }
        ]
    return result


def _related(related: Related, report: Report) -> dict[str, Any]:
    return {**_location(related.span, report.file, related.path), "message": {"text": related.message}}


def _location(span: Span | None, file: str, path: str) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(span.file if span is not None else file)}
    if span is not None:
        physical["region"] = _region(span)
    location: dict[str, Any] = {"physicalLocation": physical}
    if path:
        location["logicalLocations"] = [{"fullyQualifiedName": path}]
    return location


def _artifact(file: str) -> dict[str, str]:
    return {"uri": quote(PurePath(file).as_posix())}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.start.line,
        "startColumn": span.start.column,
        "endLine": span.end.line,
        "endColumn": max(span.end.column, 1),
    }
