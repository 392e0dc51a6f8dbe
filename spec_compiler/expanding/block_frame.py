"""One copy of a block: its params get their values, and its graph becomes a frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Remark
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.expanding.blocks import Block
from spec_compiler.expanding.flat import Owner
from spec_compiler.expanding.frame import Frame, Output
from spec_compiler.expanding.params import values
from spec_compiler.expanding.scope import Meaning
from spec_compiler.spans import Place


def block_frame(
    outer: Frame,
    output: Output,
    block: Block,
    prefix: str,
    names: Mapping[str, Meaning],
    arguments: Mapping[str, Any],
    place: Place,
    title: str,
    owner: Owner | None,
) -> Frame | None:
    """A copy of a block, with the arguments that a node or a shared layer gives it; none if they have mistakes."""
    findings = outer.findings
    before = findings.errors
    asked = (*outer.asked, Remark(place.key(), f"{title} is made here", copy=True))
    meant: set[str | None] = set()
    for key in arguments:
        if key not in block.params:
            hint, fix = did_you_mean(str(key), block.params)
            meant.add(fix)
            findings.add(
                codes.UNKNOWN_ARGUMENT,
                f"the block `{block.name}` has no param `{key}`",
                (place / key).key(),
                hint=hint,
                fix=fix,
                related=outer.asked,
            )
    for param in block.params.values():
        if param.required and param.name not in arguments and param.name not in meant:
            findings.add(
                codes.MISSING_ARGUMENT,
                f"the block `{block.name}` needs the param `{param.name}`",
                place.key(),
                related=(Remark(param.place.key(), "the param"), *outer.asked),
            )
    variables = values(block.params, arguments, place, outer.variables, asked)
    if findings.errors > before:
        return None
    output.count(place)
    form = block.form
    return Frame(
        output,
        block.place,
        prefix,
        variables,
        block.visible,
        (form.layers, form.nodes, form.edges),
        names,
        asked,
        (*outer.within, block.name),
        owner,
    )
