"""A node that is bypassed, since its `when` is false or its `repeat` is 0: its inputs stand for its outputs."""

from __future__ import annotations

import contextlib

from spec_compiler.expanding.body import Body, output_references
from spec_compiler.expanding.library import Block
from spec_compiler.expanding.loops import LoopCopy
from spec_compiler.expanding.names import UnresolvedError, pick
from spec_compiler.expanding.node import Planned
from spec_compiler.graph.flat import FlatOperand
from spec_compiler.language.spec import NodeForm
from spec_compiler.spans import Place


class Bypassed(Planned):
    """A bypassed node; `block` is the block that it would have been a copy of, if it is one's."""

    def __init__(
        self, body: Body, copy: LoopCopy, form: NodeForm, kind: str | None, times: int | None, block: Block | None
    ) -> None:
        super().__init__(body, copy, form, kind, times)
        self._block = block

    def sources(self, output: str | None, place: Place) -> list[FlatOperand]:
        """What flows in instead of what would have come out: of a block with several outputs, as many inputs.

        Raises:
            UnresolvedError: Nothing is known of it, or it takes itself.
        """
        inputs = self.all_inputs()
        if not inputs:
            raise UnresolvedError
        if self._block is None:
            return [pick(inputs[0], output, place)]
        names = [str(name) for name, _, _ in output_references(self._block)]
        if output is not None:
            index = self.body.names.output_index(self.name, output, names, place)
            return [pick(inputs[min(index, len(inputs) - 1)], None, place)]
        return [pick(source, None, place) for source in inputs[: max(len(names), 1)]]

    def write(self) -> None:
        """Write nothing out; what flows in is held against the rules all the same."""
        with contextlib.suppress(UnresolvedError):
            self.inputs()
            self.check_condition()
