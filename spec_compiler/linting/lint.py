"""TypedGraph → warnings: what is allowed and yet doubtful."""

from __future__ import annotations

from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting import (
    activation_and_loss,
    activation_twice,
    bias_before_normalization,
    dropout_before_output,
    embedding_of_floats,
    last_step_alone,
    learning_rate,
    lost_mask,
    misfit_metric,
    repeated_structure,
    shared_once,
    single_unit_softmax,
    unshared_towers,
    untrained_output,
    unused_block,
    unused_param,
    unused_shared_layer,
)

RULES = (
    single_unit_softmax.RULE,
    embedding_of_floats.RULE,
    unused_shared_layer.RULE,
    untrained_output.RULE,
    activation_and_loss.RULE,
    misfit_metric.RULE,
    lost_mask.RULE,
    bias_before_normalization.RULE,
    dropout_before_output.RULE,
    activation_twice.RULE,
    learning_rate.RULE,
    unused_param.RULE,
    unused_block.RULE,
    shared_once.RULE,
    unshared_towers.RULE,
    repeated_structure.RULE,
    last_step_alone.RULE,
)
"""Every lint, in the order in which they look."""


def lint(graph: TypedGraph, findings: Findings) -> None:
    """Add a finding for all that some lint doubts."""
    for rule in RULES:
        if rule.code.code not in graph.graph.ignored_lints:
            for doubt in rule.look(graph):
                findings.add(
                    rule.code, doubt.message, doubt.place, hint=doubt.hint, fix=doubt.fix, related=doubt.related
                )
