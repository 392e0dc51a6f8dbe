"""What is otherwise in a spec than in the configuration that it was made of, each thing once."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.catalog.keras_config.deserialize import ConfigPath


class Notes:
    """Sentences, each with the place where it was first true, and how often it was."""

    def __init__(self) -> None:
        self._found: dict[str, list[ConfigPath]] = {}

    def add(self, sentence: str, path: ConfigPath) -> None:
        """Note that something is otherwise."""
        self._found.setdefault(sentence, []).append(path)

    def __iter__(self) -> Iterator[tuple[str, ConfigPath]]:
        """Yields what was noted, and how often, in the order of finding."""
        for sentence, paths in self._found.items():
            more = "" if len(paths) == 1 else f" ({len(paths):,} times)"
            yield f"{sentence}{more}", paths[0]
