"""A node that is a call of a layer or an op, or with `repeat` a chain of them."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from spec_compiler.catalog import registry
from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Guess
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.expanding.body import Body
from spec_compiler.expanding.loops import LoopCopy
from spec_compiler.expanding.names import FlatOperands, UnresolvedError
from spec_compiler.expanding.node import Planned
from spec_compiler.expanding.substitute import NoValueError, Variables
from spec_compiler.graph.flat import FlatNode, FlatOperand, OutputRef
from spec_compiler.language.spec import NodeForm
from spec_compiler.language.validate import check_keras_name
from spec_compiler.spans import Place


class Calls(Planned):
    """A call, or a chain of calls, each with a layer of its own unless the node uses a shared one."""

    __slots__ = ("_last",)

    def __init__(
        self, body: Body, copy: LoopCopy, form: NodeForm, kind: str | None, times: int | None, is_known: bool = True
    ) -> None:
        super().__init__(body, copy, form, kind, times, is_known)
        # It may be referred to from everywhere.
        self._last = self.name_of(self.count - 1)

    def sources(self, output: str | None, place: Place) -> list[FlatOperand]:
        """What the last call gives, or one output of it.

        Raises:
            UnresolvedError: Nothing is known of it.
        """
        if not self.is_known:
            raise UnresolvedError
        return [OutputRef(self._last, output, place)]

    def write(self) -> None:
        """Write out the calls."""
        try:
            inputs = self.inputs()
            self.check_condition()
        except UnresolvedError:
            inputs = None
        for number in range(self.count):
            if number > 0 and inputs is not None:
                inputs = self._chained(inputs, self.name_of(number - 1))
            self._write_one(number, inputs)

    def _keras_name(self, number: int, variables: Variables) -> str:
        """The name of a call's layer: to the letter, if the node says one.

        Raises:
            NoValueError: It has a mistake, which is reported.
        """
        if self.form.name is None:
            return self.name_of(number)
        place = self.place / "name"
        name = variables.substitute(self.form.name, place)
        if not isinstance(name, str):
            self.say(codes.WRONG_TYPE, f"`name` takes text, not {show(name)}", place)
            raise NoValueError
        if not check_keras_name(name, self.place, self.body.findings, self.scope):
            raise NoValueError
        return name

    def _write_one(self, number: int, inputs: FlatOperands | None) -> None:
        scope, variables = self.inside(number)
        arguments = variables.known(self.form.arguments, self.place)
        if self.type is not None:
            arguments = self.body.completion.complete(self.type, arguments, self.place)
        call = self.variables.known(self.form.call, self.place / "call") if self.form.call else {}
        use = None
        keras_name = name = self.name_of(number)
        # What has a mistake is reported there; the rest of the call is checked all the same.
        with suppress(NoValueError):
            use = self._used()
        with suppress(NoValueError):
            keras_name = self._keras_name(number, variables)
        self.put(
            FlatNode(
                name,
                self.type,
                use,
                keras_name,
                self.body.with_prefix(arguments),
                inputs,
                call,
                self.place,
                scope,
                self.unresolved or not self.is_known or (self.type is None and use is None),
            )
        )

    def _used(self) -> str | None:
        """The full name of the shared layer that is called.

        Raises:
            NoValueError: It has a mistake, which is reported.
        """
        if self.form.use is None:
            return None
        place = self.place / "use"
        use = self.variables.substitute(self.form.use, place)
        layers = self.body.layers
        if not isinstance(use, str):
            self.say(codes.WRONG_TYPE, f"`use` takes text, not {show(use)}", place)
            raise NoValueError
        if self.body.prefix and use not in layers:
            self.body.findings.add(
                codes.UNKNOWN_SHARED_LAYER,
                f"no shared layer of this block is named {show(use)}",
                place,
                scope=self.scope,
                guess=Guess(partial(did_you_mean, use, layers), len(layers)),
            )
            raise NoValueError
        return self.body.prefix + use

    def _chained(self, inputs: FlatOperands, before: str) -> FlatOperands:
        """The inputs of a later copy: its first one is what the copy before gives."""
        ref = OutputRef(before, None, self.place / "inputs")
        if isinstance(inputs, tuple):
            return (ref, *inputs[1:])
        if isinstance(inputs, dict):
            found = registry.operation(self.type) if self.type is not None else None
            first = found.calls[0].name if found is not None and found.calls else next(iter(inputs))
            value = inputs.get(first)
            return {**inputs, first: (ref, *value[1:]) if isinstance(value, tuple) else ref}
        return ref
