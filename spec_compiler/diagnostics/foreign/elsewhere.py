"""Keys that belong to another section of a spec than the one that they are looked for in."""

from __future__ import annotations

from spec_compiler.diagnostics.foreign.row import Row, explained

_OF_AN_OUTPUT = "it belongs to an output: `outputs: {name: {loss: …, metrics: […]}}`"
_OF_THE_OPTIMIZER = "it belongs to the optimizer: `optimizer: {type: Adam, learning_rate: …}`"
_CALLED = "a shared layer is called by nodes, and what belongs to a call stands there: `{use: …, inputs: …}`"

ROWS: tuple[Row, ...] = (
    *explained(
        "",
        "key",
        {
            "optimizer": "it stands under `compile`",
            "learning_rate": "it belongs to the optimizer: `compile: {optimizer: {type: Adam, learning_rate: …}}`",
            "loss": "it belongs to an output: `outputs: {name: {loss: …}}`",
            "metrics": "it belongs to an output: `outputs: {name: {metrics: […]}}`",
            "epochs": "it stands under `fit`",
            "batch_size": "it stands under `fit`",
            "callbacks": "it stands under `fit`",
        },
        of=("a spec",),
    ),
    *explained(
        "",
        "key",
        {
            "loss": _OF_AN_OUTPUT,
            "metrics": _OF_AN_OUTPUT,
            "weighted_metrics": _OF_AN_OUTPUT,
            "loss_weights": "it belongs to an output: `outputs: {name: {loss: …, loss_weight: …}}`",
            "learning_rate": _OF_THE_OPTIMIZER,
            "lr": _OF_THE_OPTIMIZER,
        },
        of=("`compile`",),
    ),
    *explained(
        "",
        "key",
        {
            "seed": "it stands at the top of the spec: `seed: 1`",
            "optimizer": "it stands under `compile`",
            "learning_rate": "it belongs to the optimizer: `compile: {optimizer: {type: Adam, learning_rate: …}}`",
            "lr": "it belongs to the optimizer: `compile: {optimizer: {type: Adam, learning_rate: …}}`",
        },
        of=("`fit`",),
    ),
    *explained("", "key", dict.fromkeys(("inputs", "call", "repeat", "for", "when"), _CALLED), of=("a shared layer",)),
)
