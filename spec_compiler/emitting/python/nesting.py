"""The statements of a function → the same with what is used once written where it is used, as far as that reads well.

A statement may hold one call that multiplies (a layer with a kernel, a shared layer, a block) and what is done to its
result: `Activation(Normalization(Conv(x)))` is one step of a network, and two convolutions are two.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from spec_compiler.catalog import registry
from spec_compiler.catalog.layers.base import no_products
from spec_compiler.emitting.python.code import Bracketed, Fragment, Worded, list_comprehension
from spec_compiler.emitting.python.statements import Statement, names_in

_MOST_LINES = 8
_DEEPEST = 3
_HELPERS = frozenset(("named", "np.array", "slice"))
"""What is called around tensors and numbers and is no step of the network."""
_LAYER_OR_OP = re.compile(r"(layers|ops)\.([\w.]+)")


def nested(statements: Sequence[Statement]) -> list[Statement]:
    """The same function, with the values nested that only the statement behind them takes."""
    statements = _without_settings(statements)
    uses = Counter(name for each in statements for name in names_in(each))
    found: list[Statement] = []
    for statement in statements:
        user = statement
        while (place := _last_value(found)) is not None:
            merged = _merged(found[place], user, uses)
            if merged is None:
                break
            user = merged
            del found[place]
        found.append(user)
    return found


def _without_settings(statements: Sequence[Statement]) -> Sequence[Statement]:
    """The same with what follows from the arguments of the function, and is used in one place, written there."""
    while (found := _without_one_setting(statements)) is not None:
        statements = found
    return statements


def _without_one_setting(statements: Sequence[Statement]) -> Sequence[Statement] | None:
    uses = Counter(name for each in statements for name in names_in(each))
    made = {each.target for each in statements}
    for setting in statements:
        if not isinstance(setting.code, str) or setting.target is None or uses[setting.target] != 2:
            continue
        if made.isdisjoint(names_in(replace(setting, prefix=""))):
            changed = [_with_item(each.code, setting.target, setting.code) for each in statements]
            if any(code is not None for code in changed):
                return [
                    replace(each, code=code or each.code)
                    for each, code in zip(statements, changed, strict=True)
                    if each is not setting
                ]
    return None


def _last_value(statements: Sequence[Statement]) -> int | None:
    """The place of the last statement, if it gives a variable a value and has no comment of its own."""
    place = next((place for place in reversed(range(len(statements))) if not statements[place].is_comment), None)
    if place is None or statements[place].target is None:
        return None
    return None if place and statements[place - 1].is_comment else place


def _merged(value: Statement, user: Statement, uses: Counter[str]) -> Statement | None:
    """A statement with the value of the one before it in the place of its variable; None if that is not to be."""
    if user.depth != value.depth or user.is_header or _is_of_models(user.code):
        return None
    name = value.target
    assert name is not None
    code = _with_value(user.code, name, value.code, uses[name] - 1)
    if code is None or _products(code) > 1 or _depth(code) > _DEEPEST:
        return None
    merged = replace(user, code=code)
    return merged if len(merged.lines()) <= _MOST_LINES else None


def _with_value(code: Fragment, name: str, value: Fragment, uses: int) -> Fragment | None:
    """Code with a value in the place of a variable that has so many uses; None if it does not go there."""
    if isinstance(value, Bracketed):
        return _with_item(code, name, value) if uses == 1 and _is_step(value) and isinstance(code, Bracketed) else None
    if not isinstance(value, Worded):
        return None
    if value.is_choice:
        return _with_choice(code, name, value) if uses == 2 else None
    return _with_copies(code, name, value) if uses == 1 else None


def _is_step(code: Bracketed) -> bool:
    """Whether code is a call, and no input."""
    return code.opening == "(" and bool(code.head) and code.head != "keras.Input"


def _is_of_models(code: Fragment) -> bool:
    """Whether code makes a model, or compiles one: what goes into that has a name."""
    return isinstance(code, Bracketed) and str(code.head).endswith(("keras.Model", ".compile"))


def _with_choice(code: Fragment, name: str, value: Worded) -> Fragment | None:
    """One choice after another by the same condition, as one: `g(f(x)) if c else x`."""
    if not isinstance(code, Worded) or not code.is_choice:
        return None
    (_, chosen), condition, (_, other) = code.parts
    (_, first), first_condition, otherwise = value.parts
    new = _with_item(chosen, name, first) if condition == first_condition and other == name else None
    return None if new is None else replace(code, parts=(("", new), condition, otherwise))


def _with_copies(code: Fragment, name: str, value: Worded) -> Fragment | None:
    """What makes copies, in the comprehension that takes them one by one, or in the call that takes them all."""
    (key, copy), *loops = value.parts
    if isinstance(code, Worded) and list(code.parts[1:]) == loops:
        (own_key, own), *_ = code.parts
        new = _with_item(own, f"{name}[{key.removesuffix(': ')}]", copy)
        return None if new is None else replace(code, parts=((own_key, new), *loops))
    if isinstance(code, Bracketed):
        all_copies = Bracketed("", "[", (("", f"*{name}.values()"),), "]")
        return _with_item(code, all_copies, list_comprehension(copy, loops))
    return None


def _with_item(code: Fragment, item: Fragment, value: Fragment) -> Fragment | None:
    """Code with a value in the place of something in brackets; None if that does not stand there."""
    if not isinstance(code, Bracketed):
        return None
    for number, (label, old) in enumerate(code.items):
        new = value if old == item else _with_item(old, item, value)
        if new is not None:
            return replace(code, items=(*code.items[:number], (label, new), *code.items[number + 1 :]))
    if isinstance(code.head, str):
        return None
    head = _with_item(code.head, item, value)
    assert head is None or isinstance(head, Bracketed)
    return None if head is None else replace(code, head=head)


def _products(code: Fragment) -> int:
    """How many calls multiply, or may."""
    return sum(map(_multiplies, _callees(code)))


def _callees(code: Fragment) -> Iterator[str]:
    """What is called in code: `layers.Dense` where such a layer is made and called."""
    if isinstance(code, Worded):
        for _, part in code.parts:
            yield from _callees(part)
    elif isinstance(code, Bracketed):
        if isinstance(code.head, Bracketed):
            yield str(code.head.head)
        elif code.opening == "(" and code.head:
            yield code.head
        for _, item in code.items:
            yield from _callees(item)


@cache
def _multiplies(callee: str) -> bool:
    if callee in _HELPERS:
        return False
    written = _LAYER_OR_OP.fullmatch(callee)
    if written is None:
        return True
    found = registry.operation(written[2] if written[1] == "layers" else f"ops.{written[2]}")
    return found is None or bool(found.nested) or found.multiply_adds is not no_products


def _depth(code: Fragment) -> int:
    """How deep steps stand in each other."""
    if isinstance(code, Worded):
        return max(_depth(part) for _, part in code.parts)
    if not isinstance(code, Bracketed):
        return 0
    own = _is_step(code) and code.head not in _HELPERS
    return own + max((_depth(item) for _, item in code.items), default=0)
