"""Ops of constants alone: their results are known before there is data, and are part of the model as they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from spec_compiler.catalog import registry
from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.expanding.constants import NoConstantError, is_constant, read_constant
from spec_compiler.graph.flat import (
    ConstantOperand,
    FlatInputs,
    FlatNode,
    FlatOperand,
    FlatSpec,
    NumberOperand,
    OutputRef,
)
from spec_compiler.language.no_value import lacks_value


def is_op(node: FlatNode) -> bool:
    """Whether a node calls an op, by the name of its type."""
    return node.type is not None and node.type.startswith("ops.")


def constant_nodes(nodes: Sequence[FlatNode]) -> frozenset[str]:
    """The nodes that are ops of numbers and of other constants alone."""
    waits: dict[str, int] = {}
    feeds: defaultdict[str, list[str]] = defaultdict(list)
    for node in nodes:
        if is_op(node) and not node.broken and _has_operands(node):
            sources = [each.node for each in operands_of(node.inputs) if isinstance(each, OutputRef)]
            waits[node.name] = len(sources)
            for source in sources:
                feeds[source].append(node.name)
    ready = [name for name, count in waits.items() if count == 0]
    found: set[str] = set()
    while ready:
        name = ready.pop()
        found.add(name)
        for user in feeds[name]:
            waits[user] -= 1
            if waits[user] == 0:
                ready.append(user)
    return frozenset(found)


def _has_operands(node: FlatNode) -> bool:
    """Whether an op has as many operands as it needs; one that has not is a mistake, and no constant.

    Operands that are numbers may stand among the arguments.
    """
    found = registry.operation(node.type or "")
    if found is None:
        return False
    given = [*operands_of(node.inputs), *(name for name in found.flat_operands if name in node.arguments)]
    return sum(call.required for call in found.calls) <= len(given)


def operands_of(inputs: FlatInputs) -> Iterator[FlatOperand]:
    """Everything that flows in."""
    for value in inputs.values() if isinstance(inputs, Mapping) else (inputs,):
        if value is not None:
            yield from value if isinstance(value, tuple) else (value,)


def check_outputs(spec: FlatSpec, constants: frozenset[str], findings: Findings) -> None:
    """Refuse outputs that are constants: what a model gives is computed from what it gets."""
    for output in (*spec.outputs, *(each for part in spec.parts for each in part.outputs)):
        if output.source is not None and output.source.node in constants:
            findings.add(
                codes.BAD_CONSTANT,
                f"the output `{output.name}` is a constant: no input leads to it",
                output.source.place,
                hint="constants are operands of ops: join it with a tensor that depends on an input",
            )


def with_constant_operands(node: FlatNode) -> FlatNode:
    """A constant node whose operands are all tensors: what was a plain number is a tensor without axes."""
    return replace(node, inputs=_as_constants(node.inputs))


def with_flat_operands(node: FlatNode, findings: Findings) -> FlatNode:
    """A node whose numbers that stand flat among its arguments flow in.

    `{type: ops.linspace, start: 0, stop: 1}` is the same as `{type: ops.linspace, inputs: {start: 0, stop: 1}}`.
    """
    found = registry.operation(node.type or "")
    names = found.flat_operands if found is not None else ()
    given = {name: node.arguments[name] for name in names if name in node.arguments}
    if not given:
        return node
    arguments = {name: value for name, value in node.arguments.items() if name not in given}
    if node.inputs is not None:
        for name in given:
            findings.add(
                codes.UNKNOWN_ARGUMENT,
                f"`{name}` stands among the arguments only where nothing flows in, and `{node.name}` has `inputs`",
                (node.place / name).key(),
                hint=f"write it under `inputs`: `inputs: {{{', '.join(f'{each}: …' for each in names)}}}`",
                scope=node.scope,
            )
        return replace(node, arguments=arguments, broken=True)
    inputs = {name: _constant(name, value, node, findings) for name, value in given.items()}
    sound = {name: value for name, value in inputs.items() if value is not None}
    return replace(node, inputs=sound, arguments=arguments, broken=node.broken or len(sound) < len(inputs))


def _as_constants(inputs: FlatInputs) -> Any:
    if isinstance(inputs, Mapping):
        return {name: _as_constants(value) for name, value in inputs.items()}
    if isinstance(inputs, tuple):
        return tuple(map(_as_constants, inputs))
    if not isinstance(inputs, NumberOperand):
        return inputs
    return ConstantOperand(inputs.value, (), "float32" if isinstance(inputs.value, float) else "int32", inputs.place)


def _constant(name: str, value: Any, node: FlatNode, findings: Findings) -> ConstantOperand | None:
    """A number or a list of them as a constant; None if it is none, and a finding says why."""
    if lacks_value(value):
        return None
    place = node.place / name
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number and not is_constant(value):
        message = f"`{name}` takes a number or a list of numbers here, not {show(value)}"
        hint = f"a tensor stands under `inputs`: `inputs: {{{name}: …}}`" if isinstance(value, str) else None
        findings.add(codes.WRONG_TYPE, message, place, hint=hint, scope=node.scope)
        return None
    try:
        constant = read_constant([value] if is_number else value, place)
    except NoConstantError as error:
        findings.add(codes.BAD_CONSTANT, error.message, place, hint=error.hint, scope=node.scope)
        return None
    if not is_number:
        return constant
    (element,) = constant.value if isinstance(constant.value, tuple) else (constant.value,)
    return ConstantOperand(element, (), constant.dtype, place)
