"""Arguments at the wrong place: a call's among the layer's, or on the wrong side of a layer that holds another."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any, NamedTuple

from spec_compiler.catalog.fields import show
from spec_compiler.catalog.layers.base import CallSignature, Operation, Trainable
from spec_compiler.diagnostics.suggest import did_you_mean


class Around(NamedTuple):
    """What a layer stands in.

    Attributes:
        owner: The class of the layer around it.
        argument: The argument of that layer which holds it.
        stray: What is written beside that argument, and is no argument of the layer around.
    """

    owner: type[Trainable]
    argument: str
    stray: frozenset[str]

    def hints(self, found: type[Operation]) -> dict[str, str]:
        """What to say of arguments that a layer of some class has not, and the layer around it has."""
        names = set(self.owner.model_fields) - set(found.model_fields) - set(self.owner.nested)
        return {
            name: f"`{name}` is an argument of `{self.owner.keras_name}`: write it beside `{self.argument}`"
            for name in names
        }

    def gives(self, error: Mapping[str, Any]) -> bool:
        """Whether an error says that something is missing which is written beside the layer, where it is reported."""
        return error["type"] == "missing" and error["loc"][-1] in self.stray


def hints_for_call(signature: CallSignature, fields: Container[str] = ()) -> dict[str, str]:
    """What to say of what belongs to a call, where it stands among the arguments of the layer.

    Args:
        signature: What a call takes.
        fields: The arguments of the layer, which have no hint.
    """
    required = [call.name for call in signature.tensors if call.required]
    hints = {
        call.name: f"it belongs to the call: `call: {{{call.name}: true}}`, beside the arguments"
        for call in signature.flags
    }
    for call in signature.tensors:
        listed = ", ".join(f"{name}: …" for name in dict.fromkeys([*required, call.name]))
        hints[call.name] = f"it flows in, and stands under `inputs`: `inputs: {{{listed}}}`"
    return {name: hint for name, hint in hints.items() if name not in fields}


def stray_arguments(found: type[Operation], values: Mapping[Any, Any], beside: Iterable[str]) -> frozenset[str]:
    """The arguments that a class has not; a key that is a number is none."""
    return frozenset(name for name in values if isinstance(name, str)) - set(found.model_fields) - set(beside)


def hints_for_stray(
    owner: type[Trainable],
    values: Mapping[str, Any],
    stray: frozenset[str],
    class_of: Callable[[str], type[Operation] | None],
) -> dict[str, str]:
    """What to say of arguments that the layer inside has, and the one around it has not."""
    hints = {}
    for argument in owner.nested:
        value = values.get(argument)
        kind = value.get("type") if isinstance(value, dict) else value
        inside = class_of(kind) if isinstance(kind, str) else None
        if inside is not None:
            for name in stray & set(inside.model_fields):
                hints[name] = f"`{name}` is an argument of `{kind}`: write it in `{argument}`"
    return hints


def without_layer(
    owner: type[Trainable], values: Mapping[str, Any], stray: frozenset[str], errors: list[Any]
) -> tuple[list[Any], dict[str, str]]:
    """The errors of a layer that lacks the one inside it, without what that one's arguments are, and a hint."""
    missing = next((e["loc"][-1] for e in errors if e["type"] == "missing" and e["loc"][-1] in owner.nested), None)
    inside = sorted(name for name in stray if did_you_mean(name, owner.model_fields)[1] is None)
    if missing is None or not inside:
        return errors, {}
    arguments = "".join(f", {name}: {_value_text(values[name])}" for name in values if name in inside)
    left = [e for e in errors if not (e["type"] == "extra_forbidden" and e["loc"][-1] in inside)]
    return left, {missing: f"the layer inside is written with its arguments: `{missing}: {{type: …{arguments}}}`"}


def _value_text(value: Any) -> str:
    return show(value) if isinstance(value, (bool, int, float, str)) else "…"
