"""A copy of a block: its params get their values, and its graph is opened."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Guess, Remark
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.expanding.body import Body
from spec_compiler.expanding.library import Block
from spec_compiler.expanding.names import Meaning
from spec_compiler.expanding.params import values
from spec_compiler.expanding.run import Sections, UnfinishedGraph
from spec_compiler.graph.scopes import Scope

_MISSPELT = 20
"""How many unknown arguments are held against the params that are missing."""


def instance(outer: Body, part: UnfinishedGraph, block: Block, scope: Scope, inputs: Mapping[str, Meaning]) -> Body:
    """The graph of a copy of a block, in a scope that has its arguments.

    A param that has a mistake, or is missing, has no value in it: the rest of the block is checked all the same.

    Args:
        outer: The graph that the copy stands in.
        part: Where its nodes go.
        block: The block.
        scope: What it is: a copy that a node asks for, or a shared layer.
        inputs: What the block's inputs stand for.
    """
    findings, arguments, place = outer.findings, scope.arguments, scope.place
    unknown = [key for key in arguments if key not in block.params]
    for key in unknown:
        findings.add(
            codes.UNKNOWN_ARGUMENT,
            f"the block `{block.name}` has no param `{key}`",
            (place / key).key(),
            scope=scope.parent,
            guess=Guess(partial(did_you_mean, str(key), block.params), len(block.params)),
        )
    missing = [param.name for param in block.params.values() if param.required and param.name not in arguments]
    # A param that is missing because its name is misspelt is one mistake, not two.
    meant = {did_you_mean(str(key), missing)[1] for key in unknown[:_MISSPELT]} if missing else set()
    for param in block.params.values():
        if param.name in missing and param.name not in meant:
            findings.add(
                codes.MISSING_ARGUMENT,
                f"the block `{block.name}` needs the param `{param.name}`",
                place.key(),
                related=(Remark(param.place.key(), "the param"),),
                scope=scope.parent,
            )
    variables = values(block.params, arguments, place, outer.variables, scope)
    outer.run.budget.nodes(place)
    sections = Sections(block.form.layers, block.form.nodes, block.form.edges, block.form.defaults)
    return outer.open_body(outer.run, part, sections, block.place, scope, variables, block.visible, inputs)
