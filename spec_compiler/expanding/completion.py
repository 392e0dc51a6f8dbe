"""What a layer gets that it does not say itself: the defaults of its file and its block, and that it is not trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from spec_compiler.catalog import registry
from spec_compiler.catalog.fields import show
from spec_compiler.catalog.layers.base import Trainable
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Remark
from spec_compiler.expanding.budget import Budget
from spec_compiler.expanding.params import Param, names_in
from spec_compiler.expanding.substitute import Variables
from spec_compiler.graph.scopes import Scope
from spec_compiler.language.no_value import NO_VALUE
from spec_compiler.spans import Place


class Level:
    """The defaults that are written in one place: in a file, or in a block.

    Args:
        table: The arguments by type, as they are written.
        place: Where they are.
        variables: What their expressions see.
        out_of_sight: The names of params that they do not see, though they may be meant.
    """

    def __init__(
        self,
        table: Mapping[str, Mapping[str, Any]],
        place: Place,
        variables: Variables,
        out_of_sight: frozenset[str] = frozenset(),
    ) -> None:
        self._entries = {registry.layer_name(kind): (place / kind, given) for kind, given in table.items()}
        self._variables = variables
        self._out_of_sight = out_of_sight
        self._values: dict[Place, Any] = {}

    def of(self, name: str) -> tuple[Place, Mapping[str, Any]] | None:
        """The entry for a layer, as it is written, and where; None if there is none."""
        return self._entries.get(name)

    def value(self, place: Place, written: Any) -> Any:
        """The value of an argument; what has a mistake in it is reported, and without a value."""
        if place not in self._values:
            hidden = sorted(names_in(written) & self._out_of_sight)
            if hidden:
                self._variables.findings.add(
                    codes.UNKNOWN_VARIABLE,
                    f"the default uses the param `{hidden[0]}` of the spec, and a layer of a block takes it, where no "
                    "param of the spec is known",
                    place,
                    hint="give the block `defaults` of its own, which use its params, or write the argument there",
                    scope=self._variables.scope,
                )
                return NO_VALUE
            self._values[place] = self._variables.known(written, place)
        return self._values[place]


class Completion:
    """Completes the arguments of the layers and ops of one graph, and of the layers inside them.

    Args:
        levels: The defaults that hold there, those that go before first.
        findings: Where mistakes go.
        budget: What is left of the limits.
        scope: The graph.
    """

    def __init__(self, levels: Sequence[Level], findings: Findings, budget: Budget, scope: Scope) -> None:
        self._levels = levels
        self._findings = findings
        self._budget = budget
        self._scope = scope
        self._frozen_by = scope.frozen_by

    def complete(
        self, kind: str, arguments: Mapping[str, Any], place: Place, around: frozenset[str] = frozenset()
    ) -> dict[str, Any]:
        """The arguments of a layer or an op that says some of them, at a place.

        `around` are the types whose defaults it stands in: a default is not for what is inside it.
        """
        found = registry.operation(kind)
        name = registry.layer_name(kind)
        given = dict(arguments)
        if name not in around and name != "Input":
            for level in self._levels:
                self._add(level, name, found.model_fields if found is not None else None, given, place)
        if self._frozen_by is not None and (">" in kind or (found is not None and issubclass(found, Trainable))):
            self._freeze(kind, given, arguments, place, self._frozen_by)
        for argument in found.nested if found is not None and issubclass(found, Trainable) else ():
            if given.get(argument) is not None:
                inside = around if argument in arguments else around | {name}
                given[argument] = self._inside(given[argument], place / argument, inside)
        return given

    def _add(
        self, level: Level, name: str, takes: Mapping[str, Any] | None, given: dict[str, Any], place: Place
    ) -> None:
        """Add what one level has for a layer; what is no argument of it is reported where the entry is looked at."""
        entry = level.of(name)
        if entry is None:
            return
        at, written = entry
        self._budget.steps(place, len(written))
        for argument, value in written.items():
            if argument not in given and (takes is None or argument in takes):
                given[argument] = level.value(at / argument, value)
                self._findings.stands_at(place / argument, at / argument)

    def _freeze(
        self, kind: str, given: dict[str, Any], arguments: Mapping[str, Any], place: Place, frozen_by: Scope
    ) -> None:
        if arguments.get("trainable") is True:
            self._findings.add(
                codes.ARGUMENT_CONFLICT,
                f"this `{kind}` says `trainable: true`, and is inside `{frozen_by.name}`, which is frozen",
                place / "trainable",
                hint="leave it out here, or freeze the layers of the block one by one",
                related=(Remark((frozen_by.place / "trainable").key(), "frozen here"),),
                scope=self._scope,
            )
        elif arguments.get("trainable") is None or "trainable" not in arguments:
            given["trainable"] = False

    def _inside(self, value: Any, place: Place, around: frozenset[str]) -> Any:
        """The layers in an argument of another, completed."""
        if isinstance(value, list):
            return [self._inside(item, place / index, around) for index, item in enumerate(value)]
        if isinstance(value, str):
            completed = self.complete(value, {}, place, around)
            return {"type": value, **completed} if completed else value
        if isinstance(value, dict) and isinstance(value.get("type"), str):
            own = {key: item for key, item in value.items() if key in ("type", "name")}
            rest = {key: item for key, item in value.items() if key not in own}
            return own | self.complete(value["type"], rest, place, around)
        return value


def without_freezing(
    arguments: Mapping[str, Any], params: Mapping[str, Param], place: Place, findings: Findings, scope: Scope
) -> tuple[dict[str, Any], bool]:
    """The arguments that a block gets, and whether `trainable: false` freezes it.

    A block that has a param `trainable` gets that itself. What is neither true nor false is reported, and freezes
    nothing.
    """
    if "trainable" in params or "trainable" not in arguments:
        return dict(arguments), False
    trainable = arguments["trainable"]
    if not isinstance(trainable, bool) and trainable is not NO_VALUE:
        message = f"`trainable` takes true or false, not {show(trainable)}"
        findings.add(codes.WRONG_TYPE, message, place / "trainable", scope=scope)
    return {key: value for key, value in arguments.items() if key != "trainable"}, trainable is False
