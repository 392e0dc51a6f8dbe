"""Values that are written as in Python, and how a spec writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import Any, NamedTuple

from spec_compiler.catalog import families
from spec_compiler.diagnostics.diagnostic import Fix, Verbatim

_SEVERAL = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
"""A tuple, or a list in quotes."""
_IN_PARENTHESES = re.compile(r"\(\s*([-+]?[0-9]{1,20}(?:\.[0-9]{0,20})?)\s*\)")
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?")
_LITERALS = {"None": "null", "True": "true", "False": "false", "np.newaxis": "null", "tf.newaxis": "null"}
_LONGEST = 200


def as_in_python(value: Any, takes_null: bool) -> tuple[str, Fix | None] | None:
    """What to write for a value that is refused; None if it is not written as in Python.

    Args:
        value: The value.
        takes_null: Whether null could stand in its place.
    """
    if value == "None":
        return "`None` of Python is `null`", Verbatim("null") if takes_null else None
    if isinstance(value, str) and len(value) <= _LONGEST and (one := _IN_PARENTHESES.fullmatch(value.strip())):
        return f"without a comma this is no tuple in Python either: write `{one[1]}`, or `[{one[1]}]` for a list", None
    if isinstance(value, str) and len(value) <= _LONGEST and (several := _SEVERAL.fullmatch(value.strip())):
        written = _list(several[1] or several[2] or "")
        is_tuple = several[1] is not None
        why = "a tuple of Python is a list" if is_tuple else "a list stands without quotes"
        return f"{why}: write `{written}`", Verbatim(written)
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,6}([x×*][0-9]{1,6}){1,3}", value):
        written = _list(", ".join(re.split("[x×*]", value)))
        return f"several numbers are a list: write `{written}`", Verbatim(written)
    if isinstance(value, (list, tuple)) and "None" in value and len(value) <= 10:
        written = _list(", ".join(map(str, value)))
        return f"`None` of Python is `null`: write `{written}`", Verbatim(written)
    return None


class SplitTuple(NamedTuple):
    """Several values that YAML takes apart: their key, the keys that the rest became, and the list to write instead."""

    key: Any
    rest: tuple[Any, ...]
    written: str
    is_tuple: bool = True


_METRICS = ("metrics", "weighted_metrics")


def split_tuples(data: Mapping[Any, Any]) -> Iterator[SplitTuple]:
    """Yields the tuples and the lists without brackets in a mapping that YAML takes apart.

    In a mapping in braces, `kernel_size: (3, 3)` is `(3`, and a key `3)` of no value; `shape: 28, 28` is 28, and a key
    28 of no value.
    """
    if None not in data.values():
        return  # As nearly always: what YAML makes of the rest are keys without values.
    keys = list(data)
    for index, key in enumerate(keys):
        rest = tuple(takewhile(lambda each: data[each] is None, keys[index + 1 : index + 1 + _LONGEST]))
        found = _tuple(key, data[key], rest) or _without_brackets(key, data[key], rest)
        if found is not None:
            yield found


def _tuple(key: Any, value: Any, rest: tuple[Any, ...]) -> SplitTuple | None:
    """A tuple: the last of the keys that it became closes it."""
    if not (isinstance(value, str) and value.startswith("(") and ")" not in value):
        return None
    end = next((at for at, each in enumerate(rest, 1) if isinstance(each, str) and each.endswith(")")), None)
    if end is None:
        return None
    written = _list(", ".join([value[1:], *map(str, rest[:end])])[:-1])
    return SplitTuple(key, rest[:end], written)


def _without_brackets(key: Any, value: Any, rest: tuple[Any, ...]) -> SplitTuple | None:
    """Numbers or metrics one after another: neither is a key, while any other name may be that of an argument."""
    if type(value) in (int, float):
        more = tuple(takewhile(lambda each: _NUMBER.fullmatch(str(each)), rest))
    elif key in _METRICS and isinstance(value, str):
        metrics = families.metrics().names
        more = tuple(takewhile(lambda each: each in metrics, rest))
    else:
        return None
    return SplitTuple(key, more, f"[{', '.join(map(str, (value, *more)))}]", is_tuple=False) if more else None


def _list(items: str) -> str:
    """Items of Python, between commas, as a list of YAML or JSON."""
    return f"[{', '.join(_item(item.strip()) for item in items.split(',') if item.strip())}]"


def _item(item: str) -> str:
    if item in _LITERALS:
        return _LITERALS[item]
    return item if _NUMBER.fullmatch(item) else '"' + item.strip("'\"").replace('"', '\\"') + '"'
