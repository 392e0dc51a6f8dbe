"""The order in which Keras keeps the operations of a model, which decides the names in its files.

By depth, which is the number of calls to the outputs, the deepest first; ties by when the way back from the outputs
comes by first. Source: `map_graph` in `keras/src/ops/function.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spec_compiler.emitting.keras_file.traced import TracedCall, TracedOperation, TracedTensor


def in_order(
    inputs: Sequence[TracedTensor], outputs: Sequence[TracedTensor]
) -> tuple[tuple[TracedOperation, ...], frozenset[TracedCall]]:
    """The operations that lead from some inputs to some outputs, in order, and their calls that do.

    An input that leads to none stands before all else of no depth.
    """
    calls, visits = _way_back(outputs)
    depths = _depths(calls)
    for unused in (each.call for each in inputs if each.call.operation not in visits):
        calls.append(unused)
        visits[unused.operation], depths[unused.operation] = -1, 0
    operations = sorted(visits, key=lambda operation: (-depths[operation], visits[operation]))
    return tuple(operations), frozenset(calls)


def _way_back(outputs: Sequence[TracedTensor]) -> tuple[list[TracedCall], dict[TracedOperation, int]]:
    """The calls that lead to some outputs, each after what it takes; and when each operation is first come by."""
    visits: dict[TracedOperation, int] = {}
    done: dict[TracedCall, None] = {}
    begun: set[TracedCall] = set()
    for output in outputs:
        waiting: list[tuple[TracedCall, Iterator[TracedTensor]]] = []

        def enter(call: TracedCall, waiting: list[tuple[TracedCall, Iterator[TracedTensor]]] = waiting) -> None:
            if call not in begun:
                begun.add(call)
                visits.setdefault(call.operation, len(visits))
                waiting.append((call, iter(call.takes)))

        enter(output.call)
        while waiting:
            call, takes = waiting[-1]
            taken = next(takes, None)
            if taken is not None:
                enter(taken.call)
            else:
                done[call] = None
                waiting.pop()
    return list(done), visits


def _depths(calls: Sequence[TracedCall]) -> dict[TracedOperation, int]:
    """How many calls lie between each operation and the outputs, the longest way counted."""
    of_calls: dict[TracedCall, int] = {}
    of_operations: dict[TracedOperation, int] = {}
    for call in reversed(calls):
        depth = max(of_calls.get(call, 0), of_operations.get(call.operation, 0))
        of_calls[call] = of_operations[call.operation] = depth
        for taken in call.takes:
            of_calls[taken.call] = max(depth + 1, of_calls.get(taken.call, 0))
    return of_operations
