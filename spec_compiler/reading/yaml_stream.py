"""The events and tokens of a YAML text, from libyaml, and where that falls short of YAML 1.2 from PyYAML's own scanner.

libyaml refuses a `:` that a comma or a bracket follows in a flow mapping (`{y:, }`, `{shape:[3]}`), which YAML 1.2
takes for the end of a key. PyYAML's scanner takes it, and is some twenty times slower, so that only short texts are
read by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import yaml

_LIBYAML: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KEY_BEFORE_INDICATOR = "found unexpected ':'"
_LONGEST = 200_000
"""How many characters PyYAML's own scanner may read: it takes about two seconds for them."""


def events(text: str) -> Iterator[Any]:
    """Yields the events of a text.

    Raises:
        yaml.YAMLError: It is not YAML; what came before has been yielded.
    """
    return _read(yaml.parse, text)


def tokens(text: str) -> Iterator[Any]:
    """Yields the tokens of a text.

    Raises:
        yaml.YAMLError: It is not YAML; what came before has been yielded.
    """
    return _read(yaml.scan, text)


def _read(parts: Callable[[str, Any], Iterator[Any]], text: str) -> Iterator[Any]:
    seen = 0
    try:
        for part in parts(text, _LIBYAML):
            seen += 1
            yield part
    except yaml.MarkedYAMLError as error:
        if error.problem != _KEY_BEFORE_INDICATOR or len(text) > _LONGEST:
            raise
    else:
        return
    yield from islice(parts(text, yaml.SafeLoader), seen, None)
