"""Fuzz the compiler, guided by what of it is reached, until it is stopped: by hand, for hours.

    pip install atheris
    nice python -m tests.fuzzing -max_total_time=3600 build/fuzzing

The folder keeps the texts that reach something new, and begins with those of `specs/`; a text that the compiler fails
on is written to the current folder, and the run ends.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    """Instrument the compiler, seed the folder of texts, and fuzz."""
    import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]

    with atheris.instrument_imports(include=["spec_compiler"]):
        from tests.fuzzing.answers import answer
        from tests.fuzzing.mutations import corpus
    folders = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("-")]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        for index, text in enumerate(corpus()):
            (folder / f"corpus-{index:04}").write_text(text, "utf-8")
    atheris.Setup(sys.argv, lambda data: answer(data) and None)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
