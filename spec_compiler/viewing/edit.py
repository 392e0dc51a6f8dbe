"""A spec that is edited in its page: what becomes of a text that is typed, and how it is saved."""

from __future__ import annotations

import secrets
from pathlib import Path
from threading import Lock

from spec_compiler.emitting.files import UnwritableError
from spec_compiler.emitting.json_object import JsonObject
from spec_compiler.viewing.draft import Analyse, BadQuestionError, Draft, text_of
from spec_compiler.viewing.saved_text import ChangedError, SavedText, UnknownTextError, save


class SpecEditor:
    """Answers the page in which a spec is edited.

    Args:
        spec: The file of the spec.
        analyse: Reads a text as if it were that of the file, with values for params.
    """

    def __init__(self, spec: Path, analyse: Analyse) -> None:
        self._spec = spec
        self._draft = Draft(analyse)
        self._saving = Lock()
        self.token = secrets.token_urlsafe(32)

    def answer(self, question: str, asked: JsonObject) -> JsonObject:
        """What the page gets: the `text` of the file, what comes of it to `save` one, or what a `Draft` answers.

        Raises:
            BadQuestionError: It cannot be answered.
        """
        try:
            if question == "text":
                return self._saved(SavedText.of(self._spec))
            if question == "save":
                return self._save(text_of(asked, "text"), text_of(asked, "digest"))
        except (UnknownTextError, UnwritableError) as error:
            raise BadQuestionError(str(error)) from error
        return self._draft.answer(question, asked)

    def _save(self, text: str, digest: str) -> JsonObject:
        with self._saving:
            try:
                return self._saved(save(self._spec, text, digest))
            except ChangedError:
                return {**self._saved(SavedText.of(self._spec)), "changed": True}

    def _saved(self, saved: SavedText) -> JsonObject:
        return {"file": self._spec.name, "text": saved.text, "digest": saved.digest}
