"""What flows into a node → the arguments of its call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from spec_compiler.catalog.fields import show
from spec_compiler.catalog.layers.base import CallArgument, CallSignature
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.graph.flat import ConstantOperand, FlatNode, FlatOperand, NumberOperand, OutputRef, choices
from spec_compiler.graph.graph import Argument
from spec_compiler.language.no_value import NO_VALUE
from spec_compiler.spans import Place

_IN_ORDER = ("query", "value", "key")
"""The order in which attention without heads takes its tensors."""


class Binder:
    """Fits the inputs of one node to the call of its type.

    Args:
        node: The node.
        title: What diagnostics call what it calls.
        signature: What a call of that takes.
        findings: Where mistakes go.
        constants: The nodes that are constants, which cannot flow in; None for an op, which takes them.
    """

    def __init__(
        self,
        node: FlatNode,
        title: str,
        signature: CallSignature,
        findings: Findings,
        constants: frozenset[str] | None = None,
    ) -> None:
        self._constants = constants
        self._node = node
        self._title = title
        self._tensors = signature.tensors
        self._flags = signature.flags
        self._positional = signature.positional
        self._takes_numbers = signature.takes_numbers
        self._findings = findings

    @property
    def _place(self) -> Place:
        return self._node.place / "inputs"

    def bind(self) -> tuple[Argument, ...] | None:
        """The arguments of the call; None if the inputs do not fit, and a finding says why."""
        before = self._findings.errors
        arguments = self._arguments(self._node.inputs)
        if self._constants is not None or not self._takes_numbers:
            for argument in arguments:
                for source in argument.sources:
                    self._check(source)
        return tuple(arguments) if self._findings.errors == before else None

    def flags(self) -> Mapping[str, Any] | None:
        """The flags of the call; None if one is wrong, and a finding says why."""
        if not self._node.call:
            return {}
        before = self._findings.errors
        place = self._node.place / "call"
        names = [flag.name for flag in self._flags]
        for key, value in self._node.call.items():
            if key not in names:
                hint, fix = did_you_mean(str(key), names, "call")
                if any(key == call.name for call in self._tensors):
                    hint, fix = f"`{key}` is a tensor: write it under `inputs`", None
                message = f"a call of {self._title} has no option `{key}`"
                self._say(codes.UNKNOWN_CALL_ARGUMENT, message, (place / key).key(), hint, fix)
            elif not (value is None or isinstance(value, bool) or value is NO_VALUE):
                self._say(codes.WRONG_TYPE, f"`{key}` takes true or false, not {show(value)}", place / key)
        is_sound = self._findings.errors == before and NO_VALUE not in self._node.call.values()
        return dict(self._node.call) if is_sound else None

    def _arguments(self, inputs: Any) -> list[Argument]:
        if isinstance(inputs, Mapping):
            return self._by_name(inputs)
        sources: tuple[FlatOperand, ...] = () if inputs is None else inputs if isinstance(inputs, tuple) else (inputs,)
        if not self._tensors:
            if sources:
                message = f"{self._title} takes no inputs, and gets {len(sources)}"
                self._say(codes.WRONG_ARITY, message, self._place, _numbers_stand_flat(sources))
            return []
        first = self._tensors[0]
        required = [call.name for call in self._tensors if call.required]
        if first.kind == "tensors" and len(required) > 1:
            self._refuse_too_few(min(1, len(sources)), required)
            return []
        if first.kind == "tensors":
            return [Argument(first.name, sources, True)] if sources or first.required else []
        if len(sources) > 1 and len(self._positional) == 1 and first.kind == "either":
            return [Argument(first.name, sources, True)]
        return self._in_order(sources)

    def _in_order(self, sources: tuple[FlatOperand, ...]) -> list[Argument]:
        """One source for each tensor of the call, in Keras's order."""
        required = [call for call in self._tensors if call.required]
        most = len(self._positional)
        if most == 1 and self._several_outputs(sources, f"`{self._node.name}` takes one tensor"):
            return []
        if len(sources) > most:
            self._refuse_too_many(len(sources), most)
            return []
        if len(sources) < len(required):
            self._refuse_too_few(len(sources), [call.name for call in required], sources)
            return []
        return [
            Argument(call.name, (source,), call.kind == "tensors")
            for call, source in zip(self._positional, sources, strict=False)
        ]

    def _refuse_too_many(self, count: int, most: int) -> None:
        hint = None
        if len(self._tensors) > most:
            names = ", ".join(f"{call.name}: …" for call in self._tensors[:3])
            hint = f"to give several, name them: `inputs: {{{names}}}`"
        elif most == 1:
            hint = "join them with a merging layer first, such as `concatenate` or `add`"
        self._say(codes.WRONG_ARITY, f"{self._title} takes {_tensors(most)}, and gets {count}", self._place, hint)

    def _refuse_too_few(self, count: int, required: list[str], sources: tuple[FlatOperand, ...] = ()) -> None:
        if len(required) == 1:
            message = f"{self._title} needs an input, and `{self._node.name}` has none"
            hint = "write `inputs: …`; data comes in through a node of the type `Input`"
        else:
            missing = " and ".join(f"`{name}`" for name in required[count:])
            has = "no input" if not count else f"{count} input{'s' * (count > 1)}"
            message = f"{self._title} needs {missing}, and `{self._node.name}` has {has}"
            hint = _one_number_each(sources, required) or (
                f"write `inputs: {{{', '.join(f'{name}: …' for name in required)}}}`"
            )
        place = self._place if self._node.inputs is not None else self._node.place.key()
        self._say(codes.WRONG_ARITY, message, place, hint)

    def _by_name(self, inputs: Mapping[str, Any]) -> list[Argument]:
        """The sources that the spec names an argument for."""
        if self._names_in_a_list(inputs):
            return []
        calls = {call.name: call for call in self._tensors}
        arguments: dict[str, Argument] = {}
        meant: set[str] = set()
        for name, value in inputs.items():
            if name in calls:
                sources = value if isinstance(value, tuple) else (value,)
                argument = self._named(calls[name], sources)
                if argument is not None:
                    arguments[name] = argument
            elif (fix := self._refuse_name(name, calls)) is not None:
                meant.add(fix)
        missing = [call.name for call in self._tensors if call.required and call.name not in {*inputs, *meant}]
        if missing:
            names = " and ".join(f"`{name}`" for name in missing)
            listed = ", ".join(f"{call.name}: …" for call in self._tensors if call.required or call.name in inputs)
            hint = f"write `inputs: {{{listed}}}`"
            self._say(codes.WRONG_ARITY, f"a call of {self._title} needs {names}", self._place.key(), hint)
        return [arguments[name] for name in calls if name in arguments]

    def _named(self, call: CallArgument, sources: tuple[FlatOperand, ...]) -> Argument | None:
        """One argument of the call; None if its sources do not fit, and a finding says why."""
        if call.kind == "tensors" or (call.kind == "either" and len(sources) > 1):
            return Argument(call.name, sources, True)
        if self._several_outputs(sources, f"`{call.name}` takes one tensor"):
            return None
        if len(sources) != 1:
            message = f"`{call.name}` takes one tensor, and gets {len(sources)}"
            self._say(codes.WRONG_ARITY, message, self._place / call.name)
            return None
        return Argument(call.name, sources, False)

    def _refuse_name(self, name: str, tensors: Iterable[str]) -> str | None:
        """Report a name that no tensor of the call has; gives the one that is meant, if that is clear."""
        hint, fix = did_you_mean(name, tensors, "call")
        if name in [flag.name for flag in self._flags]:
            hint, fix = f"`{name}` is no tensor: write it under `call`", None
        message = f"a call of {self._title} takes no `{name}`"
        self._say(codes.UNKNOWN_CALL_ARGUMENT, message, (self._place / name).key(), hint, fix)
        return fix

    def _names_in_a_list(self, inputs: Mapping[str, Any]) -> bool:
        """Whether names are given to the tensors of a call that takes them as one list, which is refused."""
        first = self._tensors[0] if self._tensors else None
        names = [call.name for call in (*self._tensors, *self._flags)]
        strange = [name for name in inputs if name not in names]
        if first is None or first.kind != "tensors" or first.name in inputs or len(strange) < 2:
            return False
        known = all(name in _IN_ORDER for name in strange)
        ordered = sorted(strange, key=_IN_ORDER.index) if known else strange
        listed = ", ".join(_reference_text(inputs[name]) for name in ordered)
        order = f", {' and '.join(ordered)} in this order" if known else ""
        self._say(
            codes.UNKNOWN_CALL_ARGUMENT,
            f"a call of {self._title} takes its tensors as a list, and not by name",
            self._place,
            f"write `inputs: [{listed}]`{order}",
        )
        return True

    def _several_outputs(self, sources: tuple[FlatOperand, ...], wanted: str) -> bool:
        """Whether one reference to a block with several outputs stands where one tensor is wanted, which is refused."""
        found = choices(sources)
        if found:
            message = f"{wanted}, and `{found[0].partition('.')[0]}` has {len(found)} outputs"
            hint = f"pick one: {', '.join(f'`{choice}`' for choice in found[:6])}"
            self._say(codes.SEVERAL_OUTPUTS, message, sources[0].place, hint)
        return bool(found)

    def _check(self, source: FlatOperand) -> None:
        """Refuse a plain number, or a constant, where none can stand."""
        if isinstance(source, NumberOperand):
            if not self._takes_numbers:
                message = f"{self._title} takes tensors, not the number {show(source.value)}"
                hint = "only ops take plain numbers, such as `ops.multiply`"
                self._say(codes.WRONG_TYPE, message, source.place, hint)
        elif self._constants is not None and (isinstance(source, ConstantOperand) or source.node in self._constants):
            what = "a list of numbers" if isinstance(source, ConstantOperand) else f"the constant `{source}`"
            message = f"{self._title} takes tensors that depend on an input, not {what}"
            hint = "constants are operands of ops alone, such as `ops.add`"
            self._say(codes.BAD_CONSTANT, message, source.place, hint)

    def _say(self, code: Any, message: str, place: Any, hint: str | None = None, fix: str | None = None) -> None:
        self._findings.add(code, message, place, hint=hint, fix=fix, scope=self._node.scope)


def _reference_text(operand: Any) -> str:
    """How a spec may write what flows in; `…` for what is inside a block or is several things."""
    return str(operand) if isinstance(operand, OutputRef) and "." not in operand.node else "…"


def _tensors(count: int) -> str:
    return "one tensor" if count == 1 else f"{count} tensors"


def _numbers_stand_flat(sources: tuple[FlatOperand, ...]) -> str | None:
    """What to write where numbers flow into an op that takes them among its arguments."""
    if not all(isinstance(source, (ConstantOperand, NumberOperand)) for source in sources):
        return None
    return "numbers stand among the arguments, and without `inputs`"


def _one_number_each(sources: tuple[FlatOperand, ...], required: list[str]) -> str | None:
    """What to write where one list of numbers, which is one tensor, was to be a number for each argument."""
    if len(sources) != 1 or not isinstance(sources[0], ConstantOperand) or sources[0].shape != (len(required),):
        return None
    assert isinstance(sources[0].value, tuple)
    given = ", ".join(f"{name}: {show(value)}" for name, value in zip(required, sources[0].value, strict=True))
    return f"a list of numbers is one tensor; write `inputs: {{{given}}}`"
