"""Layers of one Keras name, and what to write so that each has its own."""

from __future__ import annotations

from collections.abc import Iterable

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Remark
from spec_compiler.graph.graph import Layer
from spec_compiler.graph.scopes import Scope


def check_names(layers: Iterable[Layer], findings: Findings) -> None:
    """Refuse two layers of one Keras name."""
    by_name: dict[str, Layer] = {}
    for layer in layers:
        first = by_name.setdefault(layer.keras_name, layer)
        if first is not layer:
            findings.add(
                codes.NAME_CLASH,
                f"two layers, `{first.key}` and `{layer.key}`, are named `{layer.keras_name}`",
                layer.place / "name" if layer.keras_name != layer.key else layer.place.key(),
                hint=_name_to_tell_apart(first, layer),
                related=(Remark(first.place.key(), "the other one"),) if first.place != layer.place else (),
                scope=layer.scope,
            )


def _name_to_tell_apart(first: Layer, second: Layer) -> str:
    """A hint for two layers of one name: of copies of what is written once, what the name must hold."""
    if first.place != second.place:
        return "give one of them another `name`"
    parted = _where_they_part(first.scope, second.scope)
    if parted is None:
        return "give each of them another `name`"
    varies = _what_varies(*parted)
    if parted[1].place == second.place:
        return f"put {varies} into the `name`" if varies is not None else "give each of them another `name`"
    given = f" with {varies} in it" if varies is not None else ""
    return (
        f'give the block a param for the name, `name: "${{prefix}}_{second.key.rpartition(".")[2]}"`, '
        f"and each copy another value{given}; or leave `name` out"
    )


def _where_they_part(first: Scope, second: Scope) -> tuple[Scope, Scope] | None:
    """The outermost scopes that two layers do not have in common."""
    for one, other in zip(first.path(), second.path(), strict=False):
        if one is not other:
            return one, other
    return None


def _what_varies(first: Scope, second: Scope) -> str | None:
    """What differs between two copies that `repeat` or `for` made; None if they are copies of other nodes."""
    if first.place != second.place:
        return None
    changed = [name for name, value in second.variables.items() if first.variables.get(name) != value]
    return " and ".join(f"`${{{name}}}`" for name in changed) or None
