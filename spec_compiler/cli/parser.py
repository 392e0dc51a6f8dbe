"""argparse, with what somebody may have meant by an option or a command that does not exist."""

from __future__ import annotations

import argparse
import itertools
import os
from collections.abc import Collection, Iterable, Sequence

from spec_compiler.cli.terminal import UsageError, width


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help as wide as the terminal, without the import that argparse needs to find that out."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=width() - 2)


class Parser(argparse.ArgumentParser):
    """A parser of arguments that says what an unknown option may have been meant to be."""

    def __init__(self, prog: str, description: str, epilog: str | None = None) -> None:
        super().__init__(prog=prog, description=description, epilog=epilog, formatter_class=_Help)

    def parse_known_args(self, args=None, namespace=None):  # type: ignore[no-untyped-def]
        """The options, and what is none; ends the program with 2 and says why if they are wrong."""
        words = list(itertools.takewhile(lambda word: word != "--", args or ()))
        unknown = [name for word in words if (name := word.partition("=")[0]).startswith("--") and not self._has(name)]
        if unknown:
            known = [option for action in self._actions for option in action.option_strings]
            self.error("; ".join(f"there is no option `{name}`{did_you_mean(name, known)}" for name in unknown))
        return super().parse_known_args(args, namespace)

    def _has(self, name: str) -> bool:
        """Whether there is an option of a name, or one that begins so."""
        return any(option.startswith(name) for action in self._actions for option in action.option_strings)


def refuse_misspelt_command(words: Sequence[str], commands: Collection[str]) -> None:
    """Refuse a first word that is no file and nearly a command: it would be taken for the name of a spec.

    Raises:
        UsageError: It is such a word.
    """
    if not words or words[0] in commands or not words[0].isidentifier() or os.path.lexists(words[0]):
        return
    if meant := did_you_mean(words[0], commands):
        raise UsageError(f"there is no command `{words[0]}`, and no file of that name{meant}")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a message that proposes another word; empty if none is like it."""
    from difflib import get_close_matches

    found = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean `{found[0]}`?" if found else ""
