"""The params of a spec as fields of its page: what each takes, what it has, and where its default is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from spec_compiler.analysis import Analysis
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.emitting.json_object import JsonObject
from spec_compiler.emitting.spec.text import flow_text
from spec_compiler.expanding.budget import Budget, LimitExceededError
from spec_compiler.expanding.params import Param, declared, names_in, problem_of, type_of, values
from spec_compiler.expanding.substitute import Variables
from spec_compiler.graph.scopes import spec_scope
from spec_compiler.limits import Limits
from spec_compiler.reading.document import Document
from spec_compiler.spans import Place

_PARAMS = Place(("params",))


def with_known_params(analyse: Callable[[Mapping[str, Any]], Analysis], given: Mapping[str, Any]) -> Analysis:
    """What is known of a spec with values for those of its params that it has: a text that is typed may lose one.

    Args:
        analyse: Reads the spec, with values for params.
        given: The values.
    """
    analysis = analyse(given)
    data = analysis.documents[""].data
    table = data.get("params") if isinstance(data, dict) else None
    known = {name: value for name, value in given.items() if isinstance(table, dict) and name in table}
    return analysis if data is None or len(known) == len(given) else analyse(known)


def _declared(document: Document | None) -> dict[str, Param]:
    """The params of a spec, without those that have mistakes."""
    data = document.data if document is not None else None
    table = data.get("params") if isinstance(data, dict) else None
    return declared(table, _PARAMS, Findings()) if isinstance(table, dict) else {}


def param_fields(analysis: Analysis, given: Mapping[str, Any]) -> list[JsonObject]:
    """What the page has to know of each param.

    Args:
        analysis: What is known of the spec.
        given: The values that are set in the page, by name.
    """
    document = analysis.documents[""]
    params = _declared(document)
    found = _values(params, {**analysis.params, **given}, analysis.limits)
    return [_field(param, given, found, document) for param in params.values()]


def _values(params: Mapping[str, Param], given: Mapping[str, Any], limits: Limits) -> Mapping[str, Any]:
    """The values that the params have, as far as they are known."""
    known = {name: value for name, value in given.items() if name in params}
    if not any(names_in(param.default) for param in params.values()):
        return {**{param.name: param.default for param in params.values() if not param.required}, **known}
    findings, scope = Findings(), spec_scope()
    try:
        return values(params, known, None, Variables({}, findings, Budget(findings, limits), scope), scope).values
    except LimitExceededError:
        return {}


def _field(param: Param, given: Mapping[str, Any], found: Mapping[str, Any], document: Document) -> JsonObject:
    form, name = param.form, param.name
    kind = form.type or type_of(param.default)
    expression = param.default if names_in(param.default) else None
    problem = problem_of(param, given[name]) if name in given else None
    # What a default that is computed would be is not asked for as long as another value is set.
    has_default = name in found if name not in given else not param.required and expression is None
    default = param.default if name in given else found.get(name)
    return {
        "name": name,
        "type": kind,
        "description": form.description or "",
        "min": form.min,
        "max": form.max,
        "choices": [_text(choice, kind) for choice in form.choices] if form.choices is not None else None,
        "default": _text(default, kind) if has_default else None,
        "expression": None if expression is None else _text(expression, "str"),
        "problem": problem[1] if problem is not None else None,
        "edit": _edit(param, given[name], document) if name in given and problem is None else None,
    }


def _text(value: Any, kind: str | None) -> str:
    """A value as a field shows it: text as it is, all else as YAML."""
    return value if kind == "str" and isinstance(value, str) else flow_text(value)


def _edit(param: Param, value: Any, document: Document) -> JsonObject | None:
    """What makes a value the default of a param in the text of the spec; None if its default takes several lines."""
    text = json.dumps(value, ensure_ascii=False) if document.is_json else flow_text(value)
    if param.required:
        return _insertion(text, param, document)
    span = document.span(param.default_place)
    if span is None or document.replacement(param.default_place, "") is None:
        return None
    return {"start": span.start._asdict(), "end": span.end._asdict(), "text": text}


def _insertion(text: str, param: Param, document: Document) -> JsonObject | None:
    """A default before the first key of a param that has none; None if it has no key."""
    first = next(iter(document.data["params"][param.name]), None)
    span = document.span((param.place / first).key()) if first is not None else None
    if span is None:
        return None
    before = (document.line(span.start.line) or "")[: span.start.column - 1]
    name = '"default"' if document.is_json else "default"
    comma = "," if document.is_json or before.strip() else ""
    start = span.start._asdict()
    return {"start": start, "end": start, "text": f"{name}: {text}{comma}{' ' if before.strip() else chr(10) + before}"}
