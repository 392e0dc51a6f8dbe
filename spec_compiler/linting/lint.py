"""TypedGraph → warnings: what is allowed but suspicious."""

from __future__ import annotations

from collections.abc import Iterable

from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting import (
    activation_and_loss,
    activation_twice,
    batch_as_axis,
    bias_before_normalization,
    channels_first,
    cut_before_softmax,
    dropout_before_output,
    embedding_of_floats,
    flatten_missing,
    half_precision_loss,
    last_step_alone,
    learning_rate,
    linear_stack,
    lost_mask,
    merge_of_one,
    misfit_metric,
    monitor_direction,
    needs_xla,
    numbers_left_out,
    one_step,
    other_shape_in_training,
    repeated_structure,
    shared_once,
    single_unit_softmax,
    unlogged_monitor,
    unreached_weights,
    unshared_towers,
    untrained_output,
    unused_block,
    unused_but_kept,
    unused_default,
    unused_import,
    unused_param,
    unused_shared_layer,
    zero_gradient,
    zero_start,
)
from spec_compiler.linting.rule import Rule

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
    channels_first.RULE,
    unused_but_kept.RULE,
    unused_default.RULE,
    half_precision_loss.RULE,
    flatten_missing.RULE,
    one_step.RULE,
    other_shape_in_training.RULE,
    linear_stack.RULE,
    zero_start.RULE,
    unused_import.RULE,
    batch_as_axis.RULE,
    unreached_weights.RULE,
    zero_gradient.RULE,
    numbers_left_out.RULE,
    cut_before_softmax.RULE,
    merge_of_one.RULE,
    unlogged_monitor.RULE,
    monitor_direction.RULE,
    needs_xla.RULE,
)
"""Every lint, in the order in which they look."""


def lint(graph: TypedGraph, findings: Findings) -> None:
    """Add what the lints find."""
    _lint(RULES, graph, findings)


def lint_part(graph: TypedGraph, findings: Findings) -> None:
    """Add what the lints find in the outputs and the training of a part that is a model of its own."""
    _lint((rule for rule in RULES if rule.of_outputs), graph, findings)


def _lint(rules: Iterable[Rule], graph: TypedGraph, findings: Findings) -> None:
    for rule in rules:
        if rule.code.code not in graph.graph.ignored_lints:
            for finding in rule.check(graph):
                findings.take(finding)
