"""How much a run of the tests tries: what finds faults soon, or, with `SPEC_COMPILER_THOROUGH=1`, all that every night does.

A thorough run asks the same of the same code. It draws more examples, and goes over whole products of settings where a
usual run takes each setting with a few others.
"""

from __future__ import annotations

import os

THOROUGH = os.environ.get("SPEC_COMPILER_THOROUGH", "") not in ("", "0")


def examples(usual: int, *, thorough: int) -> int:
    """How many examples are drawn."""
    return thorough if THOROUGH else usual
