"""The page of what people bring from elsewhere, made of the table of foreign names."""

from __future__ import annotations

from spec_compiler.diagnostics.foreign import ROWS, elsewhere
from spec_compiler.diagnostics.foreign.row import Row

_INTRODUCTION = """\
# Coming from Keras 1 and 2, TensorFlow or PyTorch

A spec uses the names of Keras 3: its layers, ops, losses, metrics and optimizers, and their arguments, with Keras's own
defaults. What has another name elsewhere, or does not exist in specs, is explained by the help of a diagnostic where it
is written, with a fix where another name is all that it takes. These are all names that the compiler knows to explain.

The package before a name is left out: `Dense` for `keras.layers.Dense`. A function of TensorFlow or numpy is the op
of its name: `ops.matmul` for `tf.matmul`.

| in Python | in a spec |
|---|---|
| `None` | `null` |
| `True`, `False` | `true`, `false` |
| `(3, 3)` | `[3, 3]` |
| `x[:, 0]` | `{type: ops.get_item, key: [":", 0], inputs: x}` |
| `f"h_{i}"` | `"h_${i}"` |
| `Dense(units=4)(x)` | `{type: Dense, units: 4, inputs: x}` |
| `Add()([a, b])` | `{type: add, inputs: [a, b]}` |
| `model.compile(loss=…, metrics=…)` | `outputs: {name: {loss: …, metrics: […]}}` |
| `for i in range(3): …` | `repeat: 3` in a row, `for: {i: 3}` side by side |
"""

_TITLES = {
    "type": "Layers and functions",
    "key": "Arguments and options",
    "call": "Arguments of calls",
    "choice": "Values of arguments",
    "function": "Functions in expressions",
    "activation": "Activations",
    "initializer": "Initializers",
    "regularizer": "Regularizers",
    "constraint": "Constraints",
    "loss": "Losses",
    "metric": "Metrics",
    "optimizer": "Optimizers",
    "learning rate schedule": "Schedules",
    "callback": "Callbacks",
    "dtype": "Dtypes",
    "dtype policy": "Dtype policies",
}
_OTHERS = "Papers and other libraries"


def page() -> str:
    """The whole page."""
    rows = [row for row in ROWS if row not in elsewhere.ROWS]
    sources = dict.fromkeys(row.source for row in rows if row.source)
    parts = [_INTRODUCTION]
    for source in (*sources, ""):
        parts.append(f"\n## {source or _OTHERS}\n")
        for kind, title in _TITLES.items():
            found = [row for row in rows if row.source == source and row.kind == kind]
            if found:
                parts.append(f"\n### {title}{f' of {source}' if source else ''}\n\n{_table(found)}")
    return "".join(parts)


def _table(rows: list[Row]) -> str:
    lines = ["| name | what to write |", "|---|---|"]
    lines += [f"| `{row.name}`{_owner(row)} | {_instead(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _owner(row: Row) -> str:
    """What a key or a choice belongs to, where it is only one thing that it is explained of."""
    named = [owner.strip("`") for owner in row.of if "*" not in owner and owner != "a layer"]
    return f" of {' and '.join(f'`{name}`' if ' ' not in name else name for name in named)}" if named else ""


def _instead(row: Row) -> str:
    return f"`{row.fix}`" if row.fix is not None else row.hint.replace("|", "\\|")
