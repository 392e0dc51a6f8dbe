"""SC604: an output without a loss beside outputs with one."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find outputs that are not trained on in a model that is trained, and do not say so with `loss: null`."""
    trained = [output for output in graph.outputs if output.settings.loss is not None]
    if not trained:
        return
    for output in graph.outputs:
        if output.settings.loss is None and "loss" not in output.settings.model_fields_set:
            yield Finding(
                codes.UNTRAINED_OUTPUT,
                f"the output `{output.name}` has no loss, and is not trained on",
                output.place.key(),
                hint="give it a `loss`; if it is only to be read, write `loss: null`",
                related=(Remark(trained[0].place.key(), f"`{trained[0].name}` has one"),),
            )


RULE = Rule(codes.UNTRAINED_OUTPUT, check, of_outputs=True)
