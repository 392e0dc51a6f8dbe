"""Which files of a folder are specs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

SUFFIXES = (".json", ".yaml", ".yml")
_HEAD_BYTES = 8192
_NO_SPECS_IN = {"__pycache__", "node_modules"}

_YAML_KEY = re.compile(rb"""^(?:"spec"|'spec'|spec)[ \t]*:[ \t]+["']?\d""", re.MULTILINE)
"""A section at the left margin: a nested key of that name is indented, and Kubernetes has a mapping there."""
_FLOW_KEY = re.compile(
    rb"""\s*+\{\s*+
    (?: (?!["']?spec["']?\s*:) (?:"[^"\\\n]*+"|[\w-]++) \s*+ : \s*+ (?:"(?:[^"\\\n]|\\.)*+"|[-\w.]++) \s*+ , \s*+ )*+
    (?:"spec"|'spec'|spec) \s*+ : \s*+ ["']?\d""",
    re.VERBOSE,
)
"""The same in braces, after other keys only where those have plain values."""


def specs_below(folder: str) -> list[str]:
    """The specs of a folder and the folders in it, sorted by path.

    Hidden folders are left out, and links to folders are not followed.
    """
    return sorted(path for path in _files(folder) if begins_as_spec(path))


def _files(folder: str) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _NO_SPECS_IN]
        for name in files:
            if name.lower().endswith(SUFFIXES):
                yield os.path.join(parent, name)


def begins_as_spec(path: str) -> bool:
    """Whether a file says `spec: 1`, or another version, near its beginning; not whether it is a sound spec."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            head = os.read(descriptor, _HEAD_BYTES)
        finally:
            os.close(descriptor)
    except OSError:
        return False
    return is_head_of_spec(head)


def is_head_of_spec(text: bytes) -> bool:
    """Whether a text says so near its beginning."""
    head = text[:_HEAD_BYTES].removeprefix(b"\xef\xbb\xbf")
    return _YAML_KEY.search(head) is not None or _FLOW_KEY.match(head) is not None
