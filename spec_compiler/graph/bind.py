"""What flows into a node → the arguments of its call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spec_compiler.catalog.fields import show
from spec_compiler.catalog.layers.base import CallArgument, Operation
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.expanding.flat import FlatNode, Number, Source
from spec_compiler.graph.ir import Argument


class Binder:
    """Fits the inputs of one node to the call of its type."""

    def __init__(self, node: FlatNode, title: str, operation: type[Operation], findings: Findings) -> None:
        self._node = node
        self._title = title
        self._tensors = [call for call in operation.calls if call.kind != "flag"]
        self._flags = [call for call in operation.calls if call.kind == "flag"]
        self._positional = operation.positional_tensors()
        self._takes_numbers = operation.takes_numbers
        self._findings = findings
        self._place = node.place / "inputs"

    def bind(self) -> tuple[Argument, ...] | None:
        """The arguments of the call; none if the inputs do not fit, and a finding says why."""
        before = self._findings.errors
        arguments = self._arguments(self._node.inputs)
        if not self._takes_numbers:
            self._refuse_numbers(arguments)
        return tuple(arguments) if self._findings.errors == before else None

    def flags(self) -> Mapping[str, Any] | None:
        """The flags of the call; none if one is wrong, and a finding says why."""
        before = self._findings.errors
        place = self._node.place / "call"
        names = [flag.name for flag in self._flags]
        for key, value in self._node.call.items():
            if key not in names:
                tensors = [call.name for call in self._tensors]
                if key in tensors:
                    hint: str | None = f"`{key}` is a tensor: write it under `inputs`"
                    fix = None
                else:
                    hint, fix = did_you_mean(str(key), names)
                self._say(
                    codes.UNKNOWN_CALL_ARGUMENT,
                    f"a call of {self._title} has no option `{key}`",
                    (place / key).key(),
                    hint,
                    fix,
                )
            elif not (value is None or isinstance(value, bool)):
                self._say(codes.WRONG_TYPE, f"`{key}` takes true or false, not {show(value)}", place / key)
        return dict(self._node.call) if self._findings.errors == before else None

    def _arguments(self, inputs: Any) -> list[Argument]:
        if isinstance(inputs, Mapping):
            return self._by_name(inputs)
        sources: tuple[Source, ...] = () if inputs is None else inputs if isinstance(inputs, tuple) else (inputs,)
        if not self._tensors:
            if sources:
                self._say(codes.WRONG_ARITY, f"{self._title} takes no inputs, and gets {len(sources)}", self._place)
            return []
        first = self._tensors[0]
        if first.kind == "tensors":
            return [self._list(first, sources)] if sources or first.required else []
        if len(sources) > 1 and len(self._positional) == 1 and first.kind == "either":
            return [self._list(first, sources)]
        return self._in_order(sources)

    def _in_order(self, sources: tuple[Source, ...]) -> list[Argument]:
        """One source for each tensor of the call, in Keras's order."""
        required = [call for call in self._tensors if call.required]
        most = len(self._positional)
        if len(sources) > most:
            hint = None
            if len(self._tensors) > most:
                names = ", ".join(f"{call.name}: …" for call in self._tensors[:3])
                hint = f"to give several, name them: `inputs: {{{names}}}`"
            elif most == 1:
                hint = "join them with a merging layer first, such as `concatenate` or `add`"
            self._say(
                codes.WRONG_ARITY, f"{self._title} takes {_tensors(most)}, and gets {len(sources)}", self._place, hint
            )
            return []
        if len(sources) < len(required):
            needed = required[len(sources) :]
            missing = " and ".join(f"`{call.name}`" for call in needed)
            count = "no input" if not sources else f"{len(sources)} input{'s' * (len(sources) > 1)}"
            if len(required) == 1:
                message = f"{self._title} needs an input, and `{self._node.name}` has none"
                hint = "write `inputs: …`; data comes in through a node of the type `Input`"
            else:
                message = f"{self._title} needs {missing}, and `{self._node.name}` has {count}"
                hint = f"write `inputs: {{{', '.join(f'{call.name}: …' for call in required)}}}`"
            at = self._place if self._node.inputs is not None else self._node.place.key()
            self._say(codes.WRONG_ARITY, message, at, hint)
            return []
        return [
            self._list(call, (source,)) if call.kind == "tensors" else Argument(call.name, (source,), False)
            for call, source in zip(self._positional, sources, strict=False)
        ]

    def _by_name(self, inputs: Mapping[str, Any]) -> list[Argument]:
        """The sources that the spec names an argument for."""
        arguments: dict[str, Argument] = {}
        by_name = {call.name: call for call in self._tensors}
        meant: set[str | None] = set()
        for name, value in inputs.items():
            sources = value if isinstance(value, tuple) else (value,)
            call = by_name.get(name)
            if call is None:
                if name in [flag.name for flag in self._flags]:
                    hint: str | None = f"`{name}` is no tensor: write it under `call`"
                    fix = None
                else:
                    hint, fix = did_you_mean(name, by_name)
                    meant.add(fix)
                self._say(
                    codes.UNKNOWN_CALL_ARGUMENT,
                    f"a call of {self._title} takes no `{name}`",
                    (self._place / name).key(),
                    hint,
                    fix,
                )
            elif call.kind == "tensors" or (call.kind == "either" and len(sources) > 1):
                arguments[name] = self._list(call, sources)
            elif len(sources) != 1:
                self._say(codes.WRONG_ARITY, f"`{name}` takes one tensor, and gets {len(sources)}", self._place / name)
            else:
                arguments[name] = Argument(name, sources, False)
        missing = [call.name for call in self._tensors if call.required and call.name not in {*inputs, *meant}]
        if missing:
            names = " and ".join(f"`{name}`" for name in missing)
            self._say(codes.WRONG_ARITY, f"a call of {self._title} needs {names}", self._place.key())
        return [arguments[call.name] for call in self._tensors if call.name in arguments]

    def _list(self, call: CallArgument, sources: tuple[Source, ...]) -> Argument:
        return Argument(call.name, sources, True)

    def _refuse_numbers(self, arguments: list[Argument]) -> None:
        for argument in arguments:
            for source in argument.sources:
                if isinstance(source, Number):
                    self._say(
                        codes.WRONG_TYPE,
                        f"{self._title} takes tensors, not the number {show(source.value)}",
                        source.place,
                        "only ops take plain numbers, such as `ops.multiply`",
                    )

    def _say(self, code: Any, message: str, place: Any, hint: str | None = None, fix: str | None = None) -> None:
        self._findings.add(code, message, place, hint=hint, fix=fix, related=self._node.asked)


def _tensors(count: int) -> str:
    return "one tensor" if count == 1 else f"{count} tensors"
