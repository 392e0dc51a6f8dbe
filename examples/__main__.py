"""Train an example: `python -m examples digits`, with any options of `compile-spec fit` behind it."""

from __future__ import annotations

import sys
from pathlib import Path

from examples.data import EXAMPLES, write
from spec_compiler.cli.main import main

HERE = Path(__file__).parent
_FOLDER = Path("build") / "examples"


def train(name: str, *options: str, folder: Path = _FOLDER) -> int:
    """Write the data of an example, train its spec, and evaluate it on what was held out; the exit code."""
    write(name, folder)
    spec = HERE / f"{name}.yaml" if name != "news" else HERE.parent / "specs" / "news.yaml"
    model = str(folder / f"{name}.keras")
    held_out = str(folder / f"{name}_held_out.npz")
    more: tuple[str, ...] = ()
    if name == "transfer":
        # What is taken over is learnt first, from the other half of the digits.
        code = train("first_digits", *options, folder=folder)
        if code:
            return code
        more = ("--weights", f"features={folder / 'first_digits.keras'}")
    data = str(folder / f"{name}.npz")
    code = main(["fit", str(spec), "--data", data, "--validation", held_out, "-o", model, *more, *options])
    return code or main(["evaluate", model, "--data", held_out])


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in EXAMPLES:
        sys.exit(f"usage: python -m examples {'|'.join(EXAMPLES)} [OPTION]...")
    sys.exit(train(*sys.argv[1:]))
