"""Whole numbers of strangers, which may have any length: Python refuses to convert thousands of digits, and to count
farther than addresses go, which in a browser is to 2^31.
"""

from __future__ import annotations

import re

_NUMERAL = re.compile("0*([0-9]{1,18})")


def whole_number(text: str) -> int | None:
    """The number that the digits 0 to 9 say; None if there are other characters, or too many digits for any use."""
    found = _NUMERAL.fullmatch(text)
    return int(found[1]) if found else None


def count(numbers: range) -> int:
    """How many numbers there are, also where `len` cannot say it."""
    return max(0, (numbers.stop - numbers.start + numbers.step - (1 if numbers.step > 0 else -1)) // numbers.step)
