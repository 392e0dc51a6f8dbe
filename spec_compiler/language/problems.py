"""pydantic's errors in our words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from re import fullmatch
from typing import Any

from spec_compiler.catalog.families import EXCLUDED
from spec_compiler.catalog.fields import show
from spec_compiler.catalog.registered import all_registered
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Code, Copied, Findings, Fix, PlainScalar, Verbatim
from spec_compiler.diagnostics.suggest import did_you_mean, suggest
from spec_compiler.language.names import not_evaluated
from spec_compiler.language.no_value import lacks_value
from spec_compiler.language.python_values import as_in_python
from spec_compiler.language.subjects import Subject, of_config
from spec_compiler.spans import Place

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
    scope: Copied | None = None,
) -> None:
    """Add a finding for each error that pydantic found in the mapping at a place.

    An argument that is missing because its name is misspelt is one mistake, not two; so it is if it may be what stands
    there under a name that says nothing. Where a part of a value is not known, since it has a mistake, nothing is said
    of the value.
    """
    errors = [each for each in errors if each["type"] in _WHATEVER_THE_VALUE or not lacks_value(each.get("input"))]
    unknown = [each for each in errors if each["type"] == "extra_forbidden"]
    hints = [_meant(str(each["loc"][-1]), each["input"], subject) for each in unknown]
    inside = {key for each in unknown if isinstance(each["input"], Mapping) for key in each["input"]}
    missing = [each["loc"][-1] for each in errors if each["type"] == "missing"]
    missing = [name for name in missing if not _stands_elsewhere(name, hints, inside)]
    of_no_meaning = sum(hint is None for hint, _ in hints)
    if subject.missing is not codes.MISSING_ARGUMENT or len(missing) > of_no_meaning or subject.hints.keys() & missing:
        needed: list[Any] = []
    else:
        needed, missing = missing, []
    for error in errors:
        if error["type"] == "missing" and error["loc"][-1] not in missing:
            continue
        words = _WORDS.get(error["type"])
        if words is None:
            raise AssertionError(f"pydantic's error {error['type']!r} has no words of ours")
        words(_Problem.of(error, place, findings, subject, scope, needed))


def _stands_elsewhere(name: Any, hints: Iterable[tuple[str | None, Fix | None]], inside: Collection[Any]) -> bool:
    """Whether an argument that is missing is written under another name, or among those of another."""
    return name in inside or any(name == fix or f"`{name}" in (hint or "") for hint, fix in hints)


@dataclass(frozen=True)
class _Problem:
    """One of pydantic's errors, and what our words for it are made of."""

    kind: str
    context: Mapping[str, Any]
    value: Any
    loc: Sequence[Any]
    """The path to the value, from the mapping that is described."""
    on_key: bool
    """Whether it is about the key at the end of the path, and not about the value."""
    root: Place
    subject: Subject
    findings: Findings
    scope: Copied | None
    needed: Sequence[Any] = ()
    """The arguments that are missing, and may be those that stand there under names that say nothing."""

    @classmethod
    def of(
        cls,
        error: Mapping[str, Any],
        root: Place,
        findings: Findings,
        subject: Subject,
        scope: Copied | None,
        needed: Sequence[Any] = (),
    ) -> _Problem:
        """An error of the mapping at a place."""
        loc = [step for step in error["loc"] if step != "[key]"]
        on_key = "[key]" in error["loc"]
        context = error.get("ctx") or {}
        return cls(error["type"], context, error.get("input"), loc, on_key, root, subject, findings, scope, needed)

    @property
    def place(self) -> Place:
        """Where the value is written."""
        return self.root.below(self.loc)

    @property
    def what(self) -> str:
        """How a sentence calls the value."""
        if self.loc:
            return f"`{_name_of(self.loc)}`"
        return f"`{self.root.path[-1]}`" if self.root.path else self.subject.title

    def add(
        self, code: Code, message: str, at: Place | None = None, hint: str | None = None, fix: Fix | None = None
    ) -> None:
        """Add a finding; a value that is written as in Python gets a hint of how a spec writes it instead."""
        place = self.place
        if (at is None or at == place) and (in_python := self._in_python()) is not None:
            hint, fix = in_python
        self.findings.add(code, message, place if at is None else at, hint=hint, fix=fix, scope=self.scope)

    def _in_python(self) -> tuple[str, Fix | None] | None:
        if self.kind not in _TYPES and self.kind != "invalid" and self.value != "None":
            return None
        return as_in_python(self.value, bool(self.loc) and self.loc[-1] in self.subject.optional)


def _nested(problem: _Problem) -> None:
    context = problem.context
    inner = _inner_subject(context, problem.subject)
    report(context["errors"], problem.place, problem.findings, inner, problem.scope)


def _extra_key(problem: _Problem) -> None:
    subject, name = problem.subject, str(problem.loc[-1])
    hint, fix = _meant(name, problem.value, subject)
    if hint is None and problem.needed:
        hint = f"it needs {' and '.join(f'`{each}`' for each in problem.needed)}"
    problem.add(subject.unknown, f"{subject.title} has no {subject.key} `{name}`", problem.place.key(), hint, fix)


def _invalid_key(problem: _Problem) -> None:
    subject = problem.subject
    message = f"{subject.title} has no {subject.key} {show(problem.loc[-1])}"
    problem.add(subject.unknown, message, problem.place.key(), _without_key(subject))


def _missing(problem: _Problem) -> None:
    subject = problem.subject
    at = problem.root.below(problem.loc[:-1])
    message = f"{subject.title} needs the {subject.key} `{problem.loc[-1]}`"
    problem.add(subject.missing, message, at.key() if at.path else at, subject.hints.get(str(problem.loc[-1])))


def _wrong_type(problem: _Problem) -> None:
    hint: str | None
    fix: Any
    hint, fix = _word_from_elsewhere(problem)
    if hint is None:
        hint, fix = other_form(problem.kind, problem.value)
    if hint is None and len(problem.loc) == 1:
        hint = problem.subject.forms.get(str(problem.loc[0]))
    message = f"{problem.what} takes {_TYPES[problem.kind]}, not {show(problem.value)}"
    problem.add(codes.WRONG_TYPE, message, hint=hint, fix=fix)


def _no_text(problem: _Problem) -> None:
    if problem.on_key:
        problem.add(codes.KEY_NOT_TEXT, f"a key is text, not {show(problem.loc[-1])}", problem.place.key())
    else:
        _wrong_type(problem)


def _out_of_range(problem: _Problem) -> None:
    key, words = _RANGES[problem.kind]
    message = f"{problem.what} must be {words.format(show(problem.context[key]))}, and is {show(problem.value)}"
    is_percent = problem.context[key] == 1 and key in ("lt", "le") and 1 < problem.value <= 100
    hint = f"it is a share: {show(problem.value)} percent are `{problem.value / 100:g}`" if is_percent else None
    problem.add(codes.OUT_OF_RANGE, message, hint=hint)


def _wrong_length(problem: _Problem) -> None:
    least, most = problem.context.get("min_length"), problem.context.get("max_length")
    bound = f"at least {least}" if problem.kind == "too_short" else f"at most {most}"
    entries = "entry" if bound.endswith(" 1") else "entries"
    problem.add(codes.OUT_OF_RANGE, f"{problem.what} takes {bound} {entries}")


def _no_choice(problem: _Problem) -> None:
    value, choices = problem.value, _choices(problem.context.get("expected", ""))
    hint, fix = None, None
    if isinstance(value, str) or type(value) is int:
        argument = str(problem.loc[-1]) if problem.loc else ""
        hint, fix = did_you_mean(str(value), choices, "choice", (argument,))
    message = f"{problem.what} is {_alternatives(choices)}, not {show(value)}"
    problem.add(codes.NOT_A_CHOICE, message, hint=hint, fix=fix)


def _conflict(problem: _Problem) -> None:
    context, place, loc = problem.context, problem.place, problem.loc
    argument = context["argument"]
    at = place / argument if not loc or loc[-1] != argument else place
    if isinstance(problem.value, dict) and argument not in problem.value and place.path:
        at = place.key()
    elif context.get("item") is not None:
        at = at / context["item"]
    problem.add(codes.ARGUMENT_CONFLICT, context["message"], at)


def _invalid(problem: _Problem) -> None:
    message = problem.context["message"]
    hint, fix = problem.context.get("hint"), None
    if hint is None and message.startswith("takes a list"):
        hint, fix = _listed(problem.value)
    if hint is None:
        hint, fix = _word_from_elsewhere(problem)
    problem.add(codes.WRONG_TYPE, f"{problem.what} {message}", hint=hint, fix=fix)


def _word_from_elsewhere(problem: _Problem) -> tuple[str | None, str | None]:
    """What to write for a word that stands for a value elsewhere, where a spec has no words."""
    argument = str(problem.loc[-1]) if problem.loc else ""
    return did_you_mean(problem.value, (), "choice", (argument,)) if isinstance(problem.value, str) else (None, None)


def _file_as_value(problem: _Problem) -> None:
    problem.add(codes.FILE_AS_VALUE, f"{problem.what} {problem.context['message']}")


def _bad_name(problem: _Problem) -> None:
    at = problem.place.key() if problem.on_key else problem.place
    name, rule = problem.context["name"], problem.context["rule"]
    message = f"{show(name)} is not formed as a name"
    problem.add(codes.BAD_NAME, message, at, not_evaluated(name) or rule)


_FEW_NAMES = 8
"""So many names are all told where none is like what was written."""


def _unknown_object(problem: _Problem) -> None:
    name, kind = problem.context["name"], problem.context["kind"]
    hint, number = other_form("float_type", name)
    if kind == "learning rate schedule" and number is not None:
        # The only objects that may be a number instead.
        message = f"{problem.what} takes a number or {_a(kind)}, not {show(name)}"
        problem.add(codes.WRONG_TYPE, message, hint=hint, fix=number)
        return
    if ">" in name:
        _unregistered(problem, name, kind)
        return
    called, bracket, _ = name.partition("(")
    hint, fix = did_you_mean(called, problem.context["names"], kind)
    if name.startswith("lambda"):
        hint = "a spec cannot hold code: write a node of an op, or register a function from the calling program"
    if hint is None and (reason := EXCLUDED.get(kind, {}).get(called)) is not None:
        hint = f"Keras has it, and a spec has not: {reason}"
    if fix is not None and bracket and not name.endswith("()"):
        hint, fix = f"arguments stand in a mapping: `{{type: {fix}, …}}`", None
    if hint is None and len(problem.context["names"]) <= _FEW_NAMES:
        hint = f"there are {', '.join(f'`{each}`' for each in problem.context['names'])}"
    problem.add(codes.UNKNOWN_OBJECT, f"no {kind} is named {show(name)}", hint=hint, fix=fix)


def _plain_name(problem: _Problem) -> None:
    name, classes = problem.context["name"], problem.context["classes"]
    which = " or ".join(", ".join(f"`{each}`" for each in classes).rsplit(", ", 1))
    problem.add(
        codes.UNKNOWN_OBJECT,
        f"{show(name)} is a plain name, and takes no arguments",
        hint=f"the class does: write {which}" if classes else None,
        fix=classes[0] if len(classes) == 1 else None,
    )


def _unregistered(problem: _Problem, name: str, kind: str) -> None:
    """A name of the form `package>name`: nobody has registered it, or as something else."""
    registered = all_registered()
    kinds = " or ".join(_a(each) for own in registered if own.name == name for each in own.kinds)
    if kinds:
        problem.add(codes.UNKNOWN_OBJECT, f"{show(name)} is registered as {kinds}, and {_a(kind)} stands here")
        return
    hint, fix = did_you_mean(name, [own.name for own in registered if kind in own.kinds])
    if hint is None:
        hint = "it is registered by the calling program, with `sc.register`, or by a module that `--plugin` names"
    problem.add(codes.UNKNOWN_OBJECT, f"no {kind} is registered as {show(name)}", hint=hint, fix=fix)


def _no_name(problem: _Problem) -> None:
    kind, hint = problem.context["kind"], None
    if kind == "activation" and isinstance(problem.value, dict):
        hint = "an activation with arguments is a layer of its own, in a node after this one"
    message = f"{problem.what} takes the name of {_a(kind)}, not {show(problem.value)}"
    problem.add(codes.WRONG_TYPE, message, hint=hint)


def _no_object(problem: _Problem) -> None:
    message = f"{problem.what} takes {_a(problem.context['kind'])}, and {show(problem.value)} is none"
    problem.add(codes.WRONG_TYPE, message, hint="write its name, or a mapping with `type` and its arguments")


def _object_without_type(problem: _Problem) -> None:
    message = f"{problem.what} does not say the `type` of the {problem.context['kind']}"
    problem.add(codes.MISSING_KEY, message, hint=_typed(problem.value, problem.context["names"]))


def _typed(value: Mapping[Any, Any], names: Sequence[str]) -> str | None:
    """How an object is written whose name stands elsewhere than under `type`: as the key, or as Keras saves it."""
    for key in ("class_name", "name"):
        if value.get(key) in names:
            return f"write `{{type: {value[key]}, …}}`, with the arguments beside `type`"
    found = next((key for key in value if key in names), None)
    if found is None:
        return None
    inside = value[found]
    arguments = inside if isinstance(inside, Mapping) else {} if inside is None else {found: inside}
    written = "".join(f", {key}: {show(item)}" for key, item in list(arguments.items())[:3])
    return f"write `{{type: {found}{written}}}`"


def _object_needs_arguments(problem: _Problem) -> None:
    context = problem.context
    needed = " and ".join(f"`{name}`" for name in context["missing"])
    example = ", ".join(f"{name}: …" for name in context["missing"])
    problem.add(
        codes.MISSING_ARGUMENT,
        f"the {context['kind']} `{context['name']}` needs the argument {needed}",
        hint=f"write {{type: {context['name']}, {example}}}",
    )


_WHATEVER_THE_VALUE = frozenset({
    "extra_forbidden", "missing", "invalid_key", "nested", "too_short", "too_long", "bad_name", "unknown_object",
    "plain_name", "object_without_type", "object_needs_arguments",
})  # fmt: skip
"""The errors that a mapping or a list has whatever the values in it are."""

_WORDS: Mapping[str, Callable[[_Problem], None]] = {
    **dict.fromkeys(_TYPES, _wrong_type),
    **dict.fromkeys(_RANGES, _out_of_range),
    "string_type": _no_text,
    "too_short": _wrong_length,
    "too_long": _wrong_length,
    "literal_error": _no_choice,
    "enum": _no_choice,
    "extra_forbidden": _extra_key,
    "missing": _missing,
    # Those that the catalogue raises itself:
    "nested": _nested,
    "invalid_key": _invalid_key,
    "conflict": _conflict,
    "invalid": _invalid,
    "file_as_value": _file_as_value,
    "bad_name": _bad_name,
    "unknown_object": _unknown_object,
    "plain_name": _plain_name,
    "name_form": _no_name,
    "object_form": _no_object,
    "object_without_type": _object_without_type,
    "object_needs_arguments": _object_needs_arguments,
}
"""What reports an error, by the kind that pydantic or the catalogue gives it."""


def _choices(expected: str) -> list[str]:
    """The choices out of pydantic's sentence ``'valid', 'same' or 'causal'``."""
    return [part.strip().strip("'") for part in expected.replace(" or ", ", ").split(",") if part.strip()]


def _alternatives(choices: Sequence[str]) -> str:
    quoted = [f"`{choice}`" for choice in choices]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " or " + quoted[-1]


def _inner_subject(context: Mapping[str, Any], outer: Subject) -> Subject:
    config = context.get("thing")
    return of_config(f"`{config.keras_name}`", config) if config is not None else outer


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
    if name in subject.hints:
        return subject.hints[name], None
    if value is None and (joined := joined_to_value(name, subject.keys)) is not None:
        return joined
    hint, fix = did_you_mean(name, subject.keys, "key", subject.of)
    if hint is None:
        from spec_compiler.diagnostics.foreign import placed

        elsewhere = placed(subject.of)
        if (there := suggest(name, elsewhere)) is not None:
            return f"did you mean `{there}`? {elsewhere[there]}", None
    if hint is None and value is None:
        return _without_key(subject), None
    return hint, fix


def joined_to_value(name: str, keys: Collection[str]) -> tuple[str, Fix] | None:
    """What to write for a key that its value is joined to, as in `units:3` or `units=3`; None if it is no such key."""
    found = fullmatch(r"(\w+)\s*(:|=\s*)(.*)", name)
    if found is None or found[1] not in keys:
        return None
    written = f"{found[1]}: {found[3]}".rstrip()
    why = "a space is missing" if found[2] == ":" else "a value stands behind a colon"
    return f"{why}: write `{written}`", Verbatim(written)


def _without_key(subject: Subject) -> str:
    """A hint for a word that stands in a mapping without a key, or without a value."""
    return f"write it as `name: value`; several values of one {subject.key} stand in brackets"


def other_form(kind: str, value: Any) -> tuple[str | None, Fix | None]:
    """A hint for a value that is of the wrong type, by pydantic's name for the error, only in how it is written."""
    form = _OTHER_FORMS.get(kind)
    return form(value) if form is not None else (None, None)


def _quoted(value: Any) -> tuple[str | None, Fix | None]:
    """A hint for a value that is no text where text is wanted."""
    return ("put it in quotes", _as_text(value)) if isinstance(value, (bool, int, float)) else (None, None)


def _as_integer(value: Any) -> tuple[str | None, Fix | None]:
    """A hint for a value that is no whole number where one is wanted."""
    if isinstance(value, float) and value.is_integer():
        return f"write `{int(value)}`; in an expression, `//` divides to a whole number", None
    return _unquoted_integer(value) or _literal_of_python(value) or _param_value(value) or (None, None)


def _as_number(value: Any) -> tuple[str | None, Fix | None]:
    """A hint for a value that is no number where one is wanted."""
    return (
        _unquoted_integer(value)
        or _unquoted_number(value)
        or _percentage(value)
        or _literal_of_python(value)
        or _param_value(value)
        or (None, None)
    )


def _unquoted_integer(value: Any) -> tuple[str, Fix] | None:
    number = fullmatch(r"([-+]?[0-9]{1,15})(\.0*)?", value.strip()) if isinstance(value, str) else None
    if number is None:
        return None
    return f"write `{int(number[1])}`" if number[2] else "leave the quotes out", int(number[1])


def _literal_of_python(value: Any) -> tuple[str, int] | None:
    """A hint for a whole number that Python could read as it is, and YAML takes for text."""
    literal = r"[1-9][0-9]{0,8}(_[0-9]{1,9}){1,3}|0[bB][01]{1,32}"
    if not (isinstance(value, str) and fullmatch(literal, value)):
        return None
    number = int(value, 0)
    return f"{'a number has no `_` in it' if '_' in value else 'no number is binary'}: write `{number}`", number


def _unquoted_number(value: Any) -> tuple[str, Fix] | None:
    is_number = isinstance(value, str) and fullmatch(r"[-+]?[0-9]+\.[0-9]+", value.strip())
    return ("leave the quotes out", float(value)) if is_number else None


def _percentage(value: Any) -> tuple[str, Fix] | None:
    number = fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) ?%", value.strip()) if isinstance(value, str) else None
    if number is None:
        return None
    share = float(number[1]) / 100
    return f"a share is a number: write `{share:g}`", share


def _param_value(value: Any) -> tuple[str, None] | None:
    """A hint for the name of a param in the place of its value, in whatever form templates are written elsewhere."""
    template = r"\$?\{{0,2}\s*(?:params\.)?([A-Za-z_]\w*)\s*\}{0,2}"
    name = fullmatch(template, value.strip()) if isinstance(value, str) else None
    return (f'to have the value of a param, write `"${{{name[1]}}}"`', None) if name is not None else None


def _as_truth_value(value: Any) -> tuple[str | None, Fix | None]:
    """A hint for a text where true or false is wanted."""
    text = value.strip() if isinstance(value, str) else ""
    if text in ("true", "false"):
        return "leave the quotes out", text == "true"
    if text.lower() in ("yes", "no", "on", "off", "true", "false"):
        meant = text.lower() in ("yes", "on", "true")
        return f"in YAML 1.2 truth values are `true` and `false`: write `{show(meant)}`", meant
    return None, None


def _listed(value: Any) -> tuple[str | None, Fix | None]:
    """A hint for a single value where a list is wanted."""
    if not isinstance(value, (str, int, float, bool)):
        return None, None
    text = _as_text(value)
    if isinstance(value, str) and not fullmatch(r"[\w.>-]+", text):
        text = f"'{text}'" if '"' in text else f'"{text}"'
    return f"write `[{text}]`", [value]


def _as_text(value: PlainScalar) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


_OTHER_FORMS: dict[str, Callable[[Any], tuple[str | None, Fix | None]]] = {
    "bool_type": _as_truth_value,
    "float_type": _as_number,
    "int_type": _as_integer,
    "list_type": _listed,
    "string_type": _quoted,
    "tuple_type": _listed,
}
"""For each of pydantic's errors of type, the hint for a value that is only written in another form."""


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeio" else f"a {noun}"
