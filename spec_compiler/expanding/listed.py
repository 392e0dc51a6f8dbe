"""Lists of references that are no node's `inputs`: outputs, and what parts of the graph take and give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from spec_compiler.expanding.names import Names, UnresolvedError
from spec_compiler.expanding.substitute import NoValueError, Variables
from spec_compiler.spans import Place


class Listed(NamedTuple):
    """What an item of a list stands for; `is_broken` if that has a mistake, which is reported."""

    reference: Any
    place: Place
    is_broken: bool = False


def listed(written: Any, section: Place, names: Names, variables: Variables | None) -> Iterator[Listed]:
    """The references of a list, of which expressions and patterns may give several.

    Args:
        written: The list, or an expression that gives one.
        section: Where it is written.
        names: The nodes that references can name.
        variables: What expressions see; None where there are none.
    """
    if isinstance(written, list):
        for index, item in enumerate(written):
            yield from _of_item(item, section / index, names, variables)
    else:
        yield from _of_item(written, section, names, variables)


def _of_item(written: Any, place: Place, names: Names, variables: Variables | None) -> Iterator[Listed]:
    try:
        value = written if variables is None else variables.substitute(written, place)
    except NoValueError:
        yield Listed(written, place, is_broken=True)
        return
    for item in value if isinstance(value, list) and isinstance(written, str) else [value]:
        try:
            yield from (Listed(reference, place) for reference in names.matching(item, place))
        except UnresolvedError:
            yield Listed(item, place, is_broken=True)
