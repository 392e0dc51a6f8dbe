"""A node whose type is a block: one copy of it, or with `repeat` a chain of copies."""

from __future__ import annotations

from functools import partial

from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.expanding.body import Body, Known
from spec_compiler.expanding.completion import without_freezing
from spec_compiler.expanding.instances import instance
from spec_compiler.expanding.layers import write_layers
from spec_compiler.expanding.library import Block
from spec_compiler.expanding.loops import LoopCopy
from spec_compiler.expanding.names import Meaning, UnresolvedError, pick
from spec_compiler.expanding.node import Planned
from spec_compiler.graph.flat import FlatOperand, choices
from spec_compiler.graph.scopes import Scope
from spec_compiler.language.no_value import NO_VALUE
from spec_compiler.language.spec import NodeForm
from spec_compiler.spans import Place


class BlockCopies(Planned):
    """The copies of a block that one node asks for."""

    def __init__(
        self,
        body: Body,
        copy: LoopCopy,
        form: NodeForm,
        kind: str | None,
        times: int | None,
        block: Block,
        is_known: bool = True,
    ) -> None:
        super().__init__(body, copy, form, kind, times, is_known)
        self._block = block
        self._copies: list[Body] = []

    def sources(self, output: str | None, place: Place) -> list[FlatOperand]:
        """The outputs of the last copy, or the one that is picked.

        Raises:
            UnresolvedError: There is no such output, nothing is known of it, or it leads to itself.
        """
        if not self.is_known:
            raise UnresolvedError
        outputs = self._outputs_of(-1)
        if output is None:
            return [pick(source, None, place, f"{self.name}.{name}") for name, source in outputs]
        index = self.body.names.output_index(
            self.name,
            output,
            [name for name, _ in outputs],
            place,
            inside=self._block.form.nodes,
            is_repeated=self.times is not None,
        )
        return [pick(outputs[index][1], None, place)]

    def write(self) -> None:
        """Write out all copies."""
        try:
            self.inputs()
            self.check_condition()
            self._assigned()
        except UnresolvedError:
            pass  # Reported; the insides of the copies are written out and held against the rules all the same.
        for copy in self.copies():
            write_layers(copy)
            copy.write_nodes()

    def copies(self) -> list[Body]:
        """The graphs of the copies."""
        if not self._copies:
            self._copies = [self._copy(number) for number in range(self.count)]
        return self._copies

    def note_names(self) -> None:
        """Keep what names stand for in the copies."""
        for copy in self._copies:
            copy.note_names()

    def close(self) -> None:
        """Let go of the copies."""
        for copy in self._copies:
            copy.close()
        self._copies = []

    def _copy(self, number: int) -> Body:
        outer, variables = self.inside(number)
        arguments = variables.known(self.form.arguments, self.place)
        arguments, freezes = without_freezing(arguments, self._block.params, self.place, self.body.findings, self.scope)
        training = self._training()
        inputs: dict[str, Meaning] = {
            name: Known(partial(self._input, number, name)) for name in self._block.form.inputs
        }
        if not self.body.blocks_around():
            # Inside a block, what it comes to is counted already.
            budget = self.body.run.budget
            budget.require_nodes(self.place, self.body.run.sizes.of(self._block, arguments, outer))
        name = self.name_of(number)
        scope = self.body.run.scope(
            Scope(
                "block",
                name,
                outer,
                self.name,
                self.place,
                self._block.name,
                arguments,
                freezes=freezes,
                training=training,
            )
        )
        return instance(self.body, self.body.part, self._block, scope, inputs)

    def _training(self) -> bool | None:
        """What `call` says of `training` for all calls inside; None if it says nothing, or what is reported."""
        training = self.variables.known(self.form.call or {}, self.place / "call").get("training")
        if training is NO_VALUE:
            return None
        if training is None or isinstance(training, bool):
            return training
        self.say(
            codes.WRONG_TYPE, f"`training` takes true or false, not {show(training)}", self.place / "call" / "training"
        )
        return None

    def _outputs_of(self, number: int) -> tuple[tuple[str, FlatOperand], ...]:
        return self.copies()[number].outputs_of(self._block)

    def _input(self, number: int, name: str) -> FlatOperand:
        """What an input of a copy is: of a chain, the outputs of the copy before come first."""
        if number > 0:
            outputs = self._outputs_of(number - 1)
            index = self._block.form.inputs.index(name)
            if index < len(outputs):
                return outputs[index][1]
        return self._assigned()[name]

    def _assigned(self) -> dict[str, FlatOperand]:
        """What flows into each input of the first copy.

        Raises:
            UnresolvedError: The inputs do not fit the block, or have mistakes.
        """
        names = self._block.form.inputs
        inputs = self.inputs()
        title = f"the block `{self._block.name}`"
        place = self.place / "inputs"
        if isinstance(inputs, dict):
            return self._assigned_by_name(inputs, title, place)
        sources = () if inputs is None else inputs if isinstance(inputs, tuple) else (inputs,)
        if len(sources) != len(names):
            listed = ", ".join(f"`{name}`" for name in names)
            takes = f"{len(names)} input{'s' * (len(names) != 1)}{f' ({listed})' if names else ''}"
            at = place if sources else self.place.key()
            several = choices(list(sources))
            hint = f"pick one: {', '.join(f'`{choice}`' for choice in several[:6])}" if several else None
            self.say_once(codes.WRONG_ARITY, f"{title} takes {takes}, and gets {len(sources)}", at, hint)
            raise UnresolvedError
        return dict(zip(names, sources, strict=True))

    def _assigned_by_name(
        self, inputs: dict[str, FlatOperand | tuple[FlatOperand, ...]], title: str, place: Place
    ) -> dict[str, FlatOperand]:
        names = self._block.form.inputs
        assigned: dict[str, FlatOperand] = {}
        for name, source in inputs.items():
            if name not in names:
                hint, _ = did_you_mean(name, names)
                self.say_once(codes.UNKNOWN_CALL_ARGUMENT, f"{title} has no input `{name}`", (place / name).key(), hint)
            elif isinstance(source, tuple):
                self.say_once(codes.WRONG_ARITY, f"`{name}` takes one tensor, and gets {len(source)}", place / name)
            else:
                assigned[name] = source
        missing = [name for name in names if name not in inputs]
        if missing:
            needed = " and ".join(f"`{name}`" for name in missing)
            self.say_once(codes.WRONG_ARITY, f"{title} needs {needed}", place.key())
        if len(assigned) != len(names):
            raise UnresolvedError
        return assigned
