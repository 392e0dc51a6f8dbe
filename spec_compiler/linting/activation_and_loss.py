"""SC605: what an output gives is not what its loss takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Remark
from spec_compiler.graph.ir import Output
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting import scores
from spec_compiler.linting.ending import LINEAR, Ending, ending
from spec_compiler.linting.rule import Doubt, Rule

_CATEGORICAL = scores.SPARSE | scores.ONE_HOT
_CROSSENTROPIES = scores.BINARY | _CATEGORICAL | {"crossentropy"}
_SHARES = frozenset(("hard_sigmoid", "sigmoid", "softmax"))


class _Misfit(NamedTuple):
    message: str
    hint: str


def look(graph: TypedGraph) -> Iterator[Doubt]:
    """Find losses of cross-entropy whose output has not the activation, or not the units, that they are made for."""
    for output in graph.outputs:
        end = graph.ends.get(output.name)
        if output.settings.loss is None or end is None or scores.key(output.settings.loss) not in _CROSSENTROPIES:
            continue
        found = ending(graph, end)
        misfit = _misfit(output, graph.type_of(end).shape[-1:], found)
        if misfit is not None:
            related = (Remark(found.place, f"`{found.node.name}` ends here"), *found.node.asked) if found else ()
            yield Doubt(misfit.message, output.place / "loss", hint=misfit.hint, related=related)


def _misfit(output: Output, last_axis: tuple[int | None, ...], found: Ending | None) -> _Misfit | None:
    loss = output.settings.loss
    assert loss is not None
    key, name = scores.key(loss), scores.title(loss)
    is_last = getattr(loss, "axis", -1) == -1
    if key in _CATEGORICAL and is_last and last_axis == (1,):
        if found is not None and found.activation == "softmax":
            return None  # What SC601 says.
        return _Misfit(
            f"`{name}` compares one unit a class, and `{output.name}` has one unit",
            "for a yes or no, write `activation: sigmoid` and `loss: binary_crossentropy`; for several classes, as "
            "many units",
        )
    if found is None:
        return None
    node, activation = found.node.name, found.activation
    if key in scores.BINARY and activation == "softmax" and last_axis != (1,):
        return _Misfit(
            f"`{name}` takes each unit as a yes or no, and the units of `{node}` share their sum of 1 by `softmax`",
            "for one class out of several, write `loss: categorical_crossentropy`; for several that can be true "
            "together, `activation: sigmoid`",
        )
    if key in _CATEGORICAL and activation == "sigmoid" and is_last:
        return _Misfit(
            f"`{name}` takes shares of classes that sum to 1, and `{node}` ends with `sigmoid`, each unit on its own",
            "for one class out of several, write `activation: softmax`; for several that can be true together, "
            "`loss: binary_crossentropy`",
        )
    from_logits = bool(getattr(loss, "from_logits", False))
    if from_logits and activation in _SHARES:
        return _Misfit(
            f"`{name}` takes logits by `from_logits: true`, and `{node}` ends with `{activation}`",
            "leave out one of the two",
        )
    if not from_logits and activation == LINEAR:
        wanted = "sigmoid" if key in scores.BINARY or last_axis == (1,) else "softmax"
        return _Misfit(
            f"`{name}` takes probabilities, and `{node}` has no activation",
            f"write `activation: {wanted}` on `{node}`, or `from_logits: true` with the loss",
        )
    return None


RULE = Rule(codes.ACTIVATION_AND_LOSS, look)
