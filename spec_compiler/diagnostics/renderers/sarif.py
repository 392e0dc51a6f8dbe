"""Diagnostics as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from spec_compiler.diagnostics.codes import CODES
from spec_compiler.diagnostics.diagnostic import Diagnostic, Related
from spec_compiler.diagnostics.visible import visible
from spec_compiler.spans import Span

if TYPE_CHECKING:
    from spec_compiler.diagnostics.renderers.renderable import Renderable


def render(reports: Sequence[Renderable], version: str) -> str:
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
    found = CODES[code]
    return {
        "id": code,
        "name": found.name,
        "shortDescription": {"text": found.title},
        "defaultConfiguration": {"level": found.severity},
    }


def _result(report: Renderable, diagnostic: Diagnostic, used: list[str]) -> dict[str, Any]:
    message = _text(diagnostic.message) + (f"\nhelp: {_text(diagnostic.hint)}" if diagnostic.hint else "")
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


def _related(related: Related, report: Renderable) -> dict[str, Any]:
    return {**_location(related.span, report.file, related.path), "message": {"text": _text(related.message)}}


def _location(span: Span | None, file: str, path: str) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(span.file if span is not None else file)}
    if span is not None:
        physical["region"] = _region(span)
    location: dict[str, Any] = {"physicalLocation": physical}
    if path:
        location["logicalLocations"] = [{"fullyQualifiedName": path}]
    return location


def _artifact(file: str) -> dict[str, str]:
    path = PurePath(file).as_posix()
    # A name that is no text is given as the bytes that it has. What stands for no byte either is no name of a file.
    sound = re.sub("[\ud800-\udc7f\udd00-\udfff]", "\ufffd", path)
    return {"uri": quote(sound.encode("utf-8", "surrogateescape"))}


def _text(message: str) -> str:
    """A message in which nothing of a stranger's is a placeholder or a link (SARIF 2.1.0, 3.11.5 and 3.11.6)."""
    text = visible(message).replace("{", "{{").replace("}", "}}")
    return re.sub(r"[\\\[\]]", r"\\\g<0>", text) if "](" in text else text


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.start.line,
        "startColumn": span.start.column,
        "endLine": span.end.line,
        "endColumn": max(span.end.column, 1),
    }
