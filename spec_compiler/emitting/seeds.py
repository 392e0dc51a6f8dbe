"""Seeds for everything random in a model that has a seed, each from the name of its thing alone."""

from __future__ import annotations

from hashlib import blake2b

LARGEST = 2**31
"""No seed is as large as this."""


def derived_seed(seed: int, *what: str) -> int:
    """A seed for one thing, which depends on the spec's seed and the thing's name alone."""
    text = "\0".join((str(seed), *what))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") % LARGEST
