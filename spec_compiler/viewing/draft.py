"""A spec that is being typed in a page: what is known of its text with the params that are set there, and other forms.

The same answers are given to the page of `view --edit`, over the wires of this machine, and to the playground, whose
Python runs in the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from spec_compiler.analysis import Analysis
from spec_compiler.emitting.json_object import JsonObject
from spec_compiler.reading.value import UnreadableValueError, read_value
from spec_compiler.viewing.draft_forms import NoFormError, form_of, has_keras_files
from spec_compiler.viewing.live_page import live_page
from spec_compiler.viewing.params import param_fields, with_known_params

Analyse = Callable[[str, Mapping[str, Any]], Analysis]
"""Reads a text as if it were that of the file, with values for params."""


class BadQuestionError(Exception):
    """What is asked is no question; the message says why."""


class Draft:
    """Answers the page in which a spec is typed.

    Args:
        analyse: Reads a text, with values for params.
    """

    def __init__(self, analyse: Analyse) -> None:
        self._analyse = analyse
        self._last: tuple[str, Mapping[str, str], Analysis] | None = None

    @property
    def params(self) -> Mapping[str, Any]:
        """The values that params have in what was looked at last."""
        return self._last[2].params if self._last is not None else {}

    def answer(self, question: str, asked: JsonObject) -> JsonObject:
        """What the page gets for one of its questions: the `page` of a text, or the model in another `form`.

        Raises:
            BadQuestionError: It is no question.
        """
        text, params = text_of(asked, "text"), _params_of(asked)
        if question == "page":
            return self._page(text, params)
        analysis = self._known(text, params)
        try:
            return form_of(text_of(asked, "form"), analysis, asked.get("placed"))
        except NoFormError as error:
            return {"none": str(error)}

    def _page(self, text: str, params: Mapping[str, str]) -> JsonObject:
        given, unreadable = _read(params)
        analysis = self._analysis(text, params, given)
        page = {**live_page(analysis), "keras_files": has_keras_files()}
        if analysis.documents[""].data is None:
            return page  # the fields stay as they are
        fields = param_fields(analysis, given)
        for field in fields:
            if field["name"] in unreadable:
                field["problem"] = "takes a value in YAML"
        return {**page, "params": fields}

    def _known(self, text: str, params: Mapping[str, str]) -> Analysis:
        """What the page shows, if that is of this text; a file that it imports may be another by now."""
        if self._last is not None and self._last[:2] == (text, params):
            return self._last[2]
        return self._analysis(text, params, _read(params)[0])

    def _analysis(self, text: str, params: Mapping[str, str], given: Mapping[str, Any]) -> Analysis:
        analysis = with_known_params(partial(self._analyse, text), given)
        self._last = text, params, analysis
        return analysis


def _read(params: Mapping[str, str]) -> tuple[dict[str, Any], set[str]]:
    """The values of the texts in fields, and the names of those that are none."""
    given: dict[str, Any] = {}
    unreadable: set[str] = set()
    for name, text in params.items():
        try:
            given[name] = read_value(text)
        except UnreadableValueError:
            unreadable.add(name)
    return given, unreadable


def text_of(asked: JsonObject, key: str) -> str:
    """A text that a question has.

    Raises:
        BadQuestionError: It has none, or half of a character in it.
    """
    found = asked.get(key)
    if not isinstance(found, str):
        raise BadQuestionError(f"`{key}` is a text")
    try:
        found.encode()
    except UnicodeEncodeError as error:
        raise BadQuestionError(f"`{key}` has half of a character") from error
    return found


def _params_of(asked: JsonObject) -> dict[str, str]:
    found = asked.get("params", {})
    if not isinstance(found, dict):
        raise BadQuestionError("`params` is a mapping")
    return {name: text_of(found, name) for name in found}
