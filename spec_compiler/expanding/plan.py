"""What becomes of a node: calls, copies of a block, nothing where it is bypassed, or nothing that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Code, Fix
from spec_compiler.expanding.body import Body
from spec_compiler.expanding.bypassed import Bypassed
from spec_compiler.expanding.calls import Calls
from spec_compiler.expanding.library import Block
from spec_compiler.expanding.loops import LoopCopy
from spec_compiler.expanding.node import Broken, has_inputs
from spec_compiler.language.no_value import lacks_value
from spec_compiler.language.problems import other_form
from spec_compiler.language.spec import NodeForm
from spec_compiler.language.validate import node_form
from spec_compiler.spans import Place

if TYPE_CHECKING:
    from spec_compiler.expanding.block_copies import BlockCopies

    PlannedNode: TypeAlias = Calls | BlockCopies | Bypassed | Broken


def plan(body: Body, copy: LoopCopy) -> PlannedNode:
    """What becomes of a node, or of one of the copies that `for` makes of it."""
    return _Planner(body, copy).plan()


class _Planner:
    def __init__(self, body: Body, copy: LoopCopy) -> None:
        self.body = body
        self.copy = copy
        self.is_known = copy.is_known

    def plan(self) -> PlannedNode:
        """The node. If it is not known what it is, because of mistakes, what it says is checked all the same."""
        body, copy = self.body, self.copy
        form, is_sound = self.form()
        if form is None:
            return Broken(body, copy)
        self.is_known = self.is_known and is_sound
        kind = self.kind(form)
        condition = self.condition(form)
        times = self.times(form)
        block = body.library.blocks.get(kind) if kind is not None else None
        self.check_name(form, block)
        if condition is False or times == 0:
            return Bypassed(body, copy, form, kind, times, block)
        if form.repeat is not None and times is None:
            copy = copy._replace(variables=copy.variables.with_unknown({"index"}))
        if block is None:
            return Calls(body, copy, form, kind, times, self.is_known)
        self.check_call(form)
        if self.is_in_itself(block):
            return Broken(body, copy)
        from spec_compiler.expanding.block_copies import BlockCopies  # many specs have no blocks

        return BlockCopies(body, copy, form, kind, times, block, self.is_known)

    def form(self) -> tuple[NodeForm | None, bool]:
        """What is sound of the node as it is written, and whether all is; mistakes are reported once for all copies."""
        forms, place = self.body.run.forms, self.copy.place
        if not self.copy.scope.is_copy:
            return node_form(self.copy.value, place, self.body.findings)
        if place not in forms:
            forms[place] = node_form(self.copy.value, place, self.body.findings, self.copy.scope)
        return forms[place]

    def kind(self, form: NodeForm) -> str | None:
        """The type; None if the node has none, or one with a mistake."""
        if form.type is None:
            return None
        place = self.copy.place / "type"
        kind = self.value(form.type, place)
        if kind is None:
            return None
        if not isinstance(kind, str):
            self.say(codes.WRONG_TYPE, f"`type` takes text, not {show(kind)}", place)
            return None
        if kind == "Input" and self.body.blocks_around():
            self.say(
                codes.ARGUMENT_CONFLICT, "a block has no `Input`: what flows into it is named under `inputs`", place
            )
            return None
        if self.body.library.is_broken(kind):
            # The mistakes of a block are reported where it is written.
            self.is_known = False
            return None
        return kind

    def condition(self, form: NodeForm) -> bool | None:
        """What `when` says; None if there is none, or one with a mistake."""
        if form.when is None:
            return None
        place = self.copy.place / "when"
        when = self.value(form.when, place)
        if when is None or isinstance(when, bool):
            return when
        hint, fix = other_form("bool_type", when) if when == form.when else (None, None)
        self.say(codes.BAD_CONDITION, f"`when` is true or false, not {show(when)}", place, hint, fix)
        return None

    def times(self, form: NodeForm) -> int | None:
        """How often the node is repeated; None if it is not, or `repeat` has a mistake."""
        if form.repeat is None:
            return None
        place, name = self.copy.place, self.copy.name
        times = self.value(form.repeat, place / "repeat")
        if times is None:
            return None
        if type(times) is not int or times < 0:
            hint, fix = other_form("int_type", times) if times == form.repeat else (None, None)
            self.say(codes.BAD_REPETITION, f"`repeat` takes a count, not {show(times)}", place / "repeat", hint, fix)
            return None
        self.body.run.refuse_too_many(place / "repeat", times)
        if not has_inputs(self.body, name, self.copy.value):
            self.say(
                codes.BAD_REPETITION,
                f"`repeat` makes a chain, and nothing flows into `{name}`",
                place / "repeat",
                "for copies side by side, write `for`",
            )
            return None
        return times

    def value(self, written: Any, place: Place) -> Any:
        """The value of a key; None if it has a mistake, which is reported."""
        found = self.copy.variables.known(written, place)
        if lacks_value(found):
            self.is_known = False
            return None
        return found

    def check_name(self, form: NodeForm, block: Block | None) -> None:
        """Refuse a name for a layer on a node that makes none: a copy of a block, or a call of a shared layer."""
        if form.name is None:
            return
        name, place = self.copy.name, (self.copy.place / "name").key()
        if form.use is not None:
            hint = f"write `name` in `layers`, at `{form.use}`"
            self.say(codes.UNKNOWN_KEY, f"`{name}` calls a shared layer, which has its own name", place, hint)
        elif block is not None:
            hint = "give the block a param for it, and write it as the `name` of a layer in the block"
            self.say(
                codes.UNKNOWN_KEY, f"`{name}` is a copy of a block, and its layers have their own names", place, hint
            )

    def check_call(self, form: NodeForm) -> None:
        """Refuse what a copy of a block does not take under `call`: all but `training`."""
        place = self.copy.place
        for key in form.call or ():
            if key != "training":
                self.say(
                    codes.UNKNOWN_CALL_ARGUMENT,
                    f"a block takes `training` under `call`, and no `{key}`",
                    (place / "call" / key).key(),
                )

    def is_in_itself(self, block: Block) -> bool:
        """Whether the node is a copy of a block inside that block, which is reported."""
        around = self.body.blocks_around()
        if block.name not in around:
            return False
        chain = [*around[around.index(block.name) :], block.name]
        message = f"a block contains itself: {' -> '.join(chain)}"
        self.say(codes.BLOCK_RECURSION, message, self.copy.place / "type")
        return True

    def say(self, code: Code, message: str, place: Place, hint: str | None = None, fix: Fix | None = None) -> None:
        self.is_known = False
        self.body.findings.add(code, message, place, hint=hint, fix=fix, scope=self.copy.scope)
