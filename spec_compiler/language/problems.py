"""pydantic's errors in our words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from re import fullmatch
from typing import Any

from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Code, Findings, Fix, Remark, Scalar, Verbatim
from spec_compiler.diagnostics.suggest import did_you_mean, suggest
from spec_compiler.spans import Place


@dataclass(frozen=True)
class Subject:
    """What a mapping describes: how it is called in a sentence, the keys that it takes, and how keys are called.

    `elsewhere` says of keys that stand in another place of a spec where they do.
    """

    title: str
    keys: tuple[str, ...]
    key: str = "key"
    unknown: Code = codes.UNKNOWN_KEY
    missing: Code = codes.MISSING_KEY
    elsewhere: Mapping[str, str] = field(default_factory=dict)


def of_thing(title: str, thing: Any, beside: Subject | None = None) -> Subject:
    """The subject for the arguments of a class of the catalogue; the keys of another may stand beside them."""
    keys = (*thing.model_fields, *(beside.keys if beside is not None else ()))
    elsewhere = beside.elsewhere if beside is not None else {}
    return Subject(title, keys, "argument", codes.UNKNOWN_ARGUMENT, codes.MISSING_ARGUMENT, elsewhere)


_TYPES = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "text",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "none_required": "null",
    "finite_number": "a finite number",
}
_RANGES = {
    "greater_than": ("gt", "greater than {}"),
    "greater_than_equal": ("ge", "at least {}"),
    "less_than": ("lt", "less than {}"),
    "less_than_equal": ("le", "at most {}"),
}


def report(
    errors: Iterable[Mapping[str, Any]],
    place: Place,
    findings: Findings,
    subject: Subject,
    related: tuple[Remark, ...] = (),
) -> None:
    """Add a finding for each error that pydantic found in the mapping at a place.

    An argument that is missing because its name is misspelt is one mistake, not two.
    """
    errors = list(errors)
    meant = {did_you_mean(str(e["loc"][-1]), subject.keys)[1] for e in errors if e["type"] == "extra_forbidden"}
    for error in errors:
        if not (error["type"] == "missing" and error["loc"][-1] in meant):
            _report_one(error, place, findings, subject, related)


def _report_one(
    error: Mapping[str, Any], root: Place, findings: Findings, subject: Subject, related: tuple[Remark, ...]
) -> None:
    kind = error["type"]
    loc: Sequence[Any] = [step for step in error["loc"] if step != "[key]"]
    on_key = "[key]" in error["loc"]
    place = root.below(loc)
    context = error.get("ctx") or {}
    value = error.get("input")
    what = f"`{_name_of(loc)}`" if loc else f"`{root.path[-1]}`" if root.path else subject.title

    def add(code: Code, message: str, at: Place = place, hint: str | None = None, fix: Fix | None = None) -> None:
        findings.add(code, message, at, hint=hint, fix=fix, related=related)

    if kind == "nested":
        inner = _inner_subject(context, subject)
        report(context["errors"], place, findings, inner, related)
    elif kind == "extra_forbidden":
        name = str(loc[-1])
        hint, fix = _meant(name, value, subject)
        add(subject.unknown, f"{subject.title} has no {subject.key} `{name}`", place.key(), hint, fix)
    elif kind == "invalid_key":
        add(subject.unknown, f"{subject.title} has no {subject.key} {show(loc[-1])}", place.key())
    elif kind == "string_type" and on_key:
        add(codes.KEY_NOT_TEXT, f"a key is text, not {show(loc[-1])}", place.key())
    elif kind == "missing":
        at = root.below(loc[:-1])
        at = at.key() if at.path else at
        add(subject.missing, f"{subject.title} needs the {subject.key} `{loc[-1]}`", at)
    elif kind in _TYPES:
        hint, fix = _other_form(kind, value)
        add(codes.WRONG_TYPE, f"{what} takes {_TYPES[kind]}, not {show(value)}", hint=hint, fix=fix)
    elif kind in _RANGES:
        key, words = _RANGES[kind]
        add(codes.OUT_OF_RANGE, f"{what} must be {words.format(show(context[key]))}, and is {show(value)}")
    elif kind in ("too_short", "too_long"):
        least, most = context.get("min_length"), context.get("max_length")
        bound = f"at least {least}" if kind == "too_short" else f"at most {most}"
        add(codes.OUT_OF_RANGE, f"{what} takes {bound} {'entry' if bound.endswith(' 1') else 'entries'}")
    elif kind in ("literal_error", "enum"):
        _report_choice(add, what, value, context)
    elif kind == "conflict":
        argument = context["argument"]
        at = place / argument if not loc or loc[-1] != argument else place
        if isinstance(value, dict) and argument not in value and place.path:
            at = place.key()
        add(codes.ARGUMENT_CONFLICT, context["message"], at)
    elif kind == "invalid":
        hint, fix = context.get("hint"), None
        if hint is None and context["message"].startswith("takes a list"):
            hint, fix = _listed(value)
        add(codes.WRONG_TYPE, f"{what} {context['message']}", hint=hint, fix=fix)
    elif kind == "file_as_value":
        add(codes.FILE_AS_VALUE, f"{what} {context['message']}")
    elif kind == "bad_name":
        add(
            codes.BAD_NAME,
            f"{show(context['name'])} is not formed as a name",
            place.key() if on_key else place,
            context["rule"],
        )
    elif kind == "unknown_object":
        name = context["name"]
        called, bracket, _ = name.partition("(")
        hint, fix = did_you_mean(called, context["names"])
        if fix is not None and bracket:
            hint, fix = f"arguments stand in a mapping: `{{type: {fix}, …}}`", None
        add(codes.UNKNOWN_OBJECT, f"no {context['kind']} is named {show(name)}", hint=hint, fix=fix)
    elif kind == "name_form":
        hint = None
        if context["kind"] == "activation" and isinstance(value, dict):
            hint = "an activation with arguments is a layer of its own, in a node after this one"
        add(codes.WRONG_TYPE, f"{what} takes the name of {_a(context['kind'])}, not {show(value)}", hint=hint)
    elif kind == "object_form":
        add(
            codes.WRONG_TYPE,
            f"{what} takes {_a(context['kind'])}, and {show(value)} is none",
            hint="write its name, or a mapping with `type` and its arguments",
        )
    elif kind == "object_without_type":
        add(codes.MISSING_KEY, f"{what} does not say the `type` of the {context['kind']}")
    elif kind == "object_needs_arguments":
        needed = " and ".join(f"`{name}`" for name in context["missing"])
        example = ", ".join(f"{name}: …" for name in context["missing"])
        add(
            codes.MISSING_ARGUMENT,
            f"the {context['kind']} `{context['name']}` needs the argument {needed}",
            hint=f"write {{type: {context['name']}, {example}}}",
        )
    else:
        raise AssertionError(f"pydantic's error {kind!r} has no words of ours")


def _report_choice(add: Any, what: str, value: Any, context: Mapping[str, Any]) -> None:
    choices = _choices(context.get("expected", ""))
    if isinstance(value, str):
        hint, fix = did_you_mean(value, choices)
        add(codes.NOT_A_CHOICE, f"{what} is {_alternatives(choices)}, not {show(value)}", hint=hint, fix=fix)
    else:
        add(codes.NOT_A_CHOICE, f"{what} is {_alternatives(choices)}, not {show(value)}")


def _choices(expected: str) -> list[str]:
    """The choices out of pydantic's sentence ``'valid', 'same' or 'causal'``."""
    return [part.strip().strip("'") for part in expected.replace(" or ", ", ").split(",") if part.strip()]


def _alternatives(choices: Sequence[str]) -> str:
    quoted = [f"`{choice}`" for choice in choices]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " or " + quoted[-1]


def _inner_subject(context: Mapping[str, Any], outer: Subject) -> Subject:
    thing = context.get("thing")
    return of_thing(f"`{thing.keras_name}`", thing) if thing is not None else outer


def _name_of(loc: Sequence[Any]) -> str:
    """How the value at the end of a path is called: `strides`, or `metrics[1]` for an item of a list."""
    names: list[str] = []
    for step in reversed(loc):
        names.append(f"[{step}]" if isinstance(step, int) else str(step))
        if not isinstance(step, int):
            break
    return "".join(reversed(names))


def _meant(name: str, value: Any, subject: Subject) -> tuple[str | None, Fix | None]:
    """A hint for a key that does not exist."""
    key, colon, rest = name.partition(":")
    if colon and value is None and key in subject.keys:
        return f"a space is missing: write `{key}: {rest}`", Verbatim(f"{key}: {rest}")
    if (elsewhere := subject.elsewhere.get(name)) is not None:
        return elsewhere, None
    hint, fix = did_you_mean(name, subject.keys)
    if hint is None and (there := suggest(name, subject.elsewhere)) is not None:
        return f"did you mean `{there}`? {subject.elsewhere[there]}", None
    return hint, fix


def _other_form(kind: str, value: Any) -> tuple[str | None, Fix | None]:
    """A hint for a value that is of the wrong type only in the way that it is written."""
    if kind in ("list_type", "tuple_type"):
        return _listed(value)
    if kind == "string_type":
        return ("put it in quotes", _as_text(value)) if isinstance(value, (bool, int, float)) else (None, None)
    if kind == "int_type" and isinstance(value, float) and value.is_integer():
        return f"write `{int(value)}`; in an expression, `//` divides to a whole number", None
    if not isinstance(value, str):
        return None, None
    text = value.strip()
    if kind in ("int_type", "float_type") and fullmatch(r"[-+]?[0-9]{1,15}", text):
        return "leave the quotes out", int(text)
    if kind == "float_type" and fullmatch(r"[-+]?[0-9]+\.[0-9]+", text):
        return "leave the quotes out", float(text)
    if kind == "bool_type" and text in ("true", "false"):
        return "leave the quotes out", text == "true"
    if kind == "bool_type" and text.lower() in ("yes", "no", "on", "off", "true", "false"):
        meant = text.lower() in ("yes", "on", "true")
        return f"in YAML 1.2 truth values are `true` and `false`: write `{show(meant)}`", meant
    return None, None


def _listed(value: Any) -> tuple[str | None, Fix | None]:
    """A hint for a single value where a list is wanted."""
    if not isinstance(value, (str, int, float, bool)):
        return None, None
    return f"write `[{_as_text(value)}]`", [value]


def _as_text(value: Scalar) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeio" else f"a {noun}"
