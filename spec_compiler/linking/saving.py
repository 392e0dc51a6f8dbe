"""What Keras loses of a model that it saves and loads again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from spec_compiler.catalog.layers.base import Callee, Trainable, layers_in
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.graph.graph import Layer, NestedModel, Node
from spec_compiler.spans import Place

_SAVE_WEIGHTS = "save the weights only (`-o model.weights.h5`), and compile the spec to load them"


def check_saving(layers: Iterable[Layer], findings: Findings) -> None:
    """Warn of layers that are not the same once a saved model is loaded."""
    for layer in layers:
        if layer.callee is None:
            continue
        for kind, lost in _lost(layer.callee, frozen=False):
            findings.add(
                codes.LOST_BY_SAVING,
                f"`{layer.key}` ({kind}) {lost}, in a model that Keras has saved and loaded",
                layer.place.key(),
                hint=_SAVE_WEIGHTS,
                scope=layer.scope,
            )


def check_wrapped(
    uses: Mapping[str, Sequence[tuple[str, Place]]],
    nodes: Mapping[str, Node],
    layers: Mapping[str, Layer],
    findings: Findings,
) -> None:
    """Warn of shared layers inside another layer that something else uses too: Keras cannot load such a model.

    `uses` has for each shared layer the layers that hold it, and where they say so.
    """
    called = {node.layer for node in nodes.values()}
    for name, holders in uses.items():
        if len({holder for holder, _ in holders}) > 1 or name in called:
            where = "in two other layers" if name not in called else "by a node and inside another layer"
            findings.add(
                codes.SHARED_AND_WRAPPED,
                f"`{name}` is used {where}, and Keras cannot load a saved model of that kind",
                holders[-1][1],
                hint=_SAVE_WEIGHTS,
                scope=layers[name].scope,
            )


def _lost(layer: Callee, frozen: bool) -> dict[tuple[str, str], None]:
    """What is lost of a layer and of those inside it, with the type of each; the same once."""
    found: dict[tuple[str, str], None] = {}
    seen: set[tuple[int, bool]] = set()
    waiting = [(layer, frozen)]
    while waiting:
        each, frozen = waiting.pop()
        frozen = frozen or not each.trainable
        # A shared layer may stand in one that stands twice in a third, and so on.
        if (id(each), frozen) in seen:
            continue
        seen.add((id(each), frozen))
        if isinstance(each, NestedModel):
            waiting += [(inner.callee, frozen) for inner in each.graph.layers.values() if inner.callee is not None]
            continue
        assert isinstance(each, Trainable)
        lost = each.lost_by_saving(frozen)
        if lost is not None:
            found[each.keras_name, lost] = None
        # A shared layer says itself whether it is trained.
        waiting += [(inner.config, frozen and not inner.shared) for inner in layers_in(each)]
    return found
