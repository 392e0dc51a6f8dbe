"""What a sweep tries, held against the params that it tries values of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from pydantic import ValidationError

from spec_compiler.catalog.fields import show
from spec_compiler.catalog.search import SearchedParam, SearchSettings
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Guess, Remark
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.expanding.params import Param, problem_of, type_of
from spec_compiler.language.validate import form_subject
from spec_compiler.spans import Place

_SEARCH = Place(("search",))
_PARAM = form_subject("what is tried of a param", SearchSettings)


def searched(written: Mapping[str, Any], params: Mapping[str, Param], findings: Findings) -> Iterator[SearchedParam]:
    """Yields the params of which a sweep tries values; what is wrong is reported, and left out."""
    for name, value in written.items():
        place = _SEARCH / name
        param = params.get(name)
        if param is None:
            guess = Guess(partial(did_you_mean, name, tuple(params)), len(params))
            findings.add(codes.BAD_SEARCH, f"the spec has no param `{name}`", place.key(), guess=guess)
            continue
        settings = _settings(name, value, place, findings)
        if settings is None:
            continue
        is_whole = (param.form.type or type_of(param.default)) == "int"
        before = findings.errors
        _check(settings, param, is_whole, place, findings)
        if findings.errors == before:
            yield SearchedParam(name, settings, is_whole)


def _settings(name: str, value: Any, place: Place, findings: Findings) -> SearchSettings | None:
    if isinstance(value, list):
        value = {"choices": value}
    if not isinstance(value, Mapping):
        message = (
            f"what is tried of `{name}` is a list, or a mapping with `choices`, or `min` and `max`, not {show(value)}"
        )
        findings.add(codes.WRONG_TYPE, message, place)
        return None
    try:
        return SearchSettings.model_validate(dict(value))
    except ValidationError as error:
        from spec_compiler.language.problems import report  # few specs have mistakes

        report(error.errors(include_url=False), place, findings, _PARAM)
        return None


def _check(settings: SearchSettings, param: Param, is_whole: bool, place: Place, findings: Findings) -> None:
    if settings.choices is not None:
        _check_choices(settings, settings.choices, param, place, findings)
    else:
        _check_bounds(settings, param, is_whole, place, findings)


def _check_choices(
    settings: SearchSettings, choices: Sequence[Any], param: Param, place: Place, findings: Findings
) -> None:
    is_bounded = settings.log or any(each is not None for each in (settings.min, settings.max, settings.step))
    if is_bounded:
        findings.add(codes.BAD_SEARCH, f"`{param.name}` has `choices`, and bounds as well", place.key())
        return
    for index, choice in enumerate(choices):
        if choices.index(choice) != index:
            findings.add(codes.BAD_SEARCH, f"{show(choice)} is among the choices twice", place / "choices" / index)
        _check_value(param, choice, place / "choices" / index, findings)


def _check_bounds(settings: SearchSettings, param: Param, is_whole: bool, place: Place, findings: Findings) -> None:
    low, high = settings.min, settings.max
    if low is None or high is None:
        message = f"of `{param.name}` nothing can be tried without `choices`, or `min` and `max`"
        findings.add(codes.BAD_SEARCH, message, place.key())
        return
    numbers = [low, high, *([settings.step] if settings.step is not None else [])]
    problem = None
    if low >= high:
        problem = f"`min` is {show(low)}, and `max` is {show(high)}"
    elif settings.log and low <= 0:
        problem = f"a logarithmic scale begins above 0, and `min` is {show(low)}"
    elif settings.log and settings.step is not None:
        problem = "a logarithmic scale has no `step`"
    elif is_whole and any(float(number) != int(number) for number in numbers):
        problem = f"`{param.name}` takes whole numbers, and its bounds are none"
    if problem is not None:
        findings.add(codes.BAD_SEARCH, problem, place.key())
        return
    for name, bound in (("min", low), ("max", high)):
        _check_value(param, int(bound) if is_whole else float(bound), place / name, findings)


def _check_value(param: Param, value: Any, place: Place, findings: Findings) -> None:
    """Hold a value that is tried against what the param takes."""
    problem = problem_of(param, value)
    if problem is not None:
        code, message = problem
        remark = Remark(param.place.key(), "the param")
        findings.add(code, f"the param `{param.name}` {message}", place, related=(remark,))
