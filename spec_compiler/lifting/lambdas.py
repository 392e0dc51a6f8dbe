"""What to write for a `Lambda`, as far as its name, or the names in its code, say what it does.

The code is never run, and never unpacked: it is looked through for the names and the arithmetic that it holds.
"""

from __future__ import annotations

import re
import struct
from base64 import b64decode
from collections.abc import Iterator
from functools import cache
from typing import Any

from spec_compiler.catalog.keras_config.form import ConfigData
from spec_compiler.catalog.registry import FUNCTIONS, OPS
from spec_compiler.diagnostics import foreign

_GENERAL = "write what it computes as ops, such as `{type: ops.multiply, inputs: [x, 2]}`"
_MOST_CODE = 2**16

_NAME = re.compile(rb"[\x5a\x7a\xda\xfa](.)", re.DOTALL)
"""A short text in Python's marshalled code: its kind, and its length."""

_OF_A_CONSTANT = re.compile(rb"\|\x00d\x01(?:z(.)|(.)\x00)", re.DOTALL)
"""An argument and a constant are put together: as Python from 3.11 on says it, and as before."""

_ARITHMETIC = {0: "add", 5: "multiply", 8: "power", 10: "subtract", 11: "divide"}
_ARITHMETIC_BEFORE = {19: "power", 20: "multiply", 23: "add", 24: "subtract", 27: "divide"}

_CONSTANT = re.compile(rb"[\x69\xe9](.{4})|[\x67\xe7](.{8})", re.DOTALL)

_NO_ADVICE = frozenset(("array", "cast", "convert_to_tensor", "copy", "dtype", "function", "shape", "size", "slice"))
"""Ops and names that nearly every function may call along the way."""


def hint_for(layer: ConfigData, name: str | None) -> str:
    """What to write instead of a `Lambda`.

    Args:
        layer: What Keras has saved of it.
        name: Its name in the model.
    """
    function = layer.get("config", {}).get("function") if isinstance(layer.get("config"), dict) else None
    code = _code(function)
    found = _arithmetic(code) or next(filter(None, map(_advice, [*_names_in(code), *_words(function, name)])), None)
    return _GENERAL if found is None else f"it looks like {found}; what a `Lambda` computes is written as ops"


def _code(function: Any) -> bytes:
    """The code of a lambda, which Keras saves as base64; empty if there is none."""
    match function:
        case {"config": {"code": str(text)}} | [str(text), *_]:
            try:
                return b64decode(text[:_MOST_CODE])
            except ValueError:
                return b""
    return b""


def _names_in(code: bytes) -> Iterator[str]:
    """Yields the names that some code uses, the last first: what is called comes after where it is found."""
    found = []
    for match in _NAME.finditer(code):
        text = code[match.end() : match.end() + match[1][0]]
        if len(text) == match[1][0] and text.isascii() and (word := text.decode()).isidentifier():
            found.append(word)
    yield from reversed(found)


def _words(function: Any, name: str | None) -> Iterator[str]:
    """Yields the names of the function and of the layer, whole and in their parts."""
    own = function.get("config") if isinstance(function, dict) else function
    for word in (own, name):
        if isinstance(word, str) and len(word) < 100:
            yield word
            yield from (part for part in re.split(r"[^A-Za-z0-9]+|_", word) if len(part) > 2)


@cache
def _known() -> dict[str, str]:
    """What a spec calls what functions are called."""
    ops = {name.rpartition(".")[2]: f"ops.{name}" for names in OPS.values() for name in names}
    return ops | {name: name for name in FUNCTIONS}


def _advice(word: str) -> str | None:
    """What a name stands for; None if it says nothing."""
    if word in _NO_ADVICE:
        return None
    known = _known()
    if word in known:
        return f"`{known[word]}`"
    row = foreign.find("type", word, (), known.values())
    return f"`{word}`: {row.hint}" if row is not None and row.source == "TensorFlow" else None


def _arithmetic(code: bytes) -> str | None:
    """The one operation of a function like `x * 2`."""
    match = _OF_A_CONSTANT.search(code)
    if match is None:
        return None
    op = _ARITHMETIC.get(match[1][0]) if match[1] else _ARITHMETIC_BEFORE.get(match[2][0])
    constant = _CONSTANT.search(code, match.end())
    if op is None or constant is None:
        return None
    (number,) = struct.unpack("<i", constant[1]) if constant[1] else struct.unpack("<d", constant[2])
    return f"`{{type: ops.{op}, inputs: [x, {number}]}}`"
