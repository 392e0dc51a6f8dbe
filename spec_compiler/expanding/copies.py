"""What `for`, `when`, `repeat` and blocks make of a node: its copies."""

from __future__ import annotations

from functools import partial
from typing import Any

from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Code, Remark
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.expanding.block_frame import block_frame
from spec_compiler.expanding.blocks import Block
from spec_compiler.expanding.calls import put, write_calls
from spec_compiler.expanding.flat import FlatNode, Owner, Source, Wire
from spec_compiler.expanding.frame import Frame, Known, block_outputs, output_references
from spec_compiler.expanding.scope import Meaning, UnresolvedError, Wires, pick
from spec_compiler.expanding.substitute import NoValueError, Variables
from spec_compiler.language.spec import NodeForm
from spec_compiler.language.validate import node_form
from spec_compiler.spans import Place

_BROKEN, _BYPASS, _CALL, _BLOCK = "broken", "bypass", "call", "block"


class Copy:
    """One node, after `for`: a call, a chain of calls, copies of a block, or nothing where it is bypassed."""

    def __init__(self, frame: Frame, name: str, value: Any, variables: Variables, place: Place) -> None:
        self.frame = frame
        self.name = name
        self.value = value
        self.variables = variables
        self.place = place
        self._plan: str | None = None
        self.form: NodeForm | None = None
        self.times: int | None = None
        self.kind: Any = None
        self._block: Block | None = None
        self._wiring: Wires | None = None
        self._wired = False
        self.unresolved = False
        self._frames: list[Frame | None] = []
        self._following = False

    # What it is

    def plan(self) -> str:
        """What becomes of the node, worked out once."""
        if self._plan is None:
            before = self.frame.findings.errors
            self._plan = self._worked_out()
            if self.frame.findings.errors > before:
                self._plan = _BROKEN
        return self._plan

    def _worked_out(self) -> str:
        self.form = form = node_form(self.value, self.place, self.frame.findings, self.frame.asked)
        if form is None:
            return _BROKEN
        try:
            kind = self.variables.substitute(form.type, self.place / "type")
            when = self.variables.substitute(form.when, self.place / "when")
            times = self.variables.substitute(form.repeat, self.place / "repeat")
        except NoValueError:
            return _BROKEN
        if kind is not None and not isinstance(kind, str):
            self._say(codes.WRONG_TYPE, f"`type` takes text, not {show(kind)}", self.place / "type")
            return _BROKEN
        if kind == "Input" and self.frame.within:
            self._say(
                codes.ARGUMENT_CONFLICT,
                "a block has no `Input`: what flows into it is named under `inputs`",
                self.place / "type",
            )
        if when is not None and not isinstance(when, bool):
            self._say(codes.BAD_CONDITION, f"`when` is true or false, not {show(when)}", self.place / "when")
        if times is not None and (type(times) is not int or times < 0):
            self._say(codes.BAD_REPETITION, f"`repeat` takes a count, not {show(times)}", self.place / "repeat")
            return _BROKEN
        if times is not None:
            self.frame.output.count(self.place / "repeat", 0 if times <= self.frame.output.limits.nodes else times)
        self.times = times
        self.kind = kind
        self._block = self.frame.library.blocks.get(kind) if isinstance(kind, str) else None
        if self.frame.library.is_broken(kind):
            # Its mistakes are reported where the block is written.
            return _BROKEN
        if times is not None and not self._has_inputs():
            self._say(
                codes.BAD_REPETITION,
                f"`repeat` makes a chain, and nothing flows into `{self.name}`",
                self.place / "repeat",
                hint="for copies side by side, write `for`",
            )
            return _BROKEN
        if when is False or times == 0:
            return _BYPASS
        if self._block is None:
            return _CALL
        self._check_block(form, self._block)
        return _BLOCK

    def _has_inputs(self) -> bool:
        """Whether anything is written that flows into the node; of an edge with mistakes nobody knows."""
        return self.value.get("inputs") is not None or bool(self.frame.edges.get(self.name)) or self.frame.torn

    def _check_block(self, form: NodeForm, block: Block) -> None:
        """A node that is a copy of a block has no layer of its own; and a block is not in itself."""
        if form.name is not None:
            self._say(
                codes.UNKNOWN_KEY,
                f"`{self.name}` is a copy of a block, and its layers have their own names",
                (self.place / "name").key(),
            )
        if form.call:
            self._say(codes.UNKNOWN_CALL_ARGUMENT, "a block takes nothing under `call`", (self.place / "call").key())
        if block.name in self.frame.within:
            chain = [*self.frame.within[self.frame.within.index(block.name) :], block.name]
            self._say(codes.BLOCK_RECURSION, f"a block contains itself: {' -> '.join(chain)}", self.place / "type")

    @property
    def count(self) -> int:
        """How many copies there are in a row; one without `repeat`."""
        return 1 if self.times is None else self.times

    def full_name(self, number: int) -> str:
        """The name of a copy, counted from 0."""
        name = self.frame.prefix + self.name
        return name if self.times is None else f"{name}.{number + 1}"

    # What flows in

    def wiring(self) -> Wires | None:
        """What flows into the node, or into its first copy.

        Raises:
            UnresolvedError: A reference has a mistake, which is reported.
        """
        if not self._wired:
            self._wired = True
            try:
                self._wiring = self._find_wiring()
            except (UnresolvedError, NoValueError):
                self.unresolved = True
        if self.unresolved:
            raise UnresolvedError
        return self._wiring

    def _find_wiring(self) -> Wires | None:
        frame, place = self.frame, self.place / "inputs"
        inputs = self.value.get("inputs") if isinstance(self.value, dict) else None
        edges = frame.edges.get(self.name, [])
        if inputs is not None and edges:
            frame.findings.add(
                codes.WIRED_TWICE,
                f"`{self.name}` is wired by `inputs` and by an edge",
                place.key(),
                hint="keep one of the two",
                related=(Remark(edges[0].place, "the edge"), *frame.asked),
            )
        if inputs is not None:
            return frame.scope.wiring(self.variables.substitute(inputs, place), place, self.name)
        wires: list[Source] = []
        # If some edges have mistakes, nobody can say what they would lead to.
        failed = frame.torn and not (isinstance(self.value, dict) and self.value.get("type") == "Input")
        for source in edges:
            try:
                wires += frame.scope.item(source.text, source.place, self.name)
            except UnresolvedError:
                failed = True
        if failed:
            raise UnresolvedError
        return tuple(wires) or None

    def _flat_sources(self) -> list[Source]:
        wiring = self.wiring()
        if wiring is None:
            return []
        parts = list(wiring.values()) if isinstance(wiring, dict) else [wiring]
        return [source for part in parts for source in (part if isinstance(part, tuple) else (part,))]

    # What a reference to it means

    def sources(self, output: str | None, place: Place) -> list[Source]:
        """The tensors of a reference to this node.

        Raises:
            UnresolvedError: Nothing is known of them.
        """
        plan = self.plan()
        if plan == _BROKEN:
            raise UnresolvedError
        if plan == _CALL:
            return [Wire(self.full_name(self.count - 1), output, place)]
        if self._following:
            self._say(
                codes.CYCLE, f"`{self.name}` leads to itself, and nothing in between makes a tensor", self.place.key()
            )
            raise UnresolvedError
        self._following = True
        try:
            return self._bypassed(output, place) if plan == _BYPASS else self._given(output, place)
        finally:
            self._following = False

    def _bypassed(self, output: str | None, place: Place) -> list[Source]:
        """What flows in instead of what would have come out: of a block with several outputs, as many inputs."""
        sources = self._flat_sources()
        if not sources:
            raise UnresolvedError
        if self._block is None:
            return [pick(sources[0], output, place)]
        names = [name for name, _, _ in output_references(self._block)]
        if output is not None:
            index = self._index(output, names, place)
            return [pick(sources[min(index, len(sources) - 1)], None, place)]
        return [pick(source, None, place) for source in sources[: max(len(names), 1)]]

    def _given(self, output: str | None, place: Place) -> list[Source]:
        """The outputs of the last copy of the block, or the one that is picked."""
        outputs = self._outputs_of(-1)
        if output is None:
            return [pick(source, None, place) for _, source in outputs]
        return [pick(outputs[self._index(output, [name for name, _ in outputs], place)][1], None, place)]

    def _index(self, output: str, names: list[Any], place: Place) -> int:
        if output in names:
            return names.index(output)
        if output.isdecimal() and int(output) < len(names):
            return int(output)
        hint, close = did_you_mean(output, map(str, names))
        listed = ", ".join(f"`{name}`" for name in names)
        self.frame.findings.add(
            codes.UNKNOWN_OUTPUT,
            f"`{self.name}` has the output{'s' * (len(names) > 1)} {listed}, and no `{output}`",
            place,
            hint=hint,
            fix=f"{self.name}.{close}" if close else None,
            related=self.frame.asked,
        )
        raise UnresolvedError

    # Copies of a block

    def frames(self) -> list[Frame | None]:
        """The copies of the block; in place of one with mistakes, nothing."""
        if not self._frames and self._block is not None:
            self._frames = [None] * self.count
            for number in range(self.count):
                self._frames[number] = self._make_frame(number, self._block)
        return self._frames

    def _make_frame(self, number: int, block: Block) -> Frame | None:
        assert self.form is not None
        variables = self.variables if self.times is None else self.variables.also(index=number)
        try:
            arguments = variables.substitute(self.form.arguments, self.place)
        except NoValueError:
            return None
        names: dict[str, Meaning] = {name: Known(partial(self._input, number, name)) for name in block.form.inputs}
        title = f"`{self.full_name(number)}`"
        owner = self.frame.owner or Owner(self.name, self.place)
        prefix = self.full_name(number) + "."
        return block_frame(self.frame, self.frame.output, block, prefix, names, arguments, self.place, title, owner)

    def _input(self, number: int, name: str) -> Source:
        """What an input of a copy is: of a chain, the outputs of the copy before come first."""
        assert self._block is not None
        inputs = self._block.form.inputs
        if number > 0:
            outputs = self._outputs_of(number - 1)
            index = inputs.index(name)
            if index < len(outputs):
                return outputs[index][1]
        return self._assigned()[name]

    def _assigned(self) -> dict[str, Source]:
        """What flows into each input of the block's first copy."""
        assert self._block is not None
        names = self._block.form.inputs
        wiring = self.wiring()
        title = f"the block `{self._block.name}`"
        place = self.place / "inputs"
        if isinstance(wiring, dict):
            assigned: dict[str, Source] = {}
            for name, source in wiring.items():
                if name not in names:
                    hint, _ = did_you_mean(name, names)
                    self._say_once(
                        codes.UNKNOWN_CALL_ARGUMENT, f"{title} has no input `{name}`", (place / name).key(), hint
                    )
                elif isinstance(source, tuple):
                    self._say_once(
                        codes.WRONG_ARITY, f"`{name}` takes one tensor, and gets {len(source)}", place / name
                    )
                else:
                    assigned[name] = source
            missing = [name for name in names if name not in wiring]
            if missing:
                needed = " and ".join(f"`{name}`" for name in missing)
                self._say_once(codes.WRONG_ARITY, f"{title} needs {needed}", place.key())
            if len(assigned) != len(names):
                raise UnresolvedError
            return assigned
        sources = () if wiring is None else wiring if isinstance(wiring, tuple) else (wiring,)
        if len(sources) != len(names):
            listed = ", ".join(f"`{name}`" for name in names)
            takes = f"{len(names)} input{'s' * (len(names) != 1)}{f' ({listed})' if names else ''}"
            at = place if sources else self.place.key()
            self._say_once(codes.WRONG_ARITY, f"{title} takes {takes}, and gets {len(sources)}", at)
            raise UnresolvedError
        return dict(zip(names, sources, strict=True))

    def _outputs_of(self, number: int) -> tuple[tuple[str, Source], ...]:
        frames = self.frames()
        frame = frames[number]
        outputs = block_outputs(frame, self._block) if frame is not None and self._block is not None else None
        if outputs is None:
            raise UnresolvedError
        return outputs

    # Writing it out

    def write(self) -> None:
        """Write out the calls that the node becomes."""
        plan = self.plan()
        try:
            wiring = self.wiring()
            if plan != _BROKEN:
                self._check_condition()
            if plan == _BLOCK:
                self._assigned()
        except UnresolvedError:
            wiring = None
        if plan == _BLOCK:
            for frame in self.frames():
                if frame is not None:
                    frame.write()
        elif plan == _CALL:
            assert self.form is not None
            write_calls(self, self.form, wiring)
        elif plan == _BROKEN:
            name = self.frame.prefix + self.name
            put(self, FlatNode(name, None, None, name, {}, wiring, {}, self.place, self.frame.asked, broken=True))

    def _check_condition(self) -> None:
        assert self.form is not None
        if self.form.when is not None and len(self._flat_sources()) != 1:
            self._say_once(
                codes.BAD_CONDITION,
                f"`when` is for nodes with one input, and `{self.name}` has {len(self._flat_sources())}",
                (self.place / "when").key(),
            )

    def _say(self, code: Code, message: str, place: Place, hint: str | None = None) -> None:
        self.frame.findings.add(code, message, place, hint=hint, related=self.frame.asked)

    def _say_once(self, code: Code, message: str, place: Place, hint: str | None = None) -> None:
        """Report a mistake in what flows in; it is asked for many times."""
        if not self.unresolved:
            self.unresolved = True
            self._say(code, message, place, hint)
