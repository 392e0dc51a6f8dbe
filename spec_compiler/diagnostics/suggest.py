"""What somebody may have meant by a name that does not exist. A wrong guess is worse than none.

A name that people bring from elsewhere has a row in the table of `diagnostics/foreign`, which says what to write
instead. Any other is taken for a known name only if it is a misspelling of it: the same words, with a slip of the
fingers in one or two of them. Another word is never proposed, however alike the letters are.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from spec_compiler.diagnostics.spelling import fold, slips_between, words_of

if TYPE_CHECKING:
    from spec_compiler.diagnostics.foreign.row import Row

_PACKAGES = (
    "tf.", "tensorflow.", "keras.", "torch.", "nn.", "layers.", "losses.", "metrics.", "optim.", "optimizers.",
    "initializers.", "regularizers.", "constraints.", "activations.", "callbacks.", "schedules.", "functional.", "F.",
    "experimental.", "preprocessing.",
    "K.", "backend.", "math.", "np.", "numpy.", "jnp.", "init.", "lr_scheduler.", "utils.", "tfa.", "torchmetrics.",
)  # fmt: skip
"""Where a name comes from in Python code; a spec says the name alone."""

_LONGEST = 100
"""A name longer than this is no misspelling of anything."""


def did_you_mean(
    name: str, candidates: Iterable[str], kind: str | None = None, of: tuple[str, ...] = ()
) -> tuple[str | None, str | None]:
    """A hint and a replacement for a name that does not exist; None for what is not known.

    Args:
        name: The name.
        candidates: The names that exist.
        kind: What the name is one of, as the table of foreign names has it; by default, the table is not asked.
        of: What the name belongs to: for an argument, its type.
    """
    return _meant(name, tuple(candidates), kind, of) if len(name) <= _LONGEST else (None, None)


@lru_cache(32)
def _meant(name: str, known: tuple[str, ...], kind: str | None, of: tuple[str, ...]) -> tuple[str | None, str | None]:
    bare = without_package(name)
    row = _row(bare, known, kind, of) if kind is not None else None
    if row is not None:
        return row.hint, row.fix
    found = suggest(name, known)
    if found is None and kind == "type":
        op = next((each for each in known if each.startswith("ops.") and fold(each[4:]) == fold(bare)), None)
        if op is not None:
            # The functions of PyTorch differ from those of numpy in some of their arguments.
            return f"did you mean `{op}`?", None if name.startswith(("torch.", "nn.", "F.")) else op
    if found is not None:
        return f"did you mean `{found}`?", found
    longer = _begun(bare, known)
    return (f"did you mean `{longer}`?", None) if longer is not None else (None, None)


def misspelt(name: str, candidates: Iterable[str], kind: str) -> str | None:
    """The candidate that a name is a misspelling of; None if it is of none, or brought from elsewhere."""
    known = tuple(candidates)
    is_ours = without_package(name) == name and _row(name, known, kind, ()) is None
    return suggest(name, known) if is_ours else None


def _row(bare: str, known: tuple[str, ...], kind: str, of: tuple[str, ...]) -> Row | None:
    """What the table of foreign names says of a name."""
    if len(bare) > _LONGEST or bare in known:
        return None
    # The table is read only where there is something to explain.
    from spec_compiler.diagnostics.foreign import find

    return find(kind, bare.removeprefix("ops.") if kind == "type" else bare, of, known)


def suggest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that a name is a misspelling of; None if it is of none."""
    if len(name) > _LONGEST:
        return None
    name = without_package(name)
    first, second = name[:1].lower(), name[1:2].lower()
    alike: list[tuple[tuple[int, bool, int], str]] = []
    for candidate in candidates:
        if candidate == name:
            return candidate
        begins = candidate[:2].lower()
        if begins[:1] not in (first, second) and begins[1:] != first:
            continue
        slips = slips_between(name, candidate)
        if slips is not None:
            other_case = candidate[:1].islower() != name[:1].islower()
            alike.append(((slips, other_case, abs(len(name) - len(candidate))), candidate))
    return min(alike, key=lambda each: each[0])[1] if alike else None


def without_package(name: str) -> str:
    """A name without the packages before it: `Dense` for `keras.layers.Dense`."""
    while (package := next((each for each in _PACKAGES if name.startswith(each)), None)) is not None:
        name = name[len(package) :]
    return name


def _begun(name: str, known: tuple[str, ...]) -> str | None:
    """The one candidate that begins with all words of a name; None if there are several, or the name is short."""
    words = words_of(name)
    if len(name) < 3:
        return None
    longer = [each for each in known if each[:1].lower() == name[:1].lower() and words_of(each)[: len(words)] == words]
    return longer[0] if len(longer) == 1 else None
